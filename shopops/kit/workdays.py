"""The work calendar: Chinese public holidays, make-up days, the shop's own exceptions, and working hours.

Everything is a pure question to an immutable `WorkCalendar`. Days and hours are those of the shop's wall clock
(Asia/Shanghai); moments must be aware and come back in that zone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from shopops.kit.clock import SHANGHAI, shop_day

WEEKEND = 5  # Saturday's number in the week
MIDNIGHT = time(0)
FAR = 400  # days; no calendar of people is closed for longer

Hours = tuple[tuple[time, time], ...]

OFFICE_HOURS: Hours = ((time(9), time(12)), (time(13), time(18)))


ANNOUNCED = Path(__file__).with_name("working_days.toml")


@cache
def public_working_days(year: int) -> frozenset[date]:
    """Return the days of a year on which the country works, as announced, or as estimated for years to come."""
    told = _announced().get(str(year))
    if told is None:
        return working_days_by_package(year)
    ordinary = {day for day in days_of_year(year) if day.weekday() < WEEKEND}
    free, works = ({date.fromisoformat(f"{year}-{day}") for day in told[key]} for key in ("free", "works"))
    return frozenset(ordinary - free | works)


def working_days_by_package(year: int) -> frozenset[date]:
    """Return the same as the `holidays` package knows it; it estimates the years that are not announced."""
    import holidays  # noqa: PLC0415 -- 17 MiB, for a year that is not written down

    country = holidays.country_holidays("CN", years=year)
    return frozenset(day for day in days_of_year(year) if country.is_working_day(day))


def days_of_year(year: int) -> list[date]:
    """Return all days of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


def is_announced(year: int) -> bool:
    """Tell whether the make-up days of a year are known; until the autumn before, a year is an estimate."""
    return has_make_up_days(public_working_days(year))


def has_make_up_days(days: Collection[date]) -> bool:
    """Tell whether some of the days lie at a weekend, as they do in every year that is announced."""
    return any(day.weekday() >= WEEKEND for day in days)


@cache
def _announced() -> dict[str, dict[str, list[str]]]:
    """Return the years that are written down; `python -m tools.workdays` renews them."""
    return tomllib.loads(ANNOUNCED.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When people work.

    :param overrides: days on which the shop differs from the country: True works, False is free.
    :param hours: the working hours of a working day, in order; an end of 00:00 means midnight at the end of the day.
    :raises ValueError: if the hours are empty, overlap or are out of order.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    hours: Hours = OFFICE_HOURS

    def __post_init__(self) -> None:
        object.__setattr__(self, "overrides", MappingProxyType(dict(self.overrides)))
        object.__setattr__(self, "hours", tuple(self.hours))
        edges = [edge for start, end in self.hours for edge in (_since_midnight(start), _until(end))]
        if not edges or any(later <= earlier for earlier, later in zip(edges[::2], edges[1::2], strict=True)):
            raise ValueError("working hours must not be empty or end before they start")
        if edges != sorted(edges):
            raise ValueError("working hours must be in order and must not overlap")

    # ---- days

    def is_working_day(self, day: date) -> bool:
        """Tell whether people work on a day."""
        override = self.overrides.get(day)
        return day in public_working_days(day.year) if override is None else override

    def next_working_day(self, day: date) -> date:
        """Return the first working day after a day."""
        return self._working_day_from(day, 1)

    def previous_working_day(self, day: date) -> date:
        """Return the last working day before a day."""
        return self._working_day_from(day, -1)

    def add_working_days(self, day: date, count: int) -> date:
        """Return the working day so many working days after a day; the day itself when the count is 0."""
        for _number in range(count):
            day = self.next_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Count the working days from the first day to the last, both included; 0 when the last comes before."""
        span = (last - first).days + 1
        return sum(self.is_working_day(first + timedelta(days=number)) for number in range(span))

    def last_working_day_of_month(self, day: date) -> date:
        """Return the last working day of the month a day lies in."""
        return self.previous_working_day((day.replace(day=28) + timedelta(days=4)).replace(day=1))

    # ---- moments

    def is_working_time(self, moment: datetime) -> bool:
        """Tell whether people work at a moment; the end of working hours is no longer one."""
        local = _local(moment)
        return any(start <= local < end for start, end in self._windows(local.date()))

    def end_of_working_day(self, day: date) -> datetime:
        """Return the moment at which working hours end on a day, whether it is a working day or not."""
        return _at(day, _until(self.hours[-1][1]))

    def end_of_next_working_day(self, moment: datetime) -> datetime:
        """Return the end of working hours on the first working day after the day of a moment (ORD-015)."""
        return self.end_of_working_day(self.next_working_day(shop_day(_local(moment))))

    def time_on_next_working_day(self, moment: datetime, clock: time) -> datetime:
        """Return a time of day on the first working day after the day of a moment (10:00 for DATA-019)."""
        return _at(self.next_working_day(shop_day(_local(moment))), _since_midnight(clock))

    def next_working_time(self, moment: datetime) -> datetime:
        """Return the moment itself when people work then, else the next moment at which they begin."""
        local = _local(moment)
        start, _end = next(self._windows_after(local))
        return max(start, local)

    def add_working_time(self, moment: datetime, duration: timedelta) -> datetime:
        """Return the moment at which so much working time has passed; at once when the duration is zero.

        :raises ValueError: if the duration is negative.
        """
        if duration < timedelta(0):
            raise ValueError("working time can only be added")
        local = _local(moment)
        if not duration:
            return local
        for start, end in self._windows_after(local):
            begin = max(start, local)
            if end - begin >= duration:
                return begin + duration
            duration -= end - begin
        raise AssertionError("the windows never end")  # pragma: no cover

    def working_seconds_between(self, start: datetime, end: datetime) -> float:
        """Return the working time between two moments in seconds; 0 when the end comes first."""
        begin, finish = _local(start), _local(end)
        seconds = 0.0
        day = begin.date()
        while day <= finish.date():
            for opens, closes in self._windows(day):
                seconds += max((min(closes, finish) - max(opens, begin)).total_seconds(), 0.0)
            day += timedelta(days=1)
        return seconds

    # ---- inside

    def _working_day_from(self, day: date, step: int) -> date:
        for number in range(1, FAR):
            candidate = day + timedelta(days=step * number)
            if self.is_working_day(candidate):
                return candidate
        raise ValueError(f"no working day within {FAR} days of {day}: look at the overrides")

    def _windows(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.is_working_day(day):
            return []
        return [(_at(day, _since_midnight(start)), _at(day, _until(end))) for start, end in self.hours]

    def _windows_after(self, local: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working hours that end after a moment, for ever."""
        day = local.date()
        if not self.is_working_day(day):
            day = self.next_working_day(day)
        while True:
            for start, end in self._windows(day):
                if end > local:
                    yield start, end
            day = self.next_working_day(day)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(SHANGHAI)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)


def _until(clock: time) -> timedelta:
    return timedelta(days=1) if clock == MIDNIGHT else _since_midnight(clock)


def _at(day: date, since_midnight: timedelta) -> datetime:
    return datetime.combine(day, MIDNIGHT, tzinfo=SHANGHAI) + since_midnight
