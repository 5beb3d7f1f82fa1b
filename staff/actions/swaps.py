"""Swaps of duties: the colleague agrees, then the leader; then the duties change hands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.duty import check_duty
from staff.actions.events import notify, record
from staff.models import Duty, DutySwap, Employee
from staff.queries.superiors import superiors_of
from staff.queries.swaps import swap_url
from staff.states import DUTY_MOVES, SWAP_MOVES, DutyState, SwapState

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DECIDES = "staff.plan_duty"


@transaction.atomic
def ask_swap(
    duty: Duty,
    colleague: Employee,
    *,
    in_return: Duty | None = None,
    reason: str = "",
    by: Employee,
    at: datetime,
) -> DutySwap:
    """Ask a colleague to take a duty of mine, for one of theirs or for nothing.

    :raises Refused: if the duty is not mine or has begun, a swap of it waits already, or the colleague cannot take it.
    """
    mine = Duty.objects.select_for_update(of=("self",)).select_related("shift", "employee").get(pk=duty.pk)
    if mine.employee_id != by.pk:
        raise Refused(_("Only one's own duty can be swapped."))
    if colleague.pk == by.pk:
        raise Refused(_("Ask somebody else."))
    if DutySwap.objects.filter(duty=mine, state__in=(SwapState.ASKED, SwapState.AGREED)).exists():
        raise Refused(_("A swap of this duty waits already."))
    _check(mine, colleague, in_return, at=at)
    swap = DutySwap.objects.create(
        duty=mine, asked_by=by, colleague=colleague, in_return=in_return, reason=reason.strip()[:300], asked_at=at
    )
    record("staff.swap_asked", swap, by=by, at=at, reason=swap.reason)
    _tell(colleague, swap, _("%(name)s asks you to take a duty: %(duty)s."), by=by, at=at)
    return swap


@transaction.atomic
def agree_swap(swap: DutySwap, *, by: Employee, at: datetime) -> DutySwap:
    """Agree to take the duty; the leader decides next.

    :raises Refused: if one was not asked, or it was answered.
    """
    locked = _locked(swap)
    if by.pk != locked.colleague_id:
        raise Refused(_("Only who was asked can agree."))
    move(locked, SwapState.AGREED, moves=SWAP_MOVES, why_not=_why_not(locked), agreed_at=at)
    _check(locked.duty, locked.colleague, locked.in_return, at=at)
    record("staff.swap_agreed", locked, by=by, at=at)
    superior = superiors_of([locked.asked_by])[locked.asked_by_id]
    if superior is not None:
        _tell(superior, locked, _("%(name)s agreed to a swap: %(duty)s. You decide."), by=by, at=at)
    return locked


@transaction.atomic
def approve_swap(swap: DutySwap, *, answer: str = "", by: Employee, at: datetime) -> DutySwap:
    """Approve a swap: the duties change hands.

    :raises Refused: if one takes part, may not decide, the colleague has not agreed, or a rule speaks against it.
    """
    locked = _locked(swap)
    _may_decide(locked, by)
    move(
        locked,
        SwapState.APPROVED,
        moves=SWAP_MOVES,
        why_not=_("The colleague has not agreed yet.") if locked.state == SwapState.ASKED else _why_not(locked),
        decided_by=by,
        decided_at=at,
        answer=answer.strip()[:300],
    )
    _check(locked.duty, locked.colleague, locked.in_return, at=at)
    _change_hands(locked, by=by, at=at)
    record("staff.swap_approved", locked, by=by, at=at, reason=locked.answer)
    for person in (locked.asked_by, locked.colleague):
        _tell(person, locked, _("%(name)s approved the swap: %(duty)s."), by=by, at=at)
    return locked


@transaction.atomic
def refuse_swap(swap: DutySwap, *, reason: str, by: Employee, at: datetime) -> DutySwap:
    """Refuse a swap with the reason: the colleague while it is with them, afterwards the leader.

    :raises Refused: if it is with somebody else, no reason is given, or it was decided.
    """
    locked = _locked(swap)
    if not reason.strip():
        raise Refused(_("Say why the swap is refused."))
    if by.pk != locked.colleague_id:
        _may_decide(locked, by)
    move(
        locked,
        SwapState.REFUSED,
        moves=SWAP_MOVES,
        why_not=_why_not(locked),
        decided_by=by,
        decided_at=at,
        answer=reason.strip()[:300],
    )
    record("staff.swap_refused", locked, by=by, at=at, reason=locked.answer)
    _tell(locked.asked_by, locked, _("%(name)s refused the swap: %(duty)s."), by=by, at=at)
    return locked


@transaction.atomic
def withdraw_swap(swap: DutySwap, *, by: Employee, at: datetime) -> DutySwap:
    """Take back a swap that is not decided.

    :raises Refused: if somebody else asked for it, or it was decided.
    """
    locked = _locked(swap)
    if by.pk != locked.asked_by_id:
        raise Refused(_("Only who asked can take it back."))
    move(locked, SwapState.WITHDRAWN, moves=SWAP_MOVES, why_not=_why_not(locked))
    record("staff.swap_withdrawn", locked, by=by, at=at)
    return locked


def _change_hands(swap: DutySwap, *, by: Employee, at: datetime) -> None:
    """Give both duties to the other. The one in return steps aside meanwhile: the two may overlap."""
    duty, back = swap.duty, swap.in_return
    if back is not None:
        move(back, DutyState.CANCELLED, moves=DUTY_MOVES)
    try:
        with transaction.atomic():
            _give(duty, swap.colleague, by=by, at=at)
            if back is not None:
                move(back, DutyState.PLANNED, moves=DUTY_MOVES, employee=swap.asked_by)
    except IntegrityError:
        raise Refused(_("Somebody is on duty at that time already.")) from None
    if back is not None:
        changes = {"employee": (swap.colleague, swap.asked_by)}
        record("staff.duty_moved", back, by=by, at=at, changes=changes)


def _give(duty: Duty, to: Employee, *, by: Employee, at: datetime) -> None:
    before, duty.employee = duty.employee, to
    duty.save(update_fields=["employee"])
    record("staff.duty_moved", duty, by=by, at=at, changes={"employee": (before, to)})


def _check(duty: Duty, colleague: Employee, in_return: Duty | None, *, at: datetime) -> None:
    """See whether the duties can change hands.

    :raises Refused: with the first thing that speaks against it.
    """
    if in_return is not None and in_return.employee_id != colleague.pk:
        raise Refused(sentence(_("The duty in return is not of %(name)s."), name=colleague))
    for one in (duty, in_return):
        if one is not None and (one.state != DutyState.PLANNED or one.starts_at <= at):
            raise Refused(_("Only duties that are planned and have not begun can change."))
    away = frozenset(one.pk for one in (duty, in_return) if one is not None)
    check_duty(colleague, duty.day, duty.shift, duty.starts_at, duty.ends_at, but=away)
    if in_return is not None:
        giver = duty.employee
        check_duty(giver, in_return.day, in_return.shift, in_return.starts_at, in_return.ends_at, but=away)


def _locked(swap: DutySwap) -> DutySwap:
    """Return the swap with its duties, locked in one order."""
    keys = [key for key in (swap.duty_id, swap.in_return_id) if key is not None]
    list(Duty.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    whole = DutySwap.objects.select_related(
        "duty__employee", "duty__shift", "in_return__shift", "in_return__employee", "asked_by", "colleague"
    )
    return whole.select_for_update(of=("self",)).get(pk=swap.pk)


def _why_not(swap: DutySwap) -> _StrPromise:
    """Return the sentence for who is too late: what became of the swap meanwhile."""
    return sentence(_("This swap was answered before; it is “%(state)s” now."), state=swap.get_state_display())


def _may_decide(swap: DutySwap, by: Employee) -> None:
    if by.pk in {swap.asked_by_id, swap.colleague_id}:
        raise Refused(_("Who swaps does not decide it."))
    if not by.has_perm(DECIDES):
        raise Refused(_("You may not decide about swaps."))


def _tell(person: Employee, swap: DutySwap, text: str | Promise, *, by: Employee, at: datetime) -> None:
    notify([person], "swap", text, at=at, url=swap_url(swap), name=by.name, duty=swap.duty)
