"""The return desk in a real browser: scanner and keyboard alone take a parcel from the door into the stock."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from orders.states import OrderState
from service.actions.returns import note_return_waybill, take_parcel_in
from service.models import AfterSale, ReturnParcel
from service.states import AfterSaleState, ReturnState
from tests.factories.aftersales import an_agreed_case, lina, wangqiang
from tests.factories.catalog import make_bundle
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON, employee_with
from warehouse.models import StockBalance

pytestmark = pytest.mark.django_db(transaction=True)
WAYBILL = "SF1234567890"
KEEPER = (
    "service.receive_return",
    "service.view_returnparcel",
    "service.view_aftersale",
    "orders.view_order",
    "warehouse.view_stockbalance",
)
BURST = """code => {
  for (const key of [...code, "Enter"]) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}"""
"""Keys as fast as a scanner sends them, however busy the machine is."""


@pytest.fixture
def keeper():
    wangqiang()
    return employee_with(*KEEPER, username="liuyang", name="刘洋")


@pytest.fixture
def case() -> AfterSale:
    """An exchange of words is over: two pieces are on their way back under a waybill."""
    found = an_agreed_case(pieces=2)
    note_return_waybill(found, WAYBILL, carrier="顺丰速运", by=lina(), at=NOON)
    return found


def scan(page: Page, code: str) -> None:
    expect(page.locator("#return-code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def on_hand(sku, code: str) -> int:
    return StockBalance.objects.get(sku=sku, warehouse__code=code).on_hand


def test_a_parcel_goes_from_the_door_into_the_stock_with_the_keyboard_alone(visit, keeper, case, faults):
    sku = case.lines.get().sku
    page = visit("/service/returns/", keeper)
    expect(page.locator("#return-code")).to_be_focused()
    scan(page, WAYBILL.lower())
    expect(page.locator(".pack-panel")).to_contain_text(case.number)
    expect(page.locator("#return-panel button[data-first]")).to_be_focused()
    page.keyboard.press("Enter")

    good, broken = page.locator("[name^=good_]"), page.locator("[name^=defective_]")
    expect(good).to_be_focused()
    expect(good).to_have_value("2")
    expect(page.locator("#return-side")).to_contain_text(WAYBILL)
    assert faults(page) == []
    page.keyboard.press("Tab")
    expect(broken).to_be_focused()
    page.keyboard.type("1")
    expect(good).to_have_value("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    expect(page.locator(".pack-panel.is-done")).to_contain_text(WAYBILL)
    case.refresh_from_db()
    assert case.state == AfterSaleState.TO_REFUND
    assert (on_hand(sku, "main"), on_hand(sku, "defective")) == (101, 1)
    assert faults(page) == []


def test_a_scan_while_something_is_typed_is_a_scan_and_not_a_remark(visit, keeper, case):
    take_parcel_in(WAYBILL, case=case, by=wangqiang(), at=NOON)
    page = visit(f"/service/returns/?code={WAYBILL}", keeper)
    page.locator("[name=note]").focus()
    page.evaluate(BURST, "YT0000000099")
    expect(page.locator("#pool-waybill")).to_have_value("YT0000000099")
    assert ReturnParcel.objects.get().state == ReturnState.MATCHED


def test_a_parcel_nobody_knows_waits_in_the_pool_and_finds_its_owner(visit, keeper, case, faults):
    page = visit("/service/returns/", keeper)
    scan(page, "YT9988776655")
    expect(page.locator("#pool-content")).to_be_focused()
    assert faults(page) == []
    page.keyboard.insert_text("外套一件，面单尾号1234")
    page.keyboard.press("Enter")
    expect(page.locator(".pack-panel.is-good")).to_contain_text("YT9988776655")
    assert ReturnParcel.objects.get().state == ReturnState.OWNERLESS
    expect(page.locator(".desk-cases")).to_contain_text(case.number)
    assert faults(page) == []
    expect(page.locator(".desk-cases button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[name^=good_]")).to_be_focused()
    assert ReturnParcel.objects.get().case == case


def test_other_goods_are_put_aside_and_the_case_says_so(visit, keeper, case, faults):
    take_parcel_in(WAYBILL, case=case, by=wangqiang(), at=NOON)
    page = visit(f"/service/returns/?code={WAYBILL}", keeper)
    page.locator("summary", has_text="货不对").click()
    expect(page.locator("#wrong-reason")).to_be_focused()
    page.keyboard.insert_text("一双旧拖鞋")
    page.keyboard.press("Enter")
    expect(page.locator(".pack-panel .notice.is-danger")).to_be_visible()
    assert faults(page) == []
    page.goto(page.url.partition("/service/")[0] + case.get_absolute_url())
    expect(page.locator(".notice.is-danger")).to_contain_text("一双旧拖鞋")
    assert faults(page) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_incomplete_bundle_is_counted_by_its_parts_on_a_phone(visit, keeper, faults, language):
    coat, glove = stocked_sku(20, cost=Decimal(60)), stocked_sku(20, cost=Decimal(20))
    order = make_order({make_bundle({coat: 1, glove: 2}): 1}, state=OrderState.SIGNED)
    bundle = an_agreed_case(order=order)
    take_parcel_in("SF55", case=bundle, by=wangqiang(), at=NOON)
    page = visit("/service/returns/?code=SF55", keeper, width="phone", language=language)
    expect(page.locator("[name^=good_]")).to_have_count(1)
    page.locator("button[form^=by-parts]").click()
    expect(page.locator("[name^=good_]")).to_have_count(2)
    assert faults(page) == []
    page.locator("[name^=good_]").nth(1).fill("0")
    page.locator("[name=nothing_more]").check()
    page.locator(".inspect-foot [type=submit]").click()
    expect(page.locator(".pack-panel.is-done")).to_be_visible()
    bundle.refresh_from_db()
    assert (bundle.state, bundle.amount) == (AfterSaleState.TO_REFUND, Decimal(60))
    assert (on_hand(coat, "main"), on_hand(glove, "main")) == (21, 20)
