"""After-sale cases as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Sku
from orders.models import Order
from service.models import AfterSale, AfterSaleLine, Buyer, ReturnParcel
from service.policy.aftersales import TIMER_HOURS
from service.queries.refunds import room_for_refund
from service.queries.shares import paid_each_of
from service.states import OPEN_AFTER_SALES, AfterSaleKind, AfterSaleState, Cause
from shopops.kit.clock import SHANGHAI
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick
from shopops.kit.navigation import Hit
from shopops.kit.templatetags.shown import countdown, money, short_moment
from staff.queries.history import Line

S = AfterSaleState
TONES = {
    S.ASKED: "warn",
    S.AGREED: "info",
    S.ON_THE_WAY: "info",
    S.ARRIVED: "warn",
    S.TO_SEND: "warn",
    S.TO_REFUND: "warn",
    S.DONE: "good",
    S.REFUSED: "plain",
    S.WITHDRAWN: "plain",
    S.DISPUTED: "danger",
}
OPEN = Q(state__in=OPEN_AFTER_SALES)
UNCONFIRMED = Q(done_at__isnull=False, cause_confirmed_at=None) & ~Q(cause="")
SHORTEST = 5
SOON = timedelta(hours=48)
"""Timers with less time left are amber."""


def listed_after_sales(_reader: Reader) -> QuerySet[AfterSale]:
    """Return the rows of the list of cases."""
    return AfterSale.objects.all()


def pressing(at: datetime) -> Q:
    """Return the condition for cases the platform decides soon, or has."""
    return Q(OPEN, times_out_at__lt=at + timedelta(hours=TIMER_HOURS()))


def matching_after_sales(text: str) -> Q:
    """Return the condition for the search box: numbers of case, order, refund; waybills; the buyer; a phone's tail."""
    word = text.strip()
    upper = word.upper()
    if word.isdecimal() and len(word) == 4:  # noqa: PLR2004 -- the tail of a telephone number
        return Q(order__in=Order.objects.filter(phone_tail=word).values("pk"))
    found = Q(number=upper) | Q(return_waybill=upper) | Q(platform_number=word) | Q(order__number=word)
    parcels = ReturnParcel.objects.filter(waybill=upper, case__isnull=False).values("case")
    found |= Q(pk__in=AfterSaleLine.objects.filter(sku__code=word).values("case"))
    return found | Q(buyer__in=Buyer.objects.filter(nick=word).values("pk")) | Q(pk__in=parcels)


def found_after_sales(text: str, _employee: Any) -> Iterator[Hit]:
    """Give cases for the search box of the frame."""
    word = text.strip()
    if len(word) < SHORTEST:
        return
    for case in AfterSale.objects.filter(matching_after_sales(word)).select_related("order").order_by("-pk")[:10]:
        yield Hit(
            case.number,
            case.get_absolute_url(),
            f"{case.get_kind_display()} · {case.get_state_display()} · {case.order}",
            exact=word.upper() in {case.number, case.return_waybill} or word == case.platform_number,
        )


def timer_tone(value: datetime | None, at: datetime) -> str:
    """Return the colour of a timer: red within the hours set, amber within two days."""
    if value is None:
        return ""
    left = value - at
    return "is-late" if left < timedelta(hours=TIMER_HOURS()) else "is-soon" if left < SOON else ""


