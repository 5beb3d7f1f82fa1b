"""The anchor of the agent's desk and of conversations: the same rows as the simplest Django views would show them.

Model instances, plain templates, no middleware, no session, no permissions, no frame. The counts above the desk are
`aggregate` and `count`, one question each, as one would write them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine

WHO = "lina"
_template = Engine().from_string(Path(__file__).with_name("plain_desk.html").read_text(encoding="utf-8"))


def desk(_request: HttpRequest) -> HttpResponse:
    """Show who waits, what else of mine is open, and my counts."""
    from service.models import Conversation
    from shopops.kit.clock import now
    from staff.models import Employee

    person = Employee.objects.get(username=WHO)
    named = Conversation.objects.select_related("buyer", "shop", "agent")
    waiting = named.filter(state="waiting").order_by("waiting_since", "pk")[:60]
    mine = named.exclude(state="closed").filter(agent=person).exclude(state="waiting").order_by("due_at")[:30]
    return _answer(waiting=waiting, mine=mine, tiles=counts(person, now()))


def counts(person: Any, at: datetime) -> list[dict[str, Any]]:
    """Return what of somebody is open, and how much of it is late."""
    from django.db.models import Count, Q

    from orders.models import Order
    from service.models import Conversation, Feedback, FollowUp, Memo, Promise
    from staff.models import WorkReport

    late = Q(due_at__lte=at)
    night = Conversation.objects.filter(~Q(state="closed"), Q(agent=person) | Q(agent=None), is_night=True)
    told = (
        ("隔夜", night, late),
        ("跟进", FollowUp.objects.filter(agent=person, state="due"), late),
        ("承诺", Promise.objects.filter(holder=person, state="open"), late),
        ("备忘", Memo.objects.filter(employee=person, done_at=None), Q(remind_at__lte=at)),
    )
    tiles = [
        {"label": label, **rows.aggregate(count=Count("pk"), late=Count("pk", filter=when))}
        for label, rows, when in told
    ]
    unpaid = Order.objects.filter(state="unpaid", placed_at__lte=at - timedelta(minutes=30))
    free = Q(chase=None) | Q(chase__claimed_by=person, chase__times=0)
    handed = WorkReport.objects.filter(employee=person, kind="figures_day", day=(at - timedelta(days=1)).date())
    return [
        *tiles,
        {"label": "反馈", "count": Feedback.objects.exclude(state="handled").filter(holder=person).count()},
        {"label": "未付", "count": unpaid.filter(free).count()},
        {"label": "日报", "count": int(not handed.exists())},
    ]


def conversation(request: HttpRequest) -> HttpResponse:
    """Show a conversation: its messages and turns, the buyer's orders, what is kept beside it, its history."""
    from orders.models import Order
    from service.models import Consultation, Conversation, Feedback, FollowUp, Inspection, Promise, QuickPhrase, Turn
    from staff.queries.history import history_of

    one = Conversation.objects.select_related("buyer", "shop", "agent").get(pk=request.GET["key"])
    beside: list[Any] = [*FollowUp.objects.filter(consultation__conversation=one)]
    for model in (Consultation, Promise, Feedback, Inspection):
        beside += model._default_manager.filter(conversation=one)
    return _answer(
        talk=one,
        messages=one.messages.select_related("employee").order_by("at", "pk"),
        turns=Turn.objects.filter(conversation=one),
        orders=Order.objects.filter(buyer_nick=one.buyer.nick).order_by("-placed_at", "-pk")[:6],
        listed=one.buyer.blacklistings.filter(lifted_at=None).first(),
        phrases=QuickPhrase.objects.filter(is_used=True)[:60],
        beside=beside,
        history=history_of(one),
    )


def conversations(_request: HttpRequest) -> HttpResponse:
    """Show the fifty newest conversations."""
    from service.models import Conversation

    named = Conversation.objects.select_related("buyer", "shop", "agent")
    return _answer(waiting=named.order_by("-last_at", "-pk")[:50])


def _answer(**values: Any) -> HttpResponse:
    answer = HttpResponse(_template.render(Context(values)))
    answer["Content-Length"] = str(len(answer.content))  # a middleware does it for the others
    return answer
