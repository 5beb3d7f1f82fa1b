"""The agent's day in a real browser: a consultation by keyboard and its follow-up, promises kept and broken, memos."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from service.actions.promises import make_promise
from service.models import Consultation, FollowUp, Promise
from shopops.kit.clock import now
from tests.factories.agents_day import an_agent
from tests.factories.buyers import a_buyer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lina():
    return an_agent("lina", "李娜")


def test_a_consultation_is_logged_by_keyboard_and_followed_up(visit, lina, faults):
    page = visit("/service/consultation/new/", lina)
    page.locator("[name=nick]").focus()
    page.keyboard.type("小溪流水")
    for _field in ("topic", "goods", "problem"):
        page.keyboard.press("Tab")
    expect(page.locator("[name=problem]")).to_be_focused()
    page.keyboard.type("这款羽绒服会不会掉绒")
    page.keyboard.press("Tab")
    page.keyboard.type("担心质量")
    page.keyboard.press("Tab")
    page.keyboard.type("说明锁绒工艺")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/service/consultation/*/")
    expect(page.locator("main")).to_contain_text("说明锁绒工艺")
    assert Consultation.objects.get().follow_up.agent == lina
    assert faults(page) == []

    page = visit("/service/follow_ups/?tab=mine", lina)
    expect(page.locator("main")).to_contain_text("小***水")
    page.goto(page.url.split("/service/")[0] + FollowUp.objects.get().get_absolute_url())
    page.locator("[data-open-dialog=ask-sheet]").first.click()
    page.locator("#ask-sheet [name=result]").select_option("bought")
    page.locator("#ask-sheet [name=sheet]").fill("好")
    page.locator("#ask-sheet [type=submit]").click()
    expect(page.locator(".notice")).to_contain_text("CS-067")
    page.locator("[data-open-dialog=ask-sheet]").first.click()
    page.locator("#ask-sheet [name=sheet]").fill("买家已下单，提醒明天发货，对颜色满意")
    page.locator("#ask-sheet [type=submit]").click()
    expect(page.locator("h1 .pill")).to_contain_text("完成")
    assert FollowUp.objects.get().done_by == lina


@pytest.mark.parametrize(("deed", "field", "state"), [("keeping", "outcome", "kept"), ("breaking", "reason", "broken")])
def test_a_promise_is_kept_or_broken(visit, lina, faults, deed, field, state):
    made = make_promise(a_buyer("小溪流水"), "补寄一份赠品", due_at=now() + timedelta(hours=3), by=lina, at=now())
    page = visit(made.get_absolute_url(), lina, width="phone", language="en")
    assert faults(page) == []
    page.locator(f"[data-open-dialog=ask-{deed}]").first.click()
    page.locator(f"#ask-{deed} [name={field}]").fill("buyer agreed")
    page.locator(f"#ask-{deed} [type=submit]").click()
    expect(page.locator("main")).to_contain_text("buyer agreed")
    assert Promise.objects.get().state == state


def test_a_memo_is_written_refused_without_words_and_ticked_off(visit, lina, faults):
    page = visit("/service/memos/", lina)
    page.locator("[name=text]").fill("下午给退货的买家回电")
    page.locator("[name=remind_at]").fill("2020-01-01T09:00")
    page.get_by_role("button", name="写入").click()
    expect(page.locator("main")).to_contain_text("已过")
    expect(page.locator("[name=text]")).to_have_value("下午给退货的买家回电")
    assert faults(page) == []
    page.locator("[name=remind_at]").fill("")
    page.get_by_role("button", name="写入").click()
    expect(page.locator(".memo-list")).to_contain_text("下午给退货的买家回电")
    page.locator(".memo-list button").click()
    expect(page.locator("summary").filter(has_text="完成")).to_be_visible()
