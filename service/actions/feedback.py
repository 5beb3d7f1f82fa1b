"""Problems buyers report: noted, passed on, dealt with (CS-039, CS-072)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.models import Buyer, Conversation, Feedback
from service.states import FEEDBACK_MOVES, FeedbackState
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify, record
from staff.models import Employee

PASSED = "service.feedback_passed_on"


def _locked(feedback: Feedback) -> Feedback:
    return Feedback.objects.select_for_update(of=("self",)).select_related("holder", "buyer").get(pk=feedback.pk)


def _refuse_others(feedback: Feedback, by: Employee) -> None:
    if feedback.holder_id != by.pk and not by.has_perm("service.lead_service"):
        raise Refused(sentence(_("This is with %(who)s."), who=str(feedback.holder)))


@transaction.atomic
def note_feedback(
    buyer: Buyer, text: str, *, conversation: Conversation | None = None, by: Employee, at: datetime
) -> Feedback:
    """Write down a problem a buyer reported; whoever notes it deals with it or passes it on in time (CS-072).

    :raises Refused: if nothing is said.
    """
    if not text.strip():
        raise Refused(_("Write what the buyer reported."))
    noted = Feedback.objects.create(
        buyer=buyer, conversation=conversation, text=text.strip(), noted_by=by, noted_at=at, holder=by, holder_since=at
    )
    record("service.feedback_noted", noted, by=by, at=at)
    return noted


@transaction.atomic
def pass_feedback(feedback: Feedback, to: Employee, *, note: str = "", by: Employee, at: datetime) -> Feedback:
    """Pass a reported problem on to whoever can solve it; their clock starts now.

    :raises Refused: if it is dealt with, theirs already, or a colleague's.
    """
    passed = _locked(feedback)
    _refuse_others(passed, by)
    if passed.state == FeedbackState.HANDLED:
        raise MoveRefused(_("It is dealt with."))
    if passed.holder_id == to.pk:
        raise Refused(sentence(_("%(who)s has it already."), who=str(to)))
    if not to.is_active:
        raise Refused(sentence(_("%(who)s has left."), who=str(to)))
    _hand_to(passed, to, note=note, by=by, at=at)
    notify(
        [to],
        "service.feedback",
        _("%(who)s passed on to you what %(buyer)s reported."),
        at=at,
        url=passed.get_absolute_url(),
        who=str(by),
        buyer=str(passed.buyer),
    )
    feedback.refresh_from_db()
    return passed


def _hand_to(feedback: Feedback, to: Employee, *, note: str = "", by: Employee, at: datetime) -> None:
    """Write who has it from now on; when it first left whoever noted it stays."""
    before = feedback.holder
    changes = {
        "holder": (before, to),
        "holder_key": (before.pk, to.pk),
        "holder_since": (feedback.holder_since, at),
    }
    move(
        feedback,
        FeedbackState.PASSED_ON,
        moves=FEEDBACK_MOVES,
        holder=to,
        holder_since=at,
        passed_on_at=feedback.passed_on_at or at,
    )
    record(PASSED, feedback, by=by, at=at, changes=changes, reason=note.strip())


@transaction.atomic
def handle_feedback(feedback: Feedback, *, outcome: str, by: Employee, at: datetime) -> Feedback:
    """Note that a reported problem is dealt with, and how.

    :raises Refused: if it is over, a colleague's, or nothing is said of what was done.
    """
    if not outcome.strip():
        raise Refused(_("Write what was done."))
    handled = _locked(feedback)
    _refuse_others(handled, by)
    move(handled, FeedbackState.HANDLED, moves=FEEDBACK_MOVES, handled_at=at, outcome=outcome.strip())
    record("service.feedback_handled", handled, by=by, at=at, reason=outcome.strip())
    feedback.refresh_from_db()
    return handled


@transaction.atomic
def hand_over_feedback(ids: Sequence[int], receiver: Employee, *, by: Employee, at: datetime) -> int:
    """Make the receiver of a shift deal with reported problems; their clock starts now. What is over is left alone."""
    found = Feedback.objects.select_for_update(of=("self",)).select_related("holder", "buyer")
    handed = 0
    for one in found.filter(pk__in=ids).exclude(state=FeedbackState.HANDLED).exclude(holder=receiver):
        _hand_to(one, receiver, by=by, at=at)
        handed += 1
    return handed
