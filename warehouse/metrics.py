"""What is measured of the warehouse each day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import TruncHour
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import SHANGHAI, day_window
from shopops.kit.metrics import METRICS, Fact, FactRows, ListFacts, Metric, Reading
from staff.models import Shop
from warehouse.models import Bin, DispatchNote, Parcel, StockBalance, StockMove
from warehouse.states import DEFECTIVE, MoveKind, NoteState

PROMISE = timedelta(hours=24)
DELIVERY = timedelta(hours=72)
SELLING_TIME = timedelta(days=30)
IN_TIME = Q(shipped_at__lte=F("confirmed_at") + PROMISE)
ARRIVED_IN_TIME = Q(signed_at__lte=F("shipped_at") + DELIVERY)
PACKING_HOURS = Count(TruncHour("packed_at", tzinfo=SHANGHAI), distinct=True)
Rows = Callable[[date], QuerySet[Any]]
Read = Callable[[date], Iterable[Reading]]


def done_on(step: str) -> Rows:
    """Return a question for the notes picked, packed or shipped on a day."""

    def rows(day: date) -> QuerySet[DispatchNote]:
        start, end = day_window(day)
        return DispatchNote.objects.filter(**{f"{step}_at__gte": start, f"{step}_at__lt": end})

    return rows


def due_on(day: date) -> QuerySet[Any]:
    """Return the notes whose 24 hours after approval ended on `day` (ORD-014)."""
    start, end = day_window(day)
    return DispatchNote.objects.exclude(state=NoteState.CANCELLED).filter(
        confirmed_at__gte=start - PROMISE, confirmed_at__lt=end - PROMISE
    )


def parcels_due_on(day: date) -> QuerySet[Any]:
    """Return the parcels whose 72 hours after shipping ended on `day`."""
    start, end = day_window(day)
    return Parcel.objects.filter(shipped_at__gte=start - DELIVERY, shipped_at__lt=end - DELIVERY)


def balances_on(day: date) -> QuerySet[Any]:
    """Return the balances with what they held at the end of `day`, and whether anything left in the 30 days to it."""
    end = day_window(day).end
    moves = StockMove.objects.filter(balance=OuterRef("pk"), at__lt=end)
    sold = moves.filter(kind=MoveKind.SHIPMENT, at__gte=end - SELLING_TIME)
    return StockBalance.objects.annotate(
        held=Subquery(moves.order_by("-at", "-pk").values("on_hand_after")[:1]), has_sold=Exists(sold)
    )


def goods_on(day: date) -> QuerySet[Any]:
    """Return the balances that could sell: something was there at the end of the day, or left in the 30 days to it."""
    return balances_on(day).exclude(warehouse__code=DEFECTIVE).filter(Q(held__gt=0) | Q(has_sold=True))


def bins_on(day: date) -> QuerySet[Any]:
    """Return every bin with what it held at the end of `day`: one of its balances, or none."""
    held = balances_on(day).filter(bin=OuterRef("pk"), held__gt=0).order_by("pk")
    return Bin.objects.annotate(
        holds=Subquery(held.values("sku_id")[:1]), holds_code=Subquery(held.values("sku__code")[:1])
    )


def by_person(rows: Rows, person: str, counted: Count | Sum, of: Count | None = None) -> Read:
    """Return a reader that measures each person and the whole company."""

    def read(day: date) -> Iterator[Reading]:
        values = {"counted": counted} | ({"whole": of} if of else {})
        total = whole = 0
        for row in rows(day).values(person).annotate(**values).order_by(person):
            total, whole = total + (row["counted"] or 0), whole + (row.get("whole") or 0)
            if row[person] is not None:
                yield Reading(row["counted"] or 0, row["whole"] if of else None, employee_id=row[person])
        yield Reading(total, whole if of else None)

    return read


def read_delivered(day: date) -> Iterator[Reading]:
    """Measure, of each shop and the company, how many of the parcels due on the day had been signed for."""
    counts: dict[str, Any] = {"met": Count("pk", filter=ARRIVED_IN_TIME), "due": Count("pk")}
    measured = {row["note__shop_id"]: row for row in parcels_due_on(day).values("note__shop_id").annotate(**counts)}
    for pk in Shop.objects.order_by("pk").values_list("pk", flat=True):
        row = measured.get(pk, {"met": 0, "due": 0})
        yield Reading(row["met"], row["due"], shop_id=pk)
    yield Reading(*(sum(row[name] for row in measured.values()) for name in ("met", "due")))


def read_bins(day: date) -> Iterator[Reading]:
    """Count the bins, and those that held something."""
    counted = bins_on(day).aggregate(used=Count("pk", filter=Q(holds__isnull=False)), all=Count("pk"))
    yield Reading(counted["used"], counted["all"])


def read_sell_through(day: date) -> Iterator[Reading]:
    """Count the goods that could sell, and those that did."""
    counted = goods_on(day).aggregate(sold=Count("pk", filter=Q(has_sold=True)), all=Count("pk"))
    yield Reading(counted["sold"], counted["all"])


def read_shipped(day: date) -> Iterator[Reading]:
    """Count the parcels of each person, each shop and the company."""
    rows = done_on("shipped")
    yield from by_person(rows, "shipped_by_id", Count("pk"))(day)
    counted = dict(rows(day).values_list("shop_id").annotate(Count("pk")))
    for shop in Shop.objects.order_by("pk"):
        yield Reading(counted.get(shop.pk, 0), shop_id=shop.pk)


def read_dispatch_in_24h(day: date) -> Iterator[Reading]:
    """Measure how many of the notes due on the day had left in time: of each shop, each agent, and the company."""
    met, due = 0, 0
    measured: dict[str, Any] = {"met": Count("pk", filter=IN_TIME), "due": Count("pk")}
    for row in due_on(day).values("shop_id").annotate(**measured).order_by("shop_id"):
        met, due = met + row["met"], due + row["due"]
        yield Reading(row["met"], row["due"], shop_id=row["shop_id"])
    people = due_on(day).filter(confirmed_by__isnull=False).values("confirmed_by_id").annotate(**measured)
    for row in people.order_by("confirmed_by_id"):
        yield Reading(row["met"], row["due"], employee_id=row["confirmed_by_id"])
    yield Reading(met, due)


def note_facts(rows: Rows, person: str, *, counts_pieces: bool = False) -> ListFacts:
    """Return a function that lists the notes behind a reading."""

    def show(number: str, orders: str, goods: str, pieces: int) -> Fact:
        amount = pieces if counts_pieces else None
        return Fact(number, reverse("warehouse:note", args=[number]), f"{orders} · {goods}", amount)

    def facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
        found = rows(day)
        if shop_id:
            found = found.filter(shop_id=shop_id)
        if employee_id:
            found = found.filter(**{person: employee_id})
        columns = ("number", "order_numbers", "summary", "pieces")
        return FactRows(found.order_by("confirmed_at", "pk").values_list(*columns), show)

    return facts


def due_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the notes due on a day, those that came late first."""

    def show(number: str, orders: str, is_late: int, approved: datetime, shipped: datetime | None) -> Fact:
        detail = gettext("%(orders)s · approved %(approved)s · %(shipped)s") % {
            "orders": orders,
            "approved": _clock(approved),
            "shipped": gettext("shipped %(at)s") % {"at": _clock(shipped)} if shipped else gettext("not shipped yet"),
        }
        return Fact(
            number,
            reverse("warehouse:note", args=[number]),
            detail,
            tag=_("late") if is_late else _("in time"),
            tone="danger" if is_late else "good",
        )

    found = due_on(day).annotate(is_late=Case(When(IN_TIME, then=0), default=1, output_field=IntegerField()))
    if shop_id:
        found = found.filter(shop_id=shop_id)
    if employee_id:
        found = found.filter(confirmed_by=employee_id)
    columns = ("number", "order_numbers", "is_late", "confirmed_at", "shipped_at")
    return FactRows(found.order_by("-is_late", "confirmed_at", "pk").values_list(*columns), show)


