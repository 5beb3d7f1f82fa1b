"""Searching and sorting Chinese by sound."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopops.kit.pinyin import PHRASES, search_keys, sort_key
from tools.pinyin_sounds import TARGET as SOUNDS
from tools.pinyin_sounds import read, sounds


@pytest.mark.parametrize(
    ("text", "full", "initials"),
    [
        ("李娜", "lina", "ln"),
        ("吕布", "lvbu", "lb"),
        ("USB线 500ml", "usbxian500ml", "usbx500ml"),
        ("加厚羊羔绒外套", "jiahouyanggaorongwaitao", "jhygrwt"),
        ("单肩包", "danjianbao", "djb"),
        ("重庆长袖番茄", "chongqingchangxiufanqie", "cqcxfq"),
        ("", "", ""),
    ],
)
def test_goods_are_found_by_full_pinyin_and_by_initials(text, full, initials):
    assert search_keys(text) == (full, initials)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("单晓", "shanxiao"),
        ("曾国", "zengguo"),
        ("解珍", "xiezhen"),
        ("仇英", "qiuying"),
        ("区小文", "ouxiaowen"),
        ("查良", "zhaliang"),
        ("朴树", "piaoshu"),
        ("尉迟恭", "yuchigong"),
        ("万俟雪", "moqixue"),
        ("单于丹", "chanyudan"),
        ("赵敏", "zhaomin"),
        ("欧阳娜娜", "ouyangnana"),
    ],
)
def test_surnames_have_their_own_readings(name, full):
    assert search_keys(name, person=True)[0] == full


def test_the_reading_of_a_surname_is_not_used_for_goods():
    assert search_keys("单", person=True) == ("shan", "s")
    assert search_keys("单") == ("dan", "d")


def test_people_sort_by_sound_then_tone():
    names = ["赵敏", "单晓", "李娜", "里奇", "陈静", "王强", "阿尔"]
    in_order = sorted(names, key=lambda name: sort_key(name, person=True))
    assert in_order == ["阿尔", "陈静", "李娜", "里奇", "单晓", "王强", "赵敏"]


@given(st.text(max_size=30))
def test_any_text_has_keys_without_spaces_and_capital_letters(text):
    for key in search_keys(text):
        assert key == key.lower()
        assert not any(character.isspace() for character in key)
    assert sort_key(text).endswith(text)


def test_the_file_of_sounds_is_what_the_library_says():
    said = dict(map(str.split, SOUNDS.read_text(encoding="utf-8").splitlines()))
    assert said == sounds()


@settings(deadline=None)
@given(st.text(st.sampled_from("".join({*"".join(PHRASES), *"单李娜，a 1ü吕𠼞"})), max_size=20))
def test_texts_sound_as_the_library_reads_them_with_our_words(text):
    assert "".join(sort_key(text).removesuffix(text).split()) == "".join(read(text).lower().split())


def test_the_library_stays_out_of_memory():
    program = (
        "import sys; from shopops.kit.pinyin import search_keys; search_keys('单肩包');print('pypinyin' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
