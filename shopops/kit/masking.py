"""Hiding personal data: enough stays to recognise somebody one knows, not enough to find somebody one does not.

Masking what is already masked changes nothing, so it does not matter who hid it first, the platform or we.
"""

from __future__ import annotations

import re

from shopops.kit.pinyin import DOUBLE_SURNAMES

STARS = "****"

_MOBILE = re.compile(r"(?P<country>(?:\+|00)?86[- ]?)?(?P<head>1\d{2})\d{4}(?P<tail>\d{4})(?P<extension>[-,转#*]\d+)?")
_LANDLINE = re.compile(r"(?P<area>0\d{2,3}[- ]?)?\d{3,4}(?P<tail>\d{4})(?P<extension>[-,转#*]\d+)?")
_EMAIL = re.compile(r"(?P<head>[^@\s*]{1,2})[^@\s]*(?P<host>@[^@\s]+)")
_DIGIT = re.compile(r"\d")

_SHORT_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|"
    "青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_PLACE = re.compile(
    rf"""\s*
    (?:(?:{_SHORT_PROVINCES})(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区|特别行政区)?\s*)
    (?:[^\s\d区县路街号]{{2,10}}?(?:市|自治州|地区|盟|林区)(?!场)\s*)?
    (?:[路街]?[^\s\d路街巷弄号幢栋楼]{{1,14}}?(?<![小社校厂宅])(?:区|县|市区?|旗))?
    """,
    re.VERBOSE,
)


def mask_phone(number: str) -> str:
    """Hide the middle of a telephone number: `138****1234`, `0571-****1234`.

    The extension of a virtual number (`18877771111-123`) or of a switchboard is hidden whole.
    """
    number = number.strip()
    if "*" in number and not _MOBILE.fullmatch(number) and not _LANDLINE.fullmatch(number):
        return number
    if found := _MOBILE.fullmatch(number):
        head = (found["country"] or "") + found["head"]
    elif found := _LANDLINE.fullmatch(number):
        head = found["area"] or ""
    else:
        return _middle(number)
    extension = found["extension"]
    return f"{head}{STARS}{found['tail']}" + (f"{extension[0]}***" if extension else "")


def mask_name(name: str) -> str:
    """Hide all of a person's name but the surname, and its length too: `李**`, `欧阳**`."""
    name = name.strip()
    if not name:
        return ""
    surname = name[:2] if name[:2] in DOUBLE_SURNAMES and name[2:] else name[:1]
    return f"{surname}**"


def mask_address(address: str) -> str:
    """Keep province, city and district of an address: `浙江省 杭州市 余杭区****`. Anything else is hidden whole."""
    address = address.strip()
    if not address:
        return ""
    found = _PLACE.match(address)
    place = found[0].rstrip() if found else ""
    return place if place == address else f"{place}{STARS}"


def mask_nick(nick: str) -> str:
    """Keep the first and the last character of a platform nickname: `t***5`."""
    nick = nick.strip()
    if "***" in nick or not nick:
        return nick
    return f"{nick[0]}***{nick[1:][-1:]}"


def mask_account(account: str) -> str:
    """Hide an account with a payment service or a bank: an e-mail address, a telephone number, a card number."""
    account = account.strip()
    if found := _EMAIL.fullmatch(account):
        return f"{found['head']}***{found['host']}"
    digits = account.replace(" ", "")
    if digits.isdecimal() and len(digits) > 11:  # noqa: PLR2004 -- longer than any telephone number
        return f"{STARS} {digits[-4:]}"
    if _DIGIT.search(account) and _MOBILE.fullmatch(account):
        return mask_phone(account)
    return _middle(account)


def _middle(text: str) -> str:
    """Hide all but the first and the last character of a text of unknown kind."""
    if not text:
        return ""
    if "***" in text:
        return text
    return f"{text[0]}{STARS}{text[-1]}" if len(text) > 3 else STARS  # noqa: PLR2004 -- too short to show an edge
