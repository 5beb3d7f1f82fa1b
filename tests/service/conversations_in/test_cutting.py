"""Sessions and turns: what begins one, what answers, from when the clock runs, whose it is."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from service.actions.cutting import cut_conversations
from service.models import Consultation, Conversation, Message, Turn
from service.states import ConversationState, TurnExclusion
from staff.models import Event
from tests.factories.conversations import a_conversation, a_sub_account, moment
from tests.factories.duty import a_duty
from tests.factories.staff import NOON, EmployeeFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)  # a Friday
ASKS = ("buyer", "09:00:00", "在吗")
ANSWERS = ("云杉:小娜", "09:00:30", "在的亲")


def turns_of(conversation: Conversation) -> list[Turn]:
    return list(conversation.turns.order_by("asked_at", "pk"))


def at(clock: str, day: date = DAY) -> datetime:
    return moment(day, clock)


def test_first_answer_of_a_person_ends_the_turn_of_all_questions_before_it():
    lines = [ASKS, ("buyer", "09:00:10", "有货吗"), ANSWERS, ("云杉:小娜", "09:00:40", "有货的")]

    (turn,) = turns_of(a_conversation(lines=lines))

    assert (turn.asked_at, turn.answered_at, turn.seconds) == (at("09:00:00"), at("09:00:30"), 30)
    assert turn.is_first
    assert turn.employee is not None
    assert turn.employee.name == "李娜"


def test_robots_and_the_platform_never_answer():
    conversation = a_conversation(lines=[ASKS, ("robot", "09:00:01", "您好"), ("system", "09:00:02", "会话已分配")])

    (turn,) = turns_of(conversation)
    assert turn.answered_at is None
    assert turn.excluded == TurnExclusion.NONE
    assert conversation.waiting_since == at("09:00:00")
    assert conversation.state == ConversationState.WAITING
    assert conversation.robot_messages == 1


@pytest.mark.parametrize("words", ["谢谢", "好的，谢谢亲~", "OK", "嗯嗯 知道了", "thank you!"])
def test_a_closing_word_after_our_answer_asks_nothing(words: str):
    conversation = a_conversation(lines=[ASKS, ANSWERS, ("buyer", "09:01:00", words)])

    assert [turn.excluded for turn in turns_of(conversation)] == ["", TurnExclusion.THANKS]
    assert conversation.state == ConversationState.OPEN
    assert conversation.waiting_since is None


@pytest.mark.parametrize("words", ["好的，那什么时候发货", "谢谢，还有一个问题", "可以退吗"])
def test_a_question_behind_polite_words_is_a_question(words: str):
    conversation = a_conversation(lines=[ASKS, ANSWERS, ("buyer", "09:01:00", words)])

    assert conversation.waiting_since == at("09:01:00")


def test_a_closing_word_before_any_answer_belongs_to_the_question():
    (turn,) = turns_of(a_conversation(lines=[ASKS, ("buyer", "09:00:05", "谢谢"), ANSWERS]))

    assert turn.seconds == 30


def test_half_an_hour_without_a_word_ends_a_session_and_a_second_more_is_needed():
    first = a_conversation(lines=[ASKS, ANSWERS])
    same = a_conversation(lines=[("buyer", "09:30:30", "再问一下"), ("云杉:小娜", "09:30:40", "您说")])
    other = a_conversation(lines=[("buyer", "10:00:41", "再问一下尺码"), ("云杉:小娜", "10:00:50", "您说")])

    assert same.pk == first.pk
    assert other.pk != first.pk
    assert [turn.is_first for turn in turns_of(other)] == [True]


def test_a_waiting_question_keeps_its_session_open_over_night():
    conversation = a_conversation(lines=[ASKS, ("云杉:小娜", "2026-11-21 08:30:00", "抱歉久等")])

    (turn,) = turns_of(conversation)
    assert turn.answered_at == at("08:30:00", date(2026, 11, 21))


def test_a_week_of_silence_ends_everything():
    first = a_conversation(lines=[ASKS])
    late = a_conversation(lines=[("云杉:小娜", "2026-11-27 09:00:01", "抱歉久等")])

    assert late.pk != first.pk
    assert not turns_of(late)


def test_the_sender_of_the_answer_has_the_turn_whoever_had_the_conversation():
    a_sub_account("云杉:小悦", EmployeeFactory(username="sunyue", name="孙悦"))
    conversation = a_conversation(
        lines=[ASKS, ANSWERS, ("buyer", "09:05:00", "那多少钱"), ("云杉:小悦", "09:06:00", "59 元")]
    )

    assert [turn.employee.name for turn in turns_of(conversation) if turn.employee] == ["李娜", "孙悦"]
    assert conversation.agent is not None
    assert conversation.agent.name == "孙悦"


def test_the_clock_starts_with_the_duty_of_whoever_answers():
    colleague = a_sub_account("云杉:小悦", EmployeeFactory(username="sunyue", name="孙悦"))
    a_duty(colleague.employee, DAY, "early")
    a_duty(a_sub_account().employee, DAY, "late")
    conversation = a_conversation(lines=[("buyer", "15:58:00", "有人吗"), ("云杉:小娜", "16:00:40", "下午好")])

    (turn,) = turns_of(conversation)
    assert turn.runs_from == at("16:00:00")
    assert turn.seconds == 40
    assert turn.excluded == TurnExclusion.NONE
    assert not conversation.is_night


def test_a_question_of_the_night_is_left_out_of_the_times_and_due_at_noon():
    a_duty(a_sub_account().employee, DAY, "early")
    conversation = a_conversation(lines=[("buyer", "02:00:00", "有人吗"), ("云杉:小娜", "08:30:40", "早上好")])

    (turn,) = turns_of(conversation)
    assert turn.excluded == TurnExclusion.OFF_DUTY
    assert conversation.is_night
    assert conversation.due_at == at("12:00:00")


def test_a_question_nobody_is_on_duty_for_counts_for_the_next_working_day():
    a_duty(a_sub_account().employee, DAY, "early")
    conversation = a_conversation(lines=[("buyer", "22:00:00", "有人吗")])

    (turn,) = turns_of(conversation)
    assert turn.excluded == TurnExclusion.OFF_DUTY
    assert conversation.is_night
    assert conversation.due_at == at("12:00:00", date(2026, 11, 23)), "a Friday's night is due on Monday"
    assert conversation.report_day == date(2026, 11, 23)


def test_what_is_asked_on_duty_is_due_when_the_duty_of_the_agent_ends():
    a_duty(a_sub_account().employee, DAY, "early")
    conversation = a_conversation(lines=[ASKS, ANSWERS])

    assert not conversation.is_night
    assert conversation.due_at == at("17:00:00")


def test_a_week_without_any_duty_counts_as_on_duty():
    a_duty(a_sub_account().employee, date(2026, 11, 10), "early")
    conversation = a_conversation(lines=[("buyer", "03:00:00", "有人吗")])

    assert not conversation.is_night
    assert turns_of(conversation)[0].excluded == TurnExclusion.NONE


def test_a_day_off_in_a_week_with_a_roster_is_a_day_nobody_is_on_duty():
    a_duty(a_sub_account().employee, date(2026, 11, 19), "early")

    assert a_conversation(lines=[("buyer", "10:00:00", "有人吗")]).is_night


@pytest.mark.parametrize(
    ("clock", "day"), [("17:59:59", DAY), ("18:00:00", date(2026, 11, 23)), ("23:59:00", date(2026, 11, 23))]
)
def test_eighteen_o_clock_decides_the_day_a_session_counts_for(clock: str, day: date):
    conversation = a_conversation(lines=[("buyer", clock, "在吗")])

    assert conversation.report_day == day
    assert turns_of(conversation)[0].report_day == day


def test_an_unanswered_turn_is_of_whom_the_platform_passed_the_buyer_to():
    employee = a_sub_account().employee
    conversation = a_conversation(lines=[ASKS])
    Message.objects.create(
        conversation=conversation,
        buyer=conversation.buyer,
        sender=4,
        nick="云杉:小娜",
        employee=employee,
        at=at("09:01:00"),
        kind=4,
        text="由 服务助手 转交给 云杉:小娜",
        digest="00000000-0000-0000-0000-000000000001",
    )
    cut_conversations([conversation.buyer_id], at=NOON)

    conversation.refresh_from_db()
    assert conversation.agent == employee
    assert turns_of(conversation)[0].employee == employee


def test_what_people_noted_stays_when_older_messages_join_two_sessions():
    first = a_conversation(lines=[ASKS, ANSWERS])
    second = a_conversation(lines=[("buyer", "10:00:00", "那运费呢"), ("云杉:小娜", "10:00:20", "包邮")])
    Conversation.objects.filter(pk=second.pk).update(annotation="问运费，包邮", annotated_at=NOON)
    consultation = Consultation.objects.create(
        conversation=first,
        buyer=first.buyer,
        problem="有货吗",
        solution="有",
        agent=a_sub_account().employee,
        topic="goods",
        logged_at=NOON,
    )

    joined = a_conversation(lines=[("buyer", "09:30:10", "等等"), ("云杉:小娜", "09:30:20", "好的")])

    consultation.refresh_from_db()
    assert Conversation.objects.count() == 1
    assert joined.pk in {first.pk, second.pk}
    assert joined.annotation == "问运费，包邮"
    assert consultation.conversation_id == joined.pk
    assert len(turns_of(joined)) == 3


def test_cutting_again_keeps_the_rows_of_turns():
    conversation = a_conversation(lines=[ASKS, ANSWERS])
    before = list(Turn.objects.values_list("pk", "question_id", "seconds"))

    cut_conversations([conversation.buyer_id], at=NOON)

    assert list(Turn.objects.values_list("pk", "question_id", "seconds")) == before


def test_a_question_after_closing_opens_the_conversation_again():
    conversation = a_conversation(lines=[ASKS, ANSWERS])
    Conversation.objects.filter(pk=conversation.pk).update(
        state=ConversationState.CLOSED, closed_at=at("09:05:00"), closed_by=a_sub_account().employee
    )

    again = a_conversation(lines=[("buyer", "09:10:00", "还有一个问题")])

    assert again.pk == conversation.pk
    assert again.state == ConversationState.WAITING
    assert again.closed_at is None
    assert Event.objects.filter(verb="service.conversation_reopened").count() == 1


def test_an_older_message_does_not_open_a_closed_conversation():
    conversation = a_conversation(lines=[ASKS, ANSWERS])
    Conversation.objects.filter(pk=conversation.pk).update(
        state=ConversationState.CLOSED, closed_at=at("12:00:00"), closed_by=a_sub_account().employee
    )

    again = a_conversation(lines=[("buyer", "09:10:00", "还有一个问题")])

    assert again.state == ConversationState.CLOSED


def test_whoever_took_the_conversation_keeps_it_until_somebody_writes_later():
    conversation = a_conversation(lines=[ASKS, ANSWERS])
    other = EmployeeFactory(username="sunyue", name="孙悦")
    Conversation.objects.filter(pk=conversation.pk).update(agent=other)

    kept = a_conversation(lines=[("buyer", "09:02:00", "多少钱")])
    assert kept.agent == other

    written = a_conversation(lines=[("云杉:小娜", "09:03:00", "59 元")])
    assert written.agent is not None
    assert written.agent.name == "李娜"


def test_two_shops_are_two_talks():
    from tests.factories.staff import ShopFactory

    first = a_conversation(lines=[ASKS])
    other = a_conversation(lines=[("buyer", "09:00:10", "在吗")], shop=ShopFactory(name="云杉专营店"))

    assert first.pk != other.pk
