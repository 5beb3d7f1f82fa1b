"""Browsers in which people with just the rights they need are logged in, reading English."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from staff.models import Employee
from tests.factories.staff import employee_with


@pytest.fixture
def browser_of(db) -> Callable[..., Client]:
    """Return a function that logs somebody in."""

    def log_in(employee: Employee) -> Client:
        client = Client()
        client.cookies["django_language"] = "en"
        client.force_login(employee)
        return client

    return log_in


@pytest.fixture
def chenjing(db) -> Employee:
    """店长 陈静, who may do everything on these pages but add SKUs."""
    return employee_with(
        "orders.manage_rules",
        "orders.match_goods",
        "orders.confirm_payment",
        "orders.view_order",
        "orders.export_orders",
        username="chenjing",
        employee_number="A001",
        name="陈静",
    )


@pytest.fixture
def desk(browser_of, chenjing) -> Client:
    """陈静's browser."""
    return browser_of(chenjing)


@pytest.fixture
def stranger(browser_of) -> Client:
    """The browser of 赵敏, who may do nothing here."""
    return browser_of(employee_with(username="zhaomin", employee_number="D001", name="赵敏"))


def text_of(response) -> str:
    """Return a page as text."""
    assert response.status_code == 200, response.content[:500]
    return response.content.decode()


def said(response) -> list[str]:
    """Return what the page after a redirect says."""
    return [str(message) for message in response.context["messages"]]
