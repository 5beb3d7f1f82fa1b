"""Duties, presence and what hangs on them for tests."""

from __future__ import annotations

from datetime import date, datetime

from shopops.kit.clock import SHANGHAI
from staff.actions.shifts import load_shifts
from staff.models import Duty, Employee, Presence, Shift
from staff.queries.duty import span_of_shift
from staff.states import PresenceSource, PresenceStatus
from tests.factories.staff import NOON


def a_shift(code: str = "early") -> Shift:
    """Return one of the shifts every installation has."""
    if not Shift.objects.filter(code=code).exists():
        load_shifts(at=NOON)
    return Shift.objects.get(code=code)


def a_duty(employee: Employee, day: date, shift: str = "early") -> Duty:
    """Put somebody on duty, whatever the rules of planning say."""
    kind = a_shift(shift)
    starts_at, ends_at = span_of_shift(kind, day)
    return Duty.objects.create(employee=employee, day=day, shift=kind, starts_at=starts_at, ends_at=ends_at)


def a_presence(
    employee: Employee,
    status: str,
    start: datetime | str,
    end: datetime | str | None,
    *,
    source: str = PresenceSource.BUTTON,
    covered_by: Employee | None = None,
    reason: str = "",
) -> Presence:
    """Say how somebody was in a span; moments may be written `2026-11-20 08:00` on the shop's clock."""
    return Presence.objects.create(
        employee=employee,
        status=PresenceStatus(status),
        starts_at=moment(start),
        ends_at=moment(end) if end is not None else None,
        source=PresenceSource(source),
        covered_by=covered_by,
        reason=reason,
    )


def moment(text: datetime | str) -> datetime:
    """Read a moment on the shop's clock."""
    return text if isinstance(text, datetime) else datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
