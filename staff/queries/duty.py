"""Who is on duty when."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from shopops.kit.clock import SHANGHAI
from staff.models import Duty, Shift
from staff.states import DutyState


def on_duty(at: datetime) -> QuerySet[Duty]:
    """Return the duties that are running at a moment; who is on leave or taken off is not on duty."""
    running = Duty.objects.filter(state=DutyState.PLANNED, starts_at__lte=at, ends_at__gt=at)
    return running.select_related("employee", "shift").order_by("starts_at", "employee__name_pinyin", "pk")


def is_on_duty(employee: int, at: datetime) -> bool:
    """Say whether somebody's duty is running at a moment."""
    return on_duty(at).filter(employee_id=employee).exists()


def span_of_shift(shift: Shift, day: date) -> tuple[datetime, datetime]:
    """Return when a shift begins and ends on a day; a late one may end the day after."""
    starts_at = datetime.combine(day, shift.starts, tzinfo=SHANGHAI)
    return starts_at, starts_at + timedelta(minutes=shift.minutes)


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
