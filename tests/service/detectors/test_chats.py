"""First replies, slow replies, and days that were not finished."""

from __future__ import annotations

from datetime import date

import pytest

from service.models import PhoneCall
from service.states import CallDirection
from tests.factories.conversations import a_sub_account
from tests.factories.duty import a_duty
from tests.factories.rulebook import at, lina, supervisor
from tests.factories.staff import EmployeeFactory
from tests.service.detectors.rows import a_talk, a_turn, found_on

pytestmark = pytest.mark.django_db
FRIDAY, SATURDAY, MONDAY = "2026-11-20", "2026-11-21", "2026-11-23"


def first_replies(day=FRIDAY, **parameters):
    return found_on("slow_first_reply", day, **{"first_seconds": 45, "ring_seconds": 10, **parameters})


def test_a_first_reply_after_45_seconds_is_in_time_and_after_46_is_not():
    agent = lina()
    for seconds in (44, 45, 46):
        a_turn(a_talk("2026-11-20 10:00", agent=agent), "2026-11-20 10:00", seconds, by=agent)

    [late] = first_replies()

    assert late.employee_id == agent.pk
    assert late.happened_at == at("2026-11-20 10:00:45")
    assert late.facts["seconds"] == 46
    assert late.facts["limit_seconds"] == 45
    assert late.facts["question"] == "在吗？这款有货吗"
    assert late.url.startswith("/service/")


def test_whoever_answered_is_charged_not_whoever_the_conversation_belongs_to():
    agent, colleague = lina(), EmployeeFactory(username="sunyue", name="孙悦")
    a_turn(a_talk("2026-11-20 10:00", agent=agent), "2026-11-20 10:00", 90, by=colleague)

    assert [one.employee_id for one in first_replies()] == [colleague.pk]


def test_a_first_question_nobody_answered_is_of_whoever_was_responsible():
    agent = lina()
    a_turn(a_talk("2026-11-20 10:00", agent=agent), "2026-11-20 10:00", None, by=agent)
    a_turn(a_talk("2026-11-20 11:00"), "2026-11-20 11:00", None, by=None)

    assert [one.employee_id for one in first_replies()] == [agent.pk]


def test_the_clock_runs_from_the_beginning_of_duty():
    agent = lina()
    talk = a_talk("2026-11-20 07:30", agent=agent)
    a_turn(talk, "2026-11-20 07:30", 40, by=agent, clock_from="2026-11-20 08:00")

    assert first_replies() == []


@pytest.mark.parametrize(("asked", "is_late"), [("16:59:15", True), ("16:59:16", False)])
def test_a_clock_stops_when_the_duty_of_its_person_ends(asked, is_late):
    agent = lina()
    a_sub_account(employee=agent)
    a_duty(agent, date(2026, 11, 20), "early")
    a_turn(a_talk(f"2026-11-20 {asked}", agent=agent), f"2026-11-20 {asked}", 600, by=agent)

    assert bool(first_replies()) is is_late


def test_who_helps_out_after_the_shift_while_others_are_on_duty_is_not_measured():
    agent, colleague = lina(), EmployeeFactory(username="sunyue", name="孙悦")
    for one, nick, shift in ((agent, "云杉:小娜", "early"), (colleague, "云杉:小悦", "late")):
        a_sub_account(nick, one)
        a_duty(one, date(2026, 11, 20), shift)
    a_turn(a_talk("2026-11-20 18:00", agent=agent), "2026-11-20 18:00", 600, by=agent)
    a_turn(a_talk("2026-11-20 18:00", agent=agent), "2026-11-20 18:00", 600, by=colleague)

    assert [one.employee_id for one in first_replies()] == [colleague.pk]


def test_turns_left_out_of_the_times_and_later_turns_are_no_first_replies():
    agent = lina()
    talk = a_talk("2026-11-20 10:00", agent=agent)
    a_turn(talk, "2026-11-20 10:00", 300, by=agent, excluded="off_duty")
    a_turn(talk, "2026-11-20 10:20", 300, by=agent, excluded="thanks")
    a_turn(talk, "2026-11-20 10:40", 300, by=agent, first=False)

    assert first_replies() == []
    assert [one.facts["seconds"] for one in found_on("slow_reply", FRIDAY, minutes=3)] == [300]


def test_a_limit_below_the_index_finds_faster_replies_too():
    agent = lina()
    a_turn(a_talk("2026-11-20 10:00", agent=agent), "2026-11-20 10:00", 21, by=agent)

    assert first_replies(first_seconds=20) != []
    assert first_replies(first_seconds=21) == []


