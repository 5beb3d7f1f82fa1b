"""The people of the warehouse."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from staff.models import Employee
from tests.factories.staff import EmployeeFactory, employee_with


@pytest.fixture(autouse=True)
def in_chinese():
    """Start each test in Chinese, whatever the page before was read in."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def wang(db) -> Employee:
    """仓储 王强."""
    return EmployeeFactory(username="wangqiang", employee_number="W01", name="王强")


@pytest.fixture
def zhou(db) -> Employee:
    """打包员 周芳."""
    return EmployeeFactory(username="zhoufang", employee_number="W02", name="周芳")


WAREHOUSE_WORK = (
    "warehouse.view_dispatchnote", "warehouse.view_wave", "warehouse.view_parcel", "warehouse.view_stockbalance",
    "warehouse.view_stockmove", "warehouse.view_printrun", "warehouse.make_wave", "warehouse.pick_wave",
    "warehouse.pack_note", "warehouse.ship_note", "warehouse.print_label", "warehouse.print_note",
    "warehouse.import_trace", "warehouse.adjust_stock", "warehouse.stop_note", "warehouse.undo_shipment",
    "warehouse.force_pack", "warehouse.export_dispatch", "catalog.view_sku",
)  # fmt: skip


@pytest.fixture
def keeper(db) -> Employee:
    """仓储主管 张伟, who may do everything in the warehouse."""
    return employee_with(*WAREHOUSE_WORK, username="zhangwei", employee_number="W00", name="张伟")


@pytest.fixture
def desk(client, keeper):
    """A browser in which 张伟 is logged in, in English."""
    client.force_login(keeper)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def queries_of(db):
    """Return a function that counts the queries of a call, without those for settings (read anew by the clock)."""

    def count(call) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return sum("staff_settingvalue" not in query["sql"] for query in queries)

    return count
