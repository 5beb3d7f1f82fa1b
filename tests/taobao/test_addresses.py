"""Addresses, split as people need them for couriers and regions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopops.taobao.addresses import PROVINCES, Address, split_address, split_addresses

CASES = {
    "江苏省 苏州市 昆山市 玉山镇测试路12号(215300)": ("江苏省", "苏州市", "昆山市", "玉山镇测试路12号", "215300"),
    "上海 上海市 浦东新区 康桥镇测试路7号(200120)": ("上海", "上海市", "浦东新区", "康桥镇测试路7号", "200120"),
    "陕西省 宝鸡市 其它区 高新开发区测试路2号(721013)": ("陕西省", "宝鸡市", "其它区", "高新开发区测试路2号", "721013"),
    "广东省 佛山市 顺德区    乐从镇测试路3号": ("广东省", "佛山市", "顺德区", "乐从镇测试路3号", ""),
    "湖北省  仙桃市 龙华山街道1号(433000)": ("湖北省", "", "仙桃市", "龙华山街道1号", "433000"),
    "广东省 东莞市  莞城街道1号(523000)": ("广东省", "东莞市", "", "莞城街道1号", "523000"),
    "广东省 东莞市 莞太路12号 3栋(523000)": ("广东省", "东莞市", "", "莞太路12号 3栋", "523000"),
    "广西壮族自治区 南宁市 青秀区 测试路1号(000000)": ("广西壮族自治区", "南宁市", "青秀区", "测试路1号", ""),
    "内蒙古自治区 锡林郭勒盟 锡林浩特市 测试路(026000)": (
        "内蒙古自治区",
        "锡林郭勒盟",
        "锡林浩特市",
        "测试路",
        "026000",
    ),
    "浙江省 杭州市 余杭区 良渚(南区)1栋(311113)": ("浙江省", "杭州市", "余杭区", "良渚(南区)1栋", "311113"),
    "香港特别行政区 九龙 油尖旺区 弥敦道1号(000000)": ("香港特别行政区", "九龙", "油尖旺区", "弥敦道1号", ""),
    "浙江省杭州市余杭区良渚街道 ******": ("浙江省", "杭州市", "余杭区", "良渚街道 ******", ""),
    "北京市海淀区中关村1号": ("北京", "北京市", "海淀区", "中关村1号", ""),
    "海南省 海口市": ("海南省", "海口市", "", "", ""),
    "内蒙古自治区": ("内蒙古自治区", "", "", "", ""),
    "上海": ("上海", "", "", "", ""),
    "火星 1号": ("", "", "", "火星 1号", ""),
    "浙江 杭州市 西湖区 测试路": ("浙江省", "杭州市", "西湖区", "测试路", ""),
    "": ("", "", "", "", ""),
}


@pytest.mark.parametrize(("text", "parts"), CASES.items())
def test_an_address_is_split(text, parts):
    assert split_address(text) == Address(*parts)


def test_a_column_of_addresses_is_split_as_each_alone():
    columns = split_addresses(list(CASES))
    assert list(zip(*columns, strict=True)) == list(CASES.values())


WORDS = st.sampled_from(
    ["", "苏州市", "昆山市", "玉山镇", "测试路1号", "(215300)", "(000000)", "（215300）", "\n", "a(b)c", "\u3000"]
)


@given(
    st.lists(
        st.text(max_size=20)
        | st.builds(
            lambda province, words: " ".join([province, *words]),
            st.sampled_from([*PROVINCES, "浙江", "", "火星"]),
            st.lists(WORDS, max_size=6),
        ),
        max_size=6,
    )
)
def test_a_column_is_never_split_otherwise_than_its_cells(addresses):
    columns = split_addresses(addresses)
    if addresses:
        assert list(zip(*columns, strict=True)) == [tuple(split_address(text)) for text in addresses]


@given(st.text(max_size=40))
def test_any_text_can_be_split(text):
    assert len(split_address(text)) == 5