def add_case_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; one query for the goods."""
    states = {state.value: (str(state.label), TONES[state]) for state in AfterSaleState}
    kinds = {kind: str(AfterSaleKind(kind).label) for kind in AfterSaleKind.values}
    causes = {cause: str(Cause(cause).label) for cause in Cause.values}
    goods = goods_of([row["id"] for row in rows])
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]]
        row["kind_label"] = kinds[row["kind"]]
        row["cause_label"] = causes.get(row["cause"], "")
        row["cause_is_sure"] = row["cause_confirmed_at"] is not None
        row["buyer"] = mask_nick(row["buyer__nick"])
        row["goods"] = goods.get(row["id"]) or _("only money")
        row["money"] = money(row["refunded"] or row["amount"]) if row["refunded"] or row["amount"] else ""
        row["asked"] = short_moment(row["asked_at"])
        row["cost"] = row["goods_cost"] + row["postage_cost"] + row["compensation"]
        is_open = row["state"] in OPEN_AFTER_SALES
        row["is_late_answer"] = row["state"] == S.ASKED and bool(row["answer_by"]) and row["answer_by"] < reader.at
        row["timer"] = countdown(row["times_out_at"], reader.at) if is_open else ""
        row["timer_tone"] = timer_tone(row["times_out_at"], reader.at) if is_open else ""
        row["timer_at"] = short_moment(row["times_out_at"]) if is_open else ""
        row["ended"] = short_moment(row["done_at"])
        row["edge"] = {"is-late": "danger", "is-soon": "warn"}.get(row["timer_tone"], "")


def page_totals(rows: list[Row]) -> list[tuple[str, str]]:
    """Return the sums under the list."""
    return [
        (_("Amount asked"), money(sum((row["amount"] for row in rows), Decimal(0)))),
        (_("Refunded"), money(sum((row["refunded"] for row in rows), Decimal(0)))),
    ]


def goods_of(cases: Iterable[int]) -> dict[int, str]:
    """Return case → its goods in words; one query."""
    words: dict[int, list[str]] = {}
    for line in (
        AfterSaleLine.objects.filter(case__in=cases)
        .order_by("pk")
        .values("case_id", "order_line__title", "sku__name", "is_part", "quantity")
    ):
        title = line["sku__name"] if line["is_part"] else line["order_line__title"]
        words.setdefault(line["case_id"], []).append(f"{title[:24]} ×{line['quantity']}")
    return {case: "，".join(some) for case, some in words.items()}


def after_sales_with_everything() -> QuerySet[AfterSale]:
    """Return the cases with what their page names."""
    people = ("holder", "answered_by", "refunded_by", "culprit", "cause_confirmed_by")
    return AfterSale.objects.select_related("shop", "order", "order__shop", "buyer", "note", *people)


@dataclass(frozen=True)
class CaseLine:
    """A line of a case as its page shows it."""

    line: AfterSaleLine
    sku: Sku | None
    paid_each: Decimal

    @property
    def title(self) -> str:
        """Return what the platform calls the thing; a bundle's component by its own name."""
        title = self.line.order_line.title
        if self.line.is_part and self.sku:
            return self.sku.name or self.sku.code
        return title or (self.sku.name if self.sku else self.line.order_line.code)

    @property
    def under(self) -> str:
        """Return what stands under the title: its attributes, or the bundle it is a part of."""
        bought = self.line.order_line
        return _("part of “%(bundle)s”") % {"bundle": bought.title} if self.line.is_part else bought.attributes

    @property
    def is_bundle(self) -> bool:
        """Say whether it is a whole bundle, which can be counted by its parts."""
        return self.sku is not None and self.sku.is_bundle and not self.line.is_part

    @property
    def left(self) -> int:
        """Return the pieces that have not come back."""
        return self.line.quantity - self.line.good - self.line.defective

    @property
    def each(self) -> Decimal:
        """Return what a piece was sold for; of a component its share of the bundle's price."""
        return self.paid_each.quantize(Decimal("0.01"))

    @property
    def thumb(self) -> int:
        """Return which of the six colours stands in for a picture."""
        return (self.line.sku_id or self.line.order_line_id) % 6 + 1

    @property
    def good_name(self) -> str:
        """Return the name of the field for the pieces in good order."""
        return f"good_{self.line.pk}"

    @property
    def defective_name(self) -> str:
        """Return the name of the field for the defective pieces."""
        return f"defective_{self.line.pk}"

    @property
    def other_name(self) -> str:
        """Return the name of the field for the SKU that came in its place."""
        return f"other_{self.line.pk}"


def lines_of(case: AfterSale) -> list[CaseLine]:
    """Return the lines of a case with their goods; one query, two with components of bundles."""
    rows = list(AfterSaleLine.objects.filter(case=case).select_related("sku", "instead", "order_line").order_by("pk"))
    each = paid_each_of(rows)
    return [CaseLine(line, line.sku, each[line.pk]) for line in rows]


@dataclass(frozen=True)
class Stage:
    """A step on the way of a case."""

    label: str
    is_done: bool
    is_now: bool
    at: datetime | None = None
    who: str = ""


