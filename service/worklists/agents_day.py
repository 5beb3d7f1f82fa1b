"""What an agent has in hand, for “my work”: conversations, follow-ups, promises, feedback, memos."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from service.models import AutoReply, Conversation, Feedback, FollowUp, Memo, Promise
from service.queries.agents_day import FEEDBACK_WITHIN
from service.queries.conversations import OPEN
from service.states import FeedbackState, FollowUpState, PromiseState
from shopops.kit.worklists import WORKLISTS, Rows, Task, Worklist

conversations = Rows(
    lambda employee, _at: Conversation.objects.filter(OPEN, agent=employee),
    lambda one: Task(str(one.buyer), one.get_absolute_url(), one.due_at, one.preview[:40]),
    (F("due_at").asc(nulls_last=True), "last_at"),
    late=lambda at: Q(due_at__lte=at),
    related=("buyer",),
)
"""The open conversations of the employee; late ones are past the time they had to be finished by."""
follow_ups = Rows(
    lambda employee, _at: FollowUp.objects.filter(agent=employee, state=FollowUpState.DUE),
    lambda one: Task(str(one.buyer), one.get_absolute_url(), one.due_at, one.reason[:40]),
    ("due_at",),
    late=lambda at: Q(due_at__lte=at),
    related=("buyer",),
)
"""The employee's follow-ups to do (CS-065)."""
promises = Rows(
    lambda employee, _at: Promise.objects.filter(holder=employee, state=PromiseState.OPEN),
    lambda one: Task(one.text[:40], one.get_absolute_url(), one.due_at, str(one.buyer)),
    ("due_at",),
    late=lambda at: Q(due_at__lte=at),
    related=("buyer",),
)
"""The promises the employee has to keep (CS-064)."""
feedback = Rows(
    lambda employee, _at: Feedback.objects.filter(holder=employee).exclude(state=FeedbackState.HANDLED),
    lambda one: Task(one.text[:40], one.get_absolute_url(), one.holder_since + FEEDBACK_WITHIN, str(one.buyer)),
    ("holder_since",),
    late=lambda at: Q(holder_since__lte=at - FEEDBACK_WITHIN),
    related=("buyer",),
)
"""The reported problems the employee has to deal with or pass on (CS-072)."""
memos = Rows(
    lambda employee, at: Memo.objects.filter(employee=employee, done_at=None, remind_at__lte=at + timedelta(hours=1)),
    lambda one: Task(one.text[:40], reverse("service:memos"), one.remind_at),
    ("remind_at",),
    late=lambda at: Q(remind_at__lte=at),
)
"""The memos whose reminder has come."""
expired_replies = Rows(
    lambda employee, at: AutoReply.objects.filter(
        Q(expires_at__lte=at) | Q(campaign__ends_at__lte=at), owner=employee, removed_at=None
    ),
    lambda one: Task(one.text[:40], one.get_absolute_url(), one.expires_at),
    ("expires_at",),
    late=lambda at: Q(expires_at__lte=at) | Q(campaign__ends_at__lte=at),
)
"""The automatic replies the employee has to take down (CS-056)."""

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
