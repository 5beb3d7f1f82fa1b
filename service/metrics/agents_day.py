"""What is measured of the agent's day: follow-ups in time, promises fulfilled."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.metrics.readers import by_person
from service.models import FollowUp, Promise
from service.queries.holders import holder_at
from service.states import FollowUpState, PromiseState
from shopops.kit.clock import day_window
from shopops.kit.metrics import METRICS, Fact, FactRows, Metric


def due_follow_ups(day: date) -> QuerySet[Any]:
    """Return the follow-ups due on a day, and who had each then; midnight belongs to the day it ends."""
    start, end = day_window(day)
    rows = FollowUp.objects.filter(due_at__gt=start, due_at__lte=end).exclude(state=FollowUpState.DROPPED)
    return rows.annotate(who=holder_at("due_at", "service.FollowUp", "service.follow_up_passed", "agent_id"))


def due_promises(day: date) -> QuerySet[Any]:
    """Return the promises due on a day, and who had each then."""
    start, end = day_window(day)
    rows = Promise.objects.filter(due_at__gt=start, due_at__lte=end).exclude(state=PromiseState.DROPPED)
    return rows.annotate(who=holder_at("due_at", "service.Promise", "service.promise_passed", "holder_id"))


_IN_TIME = Q(done_at__lte=F("due_at"))
_FULFILLED = Q(state=PromiseState.KEPT, ended_at__lte=F("due_at"))


def follow_up_facts(day: date, _shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the follow-ups due on a day."""

    def show(pk: int, nick: str, reason: str, due: datetime, done: datetime | None) -> Fact:
        in_time = done is not None and done <= due
        tag = _("in time") if in_time else _("not in time")
        return Fact(
            nick, reverse("service:follow_up", args=[pk]), reason, tag=tag, tone="good" if in_time else "danger"
        )

    rows = due_follow_ups(day)
    if employee_id:
        rows = rows.filter(who=employee_id)
    return FactRows(rows.order_by("due_at", "pk").values_list("pk", "buyer__nick", "reason", "due_at", "done_at"), show)


def promise_facts(day: date, _shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the promises due on a day."""

    def show(pk: int, nick: str, text: str, due: datetime, state: str, ended: datetime | None) -> Fact:
        kept = state == PromiseState.KEPT and ended is not None and ended <= due
        tag = _("fulfilled in time") if kept else _("not fulfilled in time")
        return Fact(nick, reverse("service:promise", args=[pk]), text, tag=tag, tone="good" if kept else "danger")

    rows = due_promises(day)
    if employee_id:
        rows = rows.filter(who=employee_id)
    return FactRows(
        rows.order_by("due_at", "pk").values_list("pk", "buyer__nick", "text", "due_at", "state", "ended_at"), show
    )


for _metric in (
    Metric(
        "service.follow_ups_in_time",
        _("Follow-ups in time"),
        _(
            "Of the follow-ups due on the day – of consultations, visits, after complaints and after-sales –, the "
            "share that was done by then. Counted for who had them then."
        ),
        "share",
        "more",
        by_person(due_follow_ups, Count("pk", filter=_IN_TIME), "who", Count("pk")),
        follow_up_facts,
        answers="team",
    ),
    Metric(
        "service.promises_fulfilled",
        _("Promises fulfilled in time"),
        _(
            "Of the promises to buyers due on the day, the share that was fulfilled by then. Counted for who had them "
            "then."
        ),
        "share",
        "more",
        by_person(due_promises, Count("pk", filter=_FULFILLED), "who", Count("pk")),
        promise_facts,
        answers="team",
    ),
):
    METRICS.add(_metric.name, _metric)
