"""A small shop with two days of work."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from orders.actions.exceptions import raise_exception
from orders.states import ExceptionKind, OrderState
from tests.factories.orders import make_order
from tests.factories.rulebook import at, lina, note, open_book, supervisor
from tests.factories.staff import EmployeeFactory, ShopFactory


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """Keep the files of a test apart from those of others."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def shop(db) -> SimpleNamespace:
    """Friday the 20th and the Thursday before: two shops, an agent, a picker, late and refunded orders."""
    open_book()
    agent, boss = lina(), supervisor()
    wang = EmployeeFactory(username="wangqiang", name="王强")
    first, second = ShopFactory(), ShopFactory(name="云杉生活馆")
    for number in range(3):
        make_order(
            shop=first,
            placed_at=at(f"2026-11-20 0{number}:30"),
            paid_at=at(f"2026-11-20 0{number}:45"),
            paid=Decimal("100.50"),
            confirmed_at=at("2026-11-20 10:00"),
            confirmed_by=agent,
            state=OrderState.APPROVED,
        )
    make_order(shop=second, paid_at=at("2026-11-20 23:59:59"), paid=Decimal(50), refund=Decimal(20))
    make_order(shop=first, placed_at=at("2026-11-19 10:00"), paid_at=at("2026-11-19 10:01"), paid=Decimal(80))
    make_order(shop=first, placed_at=at("2026-11-20 23:00"), paid_at=at("2026-11-21 00:00"))
    raise_exception(
        make_order(shop=second, paid_at=None, placed_at=at("2026-11-18 10:00"), state=OrderState.REVIEW),
        ExceptionKind.PRICE,
        at=at("2026-11-20 12:00"),
        by=None,
        reason="价格异常",
    )
    late = note("2026-11-19 09:00", by=agent, shipped="2026-11-21 09:00", shop=first)
    by_rule = note("2026-11-19 09:30", by=None, shop=second)
    done = {"picked_by": wang, "packed_by": wang, "shipped_by": wang}
    for number, where in enumerate((first, first, second)):
        note(
            "2026-11-19 13:00",
            by=agent,
            shipped=f"2026-11-20 1{number}:00",
            picked_at=at("2026-11-20 09:00"),
            packed_at=at("2026-11-20 09:30"),
            shop=where,
            **done,
        )
    return SimpleNamespace(
        day=date(2026, 11, 20),
        night=at("2026-11-21 01:00"),
        agent=agent,
        boss=boss,
        wang=wang,
        first=first,
        second=second,
        late=late,
        by_rule=by_rule,
    )