def delivery_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the parcels due on a day, those that had not arrived first."""

    def show(number: str, waybill: str, carrier: str, is_late: int, signed: datetime | None) -> Fact:
        return Fact(
            waybill,
            reverse("warehouse:note", args=[number]),
            f"{carrier} · {_clock(signed)}" if signed else carrier,
            tag=_("late") if is_late else _("in time"),
            tone="danger" if is_late else "good",
        )

    found = parcels_due_on(day).annotate(
        is_late=Case(When(ARRIVED_IN_TIME, then=0), default=1, output_field=IntegerField())
    )
    if shop_id:
        found = found.filter(note__shop_id=shop_id)
    if employee_id:
        found = found.none()
    columns = ("note__number", "waybill", "carrier__name", "is_late", "signed_at")
    return FactRows(found.order_by("-is_late", "shipped_at", "pk").values_list(*columns), show)


def bin_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the bins, the empty ones first."""

    def show(code: str, sku: int | None, sku_code: str | None) -> Fact:
        page = reverse("warehouse:stock_sku", args=[sku]) if sku else reverse("warehouse:stock_list")
        tag, tone = (_("occupied"), "good") if sku else (_("empty"), "warn")
        return Fact(code, page, sku_code or "", tag=tag, tone=tone)

    found = bins_on(day)
    if shop_id or employee_id:
        found = found.none()
    ordered = found.order_by(F("holds").asc(nulls_first=True), "warehouse", "code")
    return FactRows(ordered.values_list("code", "holds", "holds_code"), show)


