"""Screening: the system sees what it can before anybody looks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.models import SkuAlias
from orders.actions.answers import answer_finance
from orders.actions.exceptions import clear_exception
from orders.actions.goods import match_line, remember_goods
from orders.actions.prices import measure_prices
from orders.actions.screening import screen_orders
from orders.models import Order, OrderException, Payment, PriceNorm
from orders.queries.unmatched import unmatched_goods
from orders.states import ExceptionKind, OrderState
from shopops.kit.moves import MoveRefused
from shopops.kit.policy import SETTINGS
from staff.models import Event
from tests.factories.catalog import SkuFactory
from tests.factories.orders import add_line, make_order, stocked_sku
from tests.factories.staff import NOON
from tests.factories.warehouse import stock_up

pytestmark = pytest.mark.django_db


def troubles(order: Order) -> dict[str, str]:
    """Return the open exceptions of an order with their reasons, and check that the order's own marks agree."""
    order.refresh_from_db()
    found = dict(OrderException.objects.filter(order=order, cleared_at=None).values_list("kind", "reason"))
    blocking = OrderException.objects.filter(order=order, cleared_at=None, is_blocking=True).exists()
    assert (order.troubles, order.is_short, order.is_blocked) == (sorted(found), "short" in found, blocking)
    return found


def test_a_good_order_is_screened_without_a_trace():
    order = make_order({stocked_sku(): 2}, ship_by=None)
    done = screen_orders([order.pk], at=NOON)
    assert (done.screened, done.raised, done.cleared) == (1, 0, 0)
    assert troubles(order) == {}
    assert order.ship_by == order.paid_at + timedelta(hours=24)
    assert not Event.objects.filter(subject_type="orders.Order").exists()


def test_the_platforms_own_deadline_is_taken_when_it_is_stricter():
    order = make_order({stocked_sku(): 1}, promised_at=NOON + timedelta(hours=3))
    screen_orders([order.pk], at=NOON)
    order.refresh_from_db()
    assert order.ship_by == NOON + timedelta(hours=3)


def test_goods_are_matched_by_merchant_code_and_by_what_the_shop_remembers(lina):
    cup, cloth, coat = stocked_sku(code="CUP-1"), stocked_sku(), stocked_sku()
    order = make_order({cup: 1}, pieces=3)
    order.lines.update(sku=None)
    add_line(order, None, code="旧编码", title="四件套")
    add_line(order, None, code="", title="羊羔绒外套", attributes="颜色:米白")
    SkuAlias.objects.create(shop=order.shop, code="旧编码", sku=cloth, remembered_at=NOON)
    SkuAlias.objects.create(shop=order.shop, code="羊羔绒外套 颜色:米白", sku=coat, remembered_at=NOON)
    assert screen_orders([order.pk], at=NOON).matched == 3
    assert list(order.lines.order_by("pk").values_list("sku", flat=True)) == [cup.pk, cloth.pk, coat.pk]
    assert troubles(order) == {}


def test_unknown_goods_short_stock_and_missing_pieces_are_raised_with_figures_only():
    few = stocked_sku(1, code="FEW-1")
    order = make_order({few: 3}, pieces=7)
    add_line(order, None, 2, code="NO-SUCH")
    screen_orders([order.pk], at=NOON)
    assert troubles(order) == {"unmatched": "NO-SUCH", "short": "FEW-1 3 > 1", "incomplete": "5 / 7"}


def test_an_address_nobody_could_deliver_to_is_raised():
    order = make_order({stocked_sku(): 1}, receiver_phone="", address="路", city="")
    screen_orders([order.pk], at=NOON)
    assert troubles(order) == {"address": "phone; city; street"}


def test_an_order_only_the_detail_file_knows_waits_for_the_order_list():
    order = make_order({stocked_sku(): 1}, digest=None, address="", receiver_name="")
    screen_orders([order.pk], at=NOON)
    assert troubles(order) == {"incomplete": "order list not imported yet"}


def test_a_price_below_the_floor_goes_to_finance_whose_yes_settles_it(qianjin):
    cup = stocked_sku(code="CUP-1", floor_price=Decimal("50.00"))
    order = make_order({cup: 2}, paid=Decimal("60.00"))
    assert screen_orders([order.pk], at=NOON).to_finance == 1
    assert troubles(order) == {"price": "CUP-1 ¥30.00 < ¥50.00"}
    assert order.state == OrderState.FINANCE
    answer_finance(Payment.objects.get(order=order), confirmed=True, answer="老板同意", by=qianjin, at=NOON)
    assert troubles(order) == {}
    assert order.state == OrderState.REVIEW
    screen_orders([order.pk], at=NOON)
    assert troubles(order) == {}


