"""My work: what waits, what is new, and figures for those who may see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from shopops.kit.clock import SHANGHAI, now, shop_day
from shopops.kit.metrics import METRICS
from shopops.kit.worklists import WORKLISTS, Task, Waiting, Worklist
from staff.models import MetricReading
from staff.views.home import greeting, weekday
from tests.factories.staff import permission

pytestmark = pytest.mark.django_db


@pytest.fixture
def lists(monkeypatch):
    """Worklists of a small house: one with overdue work, one empty, one for others."""
    at = now()

    def waiting(count: int, overdue: int) -> Waiting:
        tasks = [Task("订单 4087", reverse("staff:profile"), at - timedelta(hours=2), "羊羔绒外套")][:count]
        return Waiting(count, overdue, tasks)

    def worklist(name: str, label: str, permission: str, count: int, overdue: int = 0) -> Worklist:
        return Worklist(name, label, permission, "staff:people", lambda by, at: waiting(count, overdue))

    every = (
        worklist("test.held", "挂起到期", "staff.view_employee", 0),
        worklist("test.review", "待审核", "staff.view_employee", 7, 3),
        worklist("test.boss", "待审批", "staff.change_employee", 1),
    )
    things = {one.name: one for one in every}
    monkeypatch.setattr(WORKLISTS, "_things", things)


@pytest.mark.usefixtures("lists")
def test_what_waits_is_shown_by_permission_with_what_is_overdue_first(hers, li_na):
    li_na.user_permissions.add(permission("staff.view_employee"))

    page = hers.get("/").content.decode()

    assert "待审核" in page
    assert "超时 3" in page
    assert "已超 2 小时" in page
    assert "无待办：" in page
    assert "挂起到期" in page
    assert "待审批" not in page


def test_somebody_without_a_post_is_told_what_to_do(hers, monkeypatch):
    monkeypatch.setattr(WORKLISTS, "_things", {})

    assert "您的岗位还没有待办列表" in hers.get("/").content.decode()


def test_figures_of_the_company_are_for_those_who_may_see_them(hers, li_na):
    metric = next(name for name in ("orders.sales", "orders.paid") if name in METRICS)
    yesterday = shop_day(now()) - timedelta(days=1)
    for back, value in ((0, 120), (1, 100)):
        day = yesterday - timedelta(days=back)
        MetricReading.objects.create(metric=metric, day=day, numerator=Decimal(value), read_at=now())

    without = hers.get("/").content.decode()
    li_na.user_permissions.add(permission("staff.view_metricreading"))
    with_figures = hers.get("/").content.decode()

    assert "+20.0%" not in without
    assert "+20.0%" in with_figures
    assert "chart-spark" in with_figures


def test_ones_own_figures_are_shown_to_everybody(hers, li_na):
    day = shop_day(now()) - timedelta(days=1)
    MetricReading.objects.create(metric="orders.approved", day=day, numerator=42, employee=li_na, read_at=now())

    assert "<strong>42</strong>" in hers.get("/").content.decode()


@pytest.mark.parametrize(("hour", "words"), [(4, "晚上好"), (9, "早上好"), (13, "下午好"), (20, "晚上好")])
def test_the_greeting_follows_the_shops_clock(hour, words):
    assert greeting(datetime(2026, 11, 21, hour, tzinfo=SHANGHAI)) == words


def test_the_week_begins_on_monday():
    assert weekday(datetime(2026, 11, 23, tzinfo=SHANGHAI).date()) == "星期一"
