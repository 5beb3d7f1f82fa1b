"""Points: what a person was charged, why, and how it adds up."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from staff.models import Employee, Offence, PointEntry
from staff.states import EntryKind

_COUNTERS = Q(kind=EntryKind.COUNTER)


def month_span(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month a day lies in."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def entries_of_person(employee: Employee, *, first: date, last: date) -> QuerySet[PointEntry]:
    """Return a person's entries of a span, newest first, with clause and evidence."""
    return (
        PointEntry.objects.filter(employee=employee, day__gte=first, day__lte=last)
        .select_related("offence__clause", "offence__version", "booked_by", "countered_by")
        .order_by("-day", "-pk")
    )


def warnings_of_person(employee: Employee, *, first: date, last: date) -> QuerySet[Offence]:
    """Return what was found against a person without costing points, newest first."""
    return (
        Offence.objects.filter(employee=employee, day__gte=first, day__lte=last, version__points=0)
        .select_related("clause")
        .order_by("-day", "-pk")
    )


def total_of_person(employee: Employee, *, first: date, last: date) -> Decimal:
    """Return the sum of a person's points of a span."""
    entries = PointEntry.objects.filter(employee=employee, day__gte=first, day__lte=last)
    return entries.aggregate(points=Sum("points"))["points"] or Decimal(0)


def totals_by_month(employee: Employee, *, first: date, last: date) -> dict[date, Decimal]:
    """Return a person's points of each month that has any, by its first day; one query."""
    totals: dict[date, Decimal] = defaultdict(Decimal)
    days = PointEntry.objects.filter(employee=employee, day__gte=first, day__lte=last)
    for row in days.values("day").annotate(points=Sum("points")):
        totals[row["day"].replace(day=1)] += row["points"]
    return dict(totals)


def totals_by_person(*, first: date, last: date) -> list[dict[str, Any]]:
    """Return everybody's points of a span, those with most charges first; two queries.

    Each row has employee_id, employee__name, points, charges, waived and warnings.
    """
    rows = {
        row["employee_id"]: {**row, "warnings": 0}
        for row in PointEntry.objects.filter(day__gte=first, day__lte=last)
        .values("employee_id", "employee__name", "employee__name_pinyin")
        .annotate(points=Sum("points"), charges=Count("pk", filter=~_COUNTERS), waived=Count("pk", filter=_COUNTERS))
    }
    warned = (
        Offence.objects.filter(day__gte=first, day__lte=last, version__points=0)
        .values("employee_id", "employee__name", "employee__name_pinyin")
        .annotate(warnings=Count("pk"))
    )
    for row in warned:
        nothing = {**row, "points": Decimal(0), "charges": 0, "waived": 0}
        rows.setdefault(row["employee_id"], nothing)["warnings"] = row["warnings"]
    return sorted(rows.values(), key=lambda row: (row["points"], -row["warnings"], row["employee__name_pinyin"]))


def totals_by_clause(*, first: date, last: date, employee: Employee | None = None) -> list[dict[str, Any]]:
    """Return what each clause cost in a span, the dearest first; one query."""
    entries = PointEntry.objects.filter(day__gte=first, day__lte=last)
    if employee:
        entries = entries.filter(employee=employee)
    rows = (
        entries.values("offence__clause__number", "offence__clause__title", "offence__clause__title_en")
        .annotate(points=Sum("points"), charges=Count("pk", filter=~_COUNTERS))
        .order_by("points", "offence__clause__number")
    )
    return [dict(row) for row in rows]


def offence_rows(day: date) -> list[dict[str, Any]]:
    """Return what was charged for a day as the daily report prints it, by clause and person."""
    rows = (
        PointEntry.objects.filter(day=day)
        .values(
            "offence__clause__number",
            "offence__clause__title",
            "offence__clause__title_en",
            "employee_id",
            "employee__name",
        )
        .annotate(count=Count("pk", filter=~_COUNTERS), waived=Count("pk", filter=_COUNTERS), total=Sum("points"))
        .order_by("offence__clause__number", "employee__name_pinyin", "employee_id")
    )
    return [
        {
            "clause": row["offence__clause__number"],
            "title": row["offence__clause__title"],
            "title_en": row["offence__clause__title_en"],
            "employee": row["employee_id"],
            "name": row["employee__name"],
            "count": row["count"],
            "waived": row["waived"],
            "points": str(row["total"]),
        }
        for row in rows
    ]


def offence_cases(day: date, most: int) -> list[dict[str, Any]]:
    """Return the single cases charged for a day, at most so many, with the document each is about."""
    entries = (
        PointEntry.objects.filter(day=day, kind=EntryKind.CHARGE)
        .select_related("offence__clause", "employee")
        .order_by("offence__clause__number", "offence__happened_at", "pk")[:most]
    )
    return [
        {
            "clause": entry.offence.clause.number,
            "subject": entry.offence.subject_label,
            "orders": entry.offence.facts.get("orders", ""),
            "goods": entry.offence.facts.get("goods", ""),
            "deadline": entry.offence.happened_at,
            "shipped_at": entry.offence.facts.get("shipped_at"),
            "name": entry.employee.name,
            "points": str(entry.points),
        }
        for entry in entries
    ]
