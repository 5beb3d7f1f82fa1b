"""What is measured of the rulebook each day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.metrics import METRICS, Fact, Metric, Reading
from staff.models import PointEntry

MOST_FACTS = 500


def entries_of(day: date, employee_id: int | None = None) -> QuerySet[PointEntry]:
    """Return the point entries of a day, of everybody or of one person."""
    entries = PointEntry.objects.filter(day=day)
    return entries.filter(employee_id=employee_id) if employee_id else entries


def read_points(day: date) -> Iterator[Reading]:
    """Sum the points of each person and of the company."""
    total = 0
    for row in entries_of(day).values("employee_id").annotate(points=Sum("points")).order_by("employee_id"):
        total += row["points"]
        yield Reading(row["points"], employee_id=row["employee_id"])
    yield Reading(total)


def point_facts(day: date, _shop_id: int | None, employee_id: int | None) -> list[Fact]:
    """List the entries of the day."""
    rows = entries_of(day, employee_id).select_related("offence__clause", "employee").order_by("pk")[:MOST_FACTS]
    return [
        Fact(
            f"{row.offence.clause.number} {row.points:+}",
            reverse("staff:offence", args=[row.offence_id]),
            f"{row.employee} · {row.offence.subject_label}",
        )
        for row in rows
    ]


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
        register_ids=("STF-217",),
    ),
)
