"""Rosters: plan duties, one or many, change them and take them off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify, record
from staff.models import Duty, Employee, Leave, RosterPattern, Shift
from staff.policy.duty import DAYS_A_WEEK, REST_HOURS
from staff.queries.duty import span_of_shift, week_of
from staff.states import DUTY_MOVES, DutyState, LeaveState, ShiftKind

LONGEST_SPAN = 92
_WEEK = timedelta(days=7)


@transaction.atomic
def plan_duty(
    employee: Employee,
    day: date,
    shift: Shift,
    *,
    pattern: RosterPattern | None = None,
    note: str = "",
    by: Employee | None,
    at: datetime,
) -> Duty:
    """Put somebody on duty on a day.

    :raises Refused: if they have left, are on duty then already, would rest too little or work too many days.
    """
    locked = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    starts_at, ends_at = span_of_shift(shift, day)
    check_duty(locked, day, shift, starts_at, ends_at)
    duty = Duty(
        employee=locked,
        day=day,
        shift=shift,
        starts_at=starts_at,
        ends_at=ends_at,
        pattern=pattern,
        planned_by=by,
        note=note.strip()[:200],
    )
    try:
        with transaction.atomic():
            duty.save(force_insert=True)
    except IntegrityError:
        raise Refused(sentence(_("%(name)s is on duty at that time already."), name=locked)) from None
    record("staff.duty_planned", duty, by=by, at=at, reason=duty.note)
    return duty


def check_duty(
    employee: Employee,
    day: date,
    shift: Shift,
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: frozenset[int] = frozenset(),
) -> None:
    """See whether somebody may take a duty: employed, free, rested, not too many days in the week (STF-098).

    :param but: ids of duties that do not count, because they go away with it.
    :raises Refused: with the first thing that speaks against it.
    """
    if not employee.is_active or (employee.left_on is not None and employee.left_on < day):
        raise Refused(sentence(_("%(name)s does not work here then."), name=employee))
    away = Leave.objects.filter(employee=employee, state=LeaveState.APPROVED)
    if leave := away.filter(starts_at__lte=starts_at, ends_at__gte=ends_at).first():
        raise Refused(
            sentence(_("%(name)s is on leave then: %(leave)s."), name=employee, leave=leave.get_kind_display())
        )
    rest = timedelta(hours=REST_HOURS())
    others = Duty.objects.filter(employee=employee).exclude(state=DutyState.CANCELLED).exclude(pk__in=but)
    near = others.filter(starts_at__lt=ends_at + rest, ends_at__gt=starts_at - rest).select_related("shift")
    for other in near.order_by("starts_at"):
        named = {"name": employee, "day": other.day.isoformat(), "shift": other.shift}
        if other.starts_at < ends_at and other.ends_at > starts_at:
            raise Refused(sentence(_("%(name)s is on duty then already: %(day)s %(shift)s."), **named))
        raise Refused(
            sentence(
                _("%(name)s would rest less than %(hours)s hours: %(day)s %(shift)s lies too near."),
                hours=REST_HOURS(),
                **named,
            )
        )
    if shift.kind == ShiftKind.WEEKEND:
        return
    monday = week_of(day)
    worked = others.filter(day__gte=monday, day__lt=monday + _WEEK).exclude(shift__kind=ShiftKind.WEEKEND)
    if len(set(worked.values_list("day", flat=True)) | {day}) > DAYS_A_WEEK():
        raise Refused(
            sentence(
                _("%(name)s would have more than %(count)s days in the week of %(day)s; plan weekend duty instead."),
                name=employee,
                count=DAYS_A_WEEK(),
                day=monday.isoformat(),
            )
        )


@transaction.atomic
def cancel_duty(duty: Duty, *, reason: str, by: Employee, at: datetime) -> None:
    """Take a duty off the roster; what has begun stays.

    :raises Refused: if it began already, is off already, or no reason is given.
    """
    if not reason.strip():
        raise Refused(_("Say why the duty is taken off."))
    if duty.starts_at <= at:
        raise Refused(_("The duty has begun; it stays as it was. Correct the attendance instead."))
    move(duty, DutyState.CANCELLED, moves=DUTY_MOVES)
    record("staff.duty_cancelled", duty, by=by, at=at, reason=reason.strip())


@transaction.atomic
def change_shift(duty: Duty, shift: Shift, *, reason: str = "", by: Employee, at: datetime) -> Duty:
    """Give a duty that has not begun another shift of the same day.

    :raises Refused: if it has begun, is not planned, or the other shift breaks a rule.
    """
    employee = Employee.objects.select_for_update(no_key=True).get(pk=duty.employee_id)
    locked = Duty.objects.select_for_update(of=("self",)).select_related("shift").get(pk=duty.pk)
    if locked.starts_at <= at or locked.state != DutyState.PLANNED:
        raise Refused(_("Only duties that are planned and have not begun can change."))
    if locked.shift_id == shift.pk:
        raise Refused(_("Nothing would change."))
    starts_at, ends_at = span_of_shift(shift, locked.day)
    check_duty(employee, locked.day, shift, starts_at, ends_at, but=frozenset({locked.pk}))
    before = locked.shift
    locked.shift, locked.starts_at, locked.ends_at = shift, starts_at, ends_at
    locked.save(update_fields=["shift", "starts_at", "ends_at"])
    changes = {"shift": (before, shift)}
    record("staff.duty_moved", locked, by=by, at=at, changes=changes, reason=reason.strip())
    return locked


@transaction.atomic
def plan_roster(
    pattern: RosterPattern,
    people: list[tuple[Employee, int]],
    *,
    first: date,
    last: date,
    by: Employee | None,
    at: datetime,
) -> tuple[list[Duty], list[str]]:
    """Plan a span by a pattern; days on which somebody cannot are left out and said.

    :param people: who, and how many days each is ahead in the cycle.
    :returns: the duties made, and a sentence for each day that was left out.
    :raises Refused: if the span is none or too long, nobody is named, or the pattern names an unknown shift.
    """
    if not people:
        raise Refused(_("Say who is planned."))
    if not 0 <= (last - first).days < LONGEST_SPAN:
        raise Refused(sentence(_("A span has 1 to %(count)s days."), count=LONGEST_SPAN))
    shifts = {shift.code: shift for shift in Shift.objects.filter(is_used=True)}
    if unknown := sorted({code for code in pattern.days if code} - shifts.keys()):
        raise Refused(sentence(_("The pattern names shifts that are not there: %(codes)s."), codes=", ".join(unknown)))
    made: list[Duty] = []
    left_out: list[str] = []
    for employee, offset in people:
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            code = pattern.days[((day - pattern.anchor).days + offset) % len(pattern.days)] if pattern.days else ""
            if not code:
                continue
            try:
                made.append(plan_duty(employee, day, shifts[code], pattern=pattern, by=by, at=at))
            except Refused as refusal:
                left_out.append(f"{day:%m-%d} {refusal}")
    names = ", ".join(person.name for person, _offset in people)
    changes = {"duties": (None, len(made)), "people": (None, names), "day": (None, f"{first} – {last}")}
    record("staff.roster_made", pattern, by=by, at=at, changes=changes)
    return made, left_out


@transaction.atomic
def publish_roster(employees: list[Employee], *, first: date, last: date, by: Employee, at: datetime) -> int:
    """Tell people their duties of a span; return how many were told.

    :raises Refused: if nobody of them has a duty in it.
    """
    duties = list(
        Duty.objects.filter(employee__in=employees, state=DutyState.PLANNED, day__gte=first, day__lte=last)
        .select_related("employee", "shift")
        .order_by("employee", "starts_at")
    )
    if not duties:
        raise Refused(_("Nobody has a duty in that span."))
    told = _tell_planned(duties, first, last, at=at)
    record("staff.roster_published", by, by=by, at=at, changes={"day": (None, f"{first} – {last}")})
    return told


def _tell_planned(duties: list[Duty], first: date, last: date, *, at: datetime) -> int:
    counts: dict[int, int] = {}
    for duty in duties:
        counts[duty.employee_id] = counts.get(duty.employee_id, 0) + 1
    people = {duty.employee_id: duty.employee for duty in duties}
    for key, person in people.items():
        notify(
            [person],
            "duty",
            _("Your roster from %(first)s to %(last)s: %(count)s duties."),
            at=at,
            url=f"{reverse('staff:my_roster')}?day={first:%Y-%m-%d}",
            first=first.isoformat(),
            last=last.isoformat(),
            count=counts[key],
        )
    return len(people)
