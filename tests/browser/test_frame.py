"""The frame in a real browser: login, my work, error pages, on both widths and in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from shopops.kit.clock import now
from staff.actions.events import notify
from staff.models import Employee, JobRun
from staff.states import JobState
from staff.views.shell import forget_counts
from tests.factories.staff import employee_with

pytestmark = pytest.mark.django_db(transaction=True)
EVERYWHERE = [(width, language) for width in ("desk", "phone") for language in ("zh-hans", "en")]


@pytest.fixture
def li_na(transactional_db) -> Employee:
    """客服 李娜, with news and a running job."""
    forget_counts()
    person = employee_with("staff.view_employee", username="lina", name="李娜")
    person.set_password("correct horse 8")
    person.save()
    notify([person], "test", "12 个包裹未揽收，请跟进", at=now(), url="/people/")
    JobRun.objects.create(job="lists.export", asked_by=person, asked_at=now(), state=JobState.RUNNING, done=3, total=12)
    return Employee.objects.get(pk=person.pk)


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_the_pages_of_the_frame_have_no_faults(visit, faults, li_na, width, language):
    page = visit("/login/", width=width, language=language)
    assert faults(page) == []

    page = visit("/", li_na, width=width, language=language)
    expect(page.locator("#tray summary")).to_be_visible()
    page.locator("#tray summary").click()
    assert faults(page) == []

    for address in ("/notifications/", "/search/?q=nobody"):
        page = visit(address, width=width, language=language)
        assert faults(page) == []


def test_error_pages_have_no_faults(visit, faults, li_na):
    page = visit("/nowhere/", li_na)
    expect(page.locator("h1")).to_have_text("此地址没有内容")
    expect(page.locator(".request .number")).to_be_visible()
    assert faults(page) == []

    page = visit("/settings/", width="phone", language="en")
    expect(page.locator("h1")).to_have_text("Your role does not include this page")
    assert faults(page) == []


def test_one_logs_in_by_keyboard_and_lands_on_ones_work(visit, li_na):
    page = visit("/login/?next=/people/")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type("lina")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse 8")
    page.get_by_role("button", name="显示密码").click()
    expect(page.locator("#id_password")).to_have_attribute("type", "text")
    page.locator("#id_password").press("Enter")
    page.wait_for_url(re.compile("/people/$"))
    expect(page.locator(".person b")).to_have_text("李娜")


def test_the_language_switch_keeps_the_page(visit, li_na):
    page = visit("/people/?tab=all", li_na)
    page.get_by_role("button", name="English").click()
    page.wait_for_url(re.compile("tab=all"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("People")


def test_the_tray_follows_the_work_and_lets_it_be_put_away(visit, li_na):
    page = visit("/", li_na)
    tray = page.locator("#tray")
    expect(tray).to_contain_text("1 个任务进行中")
    tray.locator("summary").click()
    expect(tray.locator("progress")).to_have_attribute("value", "25")

    JobRun.objects.update(state=JobState.DONE, finished_at=now())
    expect(tray.locator(".pill.is-good")).to_be_visible()
    expect(tray.locator("ul")).to_be_visible()
    tray.get_by_role("button", name="收起").click()
    expect(tray.locator("li")).to_have_count(0)
    expect(page.locator("#bell-count")).to_have_text("1")


def test_a_lost_connection_is_told_to_who_asked_not_by_parts_that_ask_by_themselves(visit, li_na):
    page = visit("/", li_na)
    lose = """asked => document.body.dispatchEvent(
        new CustomEvent("htmx:sendError", {bubbles: true, detail: {requestConfig: asked}}))"""
    page.evaluate(lose, {})
    expect(page.locator("#toasts .toast")).to_have_count(0)
    page.evaluate(lose, {"triggeringEvent": {}})
    expect(page.locator("#toasts .toast")).to_have_count(1)
