"""How many cover each half hour of the service hours, against how many should: where the roster has holes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shopops.kit.clock import SHANGHAI
from staff.models import Duty
from staff.policy.duty import COVER_WEEKDAY, COVER_WEEKEND, SERVICE_HOURS
from staff.queries.duty import RosterDay, RosterRow
from staff.states import DutyState

_HALF = timedelta(minutes=30)
HALVES = range(SERVICE_HOURS[0] * 60, SERVICE_HOURS[1] * 60, 30)


@dataclass(frozen=True)
class Hole:
    """A stretch of a day with fewer people than there should be."""

    day: date
    since: str
    until: str
    there: int
    needed: int
    at_meal: bool
    """Whether people are there, but nobody to take turns with at lunch (CS-048)."""

    @property
    def is_whole_day(self) -> bool:
        """Say whether nobody is planned in all the service hours."""
        return self.there == 0 and (self.since, self.until) == (_clock(HALVES[0]), _clock(HALVES[-1] + 30))


@dataclass(frozen=True)
class Cover:
    """The cover of some days: how many are there each half hour, which are too few, and the holes in words."""

    counts: list[list[int]]
    short: list[list[bool]]
    holes: list[Hole]

    @property
    def missing(self) -> str:
        """Return the hours of all holes together, such as 7.5."""
        return f"{sum(map(sum, self.short)) / 2:g}"

    def hours_short(self, number: int) -> str:
        """Return the hours of the holes of one day, nothing where there are none."""
        halves = sum(self.short[number])
        return f"{halves / 2:g}" if halves else ""


def cover_of(rows: list[RosterRow], days: list[RosterDay]) -> Cover:
    """Count who is on duty in each half hour between 9:00 and 23:00 and find the holes (CS-047, CS-048, CS-050).

    How many there should be on working days and at weekends are settings. At meals people take turns: on working days
    a half hour in which everybody there has their meal wants one more. Asks nothing of the database but the settings.
    """
    weekday, weekend = COVER_WEEKDAY(), COVER_WEEKEND()
    planned = [one for row in rows for _day, duties in row.cells for one in duties if one.state == DutyState.PLANNED]
    counts, short, holes = [], [], []
    for day in days:
        near = [one for one in planned if abs((one.day - day.day).days) <= 1]
        midnight = datetime.combine(day.day, time.min, tzinfo=SHANGHAI)
        line = []
        for minute in HALVES:
            start = midnight + timedelta(minutes=minute)
            there = [one for one in near if one.starts_at <= start and one.ends_at >= start + _HALF]
            needed = weekday if day.is_working else weekend
            eats = sum(_at_meal(one, minute) for one in there)
            at_meal = day.is_working and len(there) == needed and eats > 0
            line.append((len(there), needed + at_meal, at_meal))
        counts.append([there for there, _needed, _meal in line])
        short.append([there < needed for there, needed, _meal in line])
        holes += _holes(day.day, line)
    return Cover(counts, short, holes)


def _at_meal(duty: Duty, minute: int) -> bool:
    """Say whether the meal of a duty's shift lies in the half hour that begins at a minute of the day."""
    meal, length = duty.shift.meal_starts, duty.shift.meal_minutes
    if meal is None:
        return False
    begins = meal.hour * 60 + meal.minute
    return begins < minute + 30 and begins + length > minute


def _holes(day: date, line: list[tuple[int, int, bool]]) -> list[Hole]:
    """Join neighbouring half hours that are short by the same into one hole."""
    found: list[Hole] = []
    for minute, (there, needed, at_meal) in zip(HALVES, line, strict=True):
        if there >= needed:
            continue
        since, until = _clock(minute), _clock(minute + 30)
        if found and found[-1].until == since and (found[-1].there, found[-1].needed) == (there, needed):
            since = found.pop().since
        found.append(Hole(day, since, until, there, needed, at_meal))
    return found


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
