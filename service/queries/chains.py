"""The chain of responsibility of an order: who promised, reviewed, picked, packed, shipped and carried it, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from orders.models import Order, OrderException
from orders.states import ExceptionKind
from service.models import AfterSale, Conversation, Promise
from service.policy.aftersales import STALL_HOURS
from service.states import Cause, PromiseState
from shopops.kit.templatetags.shown import moment
from staff.models import Employee, Event
from warehouse.models import DispatchNote, Parcel, Scan
from warehouse.states import BLOCKING_SCANS, ParcelState, ScanResult

CONCERNING_REVIEW = (
    ExceptionKind.ADDRESS_CHANGED,
    ExceptionKind.GOODS_CHANGED,
    ExceptionKind.MEMO_CHANGED,
    ExceptionKind.ADDRESS,
)
MOST_EARLIER = 90
"""Days back in which other cases about the same goods speak for the goods."""


@dataclass(frozen=True)
class Link:
    """One step of the order: what was done, by whom, when, and whether anything about it speaks for it as the cause.

    :ivar cause: the step as a cause; empty for a step that cannot be one.
    :ivar weight: how much speaks for it; 0 when it went as it should.
    """

    title: str
    text: str
    person: Employee | None = None
    at: datetime | None = None
    cause: str = ""
    weight: int = 0
    url: str = ""

    @property
    def tone(self) -> str:
        """Return the colour of the step."""
        return "danger" if self.weight > 1 else "warn" if self.weight else "good" if self.at else ""


def chain_of(case: AfterSale, *, at: datetime) -> list[Link]:
    """Return the steps of the order of a case, in their order; a constant number of queries."""
    order = Order.objects.select_related("confirmed_by", "note", "note__parcel", "carrier").get(pk=case.order_id)
    note = order.note
    return [
        *_promises(case, order),
        *_review(order),
        *(_warehouse(note) if note is not None else ()),
        *(_shipping(order, note) if note is not None else ()),
        *(_carrier(note, case, at=at) if note is not None else ()),
        *_goods(case),
    ]


def _promises(case: AfterSale, order: Order) -> Iterator[Link]:
    talk = (
        Conversation.objects.filter(buyer=case.buyer_id, opened_at__lte=case.asked_at, agent__isnull=False)
        .filter(Q(order_number=order.number) | Q(opened_at__gte=order.placed_at - timedelta(days=2)))
        .select_related("agent")
        .order_by("opened_at", "pk")
        .first()
    )
    if talk is not None:
        yield Link(
            _("Advised"),
            talk.preview or _("a conversation before the case"),
            talk.agent,
            talk.opened_at,
            Cause.PROMISE,
            url=reverse_or_nothing("service:conversation", talk.pk),
        )
    mine = Q(order_number=order.number) | Q(made_at__gte=order.placed_at - timedelta(days=2), order_number="")
    for one in (
        Promise.objects.filter(mine, buyer=case.buyer_id, made_at__lte=case.asked_at)
        .select_related("made_by")
        .order_by("made_at", "pk")[:3]
    ):
        late = (
            one.due_at < case.asked_at
            if one.state == PromiseState.OPEN
            else one.ended_at is not None and one.ended_at > one.due_at
        )
        broken = one.state == PromiseState.BROKEN or late
        text = _("“%(text)s” was not kept in time") if broken else _("“%(text)s”")
        yield Link(
            _("Promised"),
            text % {"text": one.text[:60]},
            one.made_by,
            one.made_at,
            Cause.PROMISE,
            2 if broken else 0,
            reverse_or_nothing("service:promise", one.pk),
        )


def _review(order: Order) -> Iterator[Link]:
    if order.confirmed_at is None:
        return
    changed = list(
        OrderException.objects.filter(order=order, kind__in=CONCERNING_REVIEW)
        .select_related("cleared_by")
        .order_by("raised_at")[:3]
    )
    text = _("approved by a rule") if order.confirmed_by is None else _("reviewed and approved")
    if changed:
        text = "；".join(f"{one.get_kind_display()}: {one.outcome or one.reason}"[:80] for one in changed)
    yield Link(
        _("Review"),
        text,
        order.confirmed_by,
        order.confirmed_at,
        Cause.REVIEW,
        1 if changed else 0,
        reverse("orders:order", args=[order.pk]),
    )


def _warehouse(note: DispatchNote) -> Iterator[Link]:
    people = Employee.objects.in_bulk({key for key in (note.picked_by_id, note.packed_by_id) if key})
    url = reverse("warehouse:note", args=[note.number])
    if note.picked_at is not None:
        yield Link(
            _("Picking"),
            _("%(pieces)s pcs picked") % {"pieces": note.pieces},
            people.get(note.picked_by_id or 0),
            note.picked_at,
            Cause.PICKING,
            url=url,
        )
    if note.packed_at is None:
        return
    scans = Scan.objects.filter(note=note).aggregate(
        good=Count("pk", filter=Q(result__in=(ScanResult.OK, ScanResult.DONE))),
        wrong=Count("pk", filter=Q(result__in=BLOCKING_SCANS)),
    )
    forced = (
        Event.objects.filter(subject_type=DispatchNote._meta.label, subject_id=note.pk, verb="warehouse.pack_forced")
        .order_by("-at")
        .first()
    )
    if forced is not None:
        text, weight = _("passed by force without all scans: %(why)s") % {"why": forced.reason[:60]}, 2
    elif scans["wrong"]:
        text = _("%(good)s scans right, %(wrong)s wrong ones taken out again") % scans
        weight = 1
    elif scans["good"]:
        text, weight = _("%(good)s scans, all right") % scans, 0
    else:
        text, weight = _("packed; no scans are kept"), 0
    yield Link(
        _("Check and packing"), text, people.get(note.packed_by_id or 0), note.packed_at, Cause.PACKING, weight, url
    )


def _shipping(order: Order, note: DispatchNote) -> Iterator[Link]:
    limit = min((one for one in (note.ship_by, note.promised_at) if one is not None), default=None)
    if note.shipped_at is None:
        return
    late = limit is not None and note.shipped_at > limit
    text = (
        _("shipped %(when)s, was due %(limit)s") % {"when": moment(note.shipped_at), "limit": moment(limit)}
        if late
        else _("shipped in time")
    )
    yield Link(
        _("Dispatch"),
        text,
        order.confirmed_by or note.confirmed_by,
        note.shipped_at,
        Cause.SHIPPING,
        2 if late else 0,
        reverse("warehouse:note", args=[note.number]),
    )


def _carrier(note: DispatchNote, case: AfterSale, *, at: datetime) -> Iterator[Link]:
    parcel: Parcel | None = getattr(note, "parcel", None)
    if parcel is None:
        return
    told = list(parcel.trace.order_by("at").values_list("at", flat=True))
    end = parcel.signed_at or min(at, max(case.asked_at, parcel.shipped_at))
    silence = longest_silence([parcel.shipped_at, *(one for one in told if one < end), end], STALL_HOURS())
    url = reverse("warehouse:note", args=[note.number])
    title = _("Carrier")
    if parcel.state in {ParcelState.FAILED, ParcelState.RETURNED}:
        text = parcel.last_news or parcel.get_state_display()
        yield Link(title, text, None, parcel.last_news_at, Cause.CARRIER, 2, url)
    elif silence is not None:
        since, hours = silence
        text = _("%(hours)s h without news from %(since)s on") % {"hours": hours, "since": moment(since)}
        yield Link(title, text, None, since, Cause.CARRIER, 2, url)
    else:
        text = _("signed for") if parcel.signed_at else parcel.get_state_display()
        yield Link(title, text, None, parcel.signed_at or parcel.last_news_at, Cause.CARRIER, 0, url)


def _goods(case: AfterSale) -> Iterator[Link]:
    skus = [key for key in case.lines.values_list("sku_id", flat=True) if key]
    defective = sum(case.lines.values_list("defective", flat=True))
    if defective:
        text = _("%(count)s pcs came back defective") % {"count": defective}
        yield Link(_("Goods"), text, None, case.refunded_at or case.asked_at, Cause.GOODS, 1)
    if not skus:
        return
    others = (
        AfterSale.objects.filter(
            lines__sku__in=skus,
            cause=Cause.GOODS,
            cause_confirmed_at__isnull=False,
            asked_at__gte=case.asked_at - timedelta(days=MOST_EARLIER),
        )
        .exclude(pk=case.pk)
        .distinct()
        .count()
    )
    if others:
        text = _("%(count)s other cases about the same goods had their quality as cause") % {"count": others}
        yield Link(_("Goods"), text, None, None, Cause.GOODS, 2 if others > 2 else 1)  # noqa: PLR2004 -- a pattern


def longest_silence(moments: list[datetime], hours: int) -> tuple[datetime, int] | None:
    """Return where the longest silence between moments began and how many hours it was, if longer than `hours`."""
    gaps = [(later - earlier, earlier) for earlier, later in pairwise(moments)]
    longest = max(gaps, default=None)
    if longest is None or longest[0] <= timedelta(hours=hours):
        return None
    return longest[1], int(longest[0].total_seconds() // 3600)


def reverse_or_nothing(name: str, key: int) -> str:
    """Return the address of a page, or nothing while that page does not exist."""
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return ""
