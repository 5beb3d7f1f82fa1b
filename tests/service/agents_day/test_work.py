"""Consultations, follow-ups, promises, feedback, calls, memos, phrases, replies, campaigns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.actions.campaigns import cancel_campaign, change_campaign, plan_campaign
from catalog.models import Campaign
from service.actions.feedback import handle_feedback, note_feedback, pass_feedback
from service.actions.follow_ups import (
    drop_follow_up,
    finish_follow_up,
    hand_over_follow_ups,
    move_follow_up,
    plan_follow_up,
)
from service.actions.notebook import finish_memo, load_checklist, note_call, tick_item, write_memo
from service.actions.phrases import add_auto_reply, keep_phrase, remove_auto_reply
from service.actions.promises import break_promise, hand_over_promises, keep_promise, make_promise, move_promise
from service.models import ChecklistItem, ChecklistTick, FollowUp
from service.queries.phrases import filled_phrases, values_for
from service.states import FeedbackState, FollowUpState, PromiseState
from shopops.kit.refusals import Refused
from tests.factories.agents_day import a_consultation, a_follow_up, a_waiting, an_agent, at
from tests.factories.buyers import a_buyer
from tests.factories.duty import a_duty
from tests.factories.staff import ShopFactory

pytestmark = pytest.mark.django_db
SHEET = {"result": "thinking", "channel": "chat", "sheet": "已联系买家，正在比较两款尺码，周末决定"}


def test_a_consultation_plans_its_follow_up_for_the_end_of_the_next_day():
    lina = an_agent()
    logged = a_consultation(lina, moment="2026-11-18 23:59")
    planned = logged.follow_up
    assert (planned.agent, planned.due_at) == (lina, at("2026-11-20 00:00"))
    assert not FollowUp.objects.filter(consultation=a_consultation(lina, nick="甲", wants_follow_up=False)).exists()


def test_a_sheet_that_is_too_short_is_sent_back_unless_it_is_filed_all_the_same():
    lina = an_agent()
    due = a_follow_up(lina)
    with pytest.raises(Refused, match="少于 12"):
        finish_follow_up(due, **SHEET | {"sheet": "已联系"}, by=lina, at=at("2026-11-19 10:00"))
    finish_follow_up(due, **SHEET | {"sheet": "已联系"}, all_the_same=True, by=lina, at=at("2026-11-19 10:01"))
    assert (due.state, due.done_by) == (FollowUpState.DONE, lina)


def test_a_buyer_who_was_not_reached_wants_no_words():
    lina = an_agent()
    due = a_follow_up(lina)
    finish_follow_up(due, result="no_answer", channel="phone", sheet="", by=lina, at=at("2026-11-19 10:01"))
    assert due.state == FollowUpState.DONE


def test_what_is_late_is_neither_moved_nor_dropped():
    lina = an_agent()
    due = a_follow_up(lina)
    for moment in ("2026-11-20 00:00", "2026-11-20 08:00"):
        with pytest.raises(Refused, match="逾期"):
            move_follow_up(due, at("2026-11-21 10:00"), reason="买家出差", by=lina, at=at(moment))
        with pytest.raises(Refused, match="逾期"):
            drop_follow_up(due, reason="买家出差", by=lina, at=at(moment))
    move_follow_up(due, at("2026-11-21 10:00"), reason="买家出差", by=lina, at=at("2026-11-19 20:00"))
    assert due.due_at == at("2026-11-21 10:00")
    with pytest.raises(Refused, match="最多可延后"):
        move_follow_up(due, at("2026-12-21 10:00"), reason="买家出差", by=lina, at=at("2026-11-19 21:00"))


def test_a_colleague_does_not_file_the_sheet_of_another_but_the_receiver_of_a_shift_does():
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    due = a_follow_up(lina)
    with pytest.raises(Refused, match="由 李娜 负责"):
        finish_follow_up(due, **SHEET, by=zhoumin, at=at("2026-11-19 10:00"))
    assert hand_over_follow_ups([due.pk], zhoumin, by=zhoumin, at=at("2026-11-19 16:00")) == 1
    finish_follow_up(due, **SHEET, by=zhoumin, at=at("2026-11-19 17:00"))
    assert hand_over_follow_ups([due.pk], lina, by=lina, at=at("2026-11-19 18:00")) == 0


def test_a_visit_is_planned_ahead_and_with_a_reason():
    lina, buyer = an_agent(), a_buyer()
    for due, reason in ((at("08:00"), "半年回访"), (at("12:00"), " ")):
        with pytest.raises(Refused):
            plan_follow_up(buyer, kind="visit", due_at=due, reason=reason, by=lina, at=at("09:00"))
    assert (
        plan_follow_up(buyer, kind="visit", due_at=at("12:00"), reason="半年回访", by=lina, at=at("09:00")).agent
        == lina
    )


def test_promises_are_kept_broken_or_moved_with_a_reason():
    lina, zhoumin, buyer = an_agent(), an_agent("zhoumin", "周敏"), a_buyer()
    kept, broken = (
        make_promise(buyer, text, due_at=at("18:00"), by=lina, at=at("09:00")) for text in ("今天发货", "补寄赠品")
    )
    with pytest.raises(Refused, match="由 李娜 负责"):
        keep_promise(kept, by=zhoumin, at=at("10:00"))
    move_promise(kept, at("19:00"), reason="快递改约", by=lina, at=at("10:00"))
    keep_promise(kept, by=lina, at=at("10:30"))
    with pytest.raises(Refused, match="原因"):
        break_promise(broken, reason="", by=lina, at=at("11:00"))
    assert hand_over_promises([kept.pk, broken.pk], zhoumin, by=zhoumin, at=at("16:00")) == 1
    broken.refresh_from_db()
    break_promise(broken, reason="赠品没货", by=zhoumin, at=at("17:00"))
    assert (kept.state, broken.state) == (PromiseState.KEPT, PromiseState.BROKEN)


def test_feedback_passed_on_starts_the_receivers_clock():
    lina, zhoumin, buyer = an_agent(), an_agent("zhoumin", "周敏"), a_buyer()
    noted = note_feedback(buyer, "包装破损", by=lina, at=at("09:00"))
    pass_feedback(noted, zhoumin, note="找仓库", by=lina, at=at("10:00"))
    assert (noted.holder, noted.holder_since, noted.passed_on_at) == (zhoumin, at("10:00"), at("10:00"))
    pass_feedback(noted, lina, by=zhoumin, at=at("11:00"))
    assert (noted.holder_since, noted.passed_on_at) == (at("11:00"), at("10:00"))
    with pytest.raises(Refused, match="处理结果"):
        handle_feedback(noted, outcome=" ", by=lina, at=at("12:00"))
    handle_feedback(noted, outcome="补发并道歉", by=lina, at=at("12:00"))
    assert noted.state == FeedbackState.HANDLED
    with pytest.raises(Refused, match="已处理"):
        pass_feedback(noted, zhoumin, by=lina, at=at("12:30"))


def test_memos_are_ones_own():
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    memo = write_memo("下午三点回电", remind_at=at("15:00"), by=lina, at=at("09:00"))
    with pytest.raises(Refused, match="别人"):
        finish_memo(memo, by=zhoumin, at=at("10:00"))
    finish_memo(memo, by=lina, at=at("10:00"))
    with pytest.raises(Refused, match="已完成"):
        finish_memo(memo, by=lina, at=at("10:01"))
    with pytest.raises(Refused, match="已过"):
        write_memo("昨天的事", remind_at=at("08:00"), by=lina, at=at("09:00"))


@pytest.mark.parametrize(
    "wrong", [{"rang_at": "10:01"}, {"ring_seconds": None}, {"ring_seconds": 601}, {"direction": "x"}]
)
def test_calls_that_cannot_be_are_refused(wrong):
    lina = an_agent()
    values = {"rang_at": "09:59", "ring_seconds": 4, "direction": "in"} | wrong
    values["rang_at"] = at(values["rang_at"])
    with pytest.raises(Refused):
        note_call(employee=lina, **values, by=lina, at=at("10:00"))


def test_the_checklist_is_ticked_on_ones_own_duty_and_a_second_tick_takes_it_back():
    lina, zhoumin = an_agent(), an_agent("zhoumin", "周敏")
    assert load_checklist() == 9
    assert load_checklist() == 0
    duty, item = a_duty(lina, at("09:00").date()), ChecklistItem.objects.first()
    with pytest.raises(Refused, match="别人"):
        tick_item(duty, item, by=zhoumin, at=at("08:00"))
    tick_item(duty, item, by=lina, at=at("08:00"))
    assert ChecklistTick.objects.count() == 1
    tick_item(duty, item, by=lina, at=at("08:01"))
    assert ChecklistTick.objects.count() == 0


def test_phrases_know_their_variables_and_are_filled_for_a_conversation():
    lina, waiting = an_agent(), a_waiting()
    with pytest.raises(Refused, match="没有变量"):
        keep_phrase(None, shortcut="价", text="现价 {price}", by=lina, at=at("09:00"))
    keep_phrase(None, shortcut="好", text="{buyer}您好，我是{agent}，运单 {waybill}", by=lina, at=at("09:00"))
    with pytest.raises(Refused, match="已被使用"):
        keep_phrase(None, shortcut="好", text="您好", by=lina, at=at("09:01"))

    filled = filled_phrases(values_for(waiting, lina))[0]
    assert (filled.text, filled.missing) == ("小溪流水您好，我是李娜，运单 {waybill}", "waybill")


def a_campaign(by, shop=None, **values) -> Campaign:
    words = {"name": "双十二", "starts_at": at("2026-11-20 10:00"), "ends_at": at("2026-11-22 00:00")} | values
    return plan_campaign(shop or ShopFactory(), **words, by=by, at=at("2026-11-19 09:00"))


def test_the_reply_of_a_campaign_expires_with_it_and_is_its_owners():
    lina, leader = an_agent(), an_agent("chenjing", "陈静")
    offer = a_campaign(leader, reply_owner=lina)
    reply = add_auto_reply(offer.shop, "满三百减三十", campaign=offer, by=leader, at=at("09:00"))
    assert (reply.owner, reply.expires_at) == (lina, offer.ends_at)
    with pytest.raises(Refused, match="另一家店铺"):
        add_auto_reply(ShopFactory(name="青禾专卖店"), "满减", campaign=offer, by=lina, at=at("09:00"))
    remove_auto_reply(reply, by=lina, at=at("2026-11-22 09:00"))
    with pytest.raises(Refused, match="已经撤下"):
        remove_auto_reply(reply, by=lina, at=at("2026-11-22 09:01"))


def test_a_campaign_that_is_cancelled_while_it_runs_ends_then():
    leader = an_agent("chenjing", "陈静")
    offer = a_campaign(leader)
    change_campaign(offer, {"ends_at": offer.ends_at + timedelta(days=1)}, by=leader, at=at("09:00"))
    with pytest.raises(Refused, match="晚于开始"):
        change_campaign(offer, {"ends_at": offer.starts_at}, by=leader, at=at("09:00"))
    offer.refresh_from_db()
    cancel_campaign(offer, reason="货不够", by=leader, at=at("12:00"))
    assert (offer.is_cancelled, offer.ends_at) == (True, at("12:00"))
    with pytest.raises(Refused, match="已结束"):
        cancel_campaign(offer, reason="货不够", by=leader, at=at("12:01"))
