"""Complaints in a real browser: from the apology to the evaluation sheet and back, analysed, reported; a bad review."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from service.models import Complaint, ComplaintReport, Review
from service.states import ReviewState
from shopops.kit.clock import now
from staff.actions.rulebook import load_rulebook
from staff.models import Employee
from tests.factories.buyers import a_buyer
from tests.factories.complaints import a_complaint, a_handled_complaint, a_review
from tests.factories.staff import ShopFactory, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def cast(db) -> dict[str, Employee]:
    """Everybody of the demo shop, and the rulebook."""
    people = make_cast(at=now() - timedelta(days=20))
    load_rulebook(at=now())
    return {name: Employee.objects.get(pk=one.pk) for name, one in people.items()}


@pytest.fixture
def become(visit, watched: Page):
    """Open an address as somebody; the page of whoever was there before asks nothing any more."""

    def open_page(address: str, employee: Employee, **how: str) -> Page:
        watched.goto("about:blank")
        page: Page = visit(address, employee, **how)
        return page

    return open_page


def do(page: Page, key: str, **values: str) -> None:
    """Press a button of the document, fill its dialog and send it."""
    opener = page.locator(f"[data-open-dialog=ask-{key}]")
    if not opener.is_visible():
        page.locator("details.pick summary").first.click()
    opener.click()
    dialog = page.locator(f"#ask-{key}")
    for name, value in values.items():
        field = dialog.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    dialog.locator(".dialog-foot [type=submit]").click()


def test_a_complaint_goes_from_the_apology_to_the_evaluation_sheet_and_is_opened_again(become, cast, faults):
    ShopFactory(name="云杉旗舰店")
    page = become("/service/complaints/", cast["lina"])
    page.get_by_role("link", name="受理投诉").first.click()
    page.locator("[name=nick]").fill("小溪流水")
    page.locator("[name=shop]").select_option(label="云杉旗舰店")
    page.locator("[name=text]").fill("收到的羊毛衫袖口有破洞")
    page.locator("[name=severity]").select_option("grave")
    page.get_by_role("button", name="受理").click()
    expect(page.locator(".notice.is-danger")).to_contain_text("先向买家致歉")
    page.locator("[name=apologised]").check()
    page.get_by_role("button", name="受理").click()
    expect(page.locator("h1")).to_contain_text("已受理")
    expect(page.locator(".notice.is-warn")).to_contain_text("已升级到主管")
    assert "小溪流水" not in page.content()
    do(page, "registration")
    do(page, "investigation", event="打包前未检查", verdict="founded", cause="packing")
    do(page, "handling", opinion="换货并补偿运费")
    do(page, "reply", result="已安排换货，补偿 10 元")
    expect(page.locator(".path-clock")).to_contain_text("及时")
    expect(page.locator("[data-open-dialog=ask-confirmation]")).to_have_count(0)
    assert faults(page) == []
    complaint = Complaint.objects.get()
    page = become(complaint.get_absolute_url(), cast["hejie"])
    do(page, "confirmation")
    do(page, "archive", improvement="打包台加检查灯")
    do(page, "revisit", rating="5", evaluation="处理得很快")
    expect(page.locator(".stars .is-on")).to_have_count(5)
    do(page, "reopening", reason="换来的又有破洞")
    expect(page.locator(".notice.is-warn")).to_contain_text("已升级到店长")
    expect(page.locator("h1")).to_contain_text("处理中")


def test_a_second_complaint_while_the_first_is_worked_on_is_asked_about(become, cast, faults):
    first = a_complaint(cast["lina"], at=now() - HOUR)
    page = become(f"/service/complaints/new/?buyer={first.buyer_id}", cast["lina"])
    expect(page.locator(".notice.is-warn")).to_contain_text(first.number)
    page.locator("[name=apologised]").check()
    page.locator("[name=shop]").select_option(str(first.shop_id))
    page.locator("[name=text]").fill("又少发一件")
    page.get_by_role("button", name="受理").click()
    expect(page.locator(".notice.is-danger")).to_contain_text("正在处理")
    page.locator("[name=again]").check()
    page.get_by_role("button", name="受理").click()
    expect(page.locator("h1")).to_contain_text("重复")
    assert faults(page) == []


def test_a_stale_page_says_so_and_changes_nothing(become, cast):
    complaint = a_complaint(cast["lina"], at=now() - HOUR)
    page = become(complaint.get_absolute_url(), cast["lina"])
    Complaint.objects.update(state="withdrawn")
    do(page, "registration")
    expect(page.locator(".notice.is-danger")).to_be_visible()
    assert Complaint.objects.get().state == "withdrawn"


def test_the_analysis_opens_to_its_complaints_and_becomes_a_report_that_is_read(become, cast, faults):
    a_handled_complaint(cast["lina"], at=now() - 2 * HOUR)
    page = become("/service/complaints/analysis/", cast["lina"])
    expect(page.locator(".buyer-figures b").first).to_have_text("1")
    assert faults(page) == []
    page.get_by_role("link", name="提交汇报").click()
    page.locator("[name=proposals]").fill("打包台加检查灯")
    page.locator("[name=to]").select_option(str(cast["hejie"].pk))
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_contain_text("待签阅")
    assert faults(page) == []
    report = ComplaintReport.objects.get()
    page = become(report.get_absolute_url(), cast["hejie"])
    do(page, "reading", answer="同意")
    expect(page.locator("h1")).to_contain_text("已签阅")
    page.locator(".buyer-figures a").first.click()
    expect(page.locator("tr[data-row]")).to_have_count(1)


def test_a_bad_review_is_dealt_with_and_its_cause_confirmed_by_somebody_else(become, cast, faults):
    review = a_review(agent=cast["lina"], reviewed_at=now() - HOUR, due_at=now() + HOUR)
    page = become(f"/service/review/{review.pk}/", cast["lina"])
    do(page, "handling", outcome="已致电道歉", reply="亲，非常抱歉")
    expect(page.locator("h1")).to_contain_text("已处理")
    expect(page.locator("[data-open-dialog=ask-settlement]")).to_have_count(0)
    page = become(f"/service/review/{review.pk}/", cast["hejie"])
    do(page, "settlement", cause="attitude", agent=str(cast["lina"].pk))
    expect(page.locator(".card").filter(has_text="原因").first).to_be_visible()
    assert Review.objects.get().state == ReviewState.SETTLED
    assert faults(page) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_complaints_fit_a_phone(become, cast, faults, language):
    complaint = a_handled_complaint(cast["lina"], at=now() - 2 * HOUR)
    review = a_review(buyer=a_buyer("大河向东"))
    for address in (
        complaint.get_absolute_url(),
        "/service/complaints/?tab=all",
        "/service/complaints/analysis/",
        "/service/complaints/reports/new/",
        f"/service/review/{review.pk}/",
    ):
        page = become(address, cast["hejie"], width="phone", language=language)
        assert faults(page) == [], address
