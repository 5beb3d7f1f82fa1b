"""What waits for people, as “my work” counts it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orders.actions.chases import claim_chase
from orders.actions.finance import ask_finance
from orders.actions.screening import screen_orders
from orders.states import OrderState
from shopops.kit.worklists import WORKLISTS
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON

pytestmark = pytest.mark.django_db


def waiting(name: str, employee) -> tuple[int, int, int]:
    """Return how much waits, how much of it is late, and how many tasks are listed."""
    found = WORKLISTS[name].waiting(employee.pk, NOON)
    return found.count, found.overdue, len(found.tasks)


def test_each_kind_of_work_is_counted_on_its_own_list(lina):
    sku, none = stocked_sku(), stocked_sku(0)
    late = make_order({sku: 1}, paid_at=NOON - timedelta(hours=30))
    make_order({sku: 1})
    short = make_order({none: 1})
    unmatched = make_order({sku: 1})
    unmatched.lines.update(sku=None, code="旧编码")
    make_order({sku: 1}, state=OrderState.HELD, held_until=NOON - timedelta(minutes=1), hold_reason="等")
    make_order({sku: 1}, state=OrderState.HELD, held_until=NOON + timedelta(days=3), hold_reason="等")
    ask_finance(make_order({sku: 1}), "到账了吗", by=lina, at=NOON - timedelta(hours=5))
    claim_chase(make_order({sku: 1}, state=OrderState.UNPAID), by=lina, at=NOON)
    make_order({sku: 1}, state=OrderState.UNPAID)
    screen_orders([late.pk, short.pk, unmatched.pk], at=NOON)
    assert waiting("orders.review", lina) == (2, 1, 2)
    assert waiting("orders.short", lina) == (1, 0, 1)
    assert waiting("orders.exceptions", lina) == (1, 0, 1)
    assert waiting("orders.unmatched", lina) == (1, 0, 1)
    assert waiting("orders.holds", lina) == (1, 1, 1)
    assert waiting("orders.finance", lina) == (1, 1, 1)
    assert waiting("orders.unpaid", lina) == (2, 0, 1)


def test_worklists_are_empty_without_work(lina):
    for name in ("review", "short", "exceptions", "unmatched", "holds", "finance", "unpaid"):
        assert waiting(f"orders.{name}", lina) == (0, 0, 0), name


def test_worklists_take_the_same_number_of_queries_for_one_and_for_three(lina, queries_of):
    sku = stocked_sku()
    names = ("review", "exceptions", "finance", "unpaid")

    def more() -> None:
        screen_orders([make_order({sku: 1}, city="").pk], at=NOON)
        make_order({sku: 1})
        ask_finance(make_order({sku: 1}), "到账了吗", by=lina, at=NOON)
        claim_chase(make_order({sku: 1}, state=OrderState.UNPAID), by=lina, at=NOON)

    more()
    one = [queries_of(lambda name=name: waiting(f"orders.{name}", lina)) for name in names]
    more()
    more()
    assert [queries_of(lambda name=name: waiting(f"orders.{name}", lina)) for name in names] == one
