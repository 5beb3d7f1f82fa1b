"""What an agent has in hand, for “my work”: conversations, follow-ups, promises, feedback, memos."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from service.models import AutoReply, Conversation, Feedback, FollowUp, Memo, Promise
from service.queries.agents_day import FEEDBACK_WITHIN
from service.queries.conversations import OPEN
from service.states import FeedbackState, FollowUpState, PromiseState
from shopops.kit.worklists import WORKLISTS, Task, Waiting, Worklist

MOST = 1000
SHOWN = 5


def _waiting(rows: QuerySet[Any], late: Q, order: tuple[Any, ...], task: Callable[[Any], Task]) -> Waiting:
    """Count, up to a limit, and list the most urgent."""
    count = rows.order_by()[: MOST + 1].count()
    overdue = rows.filter(late).order_by()[: MOST + 1].count() if count else 0
    return Waiting(count, overdue, [task(one) for one in rows.order_by(*order)[:SHOWN]] if count else [])


def conversations(employee: int, at: datetime) -> Waiting:
    """Return the open conversations of the employee; late ones are past the time they had to be finished by."""
    rows = Conversation.objects.filter(OPEN, agent=employee).select_related("buyer")
    return _waiting(
        rows,
        Q(due_at__lte=at),
        (F("due_at").asc(nulls_last=True), "last_at"),
        lambda one: Task(str(one.buyer), one.get_absolute_url(), one.due_at, one.preview[:40]),
    )


def follow_ups(employee: int, at: datetime) -> Waiting:
    """Return the employee's follow-ups to do (CS-065)."""
    rows = FollowUp.objects.filter(agent=employee, state=FollowUpState.DUE).select_related("buyer")
    return _waiting(
        rows,
        Q(due_at__lte=at),
        ("due_at",),
        lambda one: Task(str(one.buyer), one.get_absolute_url(), one.due_at, one.reason[:40]),
    )


def promises(employee: int, at: datetime) -> Waiting:
    """Return the promises the employee has to keep (CS-064)."""
    rows = Promise.objects.filter(holder=employee, state=PromiseState.OPEN).select_related("buyer")
    return _waiting(
        rows,
        Q(due_at__lte=at),
        ("due_at",),
        lambda one: Task(one.text[:40], one.get_absolute_url(), one.due_at, str(one.buyer)),
    )


def feedback(employee: int, at: datetime) -> Waiting:
    """Return the reported problems the employee has to deal with or pass on (CS-072)."""
    rows = Feedback.objects.filter(holder=employee).exclude(state=FeedbackState.HANDLED).select_related("buyer")
    return _waiting(
        rows,
        Q(holder_since__lte=at - FEEDBACK_WITHIN),
        ("holder_since",),
        lambda one: Task(one.text[:40], one.get_absolute_url(), one.holder_since + FEEDBACK_WITHIN, str(one.buyer)),
    )


def memos(employee: int, at: datetime) -> Waiting:
    """Return the memos whose reminder has come."""
    rows = Memo.objects.filter(employee=employee, done_at=None, remind_at__lte=at + timedelta(hours=1))
    return _waiting(
        rows,
        Q(remind_at__lte=at),
        ("remind_at",),
        lambda one: Task(one.text[:40], reverse("service:memos"), one.remind_at),
    )


def expired_replies(employee: int, at: datetime) -> Waiting:
    """Return the automatic replies the employee has to take down (CS-056)."""
    over = Q(expires_at__lte=at) | Q(campaign__ends_at__lte=at)
    rows = AutoReply.objects.filter(over, owner=employee, removed_at=None)
    return _waiting(
        rows, over, ("expires_at",), lambda one: Task(one.text[:40], one.get_absolute_url(), one.expires_at)
    )


for _worklist in (
    Worklist(
        "service.conversations",
        _("My open conversations"),
        "service.serve_buyer",
        "service:conversation_list",
        conversations,
        icon="messages-square",
        query="?tab=mine",
    ),
    Worklist(
        "service.follow_ups",
        _("My follow-ups"),
        "service.serve_buyer",
        "service:follow_up_list",
        follow_ups,
        icon="reply",
        query="?tab=mine",
    ),
    Worklist(
        "service.promises",
        _("My promises"),
        "service.serve_buyer",
        "service:promise_list",
        promises,
        icon="handshake",
        query="?tab=mine",
    ),
    Worklist(
        "service.feedback",
        _("Feedback to handle"),
        "service.serve_buyer",
        "service:feedback_list",
        feedback,
        icon="megaphone",
        query="?tab=mine",
    ),
    Worklist("service.memos", _("Memos to remember"), "service.serve_buyer", "service:memos", memos, icon="square-pen"),
    Worklist(
        "service.auto_replies",
        _("Automatic replies to take down"),
        "service.serve_buyer",
        "service:auto_reply_list",
        expired_replies,
        icon="message-circle",
        query="?tab=expired",
    ),
):
    WORKLISTS.add(_worklist.name, _worklist)
