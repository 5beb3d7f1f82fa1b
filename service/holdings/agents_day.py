"""What an agent hands over at the end of a shift: conversations, follow-ups, promises, feedback (CS-007)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from service.actions.conversations import hand_over_conversations
from service.actions.feedback import hand_over_feedback
from service.actions.follow_ups import hand_over_follow_ups
from service.actions.promises import hand_over_promises
from service.models import Conversation, Feedback, FollowUp, Promise
from service.queries.agents_day import FEEDBACK_WITHIN
from service.queries.conversations import OPEN
from service.states import FeedbackState, FollowUpState, PromiseState
from shopops.kit.holdings import HOLDINGS, Held, Holding

MOST = 500


def conversations(employee: int, _at: datetime) -> Iterator[Held]:
    """Give the open conversations of somebody."""
    rows = Conversation.objects.filter(OPEN, agent=employee).select_related("buyer")
    for one in rows.order_by(F("due_at").asc(nulls_last=True), "last_at")[:MOST]:
        yield Held(one.pk, f"{one.buyer} · {one.preview[:40]}", one.get_absolute_url(), one.due_at)


def follow_ups(employee: int, _at: datetime) -> Iterator[Held]:
    """Give the follow-ups somebody has to do."""
    rows = FollowUp.objects.filter(agent=employee, state=FollowUpState.DUE).select_related("buyer")
    for one in rows.order_by("due_at")[:MOST]:
        yield Held(one.pk, f"{one.buyer} · {one.reason[:40]}", one.get_absolute_url(), one.due_at)


def promises(employee: int, _at: datetime) -> Iterator[Held]:
    """Give the promises somebody has to keep."""
    rows = Promise.objects.filter(holder=employee, state=PromiseState.OPEN).select_related("buyer")
    for one in rows.order_by("due_at")[:MOST]:
        yield Held(one.pk, f"{one.buyer} · {one.text[:60]}", one.get_absolute_url(), one.due_at)


def feedback(employee: int, _at: datetime) -> Iterator[Held]:
    """Give the reported problems somebody has to deal with."""
    rows = Feedback.objects.filter(holder=employee).exclude(state=FeedbackState.HANDLED).select_related("buyer")
    for one in rows.order_by("holder_since")[:MOST]:
        yield Held(one.pk, f"{one.buyer} · {one.text[:60]}", one.get_absolute_url(), one.holder_since + FEEDBACK_WITHIN)


for _holding in (
    Holding("service.conversations", _("Open conversations"), conversations, hand_over_conversations),
    Holding("service.follow_ups", _("Follow-ups"), follow_ups, hand_over_follow_ups),
    Holding("service.promises", _("Promises"), promises, hand_over_promises),
    Holding("service.feedback", _("Feedback"), feedback, hand_over_feedback),
):
    HOLDINGS.add(_holding.name, _holding)
