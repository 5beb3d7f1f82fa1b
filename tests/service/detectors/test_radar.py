"""Every clock of customer service is on the radar before it is missed, with price and page, and gone when mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from catalog.actions.campaigns import plan_campaign
from orders.actions.slips import make_slip, take_slip_in
from service.actions.complaints import (
    answer_complaint,
    archive_complaint,
    resolve_complaint,
    revisit_complaint,
)
from service.actions.consultations import log_consultation
from service.actions.conversations import annotate_conversation
from service.actions.documents import mail_document_back, receive_document
from service.actions.feedback import handle_feedback, note_feedback, pass_feedback
from service.actions.follow_ups import finish_follow_up, plan_follow_up
from service.actions.phrases import add_auto_reply, remove_auto_reply
from service.actions.refunds import confirm_refund
from service.models import Conversation
from service.states import AfterSaleKind
from staff.actions.radar import sweep
from staff.actions.work_reports import hand_in_report
from staff.models import Employee, RadarSighting
from staff.states import Outcome, WorkReportKind
from tests.factories.aftersales import an_agreed_case
from tests.factories.buyers import a_buyer
from tests.factories.complaints import a_handled_complaint
from tests.factories.conversations import a_conversation, a_sub_account
from tests.factories.duty import a_duty
from tests.factories.rulebook import at, cast_with_book
from tests.factories.staff import NOON, ShopFactory

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)
MORNING = at("2026-11-20 10:00")
SOON = MORNING + timedelta(hours=1)
SHEET = {"result": "content", "channel": "chat", "sheet": "买家说衣服很合身，没有别的问题"}
Mend = Callable[[], object]


@dataclass(frozen=True)
class People:
    """李娜 on the early shift, and 何洁 who leads her."""

    lina: Employee
    boss: Employee


@pytest.fixture
def people() -> People:
    cast = cast_with_book(at=at("2026-11-01 08:00"))
    a_sub_account("云杉:小娜", cast["lina"])
    for number in range(4):
        a_duty(cast["lina"], FRIDAY - timedelta(days=number), "early")
    return People(cast["lina"], cast["hejie"])


def a_talk_left(people: People) -> Mend:
    lines = [("buyer", "09:40:00", "在吗"), ("云杉:小娜", "09:40:10", "在的"), ("buyer", "09:58:00", "破损怎么赔")]
    a_conversation(lines=lines, at=MORNING)
    answered = [*lines, ("云杉:小娜", "10:00:50", "亲，拍照给我看一下，今天补发")]
    return lambda: a_conversation(lines=answered, at=SOON)


def a_message_of_the_night(people: People) -> Mend:
    lines = [("buyer", "01:30:00", "发票怎么开"), ("云杉:小娜", "09:10:00", "订单页申请即可")]
    talk = a_conversation(lines=lines, at=MORNING)
    assert Conversation.objects.get(pk=talk.pk).is_night
    return lambda: annotate_conversation(talk, "已告知在订单页申请发票", by=people.lina, at=SOON)


def a_consultation(people: People) -> Mend:
    moment = at("2026-11-19 15:00")
    logged = log_consultation(a_buyer(), topic="goods", problem="会不会掉绒", by=people.lina, at=moment)
    return lambda: finish_follow_up(logged.follow_up, **SHEET, by=people.lina, at=SOON)


def a_visit(people: People) -> Mend:
    words = {"kind": "visit", "due_at": at("2026-11-21 15:00"), "reason": "问问合不合身"}
    visit = plan_follow_up(a_buyer(), **words, by=people.lina, at=at("2026-11-19 09:00"))
    return lambda: finish_follow_up(visit, **SHEET, by=people.lina, at=SOON)


def a_filed_complaint(people: People) -> Mend:
    complaint = a_handled_complaint(people.lina, at=at("2026-11-17 10:00"))
    resolve_complaint(complaint, by=people.boss, at=at("2026-11-17 15:00"))
    archive_complaint(complaint, by=people.boss, at=at("2026-11-17 16:00"))
    return lambda: revisit_complaint(complaint, rating=5, evaluation="很满意", by=people.lina, at=SOON)


def an_unanswered_complaint(people: People) -> Mend:
    complaint = a_handled_complaint(people.lina, at=at("2026-11-19 15:00"), answered=False)
    return lambda: answer_complaint(complaint, result="已补发", by=people.lina, at=SOON)


def an_offer_without_reply(people: People) -> Mend:
    words = {"name": "双十二", "starts_at": at("2026-11-20 12:00"), "ends_at": at("2026-11-22 12:00")}
    offer = plan_campaign(ShopFactory(), **words, reply_owner=people.lina, by=people.boss, at=at("2026-11-19 09:00"))
    return lambda: add_auto_reply(offer.shop, "满三百减三十", campaign=offer, by=people.lina, at=SOON)


def a_reply_after_its_offer(people: People) -> Mend:
    words = {"name": "返场", "starts_at": at("2026-11-18 12:00"), "ends_at": at("2026-11-19 12:00")}
    offer = plan_campaign(ShopFactory(), **words, reply_owner=people.lina, by=people.boss, at=at("2026-11-17 09:00"))
    reply = add_auto_reply(offer.shop, "满三百减三十", campaign=offer, by=people.lina, at=at("2026-11-18 12:00"))
    return lambda: remove_auto_reply(reply, by=people.lina, at=SOON)


def a_document(people: People) -> Mend:
    document = receive_document(title="质检报告原件", by=people.lina, at=at("2026-11-20 09:00"))
    return lambda: mail_document_back(document, waybill="SF1234567890123", by=people.lina, at=SOON)


def a_problem(people: People) -> Mend:
    noted = note_feedback(a_buyer(), "包装破损", by=people.lina, at=at("2026-11-19 15:00"))
    return lambda: handle_feedback(noted, outcome="补发", by=people.lina, at=SOON)


def a_problem_passed_on(people: People) -> Mend:
    noted = note_feedback(a_buyer(), "包装破损", by=people.boss, at=at("2026-11-19 09:00"))
    pass_feedback(noted, people.lina, by=people.boss, at=at("2026-11-19 15:00"))
    return lambda: handle_feedback(noted, outcome="补发", by=people.lina, at=SOON)


def a_slip(people: People) -> Mend:
    slip = make_slip(amount=Decimal(115), way="微信", by=people.lina, at=at("2026-11-20 09:00"))
    return lambda: take_slip_in(slip, by=people.boss, at=SOON)


def a_price_difference(people: People) -> Mend:
    case = an_agreed_case(AfterSaleKind.PRICE_MATCH, amount=Decimal(10), holder=people.lina)
    type(case).objects.filter(pk=case.pk).update(asked_at=NOON - timedelta(days=6))
    case.refresh_from_db()
    return lambda: confirm_refund(case, by=people.boss, at=SOON)


def a_weekly_summary(people: People) -> Mend:
    words = {"text": "本周接待三百人", "plan": "下周整理快捷短语"}
    monday = FRIDAY - timedelta(days=4)
    return lambda: hand_in_report(WorkReportKind.WEEK, monday, **words, by=people.lina, at=SOON)


CLOCKS = (
    ("CS-053", a_talk_left, "-1.5"),
    ("CS-053", a_message_of_the_night, "-1.5"),
    ("CS-058", a_talk_left, "0"),
    ("CS-066", a_consultation, "-0.5"),
    ("CS-067", a_consultation, "-1"),
    ("CS-066", a_visit, "-0.5"),
    ("CS-066", a_filed_complaint, "-0.5"),
    ("CS-036", an_unanswered_complaint, "0"),
    ("CS-056", an_offer_without_reply, "-0.5"),
    ("CS-056", a_reply_after_its_offer, "-0.5"),
    ("CS-071", a_document, "-3"),
    ("CS-072", a_problem, "-3"),
    ("CS-072", a_problem_passed_on, "-3"),
    ("ORD-028", a_slip, "-3"),
    ("CAT-082", a_price_difference, "0"),
    ("STF-123", a_weekly_summary, "-0.5"),
)


@pytest.mark.parametrize(("clause", "begin", "points"), CLOCKS, ids=[f"{one[0]} {one[1].__name__}" for one in CLOCKS])
def test_a_clock_is_seen_before_it_is_missed_and_gone_when_it_is_mended(people, clause, begin, points):
    mend = begin(people)
    sweep(at=MORNING)
    mine = RadarSighting.objects.filter(employee=people.lina, clause__number=clause, due_at__gt=MORNING)

    seen = mine.get(outcome=Outcome.COMING)
    assert (seen.points, seen.due_at > MORNING, seen.url.startswith("/")) == (Decimal(points), True, True)

    mend()
    sweep(at=SOON)
    assert not mine.filter(pk=seen.pk, outcome=Outcome.COMING).exists()
    assert mine.get(pk=seen.pk).outcome == Outcome.AVOIDED


def test_figures_of_a_day_are_seen_before_ten_the_next_morning(people):
    early, day = at("2026-11-20 08:30"), FRIDAY - timedelta(days=1)
    sweep(at=early)
    mine = RadarSighting.objects.filter(employee=people.lina, clause__number="DATA-021", due_at=at("2026-11-20 10:00"))
    assert (mine.get().points, mine.get().outcome) == (Decimal("-1.5"), Outcome.COMING)

    hand_in_report(WorkReportKind.FIGURES_DAY, day, text="咨询 31 人", by=people.lina, at=early)
    sweep(at=early + timedelta(minutes=5))
    assert mine.get().outcome == Outcome.AVOIDED
