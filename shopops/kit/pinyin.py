"""Pinyin keys, so that `ln` and `lina` find 李娜, and names sort by sound.

The library's phrase table takes 45 MiB of every process that loads it. It stays out; the words of this trade that
need it stand below, and the readings of surnames with them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache, lru_cache, partial

# Surnames that are read otherwise than the character alone, and all double surnames.
SURNAMES = {
    "单": "shàn", "曾": "zēng", "解": "xiè", "仇": "qiú", "区": "ōu", "查": "zhā", "盖": "gě", "朴": "piáo",
    "任": "rén", "缪": "miào", "翟": "zhái", "折": "shé", "员": "yùn", "黑": "hè", "秘": "bì", "乐": "yuè",
    "种": "chóng", "华": "huà", "召": "shào", "覃": "qín", "那": "nā", "隗": "wěi", "哈": "hǎ", "乜": "niè",
    "祭": "zhài", "过": "guō", "都": "dū", "佴": "nài", "句": "gōu", "葛": "gě", "炅": "guì", "洗": "xiǎn",
    "卜": "bǔ", "燕": "yān", "於": "yū", "繁": "pó", "撒": "sǎ", "阚": "kàn", "牟": "mù", "重": "chóng",
    "长": "cháng", "占": "zhān", "粘": "nián", "厘": "xī",
}  # fmt: skip
DOUBLE_SURNAMES = {
    "欧阳": "ōu yáng", "司马": "sī mǎ", "上官": "shàng guān", "诸葛": "zhū gě", "尉迟": "yù chí", "万俟": "mò qí",
    "长孙": "zhǎng sūn", "澹台": "tán tái", "令狐": "líng hú", "单于": "chán yú", "司徒": "sī tú", "司空": "sī kōng",
    "夏侯": "xià hóu", "东方": "dōng fāng", "皇甫": "huáng fǔ", "公孙": "gōng sūn", "慕容": "mù róng",
    "宇文": "yǔ wén", "端木": "duān mù", "轩辕": "xuān yuán", "钟离": "zhōng lí", "闻人": "wén rén",
    "申屠": "shēn tú", "太史": "tài shǐ", "公羊": "gōng yáng", "濮阳": "pú yáng", "赫连": "hè lián",
    "淳于": "chún yú", "鲜于": "xiān yú", "闾丘": "lǘ qiū", "南宫": "nán gōng", "独孤": "dú gū", "呼延": "hū yán",
    "西门": "xī mén", "百里": "bǎi lǐ", "拓跋": "tuò bá",
}  # fmt: skip

# Words whose characters are read otherwise than alone: goods, places and people of a shop.
PHRASES = {
    "银行": "yín háng", "行业": "háng yè", "重庆": "chóng qìng", "重复": "chóng fù", "重新": "chóng xīn",
    "双重": "shuāng chóng", "长袖": "cháng xiù", "长裤": "cháng kù", "长裙": "cháng qún", "长款": "cháng kuǎn",
    "长沙": "cháng shā", "长春": "cháng chūn", "长度": "cháng dù", "加长": "jiā cháng", "中长": "zhōng cháng",
    "超长": "chāo cháng", "延长": "yán cháng", "长方": "cháng fāng", "长江": "cháng jiāng", "成都": "chéng dū",
    "都市": "dū shì", "首都": "shǒu dū", "会计": "kuài jì", "调味": "tiáo wèi", "调料": "tiáo liào",
    "调节": "tiáo jié", "可调": "kě tiáo", "空调": "kōng tiáo", "调色": "tiáo sè", "音乐": "yīn yuè",
    "厦门": "xià mén", "角色": "jué sè", "主角": "zhǔ jué", "弹簧": "tán huáng", "弹力": "tán lì", "高弹": "gāo tán",
    "弹性": "tán xìng", "回弹": "huí tán", "薄荷": "bò hé", "单薄": "dān bó", "厚薄": "hòu bó", "包扎": "bāo zā",
    "着色": "zhuó sè", "着装": "zhuó zhuāng", "衣着": "yī zhuó", "出差": "chū chāi", "今朝": "jīn zhāo",
    "便宜": "pián yi", "归还": "guī huán", "还款": "huán kuǎn", "退还": "tuì huán", "传记": "zhuàn jì",
    "系带": "jì dài", "削皮": "xiāo pí", "供给": "gōng jǐ", "睡觉": "shuì jiào", "相似": "xiāng sì",
    "盛饭": "chéng fàn", "模具": "mú jù", "泊车": "bó chē", "六安": "lù ān", "蚌埠": "bèng bù", "秘鲁": "bì lǔ",
    "番禺": "pān yú", "阿胶": "ē jiāo", "东阿": "dōng ē", "乐清": "yuè qīng", "鸭绿江": "yā lù jiāng",
    "藏青": "zàng qīng", "西藏": "xī zàng", "校对": "jiào duì", "和面": "huó miàn", "暖和": "nuǎn huo",
    "奇数": "jī shù", "拓印": "tà yìn", "对称": "duì chèn", "咖喱": "gā lí", "蛤蜊": "gé lí", "茄子": "qié zi",
    "番茄": "fān qié", "杉木": "shā mù", "弄堂": "lòng táng", "呢子": "ní zi", "呢绒": "ní róng", "毛呢": "máo ní",
    "呢大衣": "ní dà yī", "女红": "nǚ gōng",
}  # fmt: skip

READINGS = DOUBLE_SURNAMES | SURNAMES
HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_PIECES = re.compile(f"([{HAN}]+)|([^{HAN}]+)")
_UNKNOWN = re.compile(f"[{HAN}]")


@lru_cache(maxsize=4096)
def search_keys(text: str, *, person: bool = False) -> tuple[str, str]:
    """Return (full pinyin, initials) of a text, lower case without spaces: `("lina", "ln")` for 李娜.

    Letters and digits stay as they are; ü is written v. With `person` the text begins with a surname.
    """
    syllables = _syllables(text, person=person)
    full = "".join(syllable for syllable, _tone in syllables)
    initials = "".join(syllable[:1] if tone else syllable for syllable, tone in syllables)
    return "".join(full.lower().split()), "".join(initials.lower().split())


@lru_cache(maxsize=4096)
def sort_key(text: str, *, person: bool = False) -> str:
    """Return a key that sorts texts by sound, tone and then character, as a Chinese dictionary does.

    Databases without a pinyin collation keep it in a column.
    """
    sounds = " ".join(syllable + tone for syllable, tone in _syllables(text, person=person))
    return f"{sounds.lower()} {text}"


def _syllables(text: str, *, person: bool) -> list[tuple[str, str]]:
    """Return (syllable, tone) of each Chinese character and (text, "") of whatever stands between them."""
    found = []
    if person:
        surname = next((text[:count] for count in (2, 1) if text[:count] in READINGS), "")
        found = [(part[:-1], part[-1]) for part in map(_to_tone3(), READINGS.get(surname, "").split())]
        text = text[len(surname) :]
    read = _reader()
    for chinese, other in _PIECES.findall(text):
        if other:
            found.append((other, ""))
        else:
            # A character the library does not know comes back as it is.
            found += [
                (part.removesuffix("5"), "") if _UNKNOWN.match(part) else (part[:-1], part[-1])
                for part in read(chinese)
            ]
    return found


@cache
def _reader() -> Callable[[str], list[str]]:
    """Load the library without its phrases but with ours."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin, load_phrases_dict  # noqa: PLC0415 -- loaded where it is needed, see above

    load_phrases_dict({word: [[part] for part in reading.split()] for word, reading in PHRASES.items()})
    return partial(lazy_pinyin, style=Style.TONE3, neutral_tone_with_five=True)


@cache
def _to_tone3() -> Callable[[str], str]:
    """Return what turns `lǐ` into `li3`."""
    _reader()
    from pypinyin.contrib.tone_convert import to_tone3  # noqa: PLC0415 -- loaded where it is needed, see above

    return partial(to_tone3, neutral_tone_with_five=True)
