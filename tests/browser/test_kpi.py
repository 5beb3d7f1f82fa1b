"""A manager opens a figure of the day down to an order, and downloads the report in both forms."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from shopops.kit.clock import now, shop_day, start_of_day
from staff.actions.metrics import read_metrics_until
from staff.actions.tally import tally_day
from staff.exports.daily_report import make_daily_report
from staff.models import JobRun, Offence
from staff.states import JobState
from tests.factories.orders import make_order
from tests.factories.rulebook import lina, note, open_book
from tests.factories.staff import employee_with

MAY = (
    "staff.view_metricreading",
    "staff.view_reportsnapshot",
    "staff.view_pointentry",
    "staff.view_offence",
    "orders.view_order",
    "warehouse.view_dispatchnote",
)


@pytest.fixture
def yesterday(transactional_db) -> date:
    """Yesterday's orders, one late note of 客服 李娜, all of it tallied and read."""
    open_book()
    day = shop_day(now()) - timedelta(days=1)
    agent = lina()
    noon = start_of_day(day) + timedelta(hours=12)
    for number in range(3):
        make_order(number=f"43000000000000000{number}", placed_at=noon, paid_at=noon)
    note(f"{day - timedelta(days=1)} 11:00", by=agent, shipped=f"{day} 10:00")
    note(f"{day - timedelta(days=1)} 11:00", by=agent, promised=f"{day} 09:00")
    tally_day(day, at=now())
    read_metrics_until(day, at=now())
    return day


def test_a_figure_opens_down_to_an_order(visit, yesterday):
    page = visit("/kpi/", employee_with(*MAY, username="chenjing", name="陈静"))
    expect(page.get_by_role("heading", name="每日 KPI")).to_be_visible()
    page.get_by_role("link", name="支付金额").first.click()
    expect(page.get_by_text("¥300.00").first).to_be_visible()
    expect(page.get_by_text("共 3 张单据")).to_be_visible()
    page.get_by_role("link", name="430000000000000001").click()
    expect(page.locator("main")).to_contain_text("430000000000000001")
    expect(page).to_have_url(re.compile("/orders/"))


def test_a_point_opens_down_to_its_evidence_and_its_clause(visit, yesterday):
    page = visit("/points/", lina())
    expect(page.get_by_role("heading", name="我的积分")).to_be_visible()
    offence = Offence.objects.get(clause__number="ORD-016")
    page.get_by_role("link", name=offence.subject_label).first.click()
    expect(page.get_by_text("承诺").first).to_be_visible()
    expect(page.locator(".clause-text")).to_contain_text("每单扣审核该单的客服 3 分")
    page.get_by_role("link", name="本条款的全部版本").click()
    expect(page.get_by_text("生效中")).to_be_visible()


def test_the_report_downloads_in_both_forms_with_the_figures_of_the_page(visit, yesterday):
    snapshot = make_daily_report(yesterday, at=now())
    page = visit("/reports/", employee_with(*MAY, username="chenjing", name="陈静"))
    page.get_by_role("link", name=snapshot.number).click()
    expect(page.get_by_text("¥300.00").first).to_be_visible()
    files = {}
    for name in ("Excel", "PDF"):
        with page.expect_download() as started:
            page.get_by_role("link", name=name, exact=True).click()
        files[name] = Path(started.value.path()).read_bytes()
        assert started.value.suggested_filename.startswith("经营日报")
    words = "".join(one.extract_text() for one in PdfReader(BytesIO(files["PDF"])).pages)
    assert "支付金额" in words.replace(" ", "")
    assert "¥300.00" in words
    sheet = openpyxl.load_workbook(BytesIO(files["Excel"])).worksheets[0]
    assert ("支付金额", 300) in [(row[0].value, row[1].value) for row in sheet.iter_rows(min_row=5)]


@pytest.mark.parametrize(("width", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_the_pages_fit_the_screen_and_axe_finds_nothing(visit, faults, yesterday, width, language):
    snapshot = make_daily_report(yesterday, at=now())
    offence = Offence.objects.get(clause__number="ORD-016")
    manager = employee_with(*MAY, "staff.waive_offence", "staff.publish_clause", username="chenjing", name="陈静")
    for address in (
        "/kpi/",
        f"/kpi/warehouse.dispatch_in_24h/?day={yesterday}",
        "/points/all/",
        f"/points/people/{offence.employee_id}/",
        offence.get_absolute_url(),
        "/rulebook/",
        "/rulebook/ORD-016/",
        "/reports/",
        f"/reports/{snapshot.number}/",
    ):
        assert faults(visit(address, manager, width=width, language=language)) == [], address


def test_figures_that_are_being_read_appear_by_themselves(visit, yesterday):
    manager = employee_with(*MAY, username="chenjing", name="陈静")
    page = visit(f"/kpi/?day={yesterday}", manager)
    page.get_by_role("button", name="重新读取").click()
    expect(page.get_by_text("完成后会自动显示")).to_be_visible()
    JobRun.objects.update(state=JobState.DONE)
    make_order(placed_at=start_of_day(yesterday), paid_at=start_of_day(yesterday))
    read_metrics_until(yesterday, at=now())
    expect(page.get_by_text("完成后会自动显示")).to_have_count(0)
    expect(page.get_by_text("¥400.00").first).to_be_visible()
