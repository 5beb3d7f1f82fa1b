"""Code 128 is read back by a small reader written from the standard, not from the writer."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.barcodes import PATTERNS, START_B, code128, code128_values

RECTANGLE = re.compile(r'<rect x="(\d+)" y="0" width="(\d+)"')


def modules(svg: str) -> str:
    """Return the bars of a drawing as 1 and the gaps as 0, white margins cut off."""
    bars = [(int(x), int(width)) for x, width in RECTANGLE.findall(svg)]
    end = sum(bars[-1])
    line = ["0"] * end
    for x, width in bars:
        line[x : x + width] = "1" * width
    return "".join(line)[bars[0][0] :]


def read(svg: str) -> str:
    """Read a barcode, checking its checksum."""
    widths = [str(len(run[0])) for run in re.finditer(r"1+|0+", modules(svg))]
    symbols = [PATTERNS.index("".join(widths[place : place + 6])) for place in range(0, len(widths) - 7, 6)]
    assert "".join(widths[-7:]) == "2331112"
    *values, checksum = symbols
    assert checksum == (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    digits_in_pairs = values[0] == 105
    text = ""
    for value in values[1:]:
        if digits_in_pairs and value == 100:
            digits_in_pairs = False
        elif not digits_in_pairs and value == 99:
            digits_in_pairs = True
        else:
            text += f"{value:02}" if digits_in_pairs else chr(value + 32)
    return text


def test_the_table_has_107_different_symbols_of_11_modules_and_a_stop_of_13():
    assert len(set(PATTERNS)) == 107
    assert {sum(map(int, pattern)) for pattern in PATTERNS[:-1]} == {11}
    assert sum(map(int, PATTERNS[-1])) == 13
    # A bar of even total width: the standard's own parity of Code 128.
    assert all(sum(map(int, pattern[::2])) % 2 == 0 for pattern in PATTERNS[:-1])


def test_known_symbols_and_checksums():
    assert code128_values("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]
    assert code128_values("123456") == [105, 12, 34, 56, 44, 106]


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_what_is_written_is_what_is_read(text):
    assert read(code128(text)) == text


@given(st.text(alphabet="0123456789AB", min_size=1, max_size=30))
def test_no_text_takes_more_symbols_than_set_b_alone(text):
    assert len(code128_values(text)) <= len(text) + 3


def test_digits_are_written_in_pairs_and_letters_are_not():
    assert len(code128_values("78120123456789")) == 7 + 3
    assert code128_values("YT12")[0] == START_B


def test_the_white_margins_are_ten_modules():
    svg = code128("SF1234567890123")
    bars = [(int(x), int(width)) for x, width in RECTANGLE.findall(svg)]
    whole = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    assert bars[0][0] == 10
    assert whole - sum(bars[-1]) == 10


def test_words_below_the_bars_are_escaped():
    assert "A&lt;B" in code128("A<B", words=True)
    assert "style" not in code128("A<B", words=True)


@pytest.mark.parametrize("text", ["", "运单", "a\n", "é"])
def test_what_the_code_cannot_write_is_refused(text):
    with pytest.raises(ValueError, match="printable ASCII"):
        code128(text)
