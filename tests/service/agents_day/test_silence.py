"""Answered conversations end by silence; what waits or is in somebody's hands stays (CS-051)."""

from __future__ import annotations

import pytest

from service.actions.conversations import (
    annotate_conversation,
    close_conversation,
    pass_conversation,
    reopen_conversation,
)
from service.actions.silence import end_silent_conversations
from service.models import Conversation
from service.states import ConversationState
from tests.factories.agents_day import a_waiting, an_agent, at
from tests.factories.conversations import a_conversation

pytestmark = pytest.mark.django_db
ANSWERED = [("buyer", "09:00:00", "在吗"), ("云杉:小娜", "09:00:20", "在的亲")]


@pytest.fixture
def answered(db) -> Conversation:
    an_agent()
    return a_conversation(lines=ANSWERED)


def state(conversation: Conversation) -> str:
    conversation.refresh_from_db()
    return conversation.state


def test_an_answered_conversation_ends_after_the_silence_not_before(answered):
    assert end_silent_conversations(at=at("09:30:19")) == 0
    assert end_silent_conversations(at=at("09:30:20")) == 1
    assert state(answered) == ConversationState.CLOSED
    assert (answered.closed_by, answered.closed_at) == (None, at("09:30:20"))


def test_what_waits_for_an_answer_never_ends_by_silence(answered):
    waiting = a_waiting("等不到")
    end_silent_conversations(at=at("11:00"))
    assert (state(waiting), state(answered)) == (ConversationState.WAITING, ConversationState.CLOSED)


def test_what_was_passed_on_or_opened_again_is_closed_by_a_person_only(answered):
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    pass_conversation(answered, zhoumin, by=lina, at=at("09:10"))
    other = a_conversation(nick="另一位", lines=ANSWERED)
    close_conversation(other, annotation="问有没有货，答有货", by=lina, at=at("09:11"))
    reopen_conversation(other, reason="还没说完", by=lina, at=at("09:12"))

    assert end_silent_conversations(at=at("12:00")) == 0
    close_conversation(answered, annotation="问有没有货，答有货", by=zhoumin, at=at("12:01"))
    reopened = Conversation.objects.get(pk=other.pk)
    assert (state(answered), reopened.state, reopened.in_hand) == (ConversationState.CLOSED, "open", True)


def test_what_was_left_overnight_waits_for_its_annotation(answered):
    Conversation.objects.update(is_night=True)
    assert end_silent_conversations(at=at("12:00")) == 0
    annotate_conversation(answered, "夜里问有没有货，早上答有货", by=an_agent(), at=at("12:01"))
    assert end_silent_conversations(at=at("12:02")) == 1


def test_who_writes_later_in_the_same_session_opens_it_again(answered):
    end_silent_conversations(at=at("10:00"))
    later = a_conversation(lines=[("buyer", "09:20:00", "那有红色吗")])
    assert later == answered
    assert state(answered) == ConversationState.WAITING
    assert answered.closed_at is None
