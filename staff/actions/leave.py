"""Leave: ask, approve, refuse, withdraw. What is approved takes duties off and excuses what happens meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import move, move_many
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.booking import apply_excuse
from staff.actions.events import notify, record, record_many
from staff.models import Duty, Employee, Excuse, Leave
from staff.queries.leave import days_of, rest_days_left
from staff.queries.superiors import superiors_of
from staff.states import DUTY_MOVES, LEAVE_MOVES, DutyState, ExcuseKind, LeaveKind, LeaveState

DECIDES = "staff.decide_leave"


@transaction.atomic
def ask_leave(
    employee: Employee,
    kind: LeaveKind,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    stand_in: Employee | None = None,
    by: Employee,
    at: datetime,
) -> Leave:
    """Ask for leave; the superior is told.

    :raises Refused: if the span is none or overlaps other leave, no reason is given, there are too few rest days, or
        one stands in for oneself.
    """
    locked = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    if ends_at <= starts_at:
        raise Refused(_("The leave ends before it begins."))
    if not reason.strip():
        raise Refused(_("Say what the leave is for."))
    if stand_in is not None and stand_in.pk == locked.pk:
        raise Refused(_("Nobody stands in for themselves."))
    alive = Leave.objects.filter(employee=locked, state__in=(LeaveState.ASKED, LeaveState.APPROVED))
    if other := alive.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).first():
        raise Refused(sentence(_("There is leave in that span already: %(leave)s."), leave=other))
    if kind == LeaveKind.REST:
        left, wanted = rest_days_left(locked, at=at), days_of(starts_at, ends_at)
        if wanted > left:
            raise Refused(sentence(_("%(left)s rest days are left; this takes %(wanted)s."), left=left, wanted=wanted))
    leave = Leave.objects.create(
        employee=locked,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip()[:300],
        stand_in=stand_in,
        asked_at=at,
    )
    record("staff.leave_asked", leave, by=by, at=at, reason=leave.reason)
    superior = superiors_of([locked])[locked.pk]
    notify(
        [superior] if superior else [],
        "leave",
        _("%(name)s asks for leave: %(reason)s."),
        at=at,
        url=leave.get_absolute_url(),
        name=locked.name,
        reason=leave.reason[:120],
    )
    return leave


@transaction.atomic
def approve_leave(leave: Leave, *, answer: str = "", by: Employee, at: datetime) -> Leave:
    """Approve leave: duties that lie inside are off, and an excuse covers what is found inside.

    :raises Refused: if it is one's own, one may not, or it was decided.
    """
    locked = _to_decide(leave, by=by)
    excuse = Excuse.objects.create(
        kind=ExcuseKind.LEAVE,
        employee=locked.employee,
        starts_at=locked.starts_at,
        ends_at=locked.ends_at,
        reason=f"{locked.get_kind_display()}: {locked.reason}"[:500],
        entered_by=locked.employee,
        entered_at=locked.asked_at,
        confirmed_by=by,
        confirmed_at=at,
    )
    move(
        locked,
        LeaveState.APPROVED,
        moves=LEAVE_MOVES,
        decided_by=by,
        decided_at=at,
        answer=answer.strip()[:300],
        excuse=excuse,
    )
    record("staff.excuse_confirmed", excuse, by=by, at=at)
    record("staff.leave_approved", locked, by=by, at=at, reason=locked.answer)
    apply_excuse(excuse, by=by, at=at)
    off = list(duties_inside(locked).filter(state=DutyState.PLANNED).select_for_update(of=("self",)))
    move_many(off, DutyState.ON_LEAVE, moves=DUTY_MOVES)
    _record_duties(off, DutyState.PLANNED, DutyState.ON_LEAVE, by=by, at=at)
    _tell(locked, _("%(name)s approved your leave."), by=by, at=at)
    return locked


@transaction.atomic
def refuse_leave(leave: Leave, *, reason: str, by: Employee, at: datetime) -> Leave:
    """Refuse leave, with the reason.

    :raises Refused: if it is one's own, one may not, no reason is given, or it was decided.
    """
    locked = _to_decide(leave, by=by)
    if not reason.strip():
        raise Refused(_("Say why the leave is refused."))
    move(locked, LeaveState.REFUSED, moves=LEAVE_MOVES, decided_by=by, decided_at=at, answer=reason.strip()[:300])
    record("staff.leave_refused", locked, by=by, at=at, reason=locked.answer)
    _tell(locked, _("%(name)s refused your leave."), by=by, at=at)
    return locked


@transaction.atomic
def withdraw_leave(leave: Leave, *, reason: str = "", by: Employee, at: datetime) -> Leave:
    """Take leave back, or end it now where it has begun; the duties return, and the excuse ends with it.

    :raises Refused: if it is over, was refused, or is another's.
    """
    locked = Leave.objects.select_for_update(of=("self",)).select_related("employee", "excuse").get(pk=leave.pk)
    if by.pk != locked.employee_id and not by.has_perm(DECIDES):
        raise Refused(_("Only the person or a leader withdraws leave."))
    if locked.state == LeaveState.APPROVED and locked.ends_at <= at:
        raise Refused(_("The leave is over."))
    if locked.state == LeaveState.APPROVED and locked.starts_at < at:
        return _end_now(locked, reason=reason, by=by, at=at)
    was_approved = locked.state == LeaveState.APPROVED
    move(locked, LeaveState.WITHDRAWN, moves=LEAVE_MOVES)
    if was_approved:
        _bring_back(locked, after=at, by=by, at=at)
    if locked.excuse is not None:
        locked.excuse.refused_at = at
        locked.excuse.save(update_fields=["refused_at"])
        record("staff.excuse_refused", locked.excuse, by=by, at=at, reason=reason.strip())
    record("staff.leave_withdrawn", locked, by=by, at=at, reason=reason.strip())
    return locked


def duties_inside(leave: Leave) -> QuerySet[Duty]:
    """Return the duties that lie wholly inside the leave; of others attendance leaves out the hours on leave."""
    return Duty.objects.filter(
        employee=leave.employee_id, starts_at__gte=leave.starts_at, ends_at__lte=leave.ends_at
    ).order_by("starts_at")


def _end_now(leave: Leave, *, reason: str, by: Employee, at: datetime) -> Leave:
    """End leave that has begun: what was excused stays excused."""
    _bring_back(leave, after=at, by=by, at=at)
    before, leave.ends_at = leave.ends_at, at
    leave.save(update_fields=["ends_at"])
    if leave.excuse is not None:
        leave.excuse.ends_at = at
        leave.excuse.save(update_fields=["ends_at"])
    record("staff.leave_withdrawn", leave, by=by, at=at, reason=reason.strip(), changes={"ends_at": (before, at)})
    return leave


def _bring_back(leave: Leave, *, after: datetime, by: Employee, at: datetime) -> None:
    """Put the duties of the leave that have not begun back on the roster."""
    back = list(
        duties_inside(leave).filter(state=DutyState.ON_LEAVE, starts_at__gte=after).select_for_update(of=("self",))
    )
    move_many(back, DutyState.PLANNED, moves=DUTY_MOVES)
    _record_duties(back, DutyState.ON_LEAVE, DutyState.PLANNED, by=by, at=at)


def _record_duties(duties: list[Duty], before: DutyState, after: DutyState, *, by: Employee, at: datetime) -> None:
    record_many("staff.duty_moved", [(duty, {"state": (before, after)}) for duty in duties], by=by, at=at)


def _to_decide(leave: Leave, *, by: Employee) -> Leave:
    locked = Leave.objects.select_for_update(of=("self",)).select_related("employee").get(pk=leave.pk)
    if locked.state != LeaveState.ASKED:
        raise Refused(_("The leave was decided already."))
    if by.pk == locked.employee_id:
        raise Refused(_("Nobody decides their own leave."))
    if not by.has_perm(DECIDES):
        raise Refused(_("You may not decide about leave."))
    return locked


def _tell(leave: Leave, text: str | Promise, *, by: Employee, at: datetime) -> None:
    notify([leave.employee], "leave", text, at=at, url=leave.get_absolute_url(), name=by.name)
