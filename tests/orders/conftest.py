"""The people around orders."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from staff.models import Employee
from tests.factories.staff import EmployeeFactory


@pytest.fixture
def lina(db) -> Employee:
    """客服 李娜."""
    return EmployeeFactory(username="lina", employee_number="B002", name="李娜")


@pytest.fixture
def sunyue(db) -> Employee:
    """客服 孙悦."""
    return EmployeeFactory(username="sunyue", employee_number="B003", name="孙悦")


@pytest.fixture
def qianjin(db) -> Employee:
    """财务 钱进."""
    return EmployeeFactory(username="qianjin", employee_number="F001", name="钱进")


@pytest.fixture
def wang(db) -> Employee:
    """仓储 王强."""
    return EmployeeFactory(username="wangqiang", employee_number="W01", name="王强")


@pytest.fixture
def queries_of(db):
    """Return a function that counts the queries of a call, without those for settings (read anew by the clock)."""

    def count(call) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return sum("staff_settingvalue" not in query["sql"] for query in queries)

    return count


@pytest.fixture
def english():
    """Sentences in English, whatever Chinese says."""
    with translation.override("en"):
        yield
