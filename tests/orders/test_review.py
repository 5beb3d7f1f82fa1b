"""Approval: an order leaves with all its stock, or stays and says why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from orders.actions.answers import answer_finance
from orders.actions.exceptions import raise_exception
from orders.actions.finance import ask_finance
from orders.actions.marks import add_remark
from orders.actions.review import approve_order, approve_orders
from orders.models import Order, OrderException
from orders.queries.freshness import stamp_of
from orders.states import ExceptionKind, OrderState, PlatformStatus
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Event
from tests.factories.orders import add_line, make_order, stocked_sku
from tests.factories.staff import NOON
from tests.factories.warehouse import CarrierFactory
from warehouse.models import DispatchNote, Reservation
from warehouse.queries.proof import prove_stock
from warehouse.queries.stock import available

pytestmark = pytest.mark.django_db


def test_approve_order_makes_a_note_with_its_stock_and_one_event(lina):
    cup = stocked_sku(5, name="304不锈钢保温杯")
    order = make_order({cup: 2}, buyer_message="请尽快发货", carrier=CarrierFactory())
    note = approve_order(order, by=lina, at=NOON)
    assert (order.state, order.confirmed_by, order.confirmed_at, order.note) == (OrderState.APPROVED, lina, NOON, note)
    assert (note.order_numbers, note.pieces, note.receiver_name) == (order.number, 2, "张敏")
    assert (note.buyer_message, note.carrier_id) == ("请尽快发货", order.carrier_id)
    assert order.ship_by == note.ship_by == NOON + timedelta(hours=24)
    assert available([cup.pk]) == {cup.pk: 3}
    event = Event.objects.get(verb="orders.approved")
    assert (event.subject_id, event.subject_label, event.by, event.changes) == (
        order.pk,
        order.number,
        lina,
        {"state": ["review", "approved"]},
    )


def test_a_stricter_promise_of_the_platform_wins_over_24_hours(lina):
    order = make_order({stocked_sku(): 1}, promised_at=NOON + timedelta(hours=5))
    note = approve_order(order, by=lina, at=NOON)
    assert (order.ship_by, note.ship_by, note.promised_at) == (NOON + timedelta(hours=5),) * 3


def test_approve_order_without_stock_is_refused_and_marks_it_as_out_of_stock(lina):
    cup = stocked_sku(1, code="CUP-1")
    order = make_order({cup: 3})
    with pytest.raises(Refused, match=r"CUP-1 3 > 1"):
        approve_order(order, by=lina, at=NOON)
    order.refresh_from_db()
    assert (order.state, order.is_short, order.is_blocked, order.troubles) == ("review", True, False, ["short"])
    assert OrderException.objects.get(order=order).reason == "CUP-1 3 > 1"
    assert not DispatchNote.objects.exists()


def test_an_order_short_of_stock_is_approved_once_the_stock_is_there(lina):
    cup = stocked_sku(1)
    order = make_order({cup: 1})
    raise_exception(order, ExceptionKind.SHORT, "…", by=None, at=NOON, blocking=False)
    approve_order(order, by=lina, at=NOON)
    order.refresh_from_db()
    assert (order.state, order.is_short, order.troubles) == (OrderState.APPROVED, False, [])


def test_an_order_with_a_blocking_exception_is_not_approved(lina):
    order = make_order({stocked_sku(): 1})
    raise_exception(order, ExceptionKind.REFUND, "退款申请", by=None, at=NOON)
    with pytest.raises(MoveRefused, match=r"退款|refund"):
        approve_order(order, by=lina, at=NOON)


def test_goods_without_a_sku_are_not_approved(lina):
    order = make_order({stocked_sku(): 1})
    add_line(order, None)
    with pytest.raises(MoveRefused, match=r"SKU|未匹配"):
        approve_order(order, by=lina, at=NOON)


def test_lines_the_platform_has_closed_or_sent_are_not_sent_again(lina):
    cup, cloth = stocked_sku(), stocked_sku()
    order = make_order({cup: 1})
    add_line(order, cloth, 4, status=PlatformStatus.CLOSED)
    note = approve_order(order, by=lina, at=NOON)
    assert [(line.sku_id, line.quantity) for line in note.lines.all()] == [(cup.pk, 1)]


def test_an_order_of_nothing_but_closed_lines_has_nothing_to_send(lina):
    order = make_order({stocked_sku(): 1})
    order.lines.update(status=PlatformStatus.CLOSED)
    with pytest.raises(MoveRefused):
        approve_order(order, by=lina, at=NOON)


def test_an_order_above_the_limit_wants_finance_first(lina, qianjin):
    order = make_order({stocked_sku(): 1}, paid=Decimal("8000.00"))
    with pytest.raises(Refused, match=r"5000"):
        approve_order(order, by=lina, at=NOON)
    payment = ask_finance(order, "大额订单", by=lina, at=NOON)
    answer_finance(payment, confirmed=True, answer="", by=qianjin, at=NOON)
    order.refresh_from_db()
    assert approve_order(order, by=lina, at=NOON).pieces == 1


def test_approve_order_twice_is_refused_the_second_time(lina, sunyue):
    order = make_order({stocked_sku(): 1})
    stale = Order.objects.get(pk=order.pk)
    approve_order(order, by=lina, at=NOON)
    with pytest.raises(MoveRefused, match=order.number):
        approve_order(stale, by=sunyue, at=NOON)
    assert DispatchNote.objects.count() == 1


def test_an_order_that_changed_since_it_was_seen_is_not_approved_and_says_who_changed_it(lina, sunyue):
    order = make_order({stocked_sku(): 1})
    seen = stamp_of(order.pk)
    add_remark(order, "买家要求换颜色", by=sunyue, at=NOON)
    with pytest.raises(MoveRefused, match=r"孙悦"):
        approve_order(order, by=lina, at=NOON, seen=seen)
    assert approve_order(order, by=lina, at=NOON, seen=stamp_of(order.pk))


def test_approve_orders_does_what_it_can_and_says_why_not_of_the_others(lina):
    cup = stocked_sku(3, code="CUP-1")
    late = make_order({cup: 2}, ship_by=NOON + timedelta(hours=9))
    soon = make_order({cup: 2}, ship_by=NOON + timedelta(hours=1))
    held = make_order({cup: 1}, state=OrderState.HELD)
    refused = approve_orders([late.pk, soon.pk, held.pk, 999_999_999], by=lina, at=NOON)
    assert set(refused) == {late.pk, held.pk, 999_999_999}
    soon.refresh_from_db()
    assert soon.state == OrderState.APPROVED
    assert "CUP-1 2 > 1" in str(refused[late.pk])


def test_approve_orders_takes_the_same_number_of_queries_for_one_and_for_three(lina, queries_of):
    cup = stocked_sku(50)
    one, three = [make_order({cup: 1})], [make_order({cup: 1}) for _number in range(3)]
    assert queries_of(lambda: approve_orders([order.pk for order in one], by=lina, at=NOON)) == queries_of(
        lambda: approve_orders([order.pk for order in three], by=lina, at=NOON)
    )


@pytest.mark.django_db(transaction=True)
def test_64_simultaneous_approvals_of_the_last_10_pieces_let_exactly_10_succeed(lina):
    cup = stocked_sku(10)
    orders = [make_order({cup: 1}, buyer_nick=f"tb_{number}") for number in range(64)]
    start = Barrier(64)

    def approve(order: Order) -> bool:
        connection.ensure_connection()
        start.wait(30)
        try:
            approve_order(order, by=lina, at=NOON)
        except Refused:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(64) as pool:
        succeeded = list(pool.map(approve, orders))
    assert sum(succeeded) == 10
    assert Order.objects.filter(state=OrderState.APPROVED).count() == DispatchNote.objects.count() == 10
    assert Order.objects.filter(is_short=True, state=OrderState.REVIEW).count() == 54
    assert sum(Reservation.objects.values_list("quantity", flat=True)) == 10
    assert available([cup.pk]) == {cup.pk: 0}
    assert prove_stock().ok


@pytest.mark.django_db(transaction=True)
def test_approve_order_twice_at_once_lets_only_one_succeed(lina):
    order = make_order({stocked_sku(10): 1})
    start = Barrier(8)

    def approve(_number: int) -> str:
        mine = Order.objects.get(pk=order.pk)
        start.wait(10)
        try:
            approve_order(mine, by=lina, at=NOON)
        except Refused as refusal:
            return str(refusal)
        else:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        sentences = list(pool.map(approve, range(8)))
    assert sentences.count("") == 1
    assert all(order.number in sentence for sentence in sentences if sentence)
    assert DispatchNote.objects.count() == 1
