"""After-sale cases in a real browser: a refund from the request to the money, one refused, and an impatient finger."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from service.models import AfterSale
from service.states import AfterSaleKind, AfterSaleState
from staff.models import Event
from tests.factories.aftersales import a_case, a_signed_order, an_agreed_case, lina
from tests.factories.staff import employee_with

pytestmark = pytest.mark.django_db(transaction=True)
LOOK = ("service.view_aftersale", "orders.view_order", "service.view_buyer")


@pytest.fixture
def agent():
    lina()
    return employee_with(*LOOK, "service.handle_aftersale", username="wufang", name="吴芳")


@pytest.fixture
def cashier():
    return employee_with(*LOOK, "service.refund_buyer", username="zhenghong", name="郑红")


def press(page: Page, deed: str) -> None:
    page.locator(f"[data-open-dialog=ask-{deed}]").click()


def test_a_refund_goes_from_the_request_to_the_money(visit, agent, cashier, faults):
    order = a_signed_order()
    page = visit(f"/service/after_sales/new/?q={order.number}", agent)
    page.locator(".briefs a.number").click()
    expect(page.locator("[name=kind][value=refund]")).to_be_attached()
    assert faults(page) == []
    page.locator("[name=kind][value=refund]").check()
    page.locator("[name^=line_]").fill("1")
    page.locator("[name=reason]").fill("质量问题，袖口开线")
    page.locator("form.stack [type=submit]").dblclick()
    expect(page.locator("h1 .pill")).to_have_text("待审核")
    case = AfterSale.objects.get()
    assert faults(page) == []

    press(page, "agreement")
    page.locator("#ask-agreement [name=answer]").fill("好的，马上为您退款")
    page.locator("#ask-agreement [type=submit]").click()
    expect(page.locator("h1 .pill")).to_have_text("待退款")
    expect(page.locator("[data-open-dialog=ask-refund]")).to_have_count(0)  # money is another post's

    page = visit(case.get_absolute_url(), cashier)
    expect(page.locator("[data-open-dialog=ask-refusal]")).to_have_count(0)
    press(page, "refund")
    expect(page.locator("#ask-refund [name=amount]")).to_have_value("100.00")
    page.locator("#ask-refund [type=submit]").dblclick()
    expect(page.locator("h1 .pill")).to_have_text("已完成")
    expect(page.locator(".toast.is-danger, .notice.is-danger")).to_have_count(0)
    assert Event.objects.filter(verb="service.refunded").count() == 1
    assert faults(page) == []


def test_a_request_is_refused_with_a_reason_and_never_without(visit, agent):
    case = a_case()
    page = visit(case.get_absolute_url(), agent)
    press(page, "refusal")
    page.locator("#ask-refusal [type=submit]").click()  # the browser asks for the reason
    case.refresh_from_db()
    assert case.state == AfterSaleState.ASKED
    page.locator("#ask-refusal [name=reason]").fill("已穿洗，影响二次销售")
    page.locator("#ask-refusal [type=submit]").click()
    expect(page.locator("h1 .pill")).to_have_text("已拒绝")
    expect(page.locator(".timeline")).to_contain_text("已穿洗，影响二次销售")


def test_a_page_left_open_says_that_somebody_was_faster(visit, agent):
    case = a_case()
    page = visit(case.get_absolute_url(), agent)
    press(page, "agreement")
    expect(page.locator("#ask-agreement")).to_be_visible()
    an_answer = AfterSale.objects.get(pk=case.pk)
    from service.actions.aftersales import agree_after_sale
    from shopops.kit.clock import now

    agree_after_sale(an_answer, by=lina(), at=now())
    page.locator("#ask-agreement [type=submit]").click()
    expect(page.locator("body")).to_contain_text("待买家退货")
    assert Event.objects.filter(verb="service.after_sale_agreed").count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_cases_fit_a_phone(visit, agent, faults, language):
    case = an_agreed_case(AfterSaleKind.EXCHANGE)
    for address in ("/service/after_sales/", case.get_absolute_url(), "/service/after_sales/analysis/"):
        page = visit(address, agent, width="phone", language=language)
        expect(page.locator("h1").first).to_be_visible()
        assert faults(page) == []
    page = visit(f"/service/after_sales/new/?order={case.order_id}", agent, width="phone", language=language)
    assert faults(page) == []
