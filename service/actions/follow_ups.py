"""Follow-ups: planned, moved, done with a sheet, dropped (CS-065…CS-069)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.models import AfterSale, Buyer, FollowUp
from service.policy import desk as policy
from service.queries.sheets import least_characters
from service.states import FOLLOW_UP_MOVES, SENT_KINDS, Channel, FollowUpKind, FollowUpResult, FollowUpState
from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee

PASSED = "service.follow_up_passed"


def _locked(follow_up: FollowUp) -> FollowUp:
    return FollowUp.objects.select_for_update(of=("self",)).select_related("agent", "buyer").get(pk=follow_up.pk)


def _refuse_others(follow_up: FollowUp, by: Employee) -> None:
    if follow_up.agent_id != by.pk and not by.has_perm("service.lead_service"):
        raise Refused(sentence(_("This follow-up is with %(who)s."), who=str(follow_up.agent)))


@transaction.atomic
def plan_follow_up(
    buyer: Buyer,
    *,
    kind: str,
    due_at: datetime,
    reason: str,
    case: AfterSale | None = None,
    agent: Employee | None = None,
    by: Employee,
    at: datetime,
) -> FollowUp:
    """Plan to visit a buyer again until a moment.

    :param case: the after-sale case it is about.
    :param agent: who does it; oneself if left out.
    :raises Refused: if the kind is unknown, the moment is past, no reason is given, or the case is another buyer's.
    """
    if kind not in FollowUpKind.values:
        raise Refused(_("Choose a kind."))
    if due_at <= at:
        raise Refused(_("The moment is past."))
    if not reason.strip():
        raise Refused(_("Say why the buyer is followed up."))
    if case is not None and case.buyer_id != buyer.pk:
        raise Refused(_("That case is another buyer's."))
    planned = FollowUp.objects.create(
        kind=kind, buyer=buyer, case=case, agent=agent or by, reason=reason.strip()[:200], planned_at=at, due_at=due_at
    )
    record("service.follow_up_planned", planned, by=by, at=at)
    return planned


def follow_case_up(case: AfterSale, *, at: datetime) -> FollowUp | None:
    """Plan to ask a buyer who got goods again whether all is well now; None where that is not wanted.

    A part of the verbs that end a case: call it in their transaction. Whoever has the case does it. A case that ends
    again is asked about once.
    """
    days = policy.AFTER_SALE_FOLLOW_UP_DAYS()
    if not days or case.kind not in SENT_KINDS or case.holder_id is None or case.follow_ups.exists():
        return None
    words = sentence(_("after-sale case %(number)s is done: is all well now?"), number=case.number)
    planned = FollowUp.objects.create(
        kind=FollowUpKind.AFTER_SALE,
        buyer_id=case.buyer_id,
        case=case,
        agent_id=case.holder_id,
        reason=str(words)[:200],
        planned_at=at,
        due_at=start_of_day(shop_day(at) + timedelta(days=days + 1)),
    )
    record("service.follow_up_planned", planned, by=None, at=at)
    return planned


@transaction.atomic
def move_follow_up(follow_up: FollowUp, due_at: datetime, *, reason: str, by: Employee, at: datetime) -> FollowUp:
    """Put a follow-up off to another moment.

    :raises Refused: if it is over, late already, the moment is past or too far off, or no reason is given.
    """
    moved = _locked(follow_up)
    _refuse_others(moved, by)
    if moved.state != FollowUpState.DUE:
        raise MoveRefused(_("This follow-up is over."))
    refuse_bad_moment(moved.due_at, due_at, reason, at)
    changes = {"due_at": (moved.due_at, due_at)}
    moved.due_at = due_at
    moved.save(update_fields=["due_at"])
    record("service.follow_up_moved", moved, by=by, at=at, changes=changes, reason=reason.strip())
    follow_up.refresh_from_db()
    return moved


def refuse_bad_moment(before: datetime, after: datetime, reason: str, at: datetime) -> None:
    """Refuse to move a moment that is past, to the past, beyond the limit, or without a reason."""
    if not reason.strip():
        raise Refused(_("Moving it wants a reason."))
    if before <= at:
        raise Refused(_("It is late already and cannot be moved; do it now."))
    days = policy.MOVE_DAYS()
    if after <= at:
        raise Refused(_("The moment is past."))
    if after > at + timedelta(days=days):
        raise Refused(sentence(_("It can be put off by %(days)s days at most."), days=days))


@transaction.atomic
def finish_follow_up(
    follow_up: FollowUp,
    *,
    result: str,
    channel: str,
    sheet: str,
    all_the_same: bool = False,
    by: Employee,
    at: datetime,
) -> FollowUp:
    """File the sheet of a follow-up: how the buyer was reached, what was said, what came of it (CS-068).

    A buyer who was not reached wants no words.

    :param all_the_same: file a sheet that is too short; it counts as sloppy (CS-067).
    :raises Refused: if it is over or a colleague's, the result or the way is unknown, or the sheet is too short.
    """
    if result not in FollowUpResult.values:
        raise Refused(_("Choose a result."))
    if channel not in Channel.values:
        raise Refused(_("Choose how the buyer was reached."))
    words, least = sheet.strip(), least_characters(shop_day(at))
    if len(words) < least and not all_the_same and result != FollowUpResult.NO_ANSWER:
        raise Refused(
            sentence(
                _("A sheet of fewer than %(least)s characters counts as sloppy (CS-067). Write what was said."),
                least=least,
            )
        )
    done = _locked(follow_up)
    _refuse_others(done, by)
    move(
        done,
        FollowUpState.DONE,
        moves=FOLLOW_UP_MOVES,
        done_at=at,
        done_by=by,
        channel=channel,
        result=result,
        sheet=words,
    )
    record("service.follow_up_done", done, by=by, at=at, changes={"result": (None, result)}, reason=words)
    follow_up.refresh_from_db()
    return done


@transaction.atomic
def drop_follow_up(follow_up: FollowUp, *, reason: str, by: Employee, at: datetime) -> FollowUp:
    """Drop a follow-up that has no sense any more.

    :raises Refused: if it is over, late already, a colleague's, or no reason is given.
    """
    if not reason.strip():
        raise Refused(_("Dropping it wants a reason."))
    dropped = _locked(follow_up)
    _refuse_others(dropped, by)
    if dropped.due_at <= at and not by.has_perm("service.lead_service"):
        raise Refused(_("It is late already; only a leader drops it now."))
    move(dropped, FollowUpState.DROPPED, moves=FOLLOW_UP_MOVES)
    record("service.follow_up_dropped", dropped, by=by, at=at, reason=reason.strip())
    follow_up.refresh_from_db()
    return dropped


@transaction.atomic
def hand_over_follow_ups(ids: Sequence[int], receiver: Employee, *, by: Employee, at: datetime) -> int:
    """Make the receiver of a shift do follow-ups; what is over is left alone."""
    found = FollowUp.objects.select_for_update(of=("self",)).select_related("agent", "buyer")
    handed = 0
    for one in found.filter(pk__in=ids, state=FollowUpState.DUE).exclude(agent=receiver):
        changes = {"agent": (one.agent, receiver), "holder_key": (one.agent_id, receiver.pk)}
        one.agent = receiver
        one.save(update_fields=["agent"])
        record(PASSED, one, by=by, at=at, changes=changes)
        handed += 1
    return handed
