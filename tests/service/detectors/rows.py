"""Conversations and turns written down as they are, for the clocks of the rulebook."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from service.models import Conversation, Message, Turn
from service.states import ConversationState, Sender
from shopops.kit.clock import day_window, shop_day
from shopops.kit.detectors import DETECTORS, Finding, Question
from staff.models import Employee
from tests.factories.buyers import a_buyer
from tests.factories.rulebook import at
from tests.factories.staff import ShopFactory

_NUMBERS = count(1)


def moment(text: datetime | str | None) -> datetime | None:
    """Read a moment on the shop's clock."""
    return at(text) if isinstance(text, str) else text


def a_talk(opened: str, *, agent: Employee | None = None, **values: Any) -> Conversation:
    """Write down a conversation."""
    opened_at = at(opened)
    told = {name: moment(value) if name.endswith("_at") else value for name, value in values.items()}
    return Conversation.objects.create(
        shop=ShopFactory(),
        buyer=a_buyer(f"买家{next(_NUMBERS)}"),
        agent=agent,
        opened_at=opened_at,
        last_at=opened_at,
        report_day=told.pop("report_day", shop_day(opened_at)),
        state=told.pop("state", ConversationState.OPEN),
        buyer_messages=told.pop("buyer_messages", 1),
        **told,
    )


def a_turn(
    talk: Conversation,
    asked: str,
    seconds: int | None,
    *,
    by: Employee | None,
    first: bool = True,
    excluded: str = "",
    clock_from: str = "",
) -> Turn:
    """Write down a question, and its answer so many seconds after the clock began; None is no answer."""
    runs_from = at(clock_from or asked)
    question = _message(talk, at(asked), Sender.BUYER, "在吗？这款有货吗", None)
    answered = None if seconds is None else runs_from + timedelta(seconds=seconds)
    answer = None if answered is None else _message(talk, answered, Sender.AGENT, "亲，有货的", by)
    return Turn.objects.create(
        conversation=talk,
        question=question,
        answer=answer,
        employee=by,
        asked_at=at(asked),
        runs_from=runs_from,
        answered_at=answered,
        seconds=seconds,
        is_first=first,
        excluded=excluded,
        report_day=talk.report_day,
    )


def _message(talk: Conversation, when: datetime, sender: Sender, text: str, by: Employee | None) -> Message:
    return Message.objects.create(
        conversation=talk, buyer=talk.buyer, sender=sender, at=when, text=text, employee=by, digest=uuid4()
    )


def found_on(name: str, day: str, *, now: str = "", **parameters: Any) -> list[Finding]:
    """Ask a detector about a day, from its end unless said otherwise."""
    window = day_window(date.fromisoformat(day))
    asked = Question(window, at(now) if now else window.end, parameters)
    return list(DETECTORS[f"service.{name}"].find(asked))
