"""Buyers are reckoned from their documents, found fast, cared for with consent, and warned of."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.actions.screening import screen_orders
from orders.models import Order
from orders.states import ExceptionKind
from service.actions.blacklist import blacklist_buyer, lift_expired
from service.actions.buyers import change_buyer, mark_buyers, note_consent, reveal_buyer
from service.actions.care import plan_care, send_care
from service.actions.levels import load_levels
from service.actions.reckoning import reckon_buyers
from service.actions.surveys import answer_survey, ask_survey
from service.models import Buyer, BuyerGroup, Care
from service.queries.buyer_story import level_reason, story_of
from service.queries.buyers import found_buyers, warning_of
from service.queries.care import holiday_on
from service.states import CareOccasion, CareState
from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.models import Employee, Event
from tests.factories.buyers import a_buyer
from tests.factories.complaints import a_complaint, a_review
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON, EmployeeFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def lina() -> Employee:
    return EmployeeFactory(username="lina", name="李娜")


def bought(days_ago: int, paid: int, nick: str = "tb_zhangmin") -> Order:
    at = NOON - days_ago * DAY
    return make_order(buyer_nick=nick, placed_at=at, paid_at=at, paid=Decimal(paid))


def test_reckoning_makes_buyers_of_orders_and_counts_their_documents(lina):
    for days_ago in (40, 30, 20):
        bought(days_ago, 300)
    buyer = a_buyer("tb_zhangmin")
    a_complaint(lina, buyer=buyer, at=NOON - DAY)
    a_review(buyer=buyer)
    bought(10, 50, nick="新来的")
    assert reckon_buyers(at=NOON)["new"] == 1
    buyer.refresh_from_db()
    assert (buyer.orders, buyer.paid, buyer.complaints, buyer.bad_reviews) == (3, Decimal(900), 1, 1)
    assert (buyer.phone_tail, buyer.city) == ("1234", "杭州市")
    assert buyer.due_again_on == shop_day(NOON) - 10 * DAY
    assert not buyer.is_lost


def test_a_second_reckoning_writes_nothing():
    bought(10, 300)
    reckon_buyers(at=NOON)
    assert reckon_buyers(at=NOON) == {"new": 0, "changed": 0, "level": 0}


def test_a_level_is_reached_by_what_was_paid_and_its_reason_is_told():
    load_levels(at=NOON)
    bought(40, 300)
    bought(20, 300)
    bought(10, 60, nick="路过")
    assert reckon_buyers(at=NOON)["level"] == 1
    buyer = Buyer.objects.select_related("level").get(nick="tb_zhangmin")
    reason = level_reason(buyer, at=NOON)
    assert reason is not None
    assert (reason["level"].rank, reason["paid"], reason["orders"]) == (2, Decimal(600), 2)
    assert Buyer.objects.get(nick="路过").level is None


def test_who_has_not_bought_for_long_is_lost():
    bought(181, 300)
    reckon_buyers(at=NOON)
    assert Buyer.objects.get(nick="tb_zhangmin").is_lost


@pytest.mark.parametrize("text", ["tb_zhangmin", "1234", "13812341234", "2810012345678009999", "ZT99887766", "tb_zh"])
def test_a_buyer_is_found_by_nick_phone_order_or_waybill_in_few_queries(lina, text):
    make_order(number="2810012345678009999", waybill="ZT99887766")
    reckon_buyers(at=NOON)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        [hit] = list(found_buyers(text, lina))
    assert hit.label == "t***n"
    assert len(asked) <= 5


def test_the_finder_answers_by_indexes_only(lina):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for text in ("tb_zhangmin", "1234", "2810012345678009999"):
        with CaptureQueriesContext(connection) as asked:
            list(found_buyers(text, lina))
        for query in asked.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {query['sql']}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan on orders_order" not in plan
            assert "Seq Scan on service_buyer" not in plan


def test_whoever_looks_at_a_buyer_in_full_says_why(lina):
    buyer = a_buyer(phone="13812341234")
    with pytest.raises(Refused):
        reveal_buyer(buyer, reason=" ", by=lina, at=NOON)
    assert reveal_buyer(buyer, reason="回访", by=lina, at=NOON)["phone"] == "13812341234"
    assert Event.objects.get(verb="service.personal_data_revealed").reason == "回访"


def test_buyers_are_grouped_tagged_and_remarked(lina):
    buyer, group = a_buyer(tags=["老客"]), BuyerGroup.objects.create(name="团购")
    assert mark_buyers([buyer.pk], group=group, add_tags=["爱晒单", "老客"], remark="要发票", by=lina, at=NOON) == 1
    buyer.refresh_from_db()
    assert (buyer.group, buyer.tags, buyer.remark) == (group, ["老客", "爱晒单"], "要发票")
    with pytest.raises(Refused):
        change_buyer(buyer, birthday="02-30", by=lina, at=NOON)


def test_care_is_planned_once_and_only_with_consent(lina):
    today = shop_day(NOON)
    willing = a_buyer("愿意", birthday=f"{today:%m-%d}", may_contact=True)
    a_buyer("不愿意", birthday=f"{today:%m-%d}", may_contact=False)
    a_buyer("没问过", birthday=f"{today:%m-%d}")
    assert plan_care(today, at=NOON)[CareOccasion.BIRTHDAY] == 1
    assert plan_care(today, at=NOON)[CareOccasion.BIRTHDAY] == 0
    care = Care.objects.get()
    assert care.buyer == willing
    note_consent(willing, may_contact=False, by=lina, at=NOON)
    with pytest.raises(Refused):
        send_care(Care.objects.select_related("buyer").get(), text="生日快乐", by=lina, at=NOON)


def test_nobody_hears_from_the_shop_too_often(lina):
    today = shop_day(NOON)
    buyer = a_buyer(birthday=f"{today:%m-%d}", may_contact=True)
    ask_survey(buyer, by=lina, at=NOON - 2 * DAY)
    assert plan_care(today, at=NOON)[CareOccasion.BIRTHDAY] == 0
    with pytest.raises(Refused):
        ask_survey(buyer, by=lina, at=NOON)


def test_what_nobody_sent_in_time_is_skipped(lina):
    buyer = a_buyer(may_contact=True)
    Care.objects.create(buyer=buyer, occasion=CareOccasion.BIRTHDAY, due_on=shop_day(NOON) - 8 * DAY)
    assert plan_care(shop_day(NOON), at=NOON)["skipped"] == 1
    assert Care.objects.get().state == CareState.SKIPPED


def test_a_holiday_is_greeted_on_its_first_day():
    assert holiday_on(date(2026, 10, 1)) == "国庆"
    assert holiday_on(date(2026, 10, 2)) == ""


def test_who_was_rated_does_not_enter_the_answer(lina):
    chenjing = EmployeeFactory(username="chenjing", name="陈静")
    survey = ask_survey(a_buyer(), agent=lina, by=lina, at=NOON)
    with pytest.raises(Refused):
        answer_survey(survey, rating=5, by=lina, at=NOON)
    answer_survey(survey, rating=5, text="耐心", by=chenjing, at=NOON)
    assert survey.rating == 5


def test_orders_of_the_blacklist_wait_for_a_look_even_those_that_come_later(lina):
    buyer, sku = a_buyer("tb_zhangmin"), stocked_sku()
    first = make_order({sku: 1})
    blacklist_buyer(buyer, reason="恶意退款", until=shop_day(NOON) + DAY, by=lina, at=NOON)
    later = make_order({sku: 1})
    screen_orders([first.pk, later.pk], at=NOON)
    for order in (first, later):
        order.refresh_from_db()
        assert (order.is_blocked, ExceptionKind.MALICIOUS in order.troubles) == (True, True)
    assert warning_of(buyer, at=NOON) is not None
    assert lift_expired(at=NOON + DAY) == 0
    assert lift_expired(at=NOON + 2 * DAY) == 1
    assert warning_of(buyer, at=NOON + 2 * DAY) is None


def test_the_story_tells_everything_newest_first(lina):
    buyer = a_buyer("tb_zhangmin")
    bought(3, 100)
    a_complaint(lina, buyer=buyer)
    a_review(buyer=buyer)
    story = story_of(buyer)
    assert len(story) == 3
    assert [one.at for one in story] == sorted((one.at for one in story), reverse=True)
