"""Single cells of the platform's files: what they mean, whatever they went through.

Every function takes the text of one cell. The readers raise `Unreadable` with a sentence; whole columns are read by
`shopops.taobao.casting`, which comes here only for the cells that are not in the ordinary form.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets.cells import EPOCH
from shopops.taobao.complaints import quoted

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTHING = frozenset(("", "null", "NULL", "Null", "-", "--", "—", "——", "None", "nan", "NaN", "N/A", "#N/A", "\\N"))
"""Cells that stand for no value."""
NO_MONEY = frozenset({"无", "无退款", "无退款申请", "没有申请退款", "未申请退款"})
ZONE = timezone(timedelta(hours=8))
ZONE_SUFFIX = "+08"
LONGEST_ID = 32
MOST_MONEY = Decimal("9999999999.99")
FIRST_YEAR, LAST_YEAR = 1990, 2100
CENT = Decimal("0.01")

FORMULA = re.compile(r'="?([^"]*)"?')
NUMBER_SIGN = re.compile(r"^no[:：.]", re.IGNORECASE)
BETWEEN_WAYBILLS = re.compile(r"[,，;；|、]|(?<=[0-9A-Za-z]{8})\s+(?=(?:No[:：.])?\s*[0-9A-Za-z]{8})")
DIGITS = re.compile(rf"[0-9]{{1,{LONGEST_ID}}}")
WHOLE = re.compile(r"([0-9]{1,9})(?:\.0{1,6})?")
MONEY_MARKS = str.maketrans("", "", "¥￥元,， \u00a0")
MOMENT = re.compile(
    r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?"
    r"(?:[ T]*(上午|下午|AM|PM)?[ ]*(\d{1,2})(?::|时|点)(\d{1,2})"
    r"(?:(?::|分)(\d{1,2})?(?:\.\d{1,9})?秒?)?分?[ ]*(AM|PM)?)?"
    r"[ ]*(Z|[+-]\d{2}:?\d{2}|\+08)?",
    re.IGNORECASE | re.ASCII,
)
COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?", re.ASCII)
DAY_NUMBER = re.compile(r"(\d{5})(?:\.(\d{1,17}))?", re.ASCII)
FIRST_DAY_NUMBER, LAST_DAY_NUMBER = 32874, 73050  # 1990-01-01 … 2099-12-31
NOON = 12


class Unreadable(ValueError):  # noqa: N818 -- says what the value is
    """A cell that does not hold what its column promises; carries the sentence."""

    def __init__(self, message: _StrPromise) -> None:
        super().__init__(message)
        self.message = message


def unwrapped(text: str) -> str:
    """Return the content of a cell: without the formula `="…"` around it and blanks at its ends; "" for nothing.

    Blanks include the tab and the invisible marks that protect digits or come along when copying.
    """
    text = text.strip(" \t\r\n\f\v\u3000\u00a0\ufeff\u200b\u200e\u200f\u202a\u202c")
    if text.startswith("=") and (match := FORMULA.fullmatch(text)):
        text = match[1].strip()
    return "" if text in NOTHING else text


def phone(text: str) -> str:
    """Return a telephone number as text, without the apostrophe that protects it."""
    return unwrapped(unwrapped(text).lstrip("'‘’`"))


def waybill(text: str) -> str:
    """Return a waybill number without `No:`; several numbers stay together, separated by commas."""
    parts = (NUMBER_SIGN.sub("", "".join(part.split())) for part in BETWEEN_WAYBILLS.split(phone(text)))
    return ",".join(part for part in parts if part and part not in NOTHING)


def identifier(text: str) -> str:
    """Return a number of the platform as text of digits; "" for nothing.

    :raises Unreadable: if it holds anything but digits.
    """
    cleaned = unwrapped(unwrapped(text).lstrip("'‘’`"))
    if not cleaned or DIGITS.fullmatch(cleaned):
        return cleaned
    narrow = unicodedata.normalize("NFKC", cleaned)
    if DIGITS.fullmatch(narrow):
        return narrow
    raise Unreadable(sentence(_("“%(value)s” is not a number of the platform"), value=quoted(text)))


def money(text: str) -> str | None:
    """Return an amount in yuan with at most two decimals, as text; None for nothing.

    :raises Unreadable: if it is no amount or a senseless one.
    """
    cleaned = unwrapped(text)
    if not cleaned or cleaned in NO_MONEY:
        return None
    cleaned = unicodedata.normalize("NFKC", cleaned).translate(MONEY_MARKS).lstrip("'")
    try:
        amount = Decimal(cleaned) if cleaned.isascii() else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or abs(amount) > MOST_MONEY or "_" in cleaned:
        raise Unreadable(sentence(_("“%(value)s” is not an amount of money"), value=quoted(text)))
    return str(amount.quantize(CENT, ROUND_HALF_UP))


def count(text: str) -> str | None:
    """Return a whole number from 0, as text; None for nothing.

    :raises Unreadable: if it is none.
    """
    cleaned = unwrapped(text)
    if not cleaned:
        return None
    match = WHOLE.fullmatch(unicodedata.normalize("NFKC", cleaned).translate(MONEY_MARKS).lstrip("'"))
    if match is None or not match[1].isascii():
        raise Unreadable(sentence(_("“%(value)s” is not a whole number"), value=quoted(text)))
    return str(int(match[1]))


@lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    """Tell whether `yyyy-mm-dd` is a day of the calendar within the years that make sense."""
    try:
        return FIRST_YEAR <= date.fromisoformat(text).year < LAST_YEAR
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def moment(text: str) -> str | None:
    """Return a time as `2016-09-18 23:17:02+08`; None for nothing.

    Read are `2016-05-23 22:02:11`, `2016/5/23 22:02`, `2016年5月23日 22时2分`, a day alone (midnight),
    `20160523220211`, ISO times with a zone, AM/PM, full-width digits, and the day numbers of a spreadsheet program
    (42513.918).

    :raises Unreadable: if it is none of these, or no time of the calendar from 1990 to 2099.
    """
    cleaned = unicodedata.normalize("NFKC", unwrapped(text)).lstrip("'").strip()
    if not cleaned:
        return None
    try:
        found = read_moment(cleaned)
    except (ValueError, OverflowError):
        found = None
    if found is None or not FIRST_YEAR <= found.year < LAST_YEAR:
        raise Unreadable(sentence(_("“%(value)s” is not a time"), value=quoted(text)))
    return found.isoformat(sep=" ") + ZONE_SUFFIX


def read_moment(text: str) -> datetime | None:  # noqa: PLR0911 -- one a form
    """Return Shanghai's wall clock for one of the forms, or None; a value out of its range raises ValueError."""
    if not text.isascii() and not any(mark in text for mark in "年时点上下"):
        return None
    if match := COMPACT.fullmatch(text):
        return datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    if match := DAY_NUMBER.fullmatch(text):
        if not FIRST_DAY_NUMBER <= int(match[1]) <= LAST_DAY_NUMBER:
            return None
        return EPOCH + timedelta(seconds=round(float(text) * 86_400))
    match = MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, half, hour, minute, second, half_after, zone = match.groups()
    hours = int(hour or 0)
    half = (half or half_after or "").upper()
    if half:
        if not 0 < hours <= NOON:
            return None
        hours = hours % NOON + (NOON if half in {"PM", "下午"} else 0)
    found = datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0))  # noqa: DTZ001
    if zone and zone != ZONE_SUFFIX:
        offset = UTC if zone in {"Z", "z"} else datetime.strptime(zone.replace(":", ""), "%z").tzinfo
        found = found.replace(tzinfo=offset).astimezone(ZONE).replace(tzinfo=None)
    return found
