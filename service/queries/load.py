"""How many questions come in at which hour of the week, and how many people the roster has for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from service.models import Turn
from service.queries.coverage import agents_between
from service.states import TurnExclusion
from shopops.kit.clock import SHANGHAI, start_of_day

FIRST_HOUR, LAST_HOUR = 8, 24
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hour:
    """An hour of a weekday: questions and people of an average week of the span, and questions for each of them."""

    weekday: int
    hour: int
    questions: Decimal
    people: Decimal

    @property
    def each(self) -> Decimal | None:
        """Return the questions for each person; None while nobody is planned."""
        return (self.questions / self.people).quantize(Decimal("0.1")) if self.people else None


@dataclass(frozen=True)
class Load:
    """The load of a span of weeks, weekday by weekday (Monday is 0), hour by hour from 8 to 24."""

    first: date
    last: date
    hours: list[list[Hour]]

    @property
    def heavy(self) -> list[Hour]:
        """Return the hours with the most questions for each person; those without anybody first."""
        busy = [hour for line in self.hours for hour in line if hour.questions >= 1]
        return sorted(busy, key=lambda hour: (hour.each is not None, -(hour.each or hour.questions)))[:10]

    @property
    def idle(self) -> list[Hour]:
        """Return the hours with the fewest questions for each of at least two people."""
        quiet = [hour for line in self.hours for hour in line if hour.people >= 2]  # noqa: PLR2004 -- one can be spared
        return sorted(quiet, key=lambda hour: hour.each or 0)[:5]


def load_of(last: date, weeks: int) -> Load:
    """Return the load of the weeks that end with `last`; two queries."""
    first = last - timedelta(days=7 * weeks - 1)
    since, until = start_of_day(first), start_of_day(last + _DAY)
    turns = Turn.objects.filter(asked_at__gte=since, asked_at__lt=until).exclude(excluded=TurnExclusion.THANKS)
    counted = (
        turns.annotate(
            weekday=ExtractIsoWeekDay("asked_at", tzinfo=SHANGHAI), hour=ExtractHour("asked_at", tzinfo=SHANGHAI)
        )
        .values_list("weekday", "hour")
        .annotate(Count("pk"))
        .order_by()
    )
    questions = {(weekday - 1, hour): count for weekday, hour, count in counted}
    people = _people(first, last)
    hours = [
        [
            Hour(
                weekday,
                hour,
                (Decimal(questions.get((weekday, hour), 0)) / weeks).quantize(Decimal("0.1")),
                (Decimal(people.get((weekday, hour), 0)) / weeks).quantize(Decimal("0.1")),
            )
            for hour in range(FIRST_HOUR, LAST_HOUR)
        ]
        for weekday in range(7)
    ]
    return Load(first, last, hours)


def _people(first: date, last: date) -> dict[tuple[int, int], int]:
    """Return how many agents were planned at the middle of each hour of a weekday, summed over the days."""
    duties = agents_between(start_of_day(first), start_of_day(last + _DAY))
    found: dict[tuple[int, int], int] = {}
    day = first
    while day <= last:
        for hour in range(FIRST_HOUR, LAST_HOUR):
            middle = datetime.combine(day, time(hour, 30), tzinfo=SHANGHAI)
            count = sum(1 for span in duties if span.start <= middle < span.end)
            key = (day.weekday(), hour)
            found[key] = found.get(key, 0) + count
        day += _DAY
    return found
