"""Holds end by themselves, and nobody holds an order for nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orders.actions.holds import hold_order, hold_orders, release_due_holds, release_order
from orders.states import OrderState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Event
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_hold_order_keeps_the_reason_and_the_end(lina):
    order = make_order()
    hold_order(order, until=NOON + HOUR, reason="等买家回复颜色", by=lina, at=NOON)
    assert (order.state, order.held_until, order.hold_reason) == (OrderState.HELD, NOON + HOUR, "等买家回复颜色")
    event = Event.objects.get(verb="orders.held")
    assert (event.subject_id, event.by, event.reason) == (order.pk, lina, "等买家回复颜色")


@pytest.mark.parametrize(
    ("until", "reason"), [(NOON, "晚了"), (NOON + timedelta(days=61), "太久"), (NOON + HOUR, "  ")]
)
def test_a_hold_without_a_believable_end_or_a_reason_is_refused(lina, until, reason):
    order = make_order()
    with pytest.raises(Refused):
        hold_order(order, until=until, reason=reason, by=lina, at=NOON)
    order.refresh_from_db()
    assert order.state == OrderState.REVIEW


def test_hold_orders_leaves_those_that_are_not_in_review(lina):
    first, approved = make_order(), make_order(state=OrderState.APPROVED)
    refused = hold_orders([first.pk, approved.pk], until=NOON + HOUR, reason="缺货", by=lina, at=NOON)
    assert list(refused) == [approved.pk]


def test_release_order_brings_it_back_to_review(lina):
    order = make_order()
    hold_order(order, until=NOON + HOUR, reason="等", by=lina, at=NOON)
    release_order(order, by=lina, at=NOON)
    assert (order.state, order.held_until, order.hold_reason) == (OrderState.REVIEW, None, "")
    with pytest.raises(MoveRefused):
        release_order(order, by=lina, at=NOON)


def test_release_due_holds_releases_what_is_due_and_nothing_else(lina):
    sku = stocked_sku()
    due, later = make_order({sku: 1}), make_order({sku: 1})
    hold_order(due, until=NOON + HOUR, reason="等", by=lina, at=NOON)
    hold_order(later, until=NOON + 3 * HOUR, reason="等", by=lina, at=NOON)
    assert release_due_holds(at=NOON + 2 * HOUR) == [due.pk]
    assert release_due_holds(at=NOON + 2 * HOUR) == []
    assert Event.objects.get(verb="orders.released").by is None


def test_release_due_holds_takes_the_same_number_of_queries_for_one_and_for_three(lina, queries_of):
    sku = stocked_sku()

    def held(number: int) -> None:
        for _again in range(number):
            hold_order(make_order({sku: 1}), until=NOON + HOUR, reason="等", by=lina, at=NOON)

    held(1)
    one = queries_of(lambda: release_due_holds(at=NOON + 2 * HOUR))
    held(3)
    assert queries_of(lambda: release_due_holds(at=NOON + 2 * HOUR)) == one
