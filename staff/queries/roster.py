"""Rosters before they are written: what speaks against a duty, what a pattern or a copied week would add."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import start_of_day
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.models import Duty, Employee, Leave, RosterPattern, Shift
from staff.policy.duty import DAYS_A_WEEK, REST_HOURS
from staff.queries.duty import RosterRow, span_of_shift, week_of
from staff.states import DutyState, LeaveState, ShiftKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_SPAN = 92
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class LeftOut:
    """A day on which somebody cannot be planned, with the sentence why."""

    employee: Employee
    day: date
    shift: Shift
    reason: str | _StrPromise

    def __str__(self) -> str:
        return f"{self.day:%m-%d} {self.reason}"


@dataclass(frozen=True)
class Proposal:
    """What would be put on the roster, not written yet, and what would be left out."""

    duties: list[Duty]
    left_out: list[LeftOut]


class Rules:
    """What speaks against duties of some people in a span, answered from memory; two queries however many are asked.

    Rest, leave, the days of a week (STF-098): the same for one duty as for a month of forty people.
    """

    def __init__(
        self, people: Iterable[Employee], first: date, last: date, *, but: frozenset[int] = frozenset()
    ) -> None:
        """Read the duties and the approved leave around the span; duties named in `but` do not count."""
        self._duties: dict[int, list[Duty]] = defaultdict(list)
        self._leave: dict[int, list[Leave]] = defaultdict(list)
        people = list(people)
        near = Duty.objects.filter(employee__in=people, day__gte=first - _WEEK - _DAY, day__lte=last + _WEEK + _DAY)
        for duty in near.exclude(state=DutyState.CANCELLED).exclude(pk__in=but).select_related("shift"):
            self._duties[duty.employee_id].append(duty)
        away = Leave.objects.filter(employee__in=people, state=LeaveState.APPROVED)
        for leave in away.filter(starts_at__lt=start_of_day(last + 2 * _DAY), ends_at__gt=start_of_day(first)):
            self._leave[leave.employee_id].append(leave)
        self._rest, self._most = REST_HOURS(), DAYS_A_WEEK()

    def why_not(
        self, employee: Employee, day: date, shift: Shift, starts_at: datetime, ends_at: datetime
    ) -> str | _StrPromise | None:
        """Return the first thing that speaks against a duty, as a sentence; None where nothing does."""
        if not employee.is_active or (employee.left_on is not None and employee.left_on < day):
            return sentence(_("%(name)s does not work here then."), name=employee)
        for leave in self._leave[employee.pk]:
            if leave.starts_at <= starts_at and leave.ends_at >= ends_at:
                return sentence(
                    _("%(name)s is on leave then: %(leave)s."), name=employee, leave=leave.get_kind_display()
                )
        return self._too_near(employee, starts_at, ends_at) or self._too_many(employee, day, shift)

    def _too_near(self, employee: Employee, starts_at: datetime, ends_at: datetime) -> str | _StrPromise | None:
        rest = timedelta(hours=self._rest)
        near = [
            one
            for one in self._duties[employee.pk]
            if one.starts_at < ends_at + rest and one.ends_at > starts_at - rest
        ]
        for other in sorted(near, key=lambda one: one.starts_at):
            named = {"name": employee, "day": other.day.isoformat(), "shift": other.shift}
            if other.starts_at < ends_at and other.ends_at > starts_at:
                return sentence(_("%(name)s is on duty then already: %(day)s %(shift)s."), **named)
            return sentence(
                _("%(name)s would rest less than %(hours)s hours: %(day)s %(shift)s lies too near."),
                hours=self._rest,
                **named,
            )
        return None

    def _too_many(self, employee: Employee, day: date, shift: Shift) -> str | _StrPromise | None:
        if shift.kind == ShiftKind.WEEKEND:
            return None
        monday = week_of(day)
        worked = {
            one.day
            for one in self._duties[employee.pk]
            if monday <= one.day < monday + _WEEK and one.shift.kind != ShiftKind.WEEKEND
        }
        if len(worked | {day}) > self._most:
            return sentence(
                _("%(name)s would have more than %(count)s days in the week of %(day)s; plan weekend duty instead."),
                name=employee,
                count=self._most,
                day=monday.isoformat(),
            )
        return None

    def take(self, duty: Duty) -> None:
        """Count a duty that will be there, for what is asked next."""
        self._duties[duty.employee_id].append(duty)


def propose_pattern(
    pattern: RosterPattern, people: list[tuple[Employee, int]], *, first: date, last: date, by: Employee | None
) -> Proposal:
    """Return what a pattern would add in a span; nothing is written, and days on which somebody cannot are said.

    :param people: who, and how many days each is ahead in the cycle.
    :raises Refused: if the span is none or too long, nobody is named, or the pattern names an unknown shift.
    """
    if not people:
        raise Refused(_("Say who is planned."))
    if not 0 <= (last - first).days < LONGEST_SPAN:
        raise Refused(sentence(_("A span has 1 to %(count)s days."), count=LONGEST_SPAN))
    shifts = {shift.code: shift for shift in Shift.objects.filter(is_used=True)}
    if unknown := sorted({code for code in pattern.days if code} - shifts.keys()):
        raise Refused(sentence(_("The pattern names shifts that are not there: %(codes)s."), codes=", ".join(unknown)))

    def wanted() -> Iterator[tuple[Employee, date, Shift]]:
        for employee, offset in people:
            for number in range((last - first).days + 1):
                day = first + timedelta(days=number)
                code = pattern.days[((day - pattern.anchor).days + offset) % len(pattern.days)] if pattern.days else ""
                if code:
                    yield employee, day, shifts[code]

    rules = Rules([one for one, _offset in people], first, last)
    return _propose(wanted(), rules, pattern=pattern, by=by)


def propose_copy(people: list[Employee], *, source: date, target: date, by: Employee | None) -> Proposal:
    """Return what another week would get if one week's duties were copied to it; what is off or on leave is not.

    :raises Refused: if it is the same week, or nobody has a duty in the one that is copied.
    """
    source, target = week_of(source), week_of(target)
    if source == target:
        raise Refused(_("Copy to another week."))
    duties = list(
        Duty.objects.filter(employee__in=people, state=DutyState.PLANNED, day__gte=source, day__lt=source + _WEEK)
        .filter(shift__is_used=True)
        .select_related("shift", "employee")
        .order_by("employee__name_pinyin", "starts_at")
    )
    if not duties:
        raise Refused(_("Nobody has a duty in the week that is copied."))
    known = {one.pk: one for one in people}
    rules = Rules(people, target, target + _WEEK)
    moved = ((known[one.employee_id], one.day + (target - source), one.shift) for one in duties)
    return _propose(moved, rules, pattern=None, by=by)


def _propose(
    wanted: Iterable[tuple[Employee, date, Shift]], rules: Rules, *, pattern: RosterPattern | None, by: Employee | None
) -> Proposal:
    made: list[Duty] = []
    left_out: list[LeftOut] = []
    for employee, day, shift in wanted:
        starts_at, ends_at = span_of_shift(shift, day)
        if reason := rules.why_not(employee, day, shift, starts_at, ends_at):
            left_out.append(LeftOut(employee, day, shift, reason))
            continue
        duty = Duty(
            employee=employee,
            day=day,
            shift=shift,
            starts_at=starts_at,
            ends_at=ends_at,
            pattern=pattern,
            planned_by=by,
        )
        rules.take(duty)
        made.append(duty)
    return Proposal(made, left_out)


def with_proposal(rows: list[RosterRow], proposal: Proposal) -> list[RosterRow]:
    """Return the rows of a roster as they would be with what is proposed; nothing is asked of the database."""
    added: dict[tuple[int, date], list[Duty]] = defaultdict(list)
    for duty in proposal.duties:
        added[duty.employee_id, duty.day].append(duty)
    return [
        RosterRow(row.person, [(day, [*duties, *added[row.person.pk, day.day]]) for day, duties in row.cells])
        for row in rows
    ]
