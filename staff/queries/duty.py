"""Who is on duty when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from shopops.kit.clock import SHANGHAI
from shopops.kit.lists import Reader, Row
from staff.models import Duty, Employee, OrgUnit, Shift
from staff.models.duty import hours_in_words
from staff.queries.calendar import work_calendar
from staff.queries.people import matching_people
from staff.states import DutyState

SEES_ALL = "staff.view_duty"
TONES = {DutyState.PLANNED: "good", DutyState.ON_LEAVE: "info", DutyState.CANCELLED: "plain"}


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


@dataclass(frozen=True)
class RosterDay:
    """A day of the roster: its date, whether people work that day, whether it is today."""

    day: date
    is_working: bool
    is_today: bool


@dataclass(frozen=True)
class RosterRow:
    """A person's duties of a span, a cell a day: the duties and whether they are on leave."""

    person: Employee
    cells: list[tuple[RosterDay, list[Duty]]]

    @property
    def days(self) -> int:
        """Count the days with a duty that is kept."""
        return sum(any(one.state == DutyState.PLANNED for one in duties) for _day, duties in self.cells)

    @property
    def hours(self) -> str:
        """Return the hours on duty without meals."""
        planned = [one for _day, duties in self.cells for one in duties if one.state == DutyState.PLANNED]
        minutes = sum(
            int((one.ends_at - one.starts_at).total_seconds() // 60) - one.shift.meal_minutes for one in planned
        )
        return f"{minutes / 60:g}"


def roster_days(first: date, count: int, *, today: date) -> list[RosterDay]:
    """Return the days of a roster."""
    calendar = work_calendar()
    days = [first + timedelta(days=number) for number in range(count)]
    return [RosterDay(day, calendar.is_working_day(day), day == today) for day in days]


def roster_of(people: Iterable[Employee], days: list[RosterDay]) -> list[RosterRow]:
    """Return the roster of some people, in their order; one query."""
    people = list(people)
    found: dict[tuple[int, date], list[Duty]] = defaultdict(list)
    duties = (
        Duty.objects.filter(employee__in=people, day__gte=days[0].day, day__lte=days[-1].day)
        .exclude(state=DutyState.CANCELLED)
        .select_related("shift")
        .order_by("starts_at")
    )
    for duty in duties:
        found[duty.employee_id, duty.day].append(duty)
    return [RosterRow(person, [(day, found[person.pk, day.day]) for day in days]) for person in people]


def rostered_people(unit: OrgUnit | None, first: date, last: date) -> list[Employee]:
    """Return the people of a unit, or without one everybody who has a duty in the span; one query."""
    people = Employee.objects.filter(is_active=True).select_related("unit")
    if unit is not None:
        return list(people.filter(unit=unit).order_by("unit__position", "name_pinyin", "pk"))
    on_roster = Duty.objects.filter(day__gte=first, day__lte=last).exclude(state=DutyState.CANCELLED)
    return list(people.filter(pk__in=on_roster.values("employee")).order_by("unit__position", "name_pinyin", "pk"))


def units_with_people() -> QuerySet[OrgUnit]:
    """Return the units somebody belongs to."""
    return OrgUnit.objects.filter(members__is_active=True).distinct().order_by("position", "pk")


def day_by_day(rows: list[RosterRow]) -> list[tuple[RosterDay, list[tuple[Employee, list[Duty]]]]]:
    """Turn a roster round: for each day who has a duty; nothing is asked of the database."""
    if not rows:
        return []
    days = [day for day, _duties in rows[0].cells]
    return [
        (day, [(row.person, row.cells[number][1]) for row in rows if row.cells[number][1]])
        for number, day in enumerate(days)
    ]


def listed_duties(reader: Reader) -> QuerySet[Duty]:
    """Return the rows of the list of duties: one's own, or everybody's."""
    rows = Duty.objects.all()
    return rows if reader.by.has_perm(SEES_ALL) else rows.filter(employee=reader.by)


def matching_duties(text: str) -> Q:
    """Return the condition for the search box: the person."""
    return Q(employee__in=Employee.objects.filter(matching_people(text)).values("pk"))


def add_duty_words(rows: list[Row], _reader: Reader) -> None:
    """Put shift and state in words on the rows of a page."""
    states = dict(DutyState.choices)
    shifts = {shift.pk: shift for shift in Shift.objects.all()}
    for row in rows:
        shift = shifts[row["shift_id"]]
        row["shift"], row["kind"] = str(shift), shift.kind
        row["state_label"], row["tone"] = states[row["state"]], TONES[DutyState(row["state"])]
        row["hours"] = hours_in_words(row["starts_at"], row["ends_at"])


def undeletable(ids: Iterable[int], reader: Reader) -> dict[int, Any]:
    """Return which of some duties cannot be taken off, with the reason."""
    refused: dict[int, Any] = {}
    for duty in Duty.objects.filter(pk__in=list(ids)):
        if duty.state == DutyState.CANCELLED:
            refused[duty.pk] = _("is off already")
        elif duty.starts_at <= reader.at:
            refused[duty.pk] = _("has begun")
    return refused


def next_duties(employee: Employee, *, at: datetime, most: int = 5) -> QuerySet[Duty]:
    """Return the duties of somebody that run or come next."""
    coming = Duty.objects.filter(employee=employee, ends_at__gt=at).exclude(state=DutyState.CANCELLED)
    return coming.select_related("shift").order_by("starts_at")[:most]
