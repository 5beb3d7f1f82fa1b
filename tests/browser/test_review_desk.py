"""The review desk in a real browser: everything by keyboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from orders.actions.marks import add_remark
from orders.actions.screening import screen_orders
from orders.models import Order
from orders.states import FlagColour, OrderState
from shopops.kit.clock import now
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import EmployeeFactory, employee_with

pytestmark = pytest.mark.django_db(transaction=True)

MAY = (
    "orders.view_order", "orders.review_order", "orders.hold_order", "orders.mark_order", "orders.merge_order",
    "orders.split_order", "orders.edit_address", "orders.handle_exceptions", "orders.reveal_personal_data",
)  # fmt: skip


@pytest.fixture
def desk(page: Page, live_server, client) -> Page:
    """The desk with 李娜 in front of it; what the browser complains about fails the test."""
    lina = employee_with(*MAY, username="lina", name="李娜")
    client.force_login(lina)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def orders_due(*hours: int, **values) -> list[Order]:
    """Return orders of different buyers, due in so many hours, with stock for all of them."""
    sku = stocked_sku(100, name="304不锈钢保温杯")
    found = [
        make_order({sku: 2}, ship_by=now() + timedelta(hours=count), buyer_nick=f"tb_{count}", **values)
        for count in hours
    ]
    screen_orders([order.pk for order in found], at=now())
    for order, count in zip(found, hours, strict=True):
        Order.objects.filter(pk=order.pk).update(ship_by=now() + timedelta(hours=count))
    return found


def state_of(order: Order) -> str:
    order.refresh_from_db()
    return order.state


def open_desk(page: Page, live_server) -> None:
    page.goto(f"{live_server.url}/orders/review/")


def test_enter_approves_and_shows_the_next(desk, live_server):
    first, second, third = orders_due(1, 2, 3)
    open_desk(desk, live_server)
    expect(desk.locator("h1.order-title")).to_contain_text(first.number)
    expect(desk.locator(".desk-steps .place")).to_have_text("第 1 / 3")
    desk.keyboard.press("Enter")
    expect(desk.locator("h1.order-title")).to_contain_text(second.number)
    expect(desk.locator(".notice.is-good")).to_contain_text(first.number)
    desk.keyboard.press("Enter")
    expect(desk.locator("h1.order-title")).to_contain_text(third.number)
    assert [state_of(order) for order in (first, second, third)] == ["approved", "approved", "review"]
    desk.keyboard.press("Enter")
    expect(desk.locator(".empty")).to_be_visible()


def test_j_and_k_walk_through_the_queue(desk, live_server):
    first, second, third = orders_due(1, 2, 3)
    open_desk(desk, live_server)
    title = desk.locator("h1.order-title")
    for key, order in (("j", second), ("j", third), ("k", second), ("k", first)):
        desk.keyboard.press(key)
        expect(title).to_contain_text(order.number)
    assert state_of(first) == OrderState.REVIEW


def test_h_holds_with_a_reason_and_goes_on(desk, live_server):
    first, second = orders_due(1, 2)
    open_desk(desk, live_server)
    desk.keyboard.press("h")
    expect(desk.locator("#ask-hold [name=reason]")).to_be_focused()
    desk.keyboard.type("等买家回复颜色")
    desk.keyboard.press("Enter")
    expect(desk.locator("h1.order-title")).to_contain_text(second.number)
    assert state_of(first) == OrderState.HELD
    assert first.hold_reason == "等买家回复颜色"


def test_f_and_a_digit_set_the_flag_and_stay(desk, live_server):
    [order] = orders_due(1)
    open_desk(desk, live_server)
    desk.keyboard.press("f")
    expect(desk.locator("#ask-flag")).to_be_visible()
    desk.keyboard.press("1")
    expect(desk.locator("h1.order-title .flag.is-red")).to_be_visible()
    order.refresh_from_db()
    assert order.flag == FlagColour.RED


def test_s_splits_and_the_rest_is_approved(desk, live_server):
    [order] = orders_due(1)
    open_desk(desk, live_server)
    desk.keyboard.press("s")
    desk.locator("#ask-split input[type=number]").fill("1")
    desk.keyboard.press("Enter")
    expect(desk.locator(".notice.is-good")).to_contain_text(f"{order.number}-2")
    desk.keyboard.press("Enter")
    expect(desk.locator("h1.order-title")).to_contain_text(f"{order.number}-2")
    assert state_of(order) == OrderState.APPROVED
    assert order.note.pieces == 1


def test_m_merges_what_can_go_together(desk, live_server):
    sku = stocked_sku(100)
    orders = [make_order({sku: 1}, ship_by=now() + timedelta(hours=count)) for count in (1, 2)]
    open_desk(desk, live_server)
    desk.keyboard.press("m")
    expect(desk.locator("#merged-title")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.locator(".empty")).to_be_visible()
    assert [state_of(order) for order in orders] == ["approved", "approved"]


def test_typing_a_remark_presses_no_keys(desk, live_server):
    first, _second = orders_due(1, 2)
    open_desk(desk, live_server)
    desk.keyboard.press("r")
    expect(desk.locator("#ask-remark [name=text]")).to_be_focused()
    desk.keyboard.type("fjhs 1")
    desk.keyboard.press("Enter")
    expect(desk.locator(".says-box.is-own")).to_contain_text("fjhs 1")
    assert state_of(first) == OrderState.REVIEW


def test_an_order_somebody_changed_meanwhile_is_not_approved(desk, live_server):
    first, second = orders_due(1, 2)
    open_desk(desk, live_server)
    expect(desk.locator("h1.order-title")).to_contain_text(first.number)
    add_remark(first, "先别发", by=EmployeeFactory(username="sunyue", employee_number="B9", name="孙悦"), at=now())
    desk.keyboard.press("Enter")
    expect(desk.locator(".notice.is-danger")).to_contain_text("孙悦")
    expect(desk.locator("h1.order-title")).to_contain_text(first.number)
    expect(desk.locator(".says-box.is-own")).to_contain_text("先别发")
    assert (state_of(first), state_of(second)) == ("review", "review")


def test_the_desk_fits_a_telephone(desk, live_server):
    orders_due(1)
    desk.set_viewport_size({"width": 390, "height": 844})
    open_desk(desk, live_server)
    assert desk.evaluate("document.documentElement.scrollWidth") == 390
    desk.get_by_role("button", name="审核").click()
    expect(desk.locator(".empty")).to_be_visible()
