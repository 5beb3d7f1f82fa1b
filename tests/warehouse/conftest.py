"""The people of the warehouse."""

from __future__ import annotations

import pytest

from staff.models import Employee


@pytest.fixture
def wang(db) -> Employee:
    """仓储 王强."""
    return Employee.objects.create(username="wangqiang", employee_number="W01", name="王强")


@pytest.fixture
def zhou(db) -> Employee:
    """打包员 周芳."""
    return Employee.objects.create(username="zhoufang", employee_number="W02", name="周芳")
