"""What a trial would change: its rows beside what stands in the books, by person and case by case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from staff.models import Clause, Employee, Trial


@dataclass(frozen=True)
class PersonDifference:
    """What a trial would change for one person."""

    employee: Employee
    was: Decimal
    will: Decimal
    difference: Decimal
    cases_new: int
    cases_gone: int


@dataclass(frozen=True)
class CaseDifference:
    """One case that a trial judges otherwise than the books. The offence is None where the books do not know it."""

    clause: Clause
    offence_id: int | None
    trial_offence_id: int | None
    subject_label: str
    url: str
    happened_at: datetime
    day: date
    was: Decimal
    will: Decimal
    was_fund: Decimal
    will_fund: Decimal


def differences_by_person(_trial: Trial) -> list[PersonDifference]:
    """Return whom a trial would cost or give points, those who lose most first; nobody whose cases stay as they are."""
    return []


def differences_of(_trial: Trial, _employee: Employee) -> list[CaseDifference]:
    """Return the cases of one person that a trial judges otherwise than the books, in the order they happened."""
    return []
