"""The consultation log: problem, cause, solution; it plans the follow-up of the next day (CS-005, CS-065)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.models import Buyer, Consultation, Conversation, FollowUp
from service.states import ConsultTopic, FollowUpKind
from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee


def next_day_end(at: datetime) -> datetime:
    """Return the end of the day after `at`: until then a consultation is followed up (CS-065)."""
    return start_of_day(shop_day(at) + timedelta(days=2))


@transaction.atomic
def log_consultation(
    buyer: Buyer,
    *,
    topic: str,
    problem: str,
    cause: str = "",
    solution: str = "",
    goods: str = "",
    wants_follow_up: bool = True,
    conversation: Conversation | None = None,
    by: Employee,
    at: datetime,
) -> Consultation:
    """Write a line of the consultation log; unless it is not wanted, the buyer is to be followed up the next day.

    :param conversation: where it was asked; of a question by telephone or in person there is none.
    :raises Refused: if the topic is unknown, nothing was asked, or the conversation is another buyer's.
    """
    if topic not in ConsultTopic.values:
        raise Refused(_("Choose a topic."))
    if not problem.strip():
        raise Refused(_("Write what the buyer asked."))
    if conversation is not None and conversation.buyer_id != buyer.pk:
        raise Refused(_("That conversation is another buyer's."))
    logged = Consultation.objects.create(
        conversation=conversation,
        buyer=buyer,
        agent=by,
        topic=topic,
        goods=goods.strip()[:200],
        problem=problem.strip(),
        cause=cause.strip(),
        solution=solution.strip(),
        wants_follow_up=wants_follow_up,
        logged_at=at,
    )
    record("service.consultation_logged", logged, by=by, at=at)
    if wants_follow_up:
        planned = FollowUp.objects.create(
            kind=FollowUpKind.NEXT_DAY,
            buyer=buyer,
            consultation=logged,
            agent=by,
            reason=logged.problem[:200],
            planned_at=at,
            due_at=next_day_end(at),
        )
        record("service.follow_up_planned", planned, by=by, at=at)
    return logged
