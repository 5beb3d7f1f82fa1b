"""CS-056, CS-066, CS-067, CS-072: exactly at the limit is in time, and whoever had it then answers."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.actions.campaigns import cancel_campaign, plan_campaign
from service.actions.feedback import handle_feedback, note_feedback, pass_feedback
from service.actions.follow_ups import drop_follow_up, finish_follow_up, hand_over_follow_ups
from service.actions.phrases import add_auto_reply, remove_auto_reply
from shopops.kit.clock import Window, day_window
from shopops.kit.detectors import DETECTORS, Question
from tests.factories.agents_day import a_follow_up, an_agent, at, in_hours
from tests.factories.buyers import a_buyer
from tests.factories.staff import ShopFactory

pytestmark = pytest.mark.django_db
SHEET = {"result": "thinking", "channel": "chat", "sheet": "已联系买家，正在比较两款尺码，周末决定"}


def found_on(name: str, day: str, **parameters):
    question = Question(day_window(date.fromisoformat(day)), at(f"{day} 23:59"), parameters)
    return [(one.subject[0], one.subject[1], one.employee_id) for one in DETECTORS[f"service.{name}"].find(question)]


def late_on(day: str):
    return found_on("late_follow_up", day, days=1)


def sheets_on(day: str):
    return found_on("missing_follow_up_sheet", day, days=2, characters=12, copies=3)


def test_a_consultation_not_followed_up_by_the_end_of_the_next_day_is_late():
    lina = an_agent()
    due = a_follow_up(lina, moment="2026-11-18 10:00")
    assert late_on("2026-11-18") == late_on("2026-11-20") == []
    assert late_on("2026-11-19") == [("service.FollowUp", due.pk, lina.pk)]


@pytest.mark.parametrize(("moment", "is_late"), [("2026-11-20 00:00:00", False), ("2026-11-20 00:00:01", True)])
def test_a_follow_up_exactly_at_midnight_is_in_time(moment, is_late):
    lina = an_agent()
    finish_follow_up(a_follow_up(lina), **SHEET, by=lina, at=at(moment))
    assert bool(late_on("2026-11-19")) is is_late


def test_who_had_the_follow_up_when_its_time_passed_answers_whoever_got_it_later():
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    early, late = a_follow_up(lina, nick="甲"), a_follow_up(lina, nick="乙")
    hand_over_follow_ups([early.pk], zhoumin, by=zhoumin, at=at("2026-11-19 16:00"))
    hand_over_follow_ups([late.pk], zhoumin, by=zhoumin, at=at("2026-11-20 08:00"))
    assert {(pk, who) for _kind, pk, who in late_on("2026-11-19")} == {(early.pk, zhoumin.pk), (late.pk, lina.pk)}


def test_what_was_dropped_in_time_is_no_miss():
    lina = an_agent()
    drop_follow_up(a_follow_up(lina), reason="已下单", by=lina, at=at("2026-11-19 10:00"))
    assert late_on("2026-11-19") == []


def test_the_radar_sees_what_will_be_late():
    lina = an_agent()
    due = a_follow_up(lina, moment="2026-11-20 10:00")
    question = Question(Window(at("20:00"), at("2026-11-22 08:00")), at("20:00"), {"days": 1})
    assert [one.subject[1] for one in DETECTORS["service.late_follow_up"].find(question)] == [due.pk]


def test_a_sheet_never_made_is_missed_a_day_after_it_was_late():
    lina = an_agent()
    due = a_follow_up(lina, moment="2026-11-18 10:00")
    assert sheets_on("2026-11-19") == []
    assert sheets_on("2026-11-20") == [("service.FollowUp", due.pk, lina.pk)]


@pytest.mark.parametrize(("length", "is_sloppy"), [(11, True), (12, False)])
def test_a_sheet_of_exactly_the_least_length_will_do(length, is_sloppy):
    lina = an_agent()
    words = SHEET | {"sheet": "好" * length}
    finish_follow_up(a_follow_up(lina), **words, all_the_same=True, by=lina, at=at("2026-11-19 10:00"))
    assert bool(sheets_on("2026-11-19")) is is_sloppy


@pytest.mark.parametrize(("number", "sloppy"), [(2, 0), (3, 3)])
def test_the_same_words_for_three_buyers_in_a_day_are_copied(number, sloppy):
    lina = an_agent()
    for place in range(number):
        due = a_follow_up(lina, nick=f"买家{place}")
        finish_follow_up(due, **SHEET, by=lina, at=at(f"2026-11-19 1{place}:00"))
    assert len(sheets_on("2026-11-19")) == sloppy


def test_a_buyer_who_was_not_reached_wants_no_sheet():
    lina = an_agent()
    finish_follow_up(
        a_follow_up(lina), result="no_answer", channel="phone", sheet="", by=lina, at=at("2026-11-19 10:00")
    )
    assert sheets_on("2026-11-19") == []


def feedback_on(day: str):
    return found_on("feedback_unhandled", day, hours=24)


@pytest.mark.parametrize(("seconds", "is_missed"), [(0, False), (1, True)])
def test_feedback_dealt_with_exactly_in_time_costs_nothing(seconds, is_missed):
    lina = an_agent()
    noted = note_feedback(a_buyer(), "包装破损", by=lina, at=at("2026-11-18 09:00"))
    handle_feedback(noted, outcome="补发", by=lina, at=in_hours(at("2026-11-19 09:00"), seconds / 3600))
    assert bool(feedback_on("2026-11-19")) is is_missed


def test_who_passes_feedback_on_in_time_is_free_and_who_has_it_answers_for_the_rest():
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    noted = note_feedback(a_buyer(), "包装破损", by=lina, at=at("2026-11-18 09:00"))
    pass_feedback(noted, zhoumin, by=lina, at=at("2026-11-19 09:00"))
    assert feedback_on("2026-11-19") == []
    assert feedback_on("2026-11-20") == [("service.Feedback", noted.pk, zhoumin.pk)]


def test_who_passes_feedback_on_too_late_has_missed_it():
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    noted = note_feedback(a_buyer(), "包装破损", by=lina, at=at("2026-11-18 09:00"))
    pass_feedback(noted, zhoumin, by=lina, at=at("2026-11-19 15:00"))
    handle_feedback(noted, outcome="补发", by=zhoumin, at=at("2026-11-19 16:00"))
    assert feedback_on("2026-11-19") == [("service.Feedback", noted.pk, lina.pk)]
    assert feedback_on("2026-11-20") == []


def test_everybody_a_problem_was_passed_to_answers_for_their_own_hours():
    lina, zhoumin, boss = an_agent(), an_agent("zhoumin", "周敏"), an_agent("hejie", "何洁")
    noted = note_feedback(a_buyer(), "包装破损", by=lina, at=at("2026-11-16 09:00"))
    pass_feedback(noted, zhoumin, by=lina, at=at("2026-11-16 10:00"))
    pass_feedback(noted, boss, by=zhoumin, at=at("2026-11-17 10:00:01"))
    handle_feedback(noted, outcome="补发", by=boss, at=at("2026-11-18 10:00:01"))

    assert feedback_on("2026-11-16") == feedback_on("2026-11-18") == []
    assert feedback_on("2026-11-17") == [("service.Feedback", noted.pk, zhoumin.pk)]


def test_a_problem_passed_on_exactly_in_time_is_nobodys_miss_and_one_that_lies_is_the_last_ones():
    lina, zhoumin, boss = an_agent(), an_agent("zhoumin", "周敏"), an_agent("hejie", "何洁")
    noted = note_feedback(a_buyer(), "包装破损", by=lina, at=at("2026-11-16 09:00"))
    pass_feedback(noted, zhoumin, by=lina, at=at("2026-11-17 09:00"))
    pass_feedback(noted, boss, by=zhoumin, at=at("2026-11-18 09:00"))

    assert feedback_on("2026-11-17") == feedback_on("2026-11-18") == []
    assert feedback_on("2026-11-19") == [("service.Feedback", noted.pk, boss.pk)]


def replies_on(day: str):
    return found_on("stale_offer_reply", day, hours=1, days=1)


def an_offer(by, owner=None, **values):
    words = {"name": "双十二", "starts_at": at("2026-11-18 10:00"), "ends_at": at("2026-11-20 00:00")} | values
    return plan_campaign(ShopFactory(), **words, reply_owner=owner, by=by, at=at("2026-11-17 09:00"))


@pytest.mark.parametrize(("added", "is_missed"), [("11:00:00", False), ("11:00:01", True)])
def test_an_offer_has_its_reply_within_an_hour(added, is_missed):
    leader, lina = an_agent("chenjing", "陈静"), an_agent()
    offer = an_offer(leader, lina)
    add_auto_reply(offer.shop, "满三百减三十", campaign=offer, by=lina, at=at(f"2026-11-18 {added}"))
    assert replies_on("2026-11-18") == ([("catalog.Campaign", offer.pk, lina.pk)] if is_missed else [])


def test_an_offer_nobody_answers_for_is_its_planners():
    leader = an_agent("chenjing", "陈静")
    offer = an_offer(leader)
    assert replies_on("2026-11-18") == [("catalog.Campaign", offer.pk, leader.pk)]


def test_an_offer_that_was_cancelled_wants_no_reply():
    leader = an_agent("chenjing", "陈静")
    cancel_campaign(an_offer(leader), reason="货不够", by=leader, at=at("2026-11-17 18:00"))
    assert replies_on("2026-11-18") == []


@pytest.mark.parametrize(("removed", "is_missed"), [("2026-11-21 00:00:00", False), ("2026-11-21 00:00:01", True)])
def test_a_reply_is_taken_down_within_a_day_of_the_offers_end(removed, is_missed):
    leader, lina = an_agent("chenjing", "陈静"), an_agent()
    offer = an_offer(leader, lina)
    reply = add_auto_reply(offer.shop, "满三百减三十", campaign=offer, by=lina, at=at("2026-11-18 09:00"))
    remove_auto_reply(reply, by=lina, at=at(removed))
    assert replies_on("2026-11-19") == []
    assert replies_on("2026-11-20") == ([("service.AutoReply", reply.pk, lina.pk)] if is_missed else [])
