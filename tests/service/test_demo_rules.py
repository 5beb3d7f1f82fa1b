"""The demo shop's review rules say what they say, and do it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.actions.screening import screen_orders
from orders.models import Order, ReviewRule, RuleVersion
from orders.states import FlagColour, LineKind, OrderState
from service.actions.demo.rules import RULES, make_rules
from staff.models import Event
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON, EmployeeFactory
from tests.factories.warehouse import CarrierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules() -> list[ReviewRule]:
    EmployeeFactory(username="chenjing", name="陈静")
    CarrierFactory(name="顺丰速运")
    stocked_sku(code="ZP-CARD", name="手写感谢卡")
    return make_rules(at=NOON)


def screened(**values) -> Order:
    order = make_order({stocked_sku(): 1}, **values)
    screen_orders([order.pk], at=NOON)
    order.refresh_from_db()
    return order


def test_they_are_written_as_somebody_would_with_versions_and_events(rules):
    assert len(rules) == len(RULES) == 6
    assert [rule.is_shadow for rule in rules].count(True) == 1
    assert RuleVersion.objects.count() == Event.objects.filter(verb="orders.rule_changed").count() == 6
    assert all(rule.changed_at < NOON for rule in rules)


def test_small_paid_orders_without_message_and_memo_are_approved(rules):
    assert screened(paid=Decimal(80)).state == OrderState.APPROVED
    assert screened(paid=Decimal(80), buyer_message="快点").state == OrderState.REVIEW
    assert screened(paid=Decimal(80), seller_memo="已核对地址").state == OrderState.REVIEW
    assert screened(paid=Decimal(150)).state == OrderState.REVIEW


def test_who_wants_it_later_waits_for_two_days(rules):
    order = screened(seller_memo="买家要求周三以后发")
    assert (order.state, order.held_until, order.tags) == (OrderState.HELD, NOON + timedelta(hours=48), ["晚发"])


def test_finance_is_asked_about_much_money(rules):
    order = screened(paid=Decimal(2600))
    assert (order.state, order.flag) == (OrderState.FINANCE, FlagColour.RED)
    assert "2,000" in order.payments.get().question


def test_far_away_is_marked_and_a_card_given_once_a_buyer(rules):
    order = screened(paid=Decimal(400), province="新疆维吾尔自治区", buyer_nick="tb_far")
    assert order.tags == ["偏远"]
    assert order.lines.filter(kind=LineKind.GIFT).count() == 1
    assert screened(paid=Decimal(400), buyer_nick="tb_far").lines.filter(kind=LineKind.GIFT).count() == 0


def test_the_rule_in_shadow_changes_nothing(rules):
    order = screened(paid=Decimal(120), buyer_message="请发顺丰，运费我补")
    assert order.carrier is None
    [trace] = order.rule_traces.all()
    shadow = next(rung for rung in trace.rungs if rung.get("s"))
    assert shadow["f"] == 1


def test_without_the_carrier_its_rule_is_left_out():
    EmployeeFactory(username="chenjing", name="陈静")
    assert len(make_rules(at=NOON)) == 5