def test_the_first_reply_costs_nothing_where_the_rule_says_so_but_the_telephone_does():
    agent = lina()
    a_turn(a_talk("2026-11-20 10:00", agent=agent), "2026-11-20 10:00", 90, by=agent)
    for seconds in (10, 11):
        a_call(agent, ring_seconds=seconds)
    a_call(agent, ring_seconds=30, direction=CallDirection.OUT)

    [late] = first_replies(first_reply_too=False)

    assert late.subject[0] == "service.PhoneCall"
    assert late.facts["seconds"] == 11
    assert len(first_replies()) == 2


def test_a_call_nobody_took_is_late():
    a_call(lina(), is_answered=False, ring_seconds=None)

    assert [one.facts["unanswered"] for one in first_replies()] == [1]


def a_call(agent, **values):
    return PhoneCall.objects.create(
        employee=agent, rang_at=at("2026-11-20 10:00"), noted_by=agent, noted_at=at("2026-11-20 10:05"), **values
    )


def day_left_open(day, **parameters):
    terms = {"working_days": 1, "time": "12:00", "annotate_all": False, "fallback_post": "STF-073", **parameters}
    return found_on("day_not_closed", day, **terms)


def test_a_question_without_an_answer_at_the_end_of_the_shift_is_an_unfinished_day():
    agent = lina()
    talk = a_talk("2026-11-20 16:50", agent=agent, due_at="2026-11-20 17:00")
    a_turn(talk, "2026-11-20 16:50", 15 * 60, by=agent)
    done = a_talk("2026-11-20 16:50", agent=agent, due_at="2026-11-20 17:00")
    a_turn(done, "2026-11-20 16:50", 10 * 60, by=agent)

    [left] = day_left_open(FRIDAY)

    assert (left.subject[:2], left.employee_id) == (("service.Conversation", talk.pk), agent.pk)
    assert left.happened_at == at("2026-11-20 17:00")


def test_a_conversation_closed_before_the_end_of_the_shift_is_finished():
    agent = lina()
    talk = a_talk("2026-11-20 16:50", agent=agent, due_at="2026-11-20 17:00", closed_at="2026-11-20 16:59")
    a_turn(talk, "2026-11-20 16:50", None, by=agent)

    assert day_left_open(FRIDAY) == []


def test_a_message_of_the_night_is_due_at_noon_of_the_next_working_day_with_an_annotation():
    agent = lina()
    report = {"report_day": at(f"{MONDAY} 00:00").date(), "is_night": True}
    late = a_talk("2026-11-20 23:30", agent=agent, **report)
    a_turn(late, "2026-11-20 23:30", None, by=agent)
    bare = a_talk("2026-11-21 10:00", agent=agent, **report)
    a_turn(bare, "2026-11-21 10:00", 60, by=agent, excluded="off_duty")
    kept = a_talk("2026-11-21 11:00", agent=agent, annotated_at="2026-11-23 12:00", **report)
    a_turn(kept, "2026-11-21 11:00", 60, by=agent, excluded="off_duty")

    assert day_left_open(FRIDAY) == day_left_open(SATURDAY) == []
    found = {one.subject[1]: one for one in day_left_open(MONDAY)}

    assert set(found) == {late.pk, bare.pk}
    assert found[late.pk].happened_at == at("2026-11-23 12:00")
    assert (found[late.pk].facts["unanswered"], found[bare.pk].facts["unanswered"]) == (1, 0)


def test_a_message_left_on_a_working_day_after_its_noon_is_due_the_next():
    agent = lina()
    talk = a_talk("2026-11-20 15:00", agent=agent, is_night=True)
    a_turn(talk, "2026-11-20 15:00", None, by=agent)

    assert day_left_open(FRIDAY) == []
    assert [one.subject[1] for one in day_left_open(MONDAY)] == [talk.pk]


def test_a_message_nobody_has_is_of_the_supervisor():
    boss = supervisor()
    talk = a_talk("2026-11-20 23:30", is_night=True, report_day=at(f"{MONDAY} 00:00").date())
    a_turn(talk, "2026-11-20 23:30", None, by=None)

    assert [one.employee_id for one in day_left_open(MONDAY)] == [boss.pk]
    assert day_left_open(MONDAY, fallback_post="") == []


def test_a_later_hour_in_a_draft_gives_more_time():
    agent = lina()
    talk = a_talk("2026-11-20 23:30", agent=agent, is_night=True, report_day=at(f"{MONDAY} 00:00").date())
    a_turn(talk, "2026-11-20 23:30", 10, by=agent, clock_from="2026-11-23 13:00")
    talk.annotated_at = at("2026-11-23 13:05")
    talk.save()

    assert len(day_left_open(MONDAY)) == 1
    assert day_left_open(MONDAY, time="14:00") == []
