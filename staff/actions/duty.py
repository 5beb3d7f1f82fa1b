"""Duties one by one: plan them, change them and take them off. Whole rosters are in `roster`."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Duty, Employee, RosterPattern, Shift
from staff.queries.duty import span_of_shift
from staff.queries.roster import Rules
from staff.states import DUTY_MOVES, DutyState


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
    if reason := Rules([employee], day, day, but=but).why_not(employee, day, shift, starts_at, ends_at):
        raise Refused(reason)


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
