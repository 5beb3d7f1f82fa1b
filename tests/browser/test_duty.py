"""Duty in a real browser: a roster planned after a preview and by keys, leave, a swap, the presence button."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from shopops.kit.clock import now, shop_day
from staff.actions.shifts import load_shifts
from staff.models import Duty, Employee, Leave, Presence, RosterPattern, Shift
from staff.queries.duty import span_of_shift, week_of
from staff.states import DutyState, LeaveState, PresenceStatus
from tests.factories.duty import a_duty
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(db) -> dict[str, Employee]:
    """Everybody of the demo shop, and the shifts."""
    people = make_cast(at=now() - timedelta(days=20))
    load_shifts(at=now())
    return {name: Employee.objects.get(pk=one.pk) for name, one in people.items()}


@pytest.fixture
def become(visit, watched: Page):
    """Open an address as somebody; the page of whoever was there before asks nothing any more."""

    def open_page(address: str, employee: Employee, **how: str) -> Page:
        watched.goto("about:blank")
        page: Page = visit(address, employee, **how)
        return page

    return open_page


def next_monday() -> date:
    return week_of(shop_day(now())) + timedelta(days=7)


def test_hejie_sees_what_a_pattern_changes_writes_it_and_goes_on_by_keys(become, cast):
    monday = next_monday()
    page = become(f"/roster/?day={monday}&unit=service", cast["hejie"])
    pattern = RosterPattern.objects.get(name="早晚班两周一轮")
    page.get_by_label("模板").select_option(str(pattern.pk))
    page.locator("[name=first]").last.fill(str(monday))
    page.locator("[name=last]").last.fill(str(monday + timedelta(days=6)))
    page.locator(f"[name=person-{cast['lina'].pk}]").check()
    page.locator(f"[name=person-{cast['sunyue'].pk}]").check()
    page.locator(f"[name=offset-{cast['sunyue'].pk}]").fill("7")
    page.locator("#plan").get_by_role("button", name="预览").first.click()

    expect(page.get_by_role("heading", name="排班预览")).to_be_visible()
    expect(page.locator(".shift.is-new:visible")).to_have_count(10)
    assert not Duty.objects.exists()
    page.get_by_role("button", name="写入 10 个班").click()
    expect(page.get_by_role("status").filter(has_text="10").first).to_be_visible()
    assert Duty.objects.count() == 10

    # By keys: from Li Na's Friday to her Saturday, and weekend duty on it.
    saturday = monday + timedelta(days=5)
    cell = page.locator(f"#c{cast['lina'].pk}-{saturday - timedelta(days=1)} a")
    cell.focus()
    page.keyboard.press("ArrowRight")
    place = list(Shift.objects.filter(is_used=True).values_list("code", flat=True)).index("weekend") + 1
    page.keyboard.press(str(place))
    expect(page.locator(f"#c{cast['lina'].pk}-{saturday} a.shift")).to_be_focused()
    assert Duty.objects.get(employee=cast["lina"], day=saturday).shift.code == "weekend"


def test_a_week_is_copied_after_a_preview_and_a_stale_page_is_told(become, cast):
    monday = next_monday()
    for number in range(3):
        a_duty(cast["lina"], monday + timedelta(days=number), "early")
    target = monday + timedelta(days=7)
    page = become(f"/roster/preview/?source={monday}&target={target}&unit=service", cast["hejie"])
    expect(page.locator(".shift.is-new:visible")).to_have_count(3)
    a_duty(cast["lina"], target, "late")
    page.get_by_role("button", name="写入 3 个班").click()
    expect(page.get_by_text("跳过 2 天")).to_be_visible()
    expect(page.get_by_role("heading", name="空档")).to_be_visible()
    assert Duty.objects.filter(day__gte=target).count() == 2


def test_lina_asks_for_leave_and_hejie_grants_it(become, cast):
    monday = next_monday()
    duty = a_duty(cast["lina"], monday, "early")
    page = become("/leave/new/", cast["lina"])
    page.locator("[name=kind]").select_option("sick")
    page.locator("[name=starts_at]").fill(f"{monday} 00:00")
    page.locator("[name=ends_at]").fill(f"{monday + timedelta(days=1)} 00:00")
    page.locator("[name=reason]").fill("复诊")
    page.locator("main form").get_by_role("button").last.click()
    page.wait_for_url("**/leave/*/")
    leave = Leave.objects.get()

    page = become(leave.get_absolute_url(), cast["hejie"])
    page.locator("form[action$='/approval/'] button").click()
    expect(page.locator("h1 .pill")).to_have_text("已批准")
    leave.refresh_from_db()
    duty.refresh_from_db()
    assert (leave.state, duty.state) == (LeaveState.APPROVED, DutyState.ON_LEAVE)
    assert leave.excuse is not None


def test_lina_swaps_a_duty_with_sunyue_and_hejie_agrees(become, cast):
    duty = a_duty(cast["lina"], next_monday(), "early")
    page = become(f"/roster/duties/{duty.pk}/", cast["lina"])
    form = page.locator("form[action$='/swap/']")
    form.locator("[name=colleague]").select_option(str(cast["sunyue"].pk))
    form.locator("button").click()
    swap = duty.swaps.get()
    page = become(f"/roster/swaps/{swap.pk}/", cast["sunyue"])
    page.locator("form[action$='/agreement/'] button").click()
    page = become(f"/roster/swaps/{swap.pk}/", cast["hejie"])
    page.locator("form[action$='/approval/'] button").click()
    expect(page.locator("h1 .pill")).to_have_text("已批准")
    duty.refresh_from_db()
    assert duty.employee == cast["sunyue"]


def test_the_button_sets_ones_status_and_says_who_covers(become, cast):
    at = now()
    shift = Shift.objects.get(code="office")
    starts_at, ends_at = span_of_shift(shift, shop_day(at))
    starts_at, ends_at = min(starts_at, at - timedelta(hours=1)), max(ends_at, at + timedelta(hours=1))
    Duty.objects.create(employee=cast["lina"], day=shop_day(at), shift=shift, starts_at=starts_at, ends_at=ends_at)
    page = become("/presence/", cast["lina"])
    form = page.locator("form.status-form")
    away = form.locator("button[name=status][value=away]")
    form.locator("[name=covered_by]").select_option(str(cast["sunyue"].pk))
    form.locator("[name=reason]").fill("午餐")
    away.click()
    expect(page.locator(".presence-now li").filter(has_text="李娜")).to_contain_text("孙悦")
    span = Presence.objects.get(employee=cast["lina"], ends_at=None)
    assert (span.status, span.covered_by) == (PresenceStatus.AWAY, cast["sunyue"])


@pytest.mark.parametrize(("width", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_nothing_is_wrong_with_the_pages_of_duty(become, faults, cast, width, language):
    monday = next_monday()
    duties = [a_duty(cast["lina"], monday + timedelta(days=number), "early") for number in range(2)]
    found = []
    for address, who in (
        (f"/roster/?day={monday}&unit=service", "hejie"),
        (f"/roster/?day={monday}&unit=service&weeks=4", "hejie"),
        (f"/roster/preview/?source={monday}&target={monday + timedelta(days=7)}&unit=service", "hejie"),
        (f"/roster/mine/?day={monday}", "lina"),
        (f"/roster/duties/{duties[0].pk}/", "hejie"),
        ("/presence/", "hejie"),
        ("/leave/new/", "lina"),
    ):
        page = become(address, cast[who], width=width, language=language)
        found += [f"{address}: {fault}" for fault in faults(page)]
    assert found == []
