"""Receiver addresses as the platform writes them: `省 市 区 详细(邮编)`."""

from __future__ import annotations

import re
from typing import NamedTuple


class Address(NamedTuple):
    """The parts of an address; "" for what cannot be told."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""


PROVINCES = (
    *("北京", "天津", "上海", "重庆"),
    *("河北省", "山西省", "辽宁省", "吉林省", "黑龙江省", "江苏省", "浙江省", "安徽省", "福建省", "江西省"),
    *("山东省", "河南省", "湖北省", "湖南省", "广东省", "海南省", "四川省", "贵州省", "云南省", "陕西省"),
    *("甘肃省", "青海省", "台湾省"),
    *("内蒙古自治区", "广西壮族自治区", "西藏自治区", "宁夏回族自治区", "新疆维吾尔自治区"),
    *("香港特别行政区", "澳门特别行政区", "海外"),
)
"""As the platform writes them."""

SHORT = {name: name.removesuffix("省") for name in PROVINCES} | {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "香港特别行政区": "香港",
    "澳门特别行政区": "澳门",
}
MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆"})
PROVINCE_OF = (
    {name: name for name in PROVINCES}
    | {short: name for name, short in SHORT.items()}
    | {f"{name}市": name for name in MUNICIPALITIES}
    | {"广西自治区": "广西壮族自治区", "宁夏自治区": "宁夏回族自治区", "新疆自治区": "新疆维吾尔自治区"}
)
"""Any way to write a province → the platform's."""

STARTS = sorted(PROVINCE_OF, key=len, reverse=True)
LONGEST_PLACE = 15
"""Characters of the longest district: 积石山保安族东乡族撒拉族自治县 has 14."""
DISTRICT_ENDS = (*"区县市旗镇乡岛", "街道", "办事处", "管委会", "农场")
ABROAD = ("香港特别行政区", "澳门特别行政区", "台湾省", "海外")
POSTCODE = re.compile(r"[(（]([0-9]{6})[)）]\s*$")
ORDINARY_FORM = re.compile(r"(?:([^ \n]+ [^ \n]+ [^ \n]+) ([^\s(][^\n(]*(?<!\s))\(([0-9]{6})\)|(.*))\n")
CITY = re.compile(r"[^\d\s]{1,12}?(?:自治州|地区|盟|市)")
DISTRICT = re.compile(r"[^\d\s]{1,13}?(?:自治县|自治旗|新区|开发区|[区县市旗])")
EMPTY = Address()


def split_address(text: str) -> Address:
    """Split an address into its parts; what does not look like an address becomes the street, whole.

    Municipalities repeat (`上海 上海市 浦东新区 …`), county-level cities may leave the city empty (`湖北省  仙桃市 …`),
    some cities have no districts (`广东省 东莞市  …`), a changed address has several blanks before the street and no
    postcode, and some reports have no blanks at all.
    """
    if not text:
        return EMPTY
    postcode = ""
    if text[-1:] in ")） " and (match := POSTCODE.search(text)):
        postcode = match[1] if match[1] != "000000" else ""
        text = text[: match.start()]
    first, blank, rest = text.strip().partition(" ")
    province = PROVINCE_OF.get(first)
    if province is None:
        return split_unspaced(text.strip(), postcode)
    if not blank:
        return Address(province, postcode=postcode)
    city, blank, rest = rest.partition(" ")
    if not blank:
        return Address(province, city, "", "", postcode) if is_city(city) else Address(province, "", "", city, postcode)
    second, _blank, street = rest.partition(" ")
    street = street.strip()
    if is_district(second, province):
        return Address(province, city, second, street, postcode)
    return Address(province, city, "", f"{second} {street}".strip(), postcode)


def is_city(place: str) -> bool:
    """Tell whether a word alone behind the province names a city rather than a street."""
    return len(place) <= LONGEST_PLACE and place.endswith(("市", "自治州", "地区", "盟"))


def is_district(place: str, province: str) -> bool:
    """Tell whether the third word of an address names a district rather than a street."""
    if not place or len(place) > LONGEST_PLACE:
        return False
    return place.endswith(DISTRICT_ENDS) or province in ABROAD


def split_unspaced(text: str, postcode: str) -> Address:
    """Split an address written without blanks, such as 浙江省杭州市余杭区良渚街道…, as far as it goes."""
    start = next((start for start in STARTS if text.startswith(start)), None)
    if start is None:
        return Address(street=text, postcode=postcode)
    province = PROVINCE_OF[start]
    rest = text[len(start) :]
    city = ""
    if province in MUNICIPALITIES:
        city = f"{province}市"
        rest = rest.removeprefix(city)
    elif match := CITY.match(rest):
        city = match[0]
        rest = rest[match.end() :]
    district = ""
    if match := DISTRICT.match(rest):
        district = match[0]
        rest = rest[match.end() :]
    return Address(province, city, district, rest.strip(), postcode)


def split_addresses(addresses: list[str]) -> list[list[str]]:
    """Split a column of addresses: one list for each part of `Address`.

    One expression reads all that are in the ordinary form, whose first three words many share; the others are read
    one by one.
    """
    found = ORDINARY_FORM.findall("\n".join(addresses) + "\n")
    if len(found) != len(addresses):  # a line break within an address
        return list(map(list, zip(*map(split_address, addresses), strict=True)))
    words, streets, postcodes, others = map(list, zip(*found, strict=True))
    known = {key: split_address(f"{key} x") for key in set(words)}
    places = [known[key] for key in words]
    provinces, cities, districts, _streets, _postcodes = map(list, zip(*places, strict=True))
    if "000000" in postcodes:
        postcodes = ["" if postcode == "000000" else postcode for postcode in postcodes]
    columns = [provinces, cities, districts, streets, postcodes]
    if any(others) or not all(known[key].district for key in known if key):
        for row, (text, place) in enumerate(zip(addresses, places, strict=True)):
            if not place.district:
                for column, part in zip(columns, split_address(text), strict=True):
                    column[row] = part
    return columns
