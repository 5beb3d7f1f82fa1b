"""Points: what a person was charged, why, and how it adds up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from staff.models import Employee, Offence, PointEntry


def entries_of_person(employee: Employee, *, first: date, last: date) -> QuerySet[PointEntry]:
    """Return a person's entries of a span, newest first, with clause and evidence."""
    return (
        PointEntry.objects.filter(employee=employee, day__gte=first, day__lte=last)
        .select_related("offence__clause", "offence__version", "countered_by")
        .order_by("-day", "-pk")
    )


def warnings_of_person(employee: Employee, *, first: date, last: date) -> QuerySet[Offence]:
    """Return what was found against a person without costing points, newest first."""
    return (
        Offence.objects.filter(employee=employee, day__gte=first, day__lte=last, entries=None)
        .select_related("clause")
        .order_by("-day", "-pk")
    )


def total_of_person(employee: Employee, *, first: date, last: date) -> Decimal:
    """Return the sum of a person's points of a span."""
    entries = PointEntry.objects.filter(employee=employee, day__gte=first, day__lte=last)
    return entries.aggregate(points=Sum("points"))["points"] or Decimal(0)


def totals_by_person(*, first: date, last: date) -> list[dict[str, Any]]:
    """Return everybody's points of a span, those with most charges first."""
    return list(
        PointEntry.objects.filter(day__gte=first, day__lte=last)
        .values("employee_id", "employee__name")
        .annotate(points=Sum("points"), entries=Count("pk"))
        .order_by("points", "employee__name_pinyin")
    )


def offence_rows(day: date) -> list[dict[str, Any]]:
    """Return the offences of a day as the daily report prints them, by clause and person."""
    rows = (
        Offence.objects.filter(day=day, entries__isnull=False)
        .values("clause__number", "clause__title", "clause__title_en", "employee_id", "employee__name")
        .annotate(count=Count("pk", distinct=True), points=Sum("entries__points"))
        .order_by("clause__number", "employee__name_pinyin", "employee_id")
    )
    return [
        {
            "clause": row["clause__number"],
            "title": row["clause__title"],
            "title_en": row["clause__title_en"],
            "employee": row["employee_id"],
            "name": row["employee__name"],
            "count": row["count"],
            "points": str(row["points"]),
        }
        for row in rows
    ]
