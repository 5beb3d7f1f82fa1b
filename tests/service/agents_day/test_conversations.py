"""A conversation in people's hands: taken, passed on, annotated, closed, taken to a superior (CS-051)."""

from __future__ import annotations

import pytest

from service.actions.conversations import (
    annotate_conversation,
    close_conversation,
    escalate_conversation,
    hand_over_conversations,
    pass_conversation,
    reopen_conversation,
    take_conversation,
)
from service.models import Conversation
from service.states import ConversationState
from shopops.kit.refusals import Refused
from staff.models import Event, Notification
from tests.factories.agents_day import a_waiting, an_agent, at
from tests.factories.duty import a_presence
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db


def test_a_free_conversation_is_taken_once():
    lina, waiting = an_agent(), a_waiting()
    take_conversation(waiting, by=lina, at=at("09:01"))

    assert waiting.agent == lina
    assert Event.objects.get(verb="service.conversation_taken").changes["holder_key"] == [None, lina.pk]
    with pytest.raises(Refused, match="已由您负责"):
        take_conversation(waiting, by=lina, at=at("09:02"))


def test_what_a_colleague_has_is_taken_only_while_the_colleague_is_away_or_by_a_leader():
    lina, zhoumin, waiting = an_agent(), an_agent("zhoumin", "周敏"), a_waiting()
    take_conversation(waiting, by=lina, at=at("09:01"))
    with pytest.raises(Refused, match="李娜 在线"):
        take_conversation(waiting, by=zhoumin, at=at("09:02"))

    a_presence(lina, "away", at("09:03"), None)
    take_conversation(waiting, by=zhoumin, at=at("09:04"))
    assert waiting.agent == zhoumin

    leader = an_agent("chenjing", "陈静", "service.lead_service")
    take_conversation(waiting, by=leader, at=at("09:05"))
    assert waiting.agent == leader


def test_passing_on_tells_the_colleague_and_keeps_who_had_it():
    lina, zhoumin, waiting = an_agent(), an_agent("zhoumin", "周敏"), a_waiting()
    take_conversation(waiting, by=lina, at=at("09:01"))
    pass_conversation(waiting, zhoumin, note="懂尺码", by=lina, at=at("09:02"))

    assert waiting.agent == zhoumin
    assert Notification.objects.get().employee == zhoumin
    assert Event.objects.get(verb="service.conversation_passed").changes["holder_key"] == [lina.pk, zhoumin.pk]
    with pytest.raises(Refused, match="由 周敏 负责"):
        pass_conversation(waiting, lina, by=lina, at=at("09:03"))


def test_it_is_passed_only_to_people_who_serve_buyers():
    from tests.factories.staff import EmployeeFactory

    lina, waiting = an_agent(), a_waiting()
    with pytest.raises(Refused, match="不接待买家"):
        pass_conversation(waiting, EmployeeFactory(username="wangqiang", name="王强"), by=lina, at=at("09:02"))


def test_nothing_is_closed_without_an_annotation_in_enough_detail():
    lina, waiting = an_agent(), a_waiting()
    with pytest.raises(Refused, match="先写批注"):
        close_conversation(waiting, by=lina, at=at("09:05"))
    with pytest.raises(Refused, match="不得少于 6"):
        close_conversation(waiting, annotation="问尺码", by=lina, at=at("09:05"))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.annotation) == (ConversationState.WAITING, "")

    close_conversation(waiting, annotation="问尺码，推荐 L 码，已下单", by=lina, at=at("09:06"))
    assert (waiting.state, waiting.closed_by, waiting.annotated_by) == (ConversationState.CLOSED, lina, lina)
    with pytest.raises(Refused, match="已关闭"):
        close_conversation(waiting, by=lina, at=at("09:07"))


def test_an_earlier_annotation_stays_in_the_history():
    lina, waiting = an_agent(), a_waiting()
    annotate_conversation(waiting, "问尺码，等回复", by=lina, at=at("09:05"))
    annotate_conversation(waiting, "问尺码，推荐 L 码", by=lina, at=at("09:06"))
    annotate_conversation(waiting, "问尺码，推荐 L 码", by=lina, at=at("09:07"))

    events = Event.objects.filter(verb="service.conversation_annotated").order_by("at")
    assert [event.changes["annotation"] for event in events] == [
        ["", "问尺码，等回复"],
        ["问尺码，等回复", "问尺码，推荐 L 码"],
    ]


def test_one_that_is_opened_again_waits_as_before():
    lina, waiting = an_agent(), a_waiting()
    close_conversation(waiting, annotation="问尺码，推荐 L 码", by=lina, at=at("09:06"))
    with pytest.raises(Refused, match="原因"):
        reopen_conversation(waiting, reason=" ", by=lina, at=at("09:07"))
    reopen_conversation(waiting, reason="买家又来问", by=lina, at=at("09:07"))
    assert (waiting.state, waiting.closed_at, waiting.closed_by) == (ConversationState.WAITING, None, None)


def test_the_superior_answers_for_what_is_taken_to_them_and_passes_it_back():
    cast = make_cast()
    lina = cast["lina"]
    waiting = a_waiting()
    take_conversation(waiting, by=lina, at=at("09:01"))
    raised = escalate_conversation(waiting, reason="要求赔偿三倍", by=lina, at=at("09:02"))

    assert raised.state == ConversationState.ESCALATED
    assert raised.agent == raised.escalated_to != lina
    pass_conversation(raised, lina, by=raised.agent, at=at("09:10"))
    assert (raised.agent, raised.state) == (lina, ConversationState.OPEN)


def test_at_a_handover_closed_ones_are_left_alone():
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    one, other = a_waiting("甲"), a_waiting("乙")
    for each in (one, other):
        take_conversation(each, by=lina, at=at("09:01"))
    close_conversation(other, annotation="问尺码，推荐 L 码", by=lina, at=at("09:06"))

    assert hand_over_conversations([one.pk, other.pk], zhoumin, by=zhoumin, at=at("16:00")) == 1
    assert set(Conversation.objects.values_list("agent__name", "state")) == {("周敏", "waiting"), ("李娜", "closed")}
