"""Reviews: those that are middling or bad are dealt with, and somebody says why they came (CS-020, CS-061)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.models import Review
from service.queries.reviews import charge_stands
from service.states import REVIEW_MOVES, Rating, ReviewCause, ReviewState
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.actions.late_facts import decided_late
from staff.models import Employee


@transaction.atomic
def handle_review(review: Review, *, reply: str = "", outcome: str, by: Employee, at: datetime) -> None:
    """Deal with a middling or bad review: what was replied under it, and what came of talking to the buyer (CS-020).

    :raises Refused: without an outcome; MoveRefused if there is nothing to do.
    """
    if not outcome.strip():
        raise Refused(_("Say what came of it."))
    values: dict[str, Any] = {"reply": reply.strip(), "replied_at": at} if reply.strip() else {}
    move(
        review,
        ReviewState.HANDLED,
        moves=REVIEW_MOVES,
        outcome=outcome.strip()[:300],
        handled_at=at,
        handler=review.handler or by,
        **values,
    )
    record("service.review_handled", review, by=by, at=at, reason=outcome.strip())


@transaction.atomic
def reply_to_review(review: Review, *, reply: str, by: Employee, at: datetime) -> None:
    """Keep what was replied under a review; good ones are thanked too (CS-020).

    :raises Refused: without words.
    """
    if not reply.strip():
        raise Refused(_("Write the reply."))
    changes = {"reply": (review.reply, reply.strip())}
    review.reply, review.replied_at = reply.strip(), at
    review.save(update_fields=["reply", "replied_at"])
    record("service.review_replied", review, by=by, at=at, changes=changes)


@transaction.atomic
def settle_review(
    review: Review,
    *,
    cause: str,
    cause_text: str = "",
    agent: Employee | None = None,
    by: Employee,
    at: datetime,
) -> None:
    """Confirm why a review is bad, and who served the buyer; only bad manners cost that agent points (CS-061).

    :param agent: who served the buyer, as the person who confirms sees it; may correct what was proposed.
    :raises Refused: if the cause is missing, bad manners are nobody's, or one would confirm one's own.
    """
    if cause not in ReviewCause.values:
        raise Refused(_("Choose the cause."))
    if cause == ReviewCause.ATTITUDE and agent is None:
        raise Refused(_("Say whose manners it was about."))
    if cause != ReviewCause.ATTITUDE and not cause_text.strip():
        raise Refused(_("An objective cause wants a word on how it came."))
    if by.pk in {review.agent_id, agent.pk if agent else None}:
        raise Refused(_("Somebody other than the agent confirms the cause."))
    changes = {"cause": (None, cause)}
    if agent != review.agent:
        changes["agent"] = (review.agent, agent)  # type: ignore[assignment]  # people are written by their names
    move(
        review,
        ReviewState.SETTLED,
        moves=REVIEW_MOVES,
        cause=cause,
        cause_text=cause_text.strip()[:300],
        agent=agent,
        settled_by=by,
        settled_at=at,
    )
    record("service.review_settled", review, by=by, at=at, changes=changes, reason=cause_text.strip())
    if cause == ReviewCause.ATTITUDE and review.rating == Rating.BAD:
        decided_late("service.bad_review", review.reviewed_at, at=at)


@transaction.atomic
def reopen_review(review: Review, *, reason: str, due_at: datetime, by: Employee, at: datetime) -> None:
    """Make a task of a review again, or of a good one.

    :raises Refused: without a reason; MoveRefused if it waits already or its cause is confirmed.
    """
    if not reason.strip():
        raise Refused(_("Say why it is opened again."))
    move(review, ReviewState.TASK, moves=REVIEW_MOVES, due_at=due_at, handled_at=None)
    record("service.review_reopened", review, by=by, at=at, reason=reason.strip())


@transaction.atomic
def unsettle_review(review: Review, *, reason: str, by: Employee, at: datetime) -> None:
    """Take a confirmed cause back; the agent does not do so for themselves.

    :raises Refused: without a reason, or by the agent; MoveRefused if no cause is confirmed.
    """
    if not reason.strip():
        raise Refused(_("Say why it is opened again."))
    if by.pk == review.agent_id:
        raise Refused(_("Somebody other than the agent takes the cause back."))
    if review.state != ReviewState.SETTLED:
        raise MoveRefused(_("No cause is confirmed."))
    if charge_stands(review):
        raise Refused(_("Its points are booked. Withdraw them on the page of the charge first."))
    move(review, ReviewState.HANDLED, moves=REVIEW_MOVES, cause="", settled_by=None, settled_at=None)
    record("service.review_reopened", review, by=by, at=at, reason=reason.strip())


@transaction.atomic
def take_review(review: Review, *, by: Employee, to: Employee, at: datetime) -> None:
    """Put a review into somebody's hands.

    :raises Refused: if it is theirs already or nobody has to do anything.
    """
    if review.state not in {ReviewState.TASK, ReviewState.HANDLED}:
        raise MoveRefused(_("There is nothing to do with this review."))
    if review.handler_id == to.pk:
        raise Refused(_("%(name)s has it already.") % {"name": to})
    changes = {"handler": (review.handler, to)}
    review.handler = to
    review.save(update_fields=["handler"])
    record("service.review_passed", review, by=by, at=at, changes=changes)


def give_reviews(ids: Iterable[int], receiver: Employee, *, by: Employee, at: datetime) -> None:
    """Give the tasks among some reviews to who accepted them in a handover (CS-007)."""
    for review in Review.objects.filter(pk__in=list(ids), state=ReviewState.TASK).exclude(handler=receiver):
        take_review(review, to=receiver, by=by, at=at)
