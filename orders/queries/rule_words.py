"""The words review rules are made of: what can be asked of an order, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orders.states import ExceptionKind, FlagColour
from shopops.kit.clock import SHANGHAI

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Kind = Literal["none", "money", "number", "words", "flags", "troubles", "hours", "shops"]
"""What a condition is compared with; the form draws its field by it."""


@dataclass(slots=True)
class Facts:
    """What rules may ask of an order."""

    id: int
    shop_id: int
    amount: Decimal
    pieces: int
    lines: int
    province: str
    city: str
    buyer_nick: str
    buyer_message: str
    seller_memo: str
    flag: int
    tags: list[str]
    troubles: list[str]
    is_blocked: bool
    is_short: bool
    carrier_id: int | None
    paid_at: datetime | None
    state: str = ""
    is_remote: bool = False
    is_returning: bool = False
    skus: dict[str, int] = field(default_factory=dict)
    """Merchant code → pieces bought."""


Holds = Callable[[Facts], bool]


@dataclass(frozen=True)
class Test:
    """Something that can be asked.

    :param of: from the value (a text, or a list of texts) to the question put to each order.
    :param group: heading in the choice of conditions.
    """

    label: str | _StrPromise
    kind: Kind
    of: Callable[[Any], Holds]
    group: str | _StrPromise
    needs: Literal["", "skus", "returning"] = ""


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(value) from error


def _words(value: Any) -> list[str]:
    words = value if isinstance(value, list) else str(value).replace("，", ",").replace("、", ",").split(",")
    found = [str(word).strip() for word in words if str(word).strip()]
    if not found:
        raise ValueError(value)
    return found


def _numbers(value: Any) -> frozenset[int]:
    return frozenset(int(word) for word in _words(value))


def _hours(value: Any) -> Holds:
    first, last = (int(word) % 24 for word in _words(value))

    def between(facts: Facts) -> bool:
        if facts.paid_at is None:
            return False
        hour = facts.paid_at.astimezone(SHANGHAI).hour
        return first <= hour < last if first <= last else hour >= first or hour < last

    return between


def _at_least(name: str) -> Callable[[Any], Holds]:
    def of(value: Any) -> Holds:
        least = _amount(value)
        return lambda facts: getattr(facts, name) >= least

    return of


def _at_most(name: str) -> Callable[[Any], Holds]:
    def of(value: Any) -> Holds:
        most = _amount(value)
        return lambda facts: getattr(facts, name) <= most

    return of


def _contains(name: str, *, wanted: bool) -> Callable[[Any], Holds]:
    def of(value: Any) -> Holds:
        words = [word.lower() for word in _words(value)]
        return lambda facts: any(word in getattr(facts, name).lower() for word in words) is wanted

    return of


def _begins(name: str) -> Callable[[Any], Holds]:
    def of(value: Any) -> Holds:
        words = tuple(_words(value))
        return lambda facts: getattr(facts, name).startswith(words)

    return of


def _filled(name: str, *, wanted: bool) -> Callable[[Any], Holds]:
    return lambda _value: lambda facts: bool(getattr(facts, name)) is wanted


def _overlap(name: str, *, wanted: bool) -> Callable[[Any], Holds]:
    def of(value: Any) -> Holds:
        words = set(_words(value))
        return lambda facts: (not words.isdisjoint(getattr(facts, name))) is wanted

    return of


def _only_skus(value: Any) -> Holds:
    codes = set(_words(value))
    return lambda facts: bool(facts.skus) and codes.issuperset(facts.skus)


def _one_of(name: str) -> Callable[[Any], Holds]:
    def of(value: Any) -> Holds:
        numbers = _numbers(value)
        return lambda facts: getattr(facts, name) in numbers

    return of


def _is(name: str, *, wanted: bool) -> Callable[[Any], Holds]:
    return lambda _value: lambda facts: bool(getattr(facts, name)) is wanted


_MONEY, _GOODS, _PLACE = _("Amounts"), _("Goods"), _("Address")
_TEXTS, _MARKS, _BUYER = _("Remarks"), _("Marks"), _("Buyer and time")

TESTS: Mapping[str, Test] = {
    "amount_at_least": Test(_("Paid amount ≥"), "money", _at_least("amount"), _MONEY),
    "amount_at_most": Test(_("Paid amount ≤"), "money", _at_most("amount"), _MONEY),
    "pieces_at_least": Test(_("Pieces ≥"), "number", _at_least("pieces"), _GOODS),
    "pieces_at_most": Test(_("Pieces ≤"), "number", _at_most("pieces"), _GOODS),
    "lines_at_least": Test(_("Kinds of goods ≥"), "number", _at_least("lines"), _GOODS),
    "lines_at_most": Test(_("Kinds of goods ≤"), "number", _at_most("lines"), _GOODS),
    "sku_any": Test(_("Has one of the SKUs"), "words", _overlap("skus", wanted=True), _GOODS, "skus"),
    "sku_none": Test(_("Has none of the SKUs"), "words", _overlap("skus", wanted=False), _GOODS, "skus"),
    "sku_only": Test(_("Has nothing but the SKUs"), "words", _only_skus, _GOODS, "skus"),
    "short": Test(_("Is out of stock"), "none", _is("is_short", wanted=True), _GOODS),
    "not_short": Test(_("Is in stock"), "none", _is("is_short", wanted=False), _GOODS),
    "province_any": Test(_("Province is one of"), "words", _begins("province"), _PLACE),
    "city_any": Test(_("City is one of"), "words", _begins("city"), _PLACE),
    "remote": Test(_("Address is remote"), "none", _is("is_remote", wanted=True), _PLACE),
    "not_remote": Test(_("Address is not remote"), "none", _is("is_remote", wanted=False), _PLACE),
    "message_contains": Test(_("Buyer's message contains"), "words", _contains("buyer_message", wanted=True), _TEXTS),
    "message_empty": Test(_("No buyer's message"), "none", _filled("buyer_message", wanted=False), _TEXTS),
    "message_filled": Test(_("Has a buyer's message"), "none", _filled("buyer_message", wanted=True), _TEXTS),
    "memo_contains": Test(_("Seller's memo contains"), "words", _contains("seller_memo", wanted=True), _TEXTS),
    "memo_lacks": Test(_("Seller's memo does not contain"), "words", _contains("seller_memo", wanted=False), _TEXTS),
    "memo_empty": Test(_("No seller's memo"), "none", _filled("seller_memo", wanted=False), _TEXTS),
    "memo_filled": Test(_("Has a seller's memo"), "none", _filled("seller_memo", wanted=True), _TEXTS),
    "flag_any": Test(_("Flag is one of"), "flags", _one_of("flag"), _MARKS),
    "tag_any": Test(_("Has one of the tags"), "words", _overlap("tags", wanted=True), _MARKS),
    "tag_none": Test(_("Has none of the tags"), "words", _overlap("tags", wanted=False), _MARKS),
    "trouble_any": Test(_("Has one of the exceptions"), "troubles", _overlap("troubles", wanted=True), _MARKS),
    "trouble_none": Test(_("Has no exception"), "none", _filled("troubles", wanted=False), _MARKS),
    "buyer_new": Test(_("Buyer is new"), "none", _is("is_returning", wanted=False), _BUYER, "returning"),
    "buyer_returning": Test(
        _("Buyer has bought before"), "none", _is("is_returning", wanted=True), _BUYER, "returning"
    ),
    "hour_between": Test(_("Paid between the hours"), "hours", _hours, _BUYER),
    "shop_any": Test(_("Shop is one of"), "shops", _one_of("shop_id"), _BUYER),
}


@dataclass(frozen=True)
class Doing:
    """Something a rule can do; `fields` are the names of what it has to be told."""

    label: str | _StrPromise
    fields: tuple[str, ...] = ()


DOINGS: Mapping[str, Doing] = {
    "approve": Doing(_("Approve")),
    "hold": Doing(_("Put on hold"), ("hours", "until", "reason")),
    "flag": Doing(_("Set the flag"), ("flag",)),
    "tag": Doing(_("Set a tag"), ("tag",)),
    "courier": Doing(_("Choose the carrier"), ("carrier",)),
    "gift": Doing(_("Add a gift"), ("sku", "pieces", "per", "of", "once", "cap")),
    "split": Doing(_("Split off what is out of stock")),
    "finance": Doing(_("Ask finance"), ("question",)),
    "exception": Doing(_("Raise an exception"), ("reason",)),
}

RESULTS: Mapping[str, str | _StrPromise] = {
    "done": _("done"),
    "same": _("was so already"),
    "once": _("done before, not again"),
    "blocked": _("skipped: the order has exceptions"),
    "held": _("skipped: the order is not in review any more"),
    "short": _("skipped: out of stock"),
    "limit": _("skipped: above the limit for approval"),
    "few": _("skipped: too few bought"),
    "stock": _("skipped: no stock of the gift"),
    "cap": _("skipped: all gifts of the rule are given"),
    "buyer": _("skipped: the buyer had this gift"),
    "refused": _("skipped: not possible"),
}


def condition_said(condition: Mapping[str, Any], shops: Mapping[int, str]) -> str:
    """Return a condition in words, in the active language."""
    test = TESTS.get(condition["test"])
    if test is None:
        return str(condition["test"])
    return f"{test.label} {value_said(test.kind, condition.get('value', ''), shops)}".strip()


def value_said(kind: Kind, value: Any, shops: Mapping[int, str]) -> str:
    """Return what a condition compares with, in words."""
    if kind == "none":
        return ""
    if kind == "money":
        return f"¥{value}"
    words = [str(word) for word in (value if isinstance(value, list) else [value])]
    if kind == "hours":
        return "–".join(f"{int(word):02}:00" for word in words)
    names: Mapping[Any, Any] = {
        "flags": {str(one.value): one.label for one in FlagColour},
        "troubles": {one.value: one.label for one in ExceptionKind},
    }.get(kind, {})
    if kind == "shops":
        return " / ".join(shops[int(word)] for word in words)
    return " / ".join(str(names.get(word, word)) for word in words)


def doing_said(doing: Mapping[str, Any], carriers: Mapping[int, str]) -> str:
    """Return an action in words, in the active language."""
    told = DOINGS.get(doing["do"])
    if told is None:
        return str(doing["do"])
    label = str(told.label)
    if doing["do"] == "hold":
        until = doing.get("until")
        span = _now("until %(time)s") % {"time": until} if until else _now("for %(n)s h") % {"n": doing.get("hours")}
        return " · ".join(filter(None, (f"{label} {span}", doing.get("reason", ""))))
    if doing["do"] == "gift":
        return _gift_said(label, doing)
    values: list[Any] = [doing[name] for name in told.fields if doing.get(name)]
    if doing["do"] == "flag" and values:
        values = [FlagColour(int(values[0])).label]
    elif doing["do"] == "courier" and values:
        values = [carriers[int(values[0])]]
    return f"{label} {' '.join(str(value) for value in values)}".strip()


def _gift_said(label: str, doing: Mapping[str, Any]) -> str:
    parts = [f"{label} {doing['pieces']} × {doing['sku']}"]
    if doing.get("per"):
        of = f" ({' / '.join(doing['of'])})" if doing.get("of") else ""
        parts.append(_now("for every %(n)s bought") % {"n": doing["per"]} + of)
    if doing.get("once"):
        parts.append(_now("once per buyer"))
    if doing.get("cap"):
        parts.append(_now("%(n)s at most in all") % {"n": doing["cap"]})
    return ", ".join(parts)
