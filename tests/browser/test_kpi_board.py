"""A manager drills from the company to a document; a supervisor scores a month; the wall goes round by itself."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from shopops.kit.clock import now, shop_day, start_of_day
from staff.actions.kpi import load_kpis
from staff.actions.metrics import read_metrics
from staff.models import Employee, KpiScore
from tests.factories.orders import make_order
from tests.factories.rulebook import note
from tests.factories.staff import make_cast


@pytest.fixture
def cast(transactional_db) -> dict[str, Employee]:
    """Two days of customer service and of the warehouse, read."""
    people = make_cast()
    load_kpis(at=now())
    yesterday = shop_day(now()) - timedelta(days=1)
    for back in (1, 0):
        day = yesterday - timedelta(days=back)
        noon = start_of_day(day) + timedelta(hours=12)
        for name in ("lina", "sunyue"):
            for number in range(12):
                make_order(
                    placed_at=noon,
                    paid_at=noon,
                    confirmed_at=noon + timedelta(minutes=30 + number * back),
                    confirmed_by=people[name],
                )
        note(f"{day - timedelta(days=1)} 11:00", by=people["lina"], shipped=f"{day} 10:00")
        read_metrics(day, at=now())
    return people


def test_a_figure_opens_from_the_company_to_the_unit_to_the_person_to_the_document(visit, cast):
    page = visit("/kpi/board/", cast["chenjing"])
    expect(page.get_by_role("heading", name="KPI 看板")).to_be_visible()
    page.get_by_role("link", name="按周").click()
    page.locator(".kpi-table").get_by_role("link", name="客服部").click()
    expect(page.get_by_role("heading", level=1, name="客服部")).to_be_visible()
    page.locator(".kpi-table").get_by_role("link", name="李娜").click()
    expect(page.get_by_role("heading", level=1, name="李娜")).to_be_visible()
    page.locator(".kpi-tile").get_by_role("link", name="审核订单数").click()
    days = page.locator("table").get_by_role("link", name=str(shop_day(now()) - timedelta(days=1)))
    expect(page.get_by_role("heading", level=1, name="审核订单数")).to_be_visible()
    days.click()
    expect(page.get_by_text("共 12 张单据")).to_be_visible()
    page.locator("tbody a").first.click()
    expect(page).to_have_url(re.compile("/orders/order/"))


def test_a_supervisor_scores_in_place_and_keeps_what_was_typed_elsewhere(visit, cast):
    page = visit("/kpi/scores/", cast["hejie"])
    other = page.locator(f"#person-{cast['sunyue'].pk}")
    other.get_by_label("评分依据").fill("还没写完")
    mine = page.locator(f"#person-{cast['lina'].pk}")
    mine.get_by_label("评分", exact=True).fill("88")
    mine.get_by_label("评分依据").fill("当月无投诉")
    mine.get_by_role("button", name="保存").click()
    expect(mine.locator("strong")).to_have_text("88")
    expect(other.get_by_label("评分依据")).to_have_value("还没写完")
    last_month = (shop_day(now()).replace(day=1) - timedelta(days=1)).replace(day=1)
    assert KpiScore.objects.get().month == date(last_month.year, last_month.month, 1)


def test_the_wall_shows_the_next_department_after_a_minute(visit, cast):
    page = visit("/kpi/wall/", cast["chenjing"])
    page.clock.install()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("全公司")
    page.clock.fast_forward(61_000)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("全公司")


@pytest.mark.parametrize(("width", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_the_pages_fit_the_screen_and_axe_finds_nothing(visit, faults, cast, width, language):
    found = {}
    for address in (
        "/kpi/board/?span=week",
        "/kpi/board/service/",
        f"/kpi/people/{cast['lina'].pk}/?span=month",
        "/kpi/orders.approved/days/?span=week&unit=service",
        "/kpi/wall/",
        "/kpi/indicators/",
        "/kpi/indicators/STF-143/",
        "/kpi/scores/",
    ):
        found[address] = faults(visit(address, cast["chenjing"], width=width, language=language))
    assert {address: many for address, many in found.items() if many} == {}
