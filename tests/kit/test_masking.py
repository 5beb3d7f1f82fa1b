"""What personal data look like to those who need not see them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.masking import mask_account, mask_address, mask_name, mask_nick, mask_phone

MASKS = [mask_phone, mask_name, mask_address, mask_nick, mask_account]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812341234", "138****1234"),
        ("+86 13812341234", "+86 138****1234"),
        ("18877771111-123", "188****1111-***"),
        ("0571-88661234", "0571-****1234"),
        ("021-12345678-801", "021-****5678-***"),
        ("138****1234", "138****1234"),
        ("12345", "1****5"),
        ("110", "****"),
        ("", ""),
    ],
)
def test_a_telephone_number_keeps_its_head_and_tail(number, shown):
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("李娜", "李**"),
        ("李小娜", "李**"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳", "欧**"),
        ("Jo Smith", "J**"),
        ("李**", "李**"),
        ("", ""),
    ],
)
def test_a_name_keeps_the_surname_and_hides_its_length(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("浙江省 杭州市 余杭区 五常街道文一西路969号", "浙江省 杭州市 余杭区****"),
        ("浙江省杭州市余杭区文一西路969号", "浙江省杭州市余杭区****"),
        ("浙江省杭州市文一西路某小区3幢", "浙江省杭州市****"),
        ("北京 北京市 朝阳区 建国路1号", "北京 北京市 朝阳区****"),
        ("北京市朝阳区望京街市1号", "北京市朝阳区****"),
        ("湖北省 仙桃市 干河街道 长埫口路2号", "湖北省 仙桃市****"),
        ("新疆维吾尔自治区 巴音郭楞蒙古自治州 库尔勒市 石化大道", "新疆维吾尔自治区 巴音郭楞蒙古自治州 库尔勒市****"),
        ("四川省 成都市 其它区 天府路686号(610041)", "四川省 成都市 其它区****"),
        ("浙江省 台州市 路桥区 路北街道", "浙江省 台州市 路桥区****"),
        ("浙江省 杭州市", "浙江省 杭州市"),
        ("文一西路969号3幢", "****"),
        ("", ""),
    ],
)
def test_an_address_keeps_province_city_and_district(address, shown):
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("nick", "shown"), [("tb买家9895", "t***5"), ("小妈", "小***妈"), ("a", "a***"), ("t***5", "t***5"), ("", "")]
)
def test_a_nick_keeps_its_ends(nick, shown):
    assert mask_nick(nick) == shown


@pytest.mark.parametrize(
    ("account", "shown"),
    [
        ("user0108@example.com", "us***@example.com"),
        ("13812341234", "138****1234"),
        ("6222 0212 3456 7890 123", "**** 0123"),
        ("330102199001011234", "**** 1234"),
        ("lina-shop", "l****p"),
        ("", ""),
    ],
)
def test_an_account_keeps_what_tells_it_from_others(account, shown):
    assert mask_account(account) == shown


@pytest.mark.parametrize("mask", MASKS)
@given(text=st.text(alphabet="浙江省杭州市余杭区路街号李欧阳0123456789*-+ @.ab买"))
def test_masking_twice_hides_no_more_than_masking_once(mask, text):
    assert mask(mask(text)) == mask(text)


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True))
def test_no_mask_of_a_telephone_number_shows_five_digits_in_a_row(number):
    assert not re.search(r"\d{5}", mask_phone(number))
    assert number not in mask_account(number)


@given(st.from_regex(r"[浙江广东]{2}省[甲乙丙]{2}市[甲乙丙]{2}区[甲乙丙]{1,5}(路|街)\d{1,4}号", fullmatch=True))
def test_no_mask_of_an_address_shows_street_or_number(address):
    shown = mask_address(address)
    assert "路" not in shown
    assert "街" not in shown
    assert not re.search(r"\d", shown)
