"""Promises to buyers: made with a moment, kept, broken, moved, dropped (CS-064)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.actions.follow_ups import refuse_bad_moment
from service.models import Buyer, Conversation, Promise
from service.states import PROMISE_MOVES, PromiseState
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee

PASSED = "service.promise_passed"


def _locked(promise: Promise, by: Employee) -> Promise:
    found = Promise.objects.select_for_update(of=("self",)).select_related("holder", "buyer").get(pk=promise.pk)
    if found.holder_id != by.pk and not by.has_perm("service.lead_service"):
        raise Refused(sentence(_("This promise is with %(who)s."), who=str(found.holder)))
    return found


@transaction.atomic
def make_promise(
    buyer: Buyer,
    text: str,
    *,
    due_at: datetime,
    order_number: str = "",
    conversation: Conversation | None = None,
    by: Employee,
    at: datetime,
) -> Promise:
    """Write down what was promised to a buyer and until when; whoever promised it keeps it.

    :raises Refused: if nothing is promised or the moment is past.
    """
    if not text.strip():
        raise Refused(_("Write what was promised."))
    if due_at <= at:
        raise Refused(_("The moment is past."))
    made = Promise.objects.create(
        buyer=buyer,
        conversation=conversation,
        order_number=order_number.strip()[:40],
        text=text.strip()[:300],
        made_by=by,
        made_at=at,
        holder=by,
        due_at=due_at,
    )
    record("service.promise_made", made, by=by, at=at)
    return made


@transaction.atomic
def keep_promise(promise: Promise, *, outcome: str = "", by: Employee, at: datetime) -> Promise:
    """Note that a promise is kept.

    :raises Refused: if it is over or a colleague's.
    """
    return _end(promise, PromiseState.KEPT, "service.promise_kept", outcome, by=by, at=at)


@transaction.atomic
def break_promise(promise: Promise, *, reason: str, by: Employee, at: datetime) -> Promise:
    """Note that a promise could not be kept, and why.

    :raises Refused: if it is over, a colleague's, or no reason is given.
    """
    if not reason.strip():
        raise Refused(_("Say why it could not be kept."))
    return _end(promise, PromiseState.BROKEN, "service.promise_broken", reason, by=by, at=at)


@transaction.atomic
def drop_promise(promise: Promise, *, reason: str, by: Employee, at: datetime) -> Promise:
    """Drop a promise the buyer does not want any more.

    :raises Refused: if it is over, a colleague's, or no reason is given.
    """
    if not reason.strip():
        raise Refused(_("Dropping it wants a reason."))
    return _end(promise, PromiseState.DROPPED, "service.promise_dropped", reason, by=by, at=at)


def _end(promise: Promise, state: str, verb: str, outcome: str, *, by: Employee, at: datetime) -> Promise:
    ended = _locked(promise, by)
    move(ended, state, moves=PROMISE_MOVES, ended_at=at, outcome=outcome.strip()[:300])
    record(verb, ended, by=by, at=at, reason=outcome.strip())
    promise.refresh_from_db()
    return ended


@transaction.atomic
def move_promise(promise: Promise, due_at: datetime, *, reason: str, by: Employee, at: datetime) -> Promise:
    """Agree with the buyer on a later moment.

    :raises Refused: if it is over, late already or a colleague's, the moment does not do, or no reason is given.
    """
    moved = _locked(promise, by)
    if moved.state != PromiseState.OPEN:
        raise MoveRefused(_("This promise is over."))
    refuse_bad_moment(moved.due_at, due_at, reason, at)
    changes = {"due_at": (moved.due_at, due_at)}
    moved.due_at = due_at
    moved.save(update_fields=["due_at"])
    record("service.promise_moved", moved, by=by, at=at, changes=changes, reason=reason.strip())
    promise.refresh_from_db()
    return moved


@transaction.atomic
def hand_over_promises(ids: Sequence[int], receiver: Employee, *, by: Employee, at: datetime) -> int:
    """Make the receiver of a shift keep promises; what is over is left alone."""
    found = Promise.objects.select_for_update(of=("self",)).select_related("holder", "buyer")
    handed = 0
    for one in found.filter(pk__in=ids, state=PromiseState.OPEN).exclude(holder=receiver):
        changes = {"holder": (one.holder, receiver), "holder_key": (one.holder_id, receiver.pk)}
        one.holder = receiver
        one.save(update_fields=["holder"])
        record(PASSED, one, by=by, at=at, changes=changes)
        handed += 1
    return handed
