"""Pinyin keys, so that `ln` and `lina` find 李娜, and names sort by sound.

A library for it takes 11 MiB of every process that loads it, 45 more with its phrases. It stays out: the sounds of
characters come from a file made with it (`tools/pinyin_sounds.py`), the words of this trade that are read otherwise
than their characters stand below, and the readings of surnames with them.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

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
_OTHER = re.compile(f"[^{HAN}]+")
_PLANES = ((0x3007, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))
_LONGEST = max(map(len, PHRASES))
_MARKS = ("\N{COMBINING MACRON}", "\N{COMBINING ACUTE ACCENT}", "\N{COMBINING CARON}", "\N{COMBINING GRAVE ACCENT}")


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
        found = [_plain(part) for part in READINGS.get(surname, "").split()]
        text = text[len(surname) :]
    sounds = _sounds()
    at = 0
    while at < len(text):
        if other := _OTHER.match(text, at):
            found.append((other.group(), ""))
            at = other.end()
            continue
        word = next((text[at : at + count] for count in range(_LONGEST, 1, -1) if text[at : at + count] in PHRASES), "")
        if word:
            found += [_plain(part) for part in PHRASES[word].split()]
        else:
            sound = sounds.of(text[at])
            found.append((sound[:-1], sound[-1]) if sound else (text[at], ""))
        at += len(word) or 1
    return found


def _plain(sound: str) -> tuple[str, str]:
    """Return `("li", "3")` for `lǐ`; ü is written v, no tone is the fifth."""
    parts = unicodedata.normalize("NFD", sound)
    tone = next((str(number) for number, mark in enumerate(_MARKS, start=1) if mark in parts), "5")
    letters = parts.replace("u\N{COMBINING DIAERESIS}", "v")
    return "".join(letter for letter in letters if letter.isascii()), tone


class Sounds:
    """The sound of every character, as numbers of sounds side by side: 200 KiB, where a dictionary takes 11 MiB."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Read lines of a sound, a blank and the characters read so."""
        self._names = [""]
        self._numbers = {start: array("H", bytes(2 * (end - start))) for start, end in _PLANES}
        for line in lines:
            sound, characters = line.split()
            self._names.append(sound)
            for character in characters:
                numbers, place = self._place(character)
                numbers[place] = len(self._names) - 1

    def of(self, character: str) -> str:
        """Return the sound of a character with its tone, such as `li3`; nothing where none is known."""
        numbers, place = self._place(character)
        return self._names[numbers[place]] if numbers else ""

    def _place(self, character: str) -> tuple[array[int], int]:
        code = ord(character)
        start = next((start for start, end in _PLANES if start <= code < end), None)
        return (array("H"), 0) if start is None else (self._numbers[start], code - start)


@cache
def _sounds() -> Sounds:
    """Read the file once, where it is first needed."""
    with Path(__file__).with_name("pinyin_sounds.txt").open(encoding="utf-8") as lines:
        return Sounds(lines)
