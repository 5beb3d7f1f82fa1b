"""A list in a real browser: keys, ticks, the drawer, filters that stay in the address, batches, at desk and phone."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from staff.models import Employee, JobRun
from tests.factories.staff import employee_with
from tests.kit.lists.people import make_people

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("listed")]
LIST = "/kit/people/"


@pytest.fixture
def chen_jing(transactional_db) -> Employee:
    """店长 陈静."""
    make_people(30, hired_on=date(2026, 3, 1))
    make_people(2, first=90, is_active=False)
    return employee_with("staff.view_employee", "staff.change_employee", username="chenjing", name="陈静")


def row(page: Page, place: int):
    return page.locator("#list tbody tr").nth(place)


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_list_has_no_faults_in_any_of_its_states(visit, faults, chen_jing, width, language):
    page = visit(f"{LIST}?size=20", chen_jing, width=width, language=language)
    assert faults(page) == []

    page.locator("#tick-page").check()
    assert faults(page) == []

    page.locator("button[name=action][value=farewell]").click()
    expect(page.locator("#dialog")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")

    for place in ("columns", "exports"):
        page.locator(f".end-tools a[href*='/{place}/']").click()
        expect(page.locator("#dialog")).to_be_visible()
        assert faults(page) == []
        page.keyboard.press("Escape")

    page.locator(".filters-more summary").click()
    expect(page.locator("#f-login")).to_be_visible()
    assert faults(page) == []

    page.goto(page.url.split("?")[0] + "?q=nobody&hired=7d&hired_from=2026-99-99")
    assert faults(page) == []


def test_the_keys_walk_tick_and_open(visit, faults, chen_jing):
    page = visit(f"{LIST}?size=20&sort=number&q=员工", chen_jing)
    for key in ("j", "j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)

    expect(page.locator("td.tick input:checked")).to_have_count(3)
    expect(page.locator("[data-ticked]")).to_have_text("3")
    expect(row(page, 3)).to_have_class(re.compile("is-here"))

    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.locator("h1")).to_have_text("员工00004")
    expect(drawer.locator("[data-drawer-place]")).to_have_text("4 / 20")
    assert faults(page) == []

    page.keyboard.press("j")
    expect(drawer.locator("h1")).to_have_text("员工00005")
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()

    page.keyboard.press("Escape")
    expect(page.locator("td.tick input:checked")).to_have_count(0)

    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("[data-jumps] dt").first).to_have_text("工作台")


def test_slash_searches_and_g_jumps(visit, chen_jing):
    page = visit(LIST, chen_jing)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")

    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(re.compile(r"/$"))


def test_the_drawer_opens_from_the_number_and_a_click_with_ctrl_does_not(visit, chen_jing):
    page = visit(f"{LIST}?sort=number&q=员工", chen_jing)
    row(page, 1).locator("td[data-col=hired_on]").click()
    expect(page.locator("#drawer h1")).to_have_text("员工00002")
    assert page.locator("[data-drawer-page]").get_attribute("href") == row(page, 1).get_attribute("data-link")
    page.keyboard.press("Escape")

    with page.context.expect_page() as opened:
        row(page, 2).locator("a[data-opens]").click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator(".rail")).to_be_visible()


def test_filters_tabs_and_pages_live_in_the_address_and_going_back_undoes_them(visit, chen_jing):
    page = visit(f"{LIST}?size=20&sort=number", chen_jing)
    page.locator("#list-q").fill("员工")
    page.locator("#list-q").press("Enter")
    page.wait_for_url(re.compile("q=%E5%91%98"))
    expect(page.locator(".tabs a[aria-current] .count-badge")).to_have_text("30")

    page.locator("#list a[rel=next]").click()
    page.wait_for_url(re.compile("after="))
    expect(page.locator(".list-foot span").first).to_contain_text("第 21–30 条")

    page.locator(".tabs a", has_text="离职").click()
    page.wait_for_url(re.compile("tab=gone"))
    assert "after=" not in page.url
    assert "q=%E5%91%98" in page.url
    expect(page.locator("#list tbody tr")).to_have_count(2)

    page.go_back()
    page.wait_for_url(re.compile("after="))
    expect(page.locator(".list-foot span").first).to_contain_text("第 21–30 条")

    page.reload()
    expect(page.locator("#list-q")).to_have_value("员工")
    page.locator("#list .chip a").click()
    page.wait_for_url(lambda url: "q=" not in url)
    expect(page.locator("#list-q")).to_have_value("")


def test_a_preset_of_days_and_days_of_ones_own_exclude_each_other(visit, chen_jing):
    page = visit(LIST, chen_jing)
    box = page.locator("details[data-stays=hired]")
    box.locator("summary").click()
    box.get_by_text("近7天").click()
    page.wait_for_url(re.compile("hired=7d"))
    expect(box.locator("summary")).to_contain_text("近7天")

    box.locator("[data-day-text]").first.fill("2026-02-01")
    box.locator("[data-day-text]").first.press("Tab")
    page.wait_for_url(re.compile("hired_from=2026-02-01"))
    assert "hired=7d" not in page.url
    expect(page.locator("#list tbody tr")).to_have_count(30)


def test_folded_filters_are_fetched_when_unfolded_and_stay_while_they_are_used(visit, chen_jing):
    page = visit(LIST, chen_jing)
    assert page.locator("select[name=works]").count() == 0
    page.locator(".filters-more summary").click()
    page.locator("select[name=works]").select_option("no")
    page.wait_for_url(re.compile("works=no"))
    expect(page.locator("select[name=works]")).to_have_value("no")
    expect(page.locator("#list .chip")).to_contain_text("在职: 否")

    page.locator(".tabs a", has_text="全部").click()
    expect(page.locator("#list tbody tr")).to_have_count(2)
    expect(page.locator("select[name=works]")).to_be_visible()


def test_own_columns_and_a_view_are_kept(visit, chen_jing):
    page = visit(f"{LIST}?q=员工", chen_jing)
    page.locator(".end-tools a[href*='/columns/']").click()
    page.locator("#dialog").get_by_text("登录名").click()
    page.locator("#dialog .btn.is-primary").click()
    expect(page.locator("[data-col=login]").first).to_be_visible()

    page.locator(".end-tools a[href*='/views/']").click()
    page.locator("#view-name").fill("新人")
    page.locator("#view-name").press("Enter")
    expect(page.locator(".views .is-active")).to_have_text("新人")


def test_numbers_pasted_from_a_sheet_are_found(visit, chen_jing):
    page = visit(LIST, chen_jing)
    field = page.locator("textarea[name=number]")
    field.fill("P00003\nP00007，P00009 nothing")
    field.press("Enter")

    expect(page.locator("#list tbody tr")).to_have_count(3)
    expect(page.locator("#list .chip")).to_contain_text("4 个单号")


def test_a_batch_is_previewed_done_and_the_list_drawn_anew(visit, faults, chen_jing):
    page = visit(f"{LIST}?sort=number&q=员工", chen_jing)
    for place in (0, 1):
        row(page, place).locator("td.tick input").check()
    page.locator("button[name=action][value=farewell]").click()
    dialog = page.locator("#dialog")
    expect(dialog.locator(".outcome .is-good b")).to_have_text("2")
    dialog.locator("input[name=reason]").fill("合同到期")
    dialog.locator("button[type=submit]").click()

    expect(dialog.locator(".outcome")).to_contain_text("成功")
    expect(page.locator("#list tbody tr")).to_have_count(28)
    assert faults(page) == []
    assert Employee.objects.filter(left_on__isnull=False).count() == 2


def test_everything_that_matches_can_be_taken_beyond_the_page(visit, chen_jing):
    page = visit(f"{LIST}?size=20", chen_jing)
    page.locator("#tick-page").check()
    page.locator("[data-every-choice]").click()
    expect(page.locator("[data-ticked]")).to_have_text("31")

    page.locator("button[name=action][value=greeting]").click()
    expect(page.locator("#dialog .outcome .is-good b")).to_have_text("31")

    page.keyboard.press("Escape")
    row(page, 0).locator("td.tick input").uncheck()
    expect(page.locator("[data-ticked]")).to_have_text("19")


def test_an_export_is_started_and_said(visit, chen_jing):
    page = visit(LIST, chen_jing)
    page.locator(".end-tools a[href*='/exports/']").click()
    page.locator("#dialog button[type=submit]").click()

    expect(page.locator("#toasts")).to_contain_text("正在导出")
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(page.locator("#tray")).to_contain_text("导出")
    assert JobRun.objects.get().asked_by == chen_jing


def test_a_refusal_appears_as_a_toast_and_the_page_stays(visit, chen_jing):
    page = visit(LIST, chen_jing)
    row(page, 0).locator("td.tick input").check()
    row(page, 0).locator("td.tick input").evaluate("box => { box.value = 'gone' }")
    page.locator("button[name=action][value=greeting]").click()

    expect(page.locator("#toasts")).to_contain_text("没有勾选任何行")
    expect(page.locator("td.tick input:checked")).to_have_count(1)


def test_rows_are_cards_on_a_phone(visit, chen_jing):
    page = visit(f"{LIST}?sort=number&q=员工", chen_jing, width="phone")
    card = row(page, 0)

    assert card.evaluate("one => getComputedStyle(one).display") == "grid"
    name, hired = card.locator("[data-col=name]"), card.locator("[data-col=hired_on]")
    assert hired.bounding_box()["y"] > name.bounding_box()["y"]
    page.locator("button[popovertarget=rail]").click()
    expect(page.locator("#rail")).to_be_visible()


def test_the_list_works_without_scripts(browser, live_server, visit, chen_jing):
    cookies = visit(LIST, chen_jing).context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{live_server.url}{LIST}?sort=number&size=20")

    page.locator("#list-q").fill("员工")
    page.locator("#list-q").press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(20)
    page.locator("#list a[rel=next]").click()
    expect(page.locator("#list tbody tr")).to_have_count(10)

    row(page, 0).locator("td.tick input").check()
    page.locator("button[name=action][value=farewell]").click()
    page.locator("input[name=reason]").fill("合同到期")
    page.locator("main button.is-danger[type=submit]").click()
    expect(page.locator(".outcome")).to_contain_text("成功")
    page.get_by_role("link", name="返回列表").click()
    page.wait_for_url(re.compile(f"{LIST}$"))

    page.get_by_role("link", name="导出").click()
    page.get_by_role("button", name="导出").click()
    expect(page.locator(".notice")).to_contain_text("正在导出")
    context.close()


@pytest.mark.parametrize(("language", "hint"), [("zh-hans", "年-月-日"), ("en", "YYYY-MM-DD")])
def test_days_are_written_one_way_whatever_the_browser_speaks(visit, chen_jing, language, hint):
    page = visit(LIST, chen_jing, language=language)
    box = page.locator("details[data-stays=hired]")
    box.locator("summary").click()
    day = box.locator("[data-day-text]").first
    expect(day).to_have_attribute("placeholder", hint)
    day.fill("2026年2月1日")
    day.blur()
    expect(day).to_have_value("2026-02-01")
    page.wait_for_url(re.compile("hired_from=2026-02-01"))
    expect(page.locator("details[data-stays=hired] input[type=date][name]")).to_have_count(0)
