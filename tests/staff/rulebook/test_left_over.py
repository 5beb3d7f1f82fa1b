"""ORD-024, ORD-025: orders of the month-end list that the first week left over."""

from __future__ import annotations

from datetime import date

import pytest

from orders.states import OrderState
from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Question
from tests.factories.orders import make_order
from tests.factories.rulebook import at, lina, supervisor

pytestmark = pytest.mark.django_db
PARAMETERS = {"days": 7, "fallback_post": "STF-073"}


def left_on(day: str, **parameters):
    question = Question(day_window(date.fromisoformat(day)), at(f"{day} 23:59"), PARAMETERS | parameters)
    return list(DETECTORS["orders.left_over_from_last_month"].find(question))


def paid_in_october(**values):
    return make_order(placed_at=at("2026-10-30 10:00"), paid_at=at("2026-10-30 10:05"), **values)


def test_an_order_of_october_still_here_after_the_first_week_is_found_on_the_seventh():
    boss = supervisor()
    order = paid_in_october()
    found = left_on("2026-11-07")
    assert [(one.subject[1], one.employee_id) for one in found] == [(order.pk, boss.pk)]
    assert found[0].happened_at == at("2026-11-08 00:00")
    assert found[0].facts["paid"] == "100.00"
    assert left_on("2026-11-06") == left_on("2026-11-08") == []


def test_the_agent_who_approved_it_answers():
    supervisor()
    agent = lina()
    paid_in_october(state=OrderState.APPROVED, confirmed_by=agent, confirmed_at=at("2026-10-30 11:00"))
    assert [one.employee_id for one in left_on("2026-11-07")] == [agent.pk]


def test_what_left_or_was_closed_in_the_first_week_is_not_found():
    supervisor()
    paid_in_october(state=OrderState.SHIPPED, shipped_at=at("2026-11-07 23:59"))
    paid_in_october(state=OrderState.CLOSED, finished_at=at("2026-11-03 10:00"))
    assert left_on("2026-11-07") == []


def test_what_left_or_was_closed_later_was_still_here():
    supervisor()
    paid_in_october(state=OrderState.SIGNED, shipped_at=at("2026-11-08 00:01"))
    paid_in_october(state=OrderState.CLOSED, finished_at=at("2026-11-10 10:00"))
    assert len(left_on("2026-11-07")) == 2


def test_orders_of_this_month_have_time():
    supervisor()
    make_order(paid_at=at("2026-11-01 00:00"))
    assert left_on("2026-11-07") == []


def test_parts_count_by_themselves_and_say_so():
    supervisor()
    paid_in_october(part=2)
    assert left_on("2026-11-07")[0].subject[2].endswith("-2")


def test_a_longer_first_week_ends_later():
    supervisor()
    paid_in_october()
    assert left_on("2026-11-07", days=10) == []
    assert len(left_on("2026-11-10", days=10)) == 1
