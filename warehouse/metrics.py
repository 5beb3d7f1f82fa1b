"""What is measured of the warehouse each day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, When
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import SHANGHAI, day_window
from shopops.kit.metrics import METRICS, Fact, FactRows, ListFacts, Metric, Reading
from staff.models import Shop
from warehouse.models import DispatchNote
from warehouse.states import NoteState

PROMISE = timedelta(hours=24)
IN_TIME = Q(shipped_at__lte=F("confirmed_at") + PROMISE)
Rows = Callable[[date], QuerySet[DispatchNote]]
Read = Callable[[date], Iterable[Reading]]


def done_on(step: str) -> Rows:
    """Return a question for the notes picked, packed or shipped on a day."""

    def rows(day: date) -> QuerySet[DispatchNote]:
        start, end = day_window(day)
        return DispatchNote.objects.filter(**{f"{step}_at__gte": start, f"{step}_at__lt": end})

    return rows


def due_on(day: date) -> QuerySet[DispatchNote]:
    """Return the notes whose 24 hours after approval ended on `day` (ORD-014)."""
    start, end = day_window(day)
    return DispatchNote.objects.exclude(state=NoteState.CANCELLED).filter(
        confirmed_at__gte=start - PROMISE, confirmed_at__lt=end - PROMISE
    )


def by_person(rows: Rows, person: str, counted: Count | Sum) -> Read:
    """Return a reader that measures each person and the whole company."""

    def read(day: date) -> Iterator[Reading]:
        total = 0
        for row in rows(day).values(person).annotate(counted=counted).order_by(person):
            total += row["counted"] or 0
            if row[person] is not None:
                yield Reading(row["counted"] or 0, employee_id=row[person])
        yield Reading(total)

    return read


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
    measured = {"met": Count("pk", filter=IN_TIME), "due": Count("pk")}
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
):
    METRICS.add(metric.name, metric)
