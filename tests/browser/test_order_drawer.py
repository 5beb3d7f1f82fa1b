"""An order in the drawer of the list: deeds stay in the drawer, and the list behind it follows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from orders.actions.screening import screen_orders
from orders.states import OrderState
from shopops.kit.clock import now
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import employee_with

pytestmark = pytest.mark.django_db(transaction=True)

MAY = (
    "orders.view_order",
    "orders.review_order",
    "orders.mark_order",
    "orders.handle_exceptions",
    "orders.edit_address",
)


@pytest.fixture
def browser(page: Page, live_server, client) -> Page:
    """A browser with 李娜 in front of it; what the browser complains about fails the test."""
    client.force_login(employee_with(*MAY, username="lina", name="李娜"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def test_approving_in_the_drawer_changes_the_row_behind_it(browser, live_server):
    order = make_order({stocked_sku(): 1})
    browser.goto(f"{live_server.url}/orders/")
    browser.get_by_role("link", name=order.number).click()
    drawer = browser.locator("#drawer")
    expect(drawer.locator("h1")).to_contain_text(order.number)
    drawer.get_by_role("button", name="审核", exact=True).click()
    expect(drawer.locator(".notice.is-good")).to_contain_text(order.number)
    expect(drawer.locator("h1 .pill")).to_have_text("仓库处理中")
    expect(browser.locator(f'#list tr[data-row="{order.pk}"] .pill')).to_have_text("仓库处理中")
    assert browser.url.endswith("/orders/")
    order.refresh_from_db()
    assert order.state == OrderState.APPROVED


def test_settling_an_exception_and_correcting_an_address_stay_in_the_drawer(browser, live_server):
    order = make_order({stocked_sku(): 1}, city="")
    screen_orders([order.pk], at=now())
    browser.goto(f"{live_server.url}/orders/?tab=troubled")
    browser.get_by_role("link", name=order.number).click()
    drawer = browser.locator("#drawer")
    drawer.locator(".troubles summary").click()
    drawer.locator(".troubles [name=outcome]").fill("直辖县")
    drawer.locator(".troubles").get_by_role("button", name="解除").click()
    expect(drawer.locator(".troubles")).to_have_count(0)
    expect(browser.locator(f'#list tr[data-row="{order.pk}"]')).to_have_count(0)
    drawer.get_by_text("更多").click()
    drawer.get_by_role("button", name="改地址").click()
    box = browser.locator("#ask-address")
    box.locator("[name=city]").fill("仙桃市")
    box.locator("[name=reason]").fill("买家补充")
    box.locator("[name=reason]").press("Enter")
    expect(drawer.locator(".receiver")).to_contain_text("仙桃市")
    expect(browser).to_have_url(re.compile("/orders/\\?tab=troubled"))
