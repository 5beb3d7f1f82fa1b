"""People in front of a browser, and nothing remembered of the test before."""

from __future__ import annotations

import pytest
from django.test import Client

from staff.models import Employee
from staff.views import shell
from tests.factories.staff import employee_with


@pytest.fixture(autouse=True)
def fresh_memory():
    shell.forget_counts()
    shell._queue[:] = [0.0, False]
    yield
    shell._queue[:] = [0.0, False]


@pytest.fixture
def li_na(db) -> Employee:
    return employee_with(username="lina", name="李娜")


@pytest.fixture
def hers(client: Client, li_na) -> Client:
    """The browser in which 客服 李娜 is logged in."""
    client.force_login(li_na, backend="django.contrib.auth.backends.ModelBackend")
    return client
