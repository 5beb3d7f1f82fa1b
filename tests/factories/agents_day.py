"""People and papers of the agent's day for tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from service.actions.consultations import log_consultation
from service.models import Consultation, Conversation, FollowUp
from shopops.kit.clock import SHANGHAI
from staff.models import Employee
from tests.factories.buyers import a_buyer
from tests.factories.conversations import a_conversation
from tests.factories.staff import employee_with

TODAY = date(2026, 11, 20)
"""A Friday."""


def at(text: str) -> datetime:
    """Return a moment of the shop's clock: `09:30` is of 2026-11-20, or with a day before it."""
    day, _space, clock = text.rpartition(" ")
    return datetime.fromisoformat(f"{day or TODAY} {clock}").replace(tzinfo=SHANGHAI)


def an_agent(username: str = "lina", name: str = "李娜", *more: str, **values: Any) -> Employee:
    """Return 客服 李娜, or another agent, who may serve buyers and `more`."""
    rights = ("service.serve_buyer", "service.view_conversation", "service.view_consultation", "service.view_followup")
    others = ("service.view_promise", "service.view_feedback", "service.view_phonecall", "service.view_quickphrase")
    last = ("service.view_autoreply", "catalog.view_campaign", "orders.view_order", "orders.chase_payment")
    return employee_with(*rights, *others, *last, *more, username=username, name=name, **values)


def a_waiting(nick: str = "小溪流水", clock: str = "09:00:00", **values: Any) -> Conversation:
    """Return a conversation whose buyer waits for an answer since then."""
    return a_conversation(nick=nick, lines=[("buyer", clock, "在吗，想问一下尺码")], at=at(clock), **values)


def a_consultation(
    by: Employee, *, moment: str = "2026-11-18 10:00", nick: str = "小溪流水", **values: Any
) -> Consultation:
    """Return a line of the consultation log, with the follow-up it plans."""
    words = {"topic": "goods", "problem": "这款羽绒服会不会掉绒"} | values
    return log_consultation(a_buyer(nick), **words, by=by, at=at(moment))


def a_follow_up(by: Employee, *, moment: str = "2026-11-18 10:00", nick: str = "小溪流水") -> FollowUp:
    """Return the follow-up of a consultation logged at that moment: due when the next day ends."""
    return FollowUp.objects.get(consultation=a_consultation(by, moment=moment, nick=nick))


def in_hours(moment: datetime, hours: float) -> datetime:
    """Return the moment so many hours later."""
    return moment + timedelta(hours=hours)
