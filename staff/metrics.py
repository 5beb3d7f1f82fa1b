"""What is measured of the rulebook each day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.metrics import METRICS, Fact, FactRows, Metric, Reading
from staff.models import PointEntry
from staff.queries.appeals import open_offences
from staff.states import EntryKind


def entries_of(day: date, employee_id: int | None = None) -> QuerySet[PointEntry]:
    """Return the point entries of a day that count, of everybody or of one person: what is under appeal does not."""
    entries = PointEntry.objects.filter(~open_offences(), day=day)
    return entries.filter(employee_id=employee_id) if employee_id else entries


def read_points(day: date) -> Iterator[Reading]:
    """Sum the points of each person and of the company."""
    total = Decimal(0)
    for row in entries_of(day).values("employee_id").annotate(points=Sum("points")).order_by("employee_id"):
        total += row["points"]
        yield Reading(row["points"], employee_id=row["employee_id"])
    yield Reading(total)


def point_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the entries of the day, those that cost most first."""

    def show(offence: int, clause: str, subject: str, name: str, points: Decimal, kind: str) -> Fact:
        counter = kind == EntryKind.COUNTER
        return Fact(
            f"{clause} · {subject}",
            reverse("staff:offence", args=[offence]),
            name,
            points,
            tag=_("waived") if counter else "",
            tone="good" if counter else "",
        )

    rows = entries_of(day, employee_id)
    if shop_id:
        rows = rows.none()
    columns = ("offence_id", "offence__clause__number", "offence__subject_label", "employee__name", "points", "kind")
    return FactRows(rows.order_by("points", "pk").values_list(*columns), show)


METRICS.add(
    "staff.points",
    Metric(
        "staff.points",
        _("Points"),
        _("Points booked by the rulebook for what happened on the day, counter-entries included."),
        "count",
        "more",
        read_points,
        point_facts,
        answers="self",
        zero_when_nothing=True,
        register_ids=("STF-217",),
    ),
)
