"""Asking buyers to pay (ORD-020): scripts, not too often, what it brought."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from orders.actions.chases import note_contact
from orders.models import Chase, Order
from orders.queries.chases import chase_results
from orders.states import OrderState
from shopops.kit.clock import start_of_day
from shopops.kit.refusals import Refused
from tests.factories.orders import make_order
from tests.factories.staff import NOON, employee_with

pytestmark = pytest.mark.django_db


def unpaid(number: str, nick: str = "小溪流水") -> Order:
    order = make_order(number=number)
    Order.objects.filter(pk=order.pk).update(state=OrderState.UNPAID, buyer_nick=nick, paid_at=None)
    order.refresh_from_db()
    return order


def ask(order: Order, by, at=NOON, script="催一"):
    return note_contact(order, result="will_pay", note="", script=script, by=by, at=at)


def lina():
    return employee_with("orders.chase_payment", username="lina", name="李娜")


def test_a_buyer_is_asked_about_one_order_a_day_only():
    agent, one, other = lina(), unpaid("4087000000000000001"), unpaid("4087000000000000002")
    ask(one, agent)
    with pytest.raises(Refused, match="今天已就其他订单"):
        ask(other, agent, NOON + timedelta(hours=1))
    ask(unpaid("4087000000000000003", "另一位"), agent)
    ask(other, agent, start_of_day(NOON.date() + timedelta(days=1)))
    assert Chase.objects.filter(times=1).count() == 3


def test_whoever_has_paid_is_not_asked_any_more():
    agent, order = lina(), unpaid("4087000000000000001")
    Order.objects.filter(pk=order.pk).update(state=OrderState.REVIEW, paid_at=NOON)
    order.refresh_from_db()
    with pytest.raises(Refused):
        ask(order, agent)


def test_the_results_count_who_paid_after_being_asked_by_person_and_script():
    agent = lina()
    for place, script in enumerate(("催一", "催一", "催二")):
        order = unpaid(f"408700000000000000{place}", f"买家{place}")
        ask(order, agent, script=script)
        if place != 1:
            paid_at = NOON + timedelta(hours=1) if place == 0 else NOON - timedelta(hours=1)
            Order.objects.filter(pk=order.pk).update(paid_at=paid_at, paid="99.00")
    people, scripts = chase_results(NOON - timedelta(days=1))
    assert [(one.name, one.asked, one.paid) for one in people] == [("李娜", 3, 1)]
    assert [(one.name, one.asked, one.paid) for one in scripts] == [("催一", 2, 1), ("催二", 1, 0)]


def test_the_page_of_results_opens():
    client = Client()
    client.force_login(lina())
    answer = client.get(reverse("orders:chase_results"))
    assert answer.status_code == 200
    assert "催付统计" in answer.content.decode()
