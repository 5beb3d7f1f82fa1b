"""The agent's desk in a real browser: clocks run, a conversation opens beside the queue, it is closed from there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from service.actions.phrases import keep_phrase
from service.models import Conversation
from shopops.kit.clock import SHANGHAI, now
from tests.factories.agents_day import an_agent
from tests.factories.conversations import a_conversation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lina():
    agent = an_agent("lina", "李娜", "orders.view_order")
    keep_phrase(None, shortcut="问好", text="{buyer}您好", by=agent, at=now())
    for nick, seconds in (("小溪流水", 70), ("大河向东", 20)):
        asked = now().astimezone(SHANGHAI) - timedelta(seconds=seconds)
        a_conversation(nick=nick, lines=[("buyer", f"{asked:%Y-%m-%d %H:%M:%S}", "在吗，今天能发货吗")], at=now())
    return agent


def test_the_clocks_run_and_a_conversation_is_opened_and_closed(visit, lina, faults):
    page = visit("/service/desk/", lina)
    waiters = page.locator(".waiter")
    expect(waiters.first).to_contain_text("小溪流水")
    clock = waiters.first.locator(".clock")
    expect(clock).not_to_have_text(clock.inner_text())
    assert faults(page) == []

    waiters.first.click()
    expect(page.locator("#talk h2").first).to_contain_text("小溪流水")
    expect(page.locator(".bubble").first).to_contain_text("今天能发货吗")
    expect(page).to_have_url(re.compile("conversation="))
    expect(page.locator(".waiter.is-chosen")).to_contain_text("小溪流水")
    assert faults(page) == []

    page.locator("#talk .phrases summary").click()
    page.locator("#talk .phrase").click()
    expect(page.locator(".toast")).to_contain_text("小溪流水您好")

    page.locator("#talk [data-open-dialog=ask-closing]").click()
    page.locator("#ask-closing textarea").fill("催发货，已告知今天发出")
    page.locator("#ask-closing [type=submit]").click()
    expect(page.locator(".notice")).to_contain_text("已关闭")
    assert Conversation.objects.get(buyer__nick="小溪流水").state == "closed"
    expect(page.locator(".waiter")).to_have_count(1)


def test_ones_status_is_set_in_a_dialog_that_is_fetched(visit, lina, faults):
    page = visit("/service/desk/", lina)
    page.locator(".status").click()
    expect(page.locator("#dialog")).to_be_visible()
    assert faults(page) == []
    page.locator("#presence_status").select_option("away")
    page.locator("#presence_reason").fill("吃饭")
    page.locator("#dialog [type=submit]").click()
    expect(page.locator(".status.is-away")).to_be_visible()
    expect(page.locator(".day-state")).to_contain_text("吃饭")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_desk_fits_a_phone(visit, lina, faults, language):
    talk = Conversation.objects.get(buyer__nick="小溪流水")
    page = visit(f"/service/desk/?conversation={talk.pk}", lina, width="phone", language=language)
    expect(page.locator(".bubble").first).to_be_visible()
    assert faults(page) == []
    page = visit(f"/service/conversation/{talk.pk}/", lina, width="phone", language=language)
    assert faults(page) == []
