"""Quality inspection in a real browser: drawn by lot, scored with remarks, contested, answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from service.models import Conversation, Inspection
from shopops.kit.clock import SHANGHAI, now, shop_day
from tests.factories.conversations import a_conversation
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    people = make_cast()
    day = (now() - timedelta(days=2)).astimezone(SHANGHAI).date()
    a_conversation(
        nick="小溪流水",
        day=day,
        lines=[
            ("buyer", "10:00:05", "在吗，这款有货吗"),
            ("李娜", "10:00:40", "亲，有货的"),
            ("buyer", "10:01:05", "170 穿什么码"),
            ("李娜", "10:01:40", "建议您选 XL"),
        ],
        at=now(),
    )
    report_day = shop_day(now() - timedelta(days=2))
    Conversation.objects.update(agent=people["lina"], first_reply_at=now(), report_day=report_day)
    return people


def test_a_conversation_is_drawn_scored_contested_and_answered(visit, cast, faults):
    page = visit("/service/inspections/drawing/", cast["hejie"])
    assert faults(page) == []
    page.get_by_role("button", name="抽取").click()
    page.wait_for_url("**/service/inspections/")
    one = Inspection.objects.get()

    page.goto(page.url.split("/service/")[0] + one.get_absolute_url())
    points = page.locator("[data-points]")
    for place in range(points.count()):
        points.nth(place).fill(points.nth(place).get_attribute("data-points"))
    expect(page.locator("[data-score]")).to_have_text("100 / 100")
    points.first.fill("0")
    expect(page.locator("[data-score]")).to_have_text("80 / 100")
    page.locator(".chat-remark summary").nth(1).click()
    page.locator(".chat-remark textarea").nth(1).fill("可以先称呼买家")
    assert faults(page) == []
    page.get_by_role("button", name="评分", exact=True).click()
    expect(page.locator(".chat-said")).to_contain_text("可以先称呼买家")

    page = visit(one.get_absolute_url(), cast["lina"], width="phone", language="en")
    expect(page.locator(".scored")).to_contain_text("Greeting and manners")
    assert faults(page) == []
    page.locator("[name=reason]").fill("the robot greeted")
    page.get_by_role("button", name="Contest the score").click()
    expect(page.locator("h1 .pill")).to_have_text("contested")

    page = visit(one.get_absolute_url(), cast["hejie"])
    page.locator("#uphold_answer").fill("机器人不算，维持")
    page.get_by_role("button", name="维持原分").click()
    expect(page.locator("main")).to_contain_text("机器人不算，维持")
    page.goto(page.url.split("/service/")[0] + "/service/inspections/figures/")
    expect(page.locator("main")).to_contain_text("李娜")
    assert faults(page) == []
