"""The people of the warehouse."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from staff.models import Employee


@pytest.fixture
def wang(db) -> Employee:
    """仓储 王强."""
    return Employee.objects.create(username="wangqiang", employee_number="W01", name="王强")


@pytest.fixture
def zhou(db) -> Employee:
    """打包员 周芳."""
    return Employee.objects.create(username="zhoufang", employee_number="W02", name="周芳")


@pytest.fixture
def queries_of(db):
    """Return a function that counts the queries of a call."""

    def count(call) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    return count
