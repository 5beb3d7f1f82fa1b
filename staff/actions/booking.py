"""Booking single cases that people reported and confirmed, by the same rules as the tally."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from staff.models import ClauseVersion, Employee, Offence, PointEntry
from staff.states import Standing


@transaction.atomic
def book_case(
    version: ClauseVersion,
    *,
    employee: Employee,
    subject: tuple[str, int, str],
    happened_at: datetime,
    day: date,
    facts: dict[str, Any],
    url: str = "",
    grade: str = "",
    cause: str = "",
    points: Decimal | None = None,
    fund: Decimal | None = None,
    by: Employee | None,
    at: datetime,
) -> Offence:
    """Book one case against a person and price it; a case that is booked already stays as it is.

    :param subject: (kind, id, label) of what it is about.
    :param points: what a person decided it costs, instead of the price of the version or of the grade.
    :param by: who confirmed it; nobody is the system.
    """
    price = points if points is not None else Decimal(version.grades.get(grade, version.points))
    money = version.fund if fund is None else fund
    offence, is_new = Offence.objects.get_or_create(
        clause_id=version.clause_id,
        subject_type=subject[0],
        subject_id=subject[1],
        employee=employee,
        defaults={
            "version": version,
            "subject_label": subject[2][:120],
            "happened_at": happened_at,
            "day": day,
            "facts": facts,
            "url": url[:300],
            "found_at": at,
            "grade": grade,
            "cause": cause,
            "standing": Standing.CHARGED if price or money else Standing.WARNED,
        },
    )
    if is_new and offence.standing == Standing.CHARGED:
        PointEntry.objects.create(
            offence=offence, employee=employee, points=price, fund=money, day=day, booked_at=at, booked_by=by
        )
    return offence
