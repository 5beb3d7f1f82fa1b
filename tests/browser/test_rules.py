"""Review rules in a real browser: rows come and go, a rule is tried and saved, switched and moved; no fault found."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from orders.actions.finance import ask_finance
from orders.actions.screening import screen_orders
from orders.models import Order, OrderLine, ReviewRule
from shopops.kit.clock import now
from staff.actions.jobs import run_job
from staff.models import Employee, JobRun
from tests.browser.conftest import WIDTHS
from tests.factories.orders import add_line, make_order, make_rule, stocked_sku
from tests.factories.staff import EmployeeFactory, employee_with

pytestmark = pytest.mark.django_db(transaction=True)
RULES, NEW = "/orders/rules/", "/orders/rules/new/"


@pytest.fixture
def chenjing() -> Employee:
    """店长 陈静, who may do everything on these pages."""
    return employee_with(
        "orders.manage_rules",
        "orders.match_goods",
        "orders.confirm_payment",
        "orders.view_order",
        "orders.export_orders",
        "catalog.add_sku",
        username="chenjing",
        name="陈静",
    )


@pytest.fixture
def lina() -> Employee:
    """客服 李娜."""
    return EmployeeFactory(username="lina", employee_number="B002", name="李娜")


def test_a_rule_is_put_together_tried_and_saved(visit, chenjing):
    order = make_order({stocked_sku(): 3}, buyer_message="请发顺丰")
    page: Page = visit(NEW, chenjing)
    page.fill("#rule-name", "多件顺丰")
    page.select_option("#c0-0-field", "pieces")
    page.fill("#c0-0-value[inputmode=numeric]", "3")
    page.get_by_role("button", name="添加条件").click()
    expect(page.locator("#c1-0-field")).to_be_focused()
    expect(page.locator(".htmx-added")).to_have_count(0)  # from now on the new fields are listened to
    page.select_option("#c1-0-field", "message")
    page.fill("#c1-0-value[placeholder]", "顺丰，SF")
    page.get_by_role("button", name="或 …").last.click()
    page.locator("#c1-1-field").wait_for()
    expect(page.locator("#c1-0-value")).to_have_value("顺丰，SF")
    page.get_by_role("button", name="去掉此条件").last.click()
    expect(page.locator("#c1-1-field")).to_have_count(0)
    page.select_option("#a0-do", "tag")

    page.get_by_role("button", name="用近 30 天试跑").click()
    expect(page.get_by_role("alert")).to_have_text("请填写标签。")
    page.fill("[name=a0-tag]", "多件")
    page.get_by_role("button", name="用近 30 天试跑").click()
    page.locator("#trial progress").wait_for()
    run_job(JobRun.objects.get(job="orders.try_rule"), at=now())
    expect(page.locator("#trial")).to_contain_text("命中，共 1 张已付款订单（100.0%）")
    expect(page.locator("#trial")).to_contain_text(order.number)
    assert not ReviewRule.objects.exists()

    page.locator("[name=mode][value=on]").check()
    page.press("#rule-name", "Enter")
    page.wait_for_url("**/orders/rules/*/")
    rule = ReviewRule.objects.get()
    assert [[one["value"] for one in group] for group in rule.conditions] == [["3"], [["顺丰", "SF"]]]
    assert (rule.actions, rule.is_on, rule.is_shadow) == ([{"do": "tag", "tag": "多件"}], True, False)
    screen_orders([order.pk], at=now())
    assert Order.objects.get().tags == ["多件"]


def test_rules_are_moved_and_switched_where_they_stand(visit, chenjing, lina):
    first, second = make_rule(lina, "第一条"), make_rule(lina, "第二条")
    page: Page = visit(RULES, chenjing)
    page.get_by_role("button", name="上移“第二条”").click()
    expect(page.locator(".rule h2 a").first).to_have_text("第二条")
    page.locator(f"#mode-{first.pk}-shadow").click()
    expect(page.locator(f"#mode-{first.pk}-shadow")).to_have_attribute("aria-pressed", "true")
    page.locator(f"#stopping-{second.pk}").click()
    expect(page.locator(f"#stopping-{second.pk}")).to_have_attribute("aria-pressed", "true")
    assert list(ReviewRule.objects.values_list("name", "is_shadow", "stops")) == [
        ("第二条", False, True),
        ("第一条", True, False),
    ]


def test_goods_are_matched_with_one_click_and_taken_back(visit, chenjing):
    sku = stocked_sku(code="BWB-12", name="304不锈钢保温杯")
    line = unknown_goods()
    page: Page = visit(reverse("orders:unmatched"), chenjing)
    page.get_by_text("选其他 SKU").click()
    page.get_by_role("searchbox", name="编码、条码、名称或拼音").press_sequentially("bwb")
    expect(page.locator(".found")).to_contain_text("BWB-12")
    page.get_by_role("button", name="把 爆款杯 记为 BWB-12").first.click()
    expect(page.get_by_role("status").filter(has_text="已重新检查 1 单")).to_be_visible()
    line.refresh_from_db()
    assert line.sku == sku
    page.get_by_role("button", name="撤回").first.click()
    page.wait_for_load_state()
    line.refresh_from_db()
    assert line.sku is None


def unknown_goods() -> OrderLine:
    """Return a line whose SKU nobody knows."""
    order = make_order({stocked_sku(): 1}, pieces=2)
    line = add_line(order, None, code="爆款杯", title="304不锈钢保温杯", attributes="雾霾蓝")
    screen_orders([order.pk], at=now())
    return line


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_is_wrong_with_any_of_the_pages(visit, faults, chenjing, lina, width, language):
    rule = make_rule(
        lina, conditions=[[("amount_at_least", "50"), ("flag_any", ["1"])], [("hour_between", ["20", "8"])]]
    )
    make_rule(lina, "赠品", actions=[{"do": "gift", "sku": "ZP-1", "pieces": 1}, {"do": "hold", "hours": 2}])
    stocked_sku(code="BWB-12", name="304不锈钢保温杯", attributes="雾霾蓝")
    line = unknown_goods()
    payment = ask_finance(make_order({stocked_sku(): 1}), "线下转账，请查是否到账", by=lina, at=now())
    for address in (
        RULES,
        NEW,
        reverse("orders:rule", args=[rule.pk]),
        reverse("orders:rule_wording", args=[rule.pk]),
        reverse("orders:unmatched"),
        reverse("orders:unmatched_one", args=[line.pk]),
        reverse("orders:finance"),
        reverse("orders:payment", args=[payment.pk]),
        reverse("orders:tally"),
    ):
        page = visit(address, chenjing, width=width, language=language)
        assert (address, faults(page)) == (address, [])
