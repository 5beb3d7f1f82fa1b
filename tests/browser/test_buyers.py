"""Buyers in a real browser: data shown with a reason, the blacklist and its order, care, surveys, papers of the day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from orders.models import PaymentSlip
from service.actions.care import plan_care
from service.models import Blacklisting, Buyer, Care, CustomerDocument, Survey
from shopops.kit.clock import now, shop_day
from staff.models import Employee, Event
from tests.browser.test_complaints import do
from tests.factories.buyers import a_buyer
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(db) -> dict[str, Employee]:
    """Everybody of the demo shop."""
    people = make_cast(at=now() - timedelta(days=20))
    return {name: Employee.objects.get(pk=one.pk) for name, one in people.items()}


@pytest.fixture
def buyer(cast) -> Buyer:
    """A buyer born today who may be written to, with an order."""
    make_order({stocked_sku(): 1}, buyer_nick="tb_zhangmin")
    return a_buyer(
        "tb_zhangmin", name="张敏", phone="13812341234", birthday=f"{shop_day(now()):%m-%d}", may_contact=True
    )


@pytest.fixture
def become(visit, watched: Page):
    """Open an address as somebody; the page of whoever was there before asks nothing any more."""

    def open_page(address: str, employee: Employee, **how: str) -> Page:
        watched.goto("about:blank")
        page: Page = visit(address, employee, **how)
        return page

    return open_page


def test_a_buyer_goes_on_the_blacklist_and_their_order_warns_until_they_are_off_it(become, cast, buyer, faults):
    page = become(buyer.get_absolute_url(), cast["hejie"])
    assert "tb_zhangmin" not in page.content()
    do(page, "blacklisting", reason="多次恶意退款", until=f"{shop_day(now()) + timedelta(days=30)}")
    expect(page.locator(".notice.is-danger")).to_contain_text("多次恶意退款")
    assert faults(page) == []
    page = become("/orders/?tab=all", cast["chenjing"])
    page.locator("tr[data-row] a").first.click()
    expect(page.locator(".notice.is-danger").first).to_contain_text("黑名单")
    page = become(buyer.get_absolute_url(), cast["hejie"])
    do(page, "lifting", reason="误会")
    expect(page.locator(".notice.is-danger")).to_have_count(0)
    assert Blacklisting.objects.get().lifted_at is not None


def test_data_are_shown_in_full_with_a_reason_that_is_kept(become, cast, buyer):
    page = become(buyer.get_absolute_url(), cast["hejie"])
    page.get_by_role("link", name="显示全部").click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=reason]").fill("回访")
    dialog.locator("[type=submit]").click()
    expect(dialog).to_contain_text("13812341234")
    assert Event.objects.get(verb="service.personal_data_revealed").reason == "回访"


def test_a_birthday_is_greeted_with_the_words_proposed_and_not_twice(become, cast, buyer, faults):
    plan_care(shop_day(now()), at=now())
    care = Care.objects.get()
    page = become(f"/service/care/{care.pk}/", cast["lina"])
    expect(page.locator(".words")).to_contain_text("生日快乐")
    assert faults(page) == []
    do(page, "sending")
    expect(page.locator("h1")).to_contain_text("已发送")
    page = become(buyer.get_absolute_url(), cast["lina"])
    do(page, "survey", about="售前咨询")
    expect(page.locator(".notice.is-danger")).to_contain_text("近期已联系过")
    page = become("/service/care/left_out/", cast["lina"])
    expect(page.locator("main")).to_contain_text("没有未列入的买家")


def test_a_survey_is_asked_for_many_and_answered_by_somebody_else_than_who_served(become, cast, buyer, faults):
    page = become("/service/buyers/", cast["hejie"])
    page.locator("tr[data-row] input[type=checkbox]").first.check()
    page.locator("button[name=action][value=survey]").click()
    dialog = page.locator("#dialog")
    expect(dialog.locator(".outcome .is-good b")).to_have_text("1")
    dialog.locator("[name=about]").fill("双十一服务")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator(".outcome")).to_contain_text("成功")
    survey = Survey.objects.get()
    page = become(f"/service/survey/{survey.pk}/", cast["hejie"])
    do(page, "answer", rating="5", text="很耐心")
    expect(page.locator(".stars .is-on")).to_have_count(5)
    page = become("/service/surveys/", cast["hejie"])
    expect(page.locator(".buyer-figures b").first).to_have_text("1")
    assert faults(page) == []


def test_documents_and_money_leave_the_day_they_come(become, cast, faults):
    page = become("/service/documents/new/", cast["lina"])
    page.locator("[name=title]").fill("身份证复印件")
    page.locator("[name=is_qualified]").select_option("no")
    page.get_by_role("button", name="登记").click()
    expect(page.locator(".clock-card")).to_contain_text("不得过夜")
    do(page, "return", waybill="SF1000000000001")
    expect(page.locator(".clock-card")).to_contain_text("当天")
    assert faults(page) == []
    assert CustomerDocument.objects.get().state == "returned"
    page = become("/orders/slips/new/", cast["lina"])
    page.locator("[name=amount]").fill("0")
    page.locator("[name=way]").fill("微信")
    page.get_by_role("button", name="开具").click()
    expect(page.locator("[name=amount]")).to_have_value("0")
    assert not PaymentSlip.objects.exists()
    page.locator("[name=amount]").fill("88.50")
    page.get_by_role("button", name="开具").click()
    expect(page.locator(".clock-card")).to_contain_text("当天交账")
    assert faults(page) == []
    assert PaymentSlip.objects.get().employee == cast["lina"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_buyers_fit_a_phone(become, cast, buyer, faults, language):
    plan_care(shop_day(now()), at=now())
    care = Care.objects.get()
    for address in (
        buyer.get_absolute_url(),
        "/service/buyers/",
        f"/service/care/{care.pk}/",
        "/service/care/left_out/",
        "/service/surveys/",
        "/service/documents/",
    ):
        page = become(address, cast["hejie"], width="phone", language=language)
        assert faults(page) == [], address
