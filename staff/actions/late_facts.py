"""Facts that come in late, such as chat records of yesterday: the days they are about are tallied and read again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from shopops.kit.clock import shop_day
from staff.actions.attendance import derive_attendance
from staff.actions.jobs import start_job
from staff.actions.metrics import read_metrics
from staff.actions.tally import tally_day
from staff.actions.trials import run_shadows
from staff.models import JobRun
from staff.policy import LATE_DAYS

_DAY = timedelta(days=1)


def days_to_tally_again(first: date, *, at: datetime) -> JobRun | None:
    """Have the days from `first` to yesterday tallied and read again in the background; nothing of a day yet to end."""
    last = shop_day(at) - _DAY
    if first > last:
        return None
    return start_job("staff.tally_again", by=None, at=at, first=first.isoformat(), last=last.isoformat())


def decided_late(detector: str, happened_at: datetime, *, at: datetime) -> JobRun | None:
    """Have the day of something tallied again that people decided only now, however long ago it happened.

    Only what `detector` watches is tallied; nothing happens where that day is not over.
    """
    day = shop_day(happened_at - timedelta(microseconds=1))  # midnight belongs to the day it ends
    if day >= shop_day(at):
        return None
    one = day.isoformat()
    return start_job("staff.tally_again", by=None, at=at, first=one, last=one, only=detector)


def tally_again(
    first: date, last: date, *, at: datetime, only: str = "", step: Callable[[int, int], None] | None = None
) -> dict[str, int]:
    """Tally and read the days of a span again, oldest first; return how many offences and readings there are.

    How duties were kept is worked out again first. Of days longer ago than the setting says only the figures are
    read: nobody is charged for a past that was imported long afterwards. A replay does that, where people want it.

    :param only: tally what this detector watches and nothing else, whatever the age of the days.
    """
    since = shop_day(at) - LATE_DAYS() * _DAY
    days = [first + number * _DAY for number in range((last - first).days + 1)]
    offences = readings = 0
    for number, day in enumerate(days):
        if step:
            step(number, len(days))
        derive_attendance(day, at=at)
        if day >= since or only:
            offences += tally_day(day, at=at, only=only).new
        if day >= since:
            run_shadows(day, at=at)
        readings += read_metrics(day, at=at)
    return {"days": len(days), "new": offences, "readings": readings}
