"""Returned parcels: what a scan at the return desk means, and whose an ownerless parcel may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from orders.models import Order
from orders.queries.listed import matching_orders
from service.models import AfterSale, AfterSaleLine, ReturnParcel
from service.queries.aftersales import goods_of
from service.states import AFTER_INSPECTION, GIVEN_UP, AfterSaleKind, AfterSaleState, ReturnState
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick
from shopops.kit.templatetags.shown import short_moment

MOST = 8
SHORTEST_WAYBILL = 8
LOOKED_AT = 300
TONES = {
    ReturnState.OWNERLESS: "warn",
    ReturnState.MATCHED: "info",
    ReturnState.WRONG: "danger",
    ReturnState.SETTLED: "good",
}
_AWAITED = Q(state__in=(AfterSaleState.ASKED, AfterSaleState.AGREED, AfterSaleState.ON_THE_WAY, AfterSaleState.ARRIVED))


BACK = (AfterSaleState.AGREED, AfterSaleState.ON_THE_WAY)
"""States that end when a parcel arrives."""
_TAKING = {AfterSaleState.ASKED, *BACK, AfterSaleState.ARRIVED, AfterSaleState.DISPUTED}


def takes_parcels(case: AfterSale) -> bool:
    """Say whether goods may come back for a case.

    Once the money is paid, too: buyers send what they refused, and the platform does not always wait for the goods.
    """
    if case.kind == AfterSaleKind.REFUND or (case.kind == AfterSaleKind.RETURN and case.state == AfterSaleState.DONE):
        return case.state not in GIVEN_UP
    return case.kind in AFTER_INSPECTION and case.state in _TAKING


def tidy_waybill(text: str) -> str:
    """Return a waybill as it is kept: without blanks, in capitals."""
    return "".join(text.split()).upper().replace("\0", "")[:40]


@dataclass
class Seen:
    """What a scanned code stands for: a parcel taken in before, cases it may belong to, or orders without a case."""

    code: str
    parcel: ReturnParcel | None = None
    cases: list[AfterSale] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    is_waybill: bool = False
    """The code stands on the parcel; otherwise the waybill is still to be scanned."""

    @property
    def taking(self) -> list[AfterSale]:
        """Return the cases goods may come back for."""
        return [case for case in self.cases if takes_parcels(case)]


def seen_at_desk(text: str) -> Seen:
    """Return what a code means: a waybill, a case, an order, a refund number, the last four digits of a phone.

    Our own waybill counts too: a parcel the buyer refused comes back under it.
    """
    code = tidy_waybill(text)
    seen = Seen(code)
    if not code:
        return seen
    seen.parcel = ReturnParcel.objects.filter(waybill=code).select_related("case", "case__order", "received_by").first()
    if seen.parcel is not None:
        seen.is_waybill = True
        return seen
    cases = AfterSale.objects.select_related("order", "buyer", "shop").order_by("-asked_at", "-pk")
    if by_waybill := list(cases.filter(return_waybill=code)[:MOST]):
        seen.cases, seen.is_waybill = by_waybill, True
        return seen
    if len(code) == 4 and code.isdecimal():  # noqa: PLR2004 -- the tail of a telephone number
        mine = cases.filter(_AWAITED, order__in=Order.objects.filter(phone_tail=code).values("pk"))
        seen.cases = list(mine[:MOST])
        return seen
    if by_number := list(cases.filter(Q(number=code) | Q(platform_number=code) | Q(order__number=code))[:MOST]):
        seen.cases = by_number
        return seen
    orders = Order.objects.filter(matching_orders(code)).select_related("shop").order_by("-placed_at", "-pk")
    found = list(orders[:MOST])
    seen.is_waybill = any(order.waybill == code for order in found) or (not found and len(code) >= SHORTEST_WAYBILL)
    seen.cases = list(cases.filter(order__in=[order.pk for order in found])[:MOST])
    with_case = {case.order_id for case in seen.cases}
    seen.orders = [order for order in found if order.pk not in with_case]
    return seen


@dataclass(frozen=True)
class Suggestion:
    """A case an ownerless parcel may belong to, and why."""

    case: AfterSale
    goods: str
    why: list[str]
    score: int


def suggestions_for(parcel: ReturnParcel) -> list[Suggestion]:
    """Return the cases that await goods and fit a parcel best: same waybill, same telephone, name or goods.

    Two queries, over the cases that wait at the moment.
    """
    waiting = list(
        AfterSale.objects.filter(_AWAITED | Q(kind=AfterSaleKind.REFUND, state=AfterSaleState.DISPUTED))
        .exclude(kind=AfterSaleKind.RESEND)
        .select_related("order", "buyer")
        .order_by("-asked_at")[:LOOKED_AT]
    )
    titles: dict[int, list[str]] = {}
    for key, title, attributes, name in AfterSaleLine.objects.filter(case__in=waiting).values_list(
        "case_id", "order_line__title", "order_line__attributes", "sku__name"
    ):
        titles.setdefault(key, []).append(f"{name or ''} {title} {attributes}")
    words = _pairs(parcel.content)
    found = [
        one for case in waiting if takes_parcels(case) and (one := _fit(parcel, case, titles.get(case.pk, []), words))
    ]
    return sorted(found, key=lambda one: -one.score)[:5]


def _fit(parcel: ReturnParcel, case: AfterSale, titles: list[str], words: set[str]) -> Suggestion | None:
    order, why, score = case.order, [], 0
    if case.return_waybill and case.return_waybill == parcel.waybill:
        why.append(_("same waybill"))
        score += 100
    if order.phone_tail and order.phone_tail in parcel.content:
        why.append(_("same last digits of the telephone"))
        score += 40
    if order.receiver_name and order.receiver_name in parcel.content:
        why.append(_("same name"))
        score += 40
    common = max((len(words & _pairs(title)) for title in titles), default=0)
    if common > 1:
        why.append(_("similar goods"))
        score += min(common * 5, 30)
    if why and case.return_carrier and case.return_carrier == parcel.carrier:
        why.append(_("same carrier"))
        score += 5
    return Suggestion(case, "，".join(title[:30] for title in titles), why, score) if why else None


def _pairs(text: str) -> set[str]:
    """Return the neighbouring characters of a text; Chinese has no blanks to cut words at."""
    letters = "".join(letter for letter in text.lower() if letter.isalnum())
    return {letters[place : place + 2] for place in range(len(letters) - 1)}


def listed_returns(_reader: Reader) -> QuerySet[ReturnParcel]:
    """Return the rows of the list of returned parcels."""
    return ReturnParcel.objects.all()


def matching_returns(text: str) -> Q:
    """Return the condition for the search box: waybill, case, order, or words of the content."""
    word = text.strip()
    return (
        Q(waybill=word.upper())
        | Q(case__number=word.upper())
        | Q(case__order__number=word)
        | Q(content__icontains=word)
    )


def add_return_words(rows: list[Row], _reader: Reader) -> None:
    """Put the words of the cells on the rows; no query."""
    labels = dict(ReturnState.choices)
    for row in rows:
        state = ReturnState(row["state"])
        row["state_label"], row["tone"] = labels[state], TONES[state]
        row["received"] = short_moment(row["received_at"])
        row["settled"] = short_moment(row["settled_at"])


def desk_figures() -> dict[str, int]:
    """Return how much waits at the return desk; four counts."""
    return {
        "ownerless": ReturnParcel.objects.filter(state=ReturnState.OWNERLESS).count(),
        "to_inspect": ReturnParcel.objects.filter(state=ReturnState.MATCHED).count(),
        "wrong": ReturnParcel.objects.filter(state=ReturnState.WRONG).count(),
        "awaited": AfterSale.objects.filter(state=AfterSaleState.ON_THE_WAY).count(),
    }


def last_arrivals(*, most: int = 6) -> list[ReturnParcel]:
    """Return the parcels that were taken in last."""
    return list(ReturnParcel.objects.select_related("case", "received_by").order_by("-received_at", "-pk")[:most])


def briefly(cases: Iterable[AfterSale]) -> list[dict[str, Any]]:
    """Return cases as the desk lists them; one query for their goods."""
    cases = list(cases)
    goods = goods_of(case.pk for case in cases)
    return [{"case": case, "goods": goods.get(case.pk, ""), "nick": mask_nick(case.buyer.nick)} for case in cases]


def may_inspect(case: AfterSale) -> bool:
    """Say whether the goods of a case can be inspected now: it was agreed to, or the money is paid already."""
    if case.kind == AfterSaleKind.REFUND:
        return case.state not in GIVEN_UP
    if case.kind == AfterSaleKind.RETURN and case.state == AfterSaleState.DONE:
        return True
    return case.state in {AfterSaleState.ARRIVED, AfterSaleState.DISPUTED}