def test_a_price_far_from_the_usual_one_is_odd_and_a_gift_sku_never_is():
    cup, gift = stocked_sku(code="CUP-1"), stocked_sku(is_gift=True, floor_price=Decimal(5))
    for sku in (cup, gift):
        PriceNorm.objects.create(sku=sku, median=Decimal(40), lines=50, measured_at=NOON)
    high, low = make_order({cup: 1}, paid=Decimal(121)), make_order({cup: 1}, paid=Decimal(13))
    fine, free = make_order({cup: 1}, paid=Decimal(119)), make_order({gift: 1}, paid=Decimal(0))
    screen_orders([high.pk, low.pk, fine.pk, free.pk], at=NOON)
    assert troubles(high) == {"price": "CUP-1 ¥121.00 ≫ ~¥40.00"}
    assert troubles(low) == {"price": "CUP-1 ¥13.00 ≪ ~¥40.00"}
    assert troubles(fine) == troubles(free) == {}


def test_measure_prices_takes_the_median_once_a_day():
    cup = stocked_sku()
    for price in (10, 20, 90):
        make_order({cup: 2}, paid=Decimal(price * 2))
    assert measure_prices(at=NOON) == 1
    assert measure_prices(at=NOON) == 0
    norm = PriceNorm.objects.get()
    assert (norm.median, norm.lines) == (20, 3)


def test_screening_twice_changes_nothing_and_clears_what_no_longer_holds():
    few = stocked_sku(1)
    order = make_order({few: 3}, city="")
    screen_orders([order.pk], at=NOON)
    again = screen_orders([order.pk], at=NOON)
    assert (again.raised, again.cleared) == (0, 0)
    stock_up(few, 9)
    Order.objects.filter(pk=order.pk).update(city="杭州市")
    assert screen_orders([order.pk], at=NOON).cleared == 2
    assert troubles(order) == {}


def test_what_somebody_has_cleared_is_not_raised_again_until_it_changes(lina):
    order = make_order({stocked_sku(): 1}, city="")
    screen_orders([order.pk], at=NOON)
    clear_exception(order, ExceptionKind.ADDRESS, by=lina, at=NOON, outcome="直辖县")
    screen_orders([order.pk], at=NOON)
    assert troubles(order) == {}
    Order.objects.filter(pk=order.pk).update(receiver_phone="")
    screen_orders([order.pk], at=NOON)
    assert troubles(order) == {"address": "phone; city"}


def test_released_orders_are_left_alone():
    order = make_order({stocked_sku(0): 1}, state=OrderState.APPROVED, city="")
    assert screen_orders([order.pk], at=NOON).screened == 0
    assert troubles(order) == {}


def test_screening_takes_the_same_number_of_queries_for_one_and_for_three(queries_of):
    few = stocked_sku(1)

    def orders(number: int) -> list[int]:
        return [make_order({few: 3}, city="").pk for _again in range(number)]

    one, three = orders(1), orders(3)
    assert queries_of(lambda: screen_orders(one, at=NOON)) == queries_of(lambda: screen_orders(three, at=NOON))


def test_remember_goods_matches_every_order_that_waits_for_them(lina):
    cup = stocked_sku()
    first, second = (make_order({SkuFactory(): 1}, paid=Decimal(100)) for _number in range(2))
    for order in (first, second):
        order.lines.update(sku=None, code="爆款杯")
    screen_orders([first.pk, second.pk], at=NOON)
    [group] = unmatched_goods()
    assert (group.name, group.orders, group.pieces) == ("爆款杯", 2, 2)
    assert remember_goods(first.shop, "爆款杯", cup, by=lina, at=NOON) == 2
    assert troubles(first) == troubles(second) == {}
    assert first.lines.get().sku == cup
    assert Event.objects.get(verb="orders.alias_remembered").by == lina


def test_match_line_without_remembering_touches_only_that_line(lina):
    cup = stocked_sku()
    first, second = make_order({SkuFactory(): 1}), make_order({SkuFactory(): 1})
    for order in (first, second):
        order.lines.update(sku=None, code="爆款杯")
    match_line(first.lines.get(), cup, remember=False, by=lina, at=NOON)
    assert first.lines.get().sku == cup
    assert second.lines.get().sku is None
    assert not SkuAlias.objects.exists()
    Order.objects.filter(pk=second.pk).update(state=OrderState.APPROVED)
    with pytest.raises(MoveRefused):
        match_line(second.lines.get(), cup, remember=False, by=lina, at=NOON)


def test_unmatched_goods_come_with_suggestions():
    cup = SkuFactory(code="BWB-500", name="304不锈钢保温杯", attributes="雾霾蓝")
    SkuFactory(code="ZZZ", name="儿童拖鞋", attributes="")
    by_code, by_title = make_order(), make_order()
    by_code.lines.update(sku=None, code="bwb-500-蓝", title="x", attributes="")
    by_title.lines.update(sku=None, code="", title="304不锈钢保温杯 500ml", attributes="雾霾蓝")
    assert [[one.sku for one in group.suggestions] for group in unmatched_goods()] == [[cup], [cup]]


def test_the_limits_can_be_changed_by_a_manager():
    assert {"orders.hold_hours", "orders.approve_limit", "orders.price_factor"} <= set(SETTINGS)