_PATHS = {
    AfterSaleKind.REFUND: (S.ASKED, S.TO_REFUND, S.DONE),
    AfterSaleKind.PRICE_MATCH: (S.ASKED, S.TO_REFUND, S.DONE),
    AfterSaleKind.RETURN: (S.ASKED, S.AGREED, S.ON_THE_WAY, S.ARRIVED, S.TO_REFUND, S.DONE),
    AfterSaleKind.EXCHANGE: (S.ASKED, S.AGREED, S.ON_THE_WAY, S.ARRIVED, S.TO_SEND, S.DONE),
    AfterSaleKind.REPAIR: (S.ASKED, S.AGREED, S.ON_THE_WAY, S.ARRIVED, S.TO_SEND, S.DONE),
    AfterSaleKind.RESEND: (S.ASKED, S.TO_SEND, S.DONE),
}


_LEFT_BY = {
    S.ASKED: ("after_sale_agreed",),
    S.AGREED: ("return_on_the_way",),
    S.ON_THE_WAY: ("return_arrived", "return_matched"),
    S.ARRIVED: ("return_inspected",),
    S.TO_SEND: ("after_sale_done", "replacement_sent"),
    S.TO_REFUND: ("refunded", "platform_paid"),
}
"""Which deed ends a step: the last of them says when and by whom."""


def stages_of(case: AfterSale, history: Sequence[Line]) -> list[Stage]:
    """Return the way of a case: what is done, where it stands; no query. One given up ends where it was given up.

    :param history: what happened to the case, the latest first.
    """
    way = _PATHS[AfterSaleKind(case.kind)]
    if case.state in way:
        place = way.index(AfterSaleState(case.state))
        ended = case.state == S.DONE
        stages = []
        for number, one in enumerate(way):
            is_done = number < place or ended
            when, who = _when(case, one, history) if is_done else (None, "")
            stages.append(Stage(str(one.label), is_done, number == place and not ended, when, who))
        return stages
    return [
        Stage(str(S.ASKED.label), True, False, case.asked_at),
        Stage(str(AfterSaleState(case.state).label), False, True, case.done_at),
    ]


def _when(case: AfterSale, state: AfterSaleState, history: Sequence[Line]) -> tuple[datetime | None, str]:
    if state == S.DONE:
        return case.done_at, ""
    verbs = {f"service.{verb}" for verb in _LEFT_BY.get(state, ())}
    line = next((one for one in history if one.verb in verbs), None)
    return (line.at, line.who) if line is not None else (None, "")


@dataclass(frozen=True)
class OrdersCases:
    """What the page of an order shows of its cases."""

    order: Order
    cases: list[AfterSale]
    may_open: bool
    at: datetime

    @property
    def new_url(self) -> str:
        """Return where a case about this order is opened."""
        return f"{reverse('service:after_sale_new')}?order={self.order.pk}"


def cases_on_order_page(order: Order, employee: Any, at: datetime) -> OrdersCases | None:
    """Return the cases of an order for its page; None where there are none and none can be opened. One query."""
    cases = list(AfterSale.objects.filter(order=order).select_related("order").order_by("-asked_at", "-pk")[:10])
    may_open = order.paid_at is not None and employee.has_perm("service.handle_aftersale")
    return OrdersCases(order, cases, may_open, at) if cases or may_open else None


def other_cases(case: AfterSale) -> list[AfterSale]:
    """Return the other cases of the buyer, the latest ones; one query."""
    found = AfterSale.objects.filter(buyer=case.buyer_id).exclude(pk=case.pk)
    return list(found.select_related("order").order_by("-asked_at", "-pk")[:5])


def tones(cases: Iterable[AfterSale]) -> dict[int, str]:
    """Return the colour of each case's state."""
    return {case.pk: TONES[AfterSaleState(case.state)] for case in cases}


def money_of(case: AfterSale) -> dict[str, Decimal]:
    """Return the figures of a case: paid for the order, what may still be refunded, what it cost; two queries."""
    room = room_for_refund(case.order, but=case)
    return {
        "room": max(room, Decimal(0)),
        "left": max(room - case.refunded, Decimal(0)),
        "cost": case.goods_cost + case.postage_cost + case.compensation,
    }


def in_words(moment: datetime) -> str:
    """Return a moment on the shop's clock."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
