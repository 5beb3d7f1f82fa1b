"""What is measured of the warehouse each day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import day_window
from shopops.kit.metrics import METRICS, Fact, Metric, Reading
from warehouse.models import DispatchNote
from warehouse.states import NoteState

MOST_FACTS = 500
PROMISE = timedelta(hours=24)
Rows = Callable[[date], QuerySet[DispatchNote]]


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


def by_person(rows: Rows, person: str, counted: Count | Sum) -> Callable[[date], Iterable[Reading]]:
    """Return a reader that measures each person and the whole company."""

    def read(day: date) -> Iterator[Reading]:
        total = 0
        for row in rows(day).values(person).annotate(counted=counted).order_by(person):
            total += row["counted"] or 0
            if row[person] is not None:
                yield Reading(row["counted"] or 0, employee_id=row[person])
        yield Reading(total)

    return read


def read_dispatch_in_24h(day: date) -> Iterator[Reading]:
    """Measure, for each shop and the company, how many of the notes due on the day had left in time."""
    in_time = Count("pk", filter=Q(shipped_at__lte=F("confirmed_at") + PROMISE))
    met, due = 0, 0
    for row in due_on(day).values("shop_id").annotate(met=in_time, due=Count("pk")).order_by("shop_id"):
        met, due = met + row["met"], due + row["due"]
        yield Reading(row["met"], row["due"], shop_id=row["shop_id"])
    yield Reading(met, due)


def note_facts(rows: Rows, person: str = "") -> Callable[[date, int | None, int | None], list[Fact]]:
    """Return a function that lists the notes behind a reading, at most five hundred."""

    def facts(day: date, shop_id: int | None, employee_id: int | None) -> list[Fact]:
        found = rows(day)
        if shop_id:
            found = found.filter(shop_id=shop_id)
        if employee_id and person:
            found = found.filter(**{person: employee_id})
        columns = found.order_by("confirmed_at").values_list("number", "order_numbers", "summary")[:MOST_FACTS]
        return [
            Fact(number, reverse("warehouse:note", args=[number]), f"{orders} · {goods}")
            for number, orders, goods in columns
        ]

    return facts


def late_facts(day: date, shop_id: int | None, employee_id: int | None) -> list[Fact]:
    """List the notes that missed their 24 hours; those that met them are not the question."""
    return note_facts(lambda that_day: due_on(that_day).exclude(shipped_at__lte=F("confirmed_at") + PROMISE))(
        day, shop_id, employee_id
    )


for metric in (
    Metric(
        "warehouse.dispatch_in_24h",
        _("24-hour dispatch rate"),
        _("Of the dispatch notes whose 24 hours after approval ended on the day, the share that had left in time."),
        "share",
        "more",
        read_dispatch_in_24h,
        late_facts,
        register_ids=("ORD-014", "STF-214"),
    ),
    Metric(
        "warehouse.shipped",
        _("Parcels shipped"),
        _("Dispatch notes handed to the carrier on the day, by who handed them over."),
        "count",
        "more",
        by_person(done_on("shipped"), "shipped_by_id", Count("pk")),
        note_facts(done_on("shipped"), "shipped_by_id"),
        register_ids=("STF-214",),
    ),
    Metric(
        "warehouse.picked",
        _("Pieces picked"),
        _("Pieces of the dispatch notes picked on the day, by picker."),
        "count",
        "more",
        by_person(done_on("picked"), "picked_by_id", Sum("pieces")),
        note_facts(done_on("picked"), "picked_by_id"),
    ),
    Metric(
        "warehouse.packed",
        _("Parcels packed"),
        _("Dispatch notes that passed the pack check on the day, by packer."),
        "count",
        "more",
        by_person(done_on("packed"), "packed_by_id", Count("pk")),
        note_facts(done_on("packed"), "packed_by_id"),
    ),
):
    METRICS.add(metric.name, metric)
