"""How many questions come in at which hour of the week, and how many people the roster has for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from django.db.models import Count, Min
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from service.models import Turn
from service.policy.quality import HOUR_CAPACITY
from service.queries.coverage import agents_between
from service.states import TurnExclusion
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day

FIRST_HOUR, LAST_HOUR = 8, 24
LEAST_QUESTIONS = Decimal(1)
"""Of an hour of an average week; fewer come by chance."""
_DAY = timedelta(days=1)
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Hour:
    """An hour of a weekday: questions of an average week, people on duty, and how many more are wanted."""

    weekday: int
    hour: int
    questions: Decimal
    people: Decimal
    capacity: int

    @property
    def each(self) -> Decimal | None:
        """Return the questions for each person; None while nobody is planned."""
        return (self.questions / self.people).quantize(_TENTH) if self.people else None

    @property
    def missing(self) -> int:
        """Return how many more people the questions want."""
        if self.questions < LEAST_QUESTIONS:
            return 0
        wanted = max(Decimal(1), self.questions / self.capacity)
        return int(max(Decimal(0), wanted - self.people).quantize(Decimal(1), rounding=ROUND_CEILING))


@dataclass(frozen=True)
class Shortage:
    """Hours of a weekday in a row in which people are missing; `questions` and `people` are of the worst of them."""

    weekday: int
    first: int
    last: int
    questions: Decimal
    people: Decimal
    missing: int


@dataclass(frozen=True)
class Load:
    """The load of a span of weeks, weekday by weekday (Monday is 0), hour by hour from 8 to 24.

    `ahead` says that the people are those planned for the seven days from `people_from`.
    """

    first: date
    last: date
    hours: list[list[Hour]]
    ahead: bool
    people_from: date

    @property
    def shortages(self) -> list[Shortage]:
        """Return where people are missing, the worst first."""
        found: list[Shortage] = []
        for line in self.hours:
            run: list[Hour] = []
            for hour in (*line, None):
                if hour is not None and hour.missing:
                    run.append(hour)
                elif run:
                    worst = max(run, key=lambda one: (one.missing, one.questions))
                    found.append(
                        Shortage(
                            run[0].weekday, run[0].hour, run[-1].hour + 1, worst.questions, worst.people, worst.missing
                        )
                    )
                    run = []
        return sorted(found, key=lambda one: (-one.missing, -one.questions, one.weekday, one.first))

    @property
    def heavy(self) -> list[Hour]:
        """Return the hours with the most questions for each person; those without anybody first."""
        busy = [hour for line in self.hours for hour in line if hour.questions >= LEAST_QUESTIONS]
        return sorted(busy, key=lambda hour: (hour.each is not None, -(hour.each or hour.questions)))[:10]

    @property
    def idle(self) -> list[Hour]:
        """Return the hours with the fewest questions for each of at least two people."""
        quiet = [hour for line in self.hours for hour in line if hour.people >= 2]  # noqa: PLR2004 -- one can be spared
        return sorted(quiet, key=lambda hour: hour.each or 0)[:5]

    @property
    def has_questions(self) -> bool:
        """Say whether anybody asked anything in these weeks."""
        return any(hour.questions for line in self.hours for hour in line)


def load_of(last: date, weeks: int, *, ahead_from: date | None = None) -> Load:
    """Return the load of the weeks that end with `last`; three queries.

    Weeks before the first question are left out of the averages: nothing had been imported of them.

    :param ahead_from: compare with the people planned for the seven days from then on, not with those of these weeks.
    """
    first = last - timedelta(days=7 * weeks - 1)
    since, until = start_of_day(first), start_of_day(last + _DAY)
    turns = Turn.objects.filter(asked_at__gte=since, asked_at__lt=until).exclude(excluded=TurnExclusion.THANKS)
    begins = turns.aggregate(at=Min("asked_at"))["at"]
    if begins is not None:
        first = max(first, min(shop_day(begins), last - timedelta(days=6)))
    counted = (
        turns.annotate(
            weekday=ExtractIsoWeekDay("asked_at", tzinfo=SHANGHAI), hour=ExtractHour("asked_at", tzinfo=SHANGHAI)
        )
        .values_list("weekday", "hour")
        .annotate(Count("pk"))
        .order_by()
    )
    questions = {(weekday - 1, hour): count for weekday, hour, count in counted}
    from_day = ahead_from or first
    people = _people(from_day, from_day + timedelta(days=6) if ahead_from else last)
    days, capacity = _weekdays(first, last), HOUR_CAPACITY()
    rosters = [1] * 7 if ahead_from else days
    hours = [
        [
            Hour(
                weekday,
                hour,
                (Decimal(questions.get((weekday, hour), 0)) / days[weekday]).quantize(_TENTH),
                (Decimal(people.get((weekday, hour), 0)) / rosters[weekday]).quantize(_TENTH),
                capacity,
            )
            for hour in range(FIRST_HOUR, LAST_HOUR)
        ]
        for weekday in range(7)
    ]
    return Load(first, last, hours, ahead_from is not None, from_day)


def _weekdays(first: date, last: date) -> list[int]:
    """Return how often each weekday (Monday first) stands in these days."""
    days = [0] * 7
    for number in range((last - first).days + 1):
        days[(first + number * _DAY).weekday()] += 1
    return days


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


def hours_asked(weekday: int, hour: int, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """Return an hour of a weekday (Monday is 0) on each of these days, beginning and end."""
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    found = []
    while day <= last:
        start = datetime.combine(day, time(hour), tzinfo=SHANGHAI)
        found.append((start, start + timedelta(hours=1)))
        day += timedelta(days=7)
    return found
