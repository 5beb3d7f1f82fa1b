"""The work calendar that holds: the country's, the shop's exceptions, the office hours."""

from __future__ import annotations

import time
from datetime import date

from shopops.kit.workdays import WorkCalendar, public_working_days
from staff.models import CalendarDay
from staff.policy import office_hours

_FRESH_SECONDS = 30.0
_kept: tuple[float, WorkCalendar] | None = None


def work_calendar() -> WorkCalendar:
    """Return the calendar for deadlines in working days and hours (STF-096…STF-098). Read anew every half minute."""
    global _kept  # noqa: PLW0603 -- one small cache a process
    moment = time.monotonic()
    if _kept is None or moment - _kept[0] > _FRESH_SECONDS:
        overrides = dict(CalendarDay.objects.values_list("day", "is_working_day"))
        _kept = (moment, WorkCalendar(overrides=overrides, hours=office_hours()))
    return _kept[1]


def forget_calendar() -> None:
    """Read the calendar anew at the next question."""
    global _kept  # noqa: PLW0603
    _kept = None


def published_day(day: date) -> bool:
    """Say whether the country works on a day, whatever the shop does."""
    return day in public_working_days(day.year)
