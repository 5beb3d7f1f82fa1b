"""CS-053: whose an unfinished conversation was when its time passed, however it changed hands before and after."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest

from service.actions.conversations import close_conversation, escalate_conversation, pass_conversation
from service.models import Conversation, Message
from service.states import Sender
from shopops.kit.clock import SHANGHAI
from staff.models import Employee, Position
from tests.factories.agents_day import an_agent
from tests.factories.conversations import a_sub_account
from tests.factories.duty import a_duty
from tests.factories.rulebook import at, supervisor
from tests.service.detectors.rows import a_talk, a_turn, found_on

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def lina() -> Employee:
    """李娜, early on Friday."""
    return on_duty("lina", "李娜", "early", "云杉:小娜")


@pytest.fixture
def sunyue() -> Employee:
    """孙悦, late on Friday."""
    return on_duty("sunyue", "孙悦", "late", "云杉:小悦")


def on_duty(username: str, name: str, shift: str, nick: str) -> Employee:
    agent = an_agent(username, name, "service.lead_service")
    a_sub_account(nick, agent)
    a_duty(agent, FRIDAY, shift)
    return agent


def a_question(agent: Employee | None, asked: str = "2026-11-20 16:50", **values) -> Conversation:
    """A conversation in which nobody has answered, due when the early shift ends."""
    talk = a_talk(asked, agent=agent, **{"due_at": "2026-11-20 17:00", **values})
    a_turn(talk, asked, None, by=agent)
    return talk


def left_open(day: date = FRIDAY) -> list[tuple[str, str]]:
    found = found_on("day_not_closed", f"{day}", working_days=1, time="12:00", fallback_post="STF-073")
    return sorted((Employee.objects.get(pk=one.employee_id).name, moment_in_words(one.happened_at)) for one in found)


def moment_in_words(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{local:%H:%M}" if local.date() == FRIDAY else "24:00"


def wrote(talk: Conversation, agent: Employee, moment: str) -> None:
    """Let an agent write in a conversation, who has it from then on, as an import leaves it."""
    Message.objects.create(
        conversation=talk,
        buyer=talk.buyer,
        sender=Sender.AGENT,
        employee=agent,
        at=at(moment),
        text="亲",
        digest=uuid4(),
    )
    Conversation.objects.filter(pk=talk.pk).update(agent=agent)


def test_who_answers_the_next_morning_does_not_answer_for_the_evening_before(lina, sunyue):
    talk = a_question(lina, "2026-11-20 15:00")
    wrote(talk, lina, "2026-11-20 14:50")
    other = an_agent("zhouqian", "周倩")
    wrote(talk, other, "2026-11-21 08:10")

    assert left_open() == [("李娜", "17:00")]


def test_what_nobody_had_by_then_is_of_the_supervisor_not_of_who_answers_it_later(lina, sunyue):
    supervisor()
    talk = a_question(None, "2026-11-20 15:00")
    other = an_agent("zhouqian", "周倩")
    wrote(talk, other, "2026-11-21 08:10")

    assert left_open() == [("何洁", "17:00")]


def test_passed_on_in_time_it_is_due_when_the_shift_of_the_receiver_ends(lina, sunyue):
    talk = a_question(lina)
    pass_conversation(talk, sunyue, by=lina, at=at("2026-11-20 17:00"))

    assert left_open() == [("孙悦", "24:00")]

    close_conversation(talk, annotation="已告知买家明天发货", by=sunyue, at=at("2026-11-21 00:00"))
    assert left_open() == []


def test_closed_a_second_after_the_shift_of_the_receiver_it_was_left(lina, sunyue):
    talk = a_question(lina)
    pass_conversation(talk, sunyue, by=lina, at=at("2026-11-20 16:55"))
    close_conversation(talk, annotation="已告知买家明天发货", by=sunyue, at=at("2026-11-21 00:00:01"))

    assert left_open() == [("孙悦", "24:00")]


def test_passed_on_a_second_too_late_both_have_left_it(lina, sunyue):
    talk = a_question(lina)
    pass_conversation(talk, sunyue, by=lina, at=at("2026-11-20 17:00:01"))

    assert left_open() == [("孙悦", "24:00"), ("李娜", "17:00")]


def test_passed_to_somebody_who_is_not_on_duty_it_is_theirs_at_the_same_time(lina):
    talk = a_question(lina)
    other = an_agent("zhouqian", "周倩", "service.serve_buyer")
    pass_conversation(talk, other, by=lina, at=at("2026-11-20 16:55"))

    assert left_open() == [("周倩", "17:00")]


def test_taken_to_the_superior_it_is_the_superiors(lina):
    boss = supervisor()
    talk = a_question(lina)
    Position.objects.filter(code="service-supervisor").update(is_head=True)
    Employee.objects.filter(pk=lina.pk).update(unit=boss.appointments.get().position.unit)
    escalate_conversation(talk, reason="买家要求赔偿三百元", by=lina, at=at("2026-11-20 16:55"))

    assert left_open() == [("何洁", "17:00")]


def test_a_message_of_the_night_is_of_who_had_it_at_noon(lina, sunyue):
    supervisor()
    talk = a_question(None, "2026-11-20 01:00", is_night=True, due_at="2026-11-20 12:00")
    wrote(talk, sunyue, "2026-11-20 16:05")
    mine = a_question(lina, "2026-11-20 02:00", is_night=True, due_at="2026-11-20 12:00")
    wrote(mine, lina, "2026-11-20 09:00")
    wrote(mine, sunyue, "2026-11-20 16:06")

    assert left_open() == [("何洁", "12:00"), ("李娜", "12:00")]