def goods_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the goods that could sell, those that lay still first."""

    def show(sku: int, code: str, name: str, held: int | None, has_sold: bool) -> Fact:
        return Fact(
            code,
            reverse("warehouse:stock_sku", args=[sku]),
            gettext("%(name)s · %(count)s on hand") % {"name": name, "count": held or 0},
            tag=_("moved") if has_sold else _("lay still"),
            tone="good" if has_sold else "warn",
        )

    found = goods_on(day)
    if shop_id or employee_id:
        found = found.none()
    columns = ("sku_id", "sku__code", "sku__name", "held", "has_sold")
    return FactRows(found.order_by("has_sold", "-held", "pk").values_list(*columns), show)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


for metric in (
    Metric(
        "warehouse.dispatch_in_24h",
        _("24-hour dispatch rate"),
        _(
            "Of the dispatch notes whose 24 hours after approval ended on the day, the share that had left in time; "
            "by person, of those who approved them."
        ),
        "share",
        "more",
        read_dispatch_in_24h,
        due_facts,
        by_shop=True,
        answers="team",
        register_ids=("ORD-014", "STF-214"),
    ),
    Metric(
        "warehouse.shipped",
        _("Parcels shipped"),
        _("Dispatch notes handed to the carrier on the day, by who handed them over."),
        "count",
        "more",
        read_shipped,
        note_facts(done_on("shipped"), "shipped_by_id"),
        by_shop=True,
        answers="team",
        register_ids=("STF-214",),
    ),
    Metric(
        "warehouse.picked",
        _("Pieces picked"),
        _("Pieces of the dispatch notes picked on the day, by picker."),
        "count",
        "more",
        by_person(done_on("picked"), "picked_by_id", Sum("pieces")),
        note_facts(done_on("picked"), "picked_by_id", counts_pieces=True),
        answers="team",
    ),
    Metric(
        "warehouse.packed",
        _("Parcels packed"),
        _("Dispatch notes that passed the pack check on the day, by packer."),
        "count",
        "more",
        by_person(done_on("packed"), "packed_by_id", Count("pk")),
        note_facts(done_on("packed"), "packed_by_id"),
        answers="team",
    ),
    Metric(
        "warehouse.packed_an_hour",
        _("Parcels packed an hour"),
        _("Parcels that passed the pack check, divided by the clock hours in which the packer packed any."),
        "count",
        "more",
        by_person(
            done_on("packed"),
            "packed_by_id",
            Count("pk"),
            Count(TruncHour("packed_at", tzinfo=SHANGHAI), distinct=True),
        ),
        note_facts(done_on("packed"), "packed_by_id"),
        answers="team",
    ),
    Metric(
        "warehouse.delivered_in_time",
        _("Delivered within 72 hours"),
        _("Of the parcels whose 72 hours after shipping ended on the day, the share that had been signed for."),
        "share",
        "more",
        read_delivered,
        delivery_facts,
        by_shop=True,
        register_ids=("STF-214",),
    ),
    Metric(
        "warehouse.bin_use",
        _("Use of bins"),
        _("Bins that held stock at the end of the day, of all bins; of goods whose bin is known."),
        "share",
        "more",
        read_bins,
        bin_facts,
        register_ids=("WH-030",),
    ),
    Metric(
        "warehouse.sell_through",
        _("Sell-through"),
        _("Of the goods that were there within the 30 days to the end of the day, the share of which any left."),
        "share",
        "more",
        read_sell_through,
        goods_facts,
        register_ids=("STF-209",),
    ),
):
    METRICS.add(metric.name, metric)
