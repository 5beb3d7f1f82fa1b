"""李娜 at her desk, in English."""

from __future__ import annotations

import pytest
from django.utils import translation

from staff.models import Employee
from tests.factories.staff import employee_with

EVERYTHING = (
    "orders.view_order", "orders.review_order", "orders.hold_order", "orders.mark_order", "orders.merge_order",
    "orders.split_order", "orders.edit_address", "orders.close_order", "orders.chase_payment", "orders.change_price",
    "orders.reveal_personal_data", "orders.export_orders", "orders.match_goods", "orders.handle_exceptions",
    "orders.view_orderexception",
)  # fmt: skip


@pytest.fixture
def agent() -> Employee:
    """客服 李娜, who may do everything an agent may."""
    return employee_with(*EVERYTHING, username="lina", name="李娜")


@pytest.fixture
def desk(client, agent):
    """A browser in which 李娜 is logged in."""
    client.force_login(agent)
    return client


@pytest.fixture(autouse=True)
def in_english():
    """Read the pages in English, so that the tests can name what stands there."""
    with translation.override("en"):
        yield
