"""How long an order may stay here is what the clause in force says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orders.actions.review import approve_order
from orders.actions.screening import screen_orders
from orders.queries.promises import promise_at
from shopops.kit.clock import shop_day
from tests.factories.clauses import clause, new_version
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON, EmployeeFactory

pytestmark = pytest.mark.django_db


def test_the_hours_of_the_clause_decide_when_an_order_turns_amber(lina):
    clause("ORD-014", parameters={"hours": 12})
    order = make_order({stocked_sku(): 1}, ship_by=None)
    screen_orders([order.pk], at=NOON)
    order.refresh_from_db()
    assert order.ship_by == order.paid_at + timedelta(hours=12)
    note = approve_order(order, by=lina, at=NOON)
    assert note.ship_by == NOON + timedelta(hours=12)


def test_a_new_version_of_the_clause_counts_from_its_day():
    first = clause("ORD-014", parameters={"hours": 24})
    tomorrow = NOON + timedelta(days=1)
    by = EmployeeFactory(username="chenjing", name="陈静")
    new_version(first.clause, valid_from=shop_day(tomorrow), by=by, at=NOON, parameters={"hours": 48}, note="旺季放宽")
    assert promise_at(NOON) == timedelta(hours=24)
    assert promise_at(tomorrow) == timedelta(hours=48)


def test_without_the_clause_the_platforms_day_holds():
    assert promise_at(NOON) == timedelta(hours=24)
