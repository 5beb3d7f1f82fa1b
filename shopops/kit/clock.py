"""The clock, read only at the edge, and the shop's day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Window(NamedTuple):
    """A span of time, the start included, the end not."""

    start: datetime
    end: datetime


def now() -> datetime:
    """Return this moment, aware, in UTC. For views, jobs and commands only."""
    return timezone.now()


def shop_day(moment: datetime) -> date:
    """Return the calendar day on the shop's wall clock."""
    return moment.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """Return midnight at the start of `day` on the shop's wall clock."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def day_window(day: date) -> Window:
    """Return the 24 hours of `day` on the shop's wall clock."""
    return Window(start_of_day(day), start_of_day(day + timedelta(days=1)))


def time_on(day: date, clock: object) -> datetime:
    """Return the moment the shop's wall clock shows `clock` on `day`; `24:00`, and what is no time, is its end."""
    hours, _colon, minutes = str(clock).strip().partition(":")
    if hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60:  # noqa: PLR2004 -- a clock
        return start_of_day(day) + timedelta(hours=int(hours), minutes=int(minutes))
    return day_window(day).end
