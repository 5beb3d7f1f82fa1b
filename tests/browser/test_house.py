"""People, roles, settings, jobs and the admin site in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from shopops.kit.clock import now
from staff.actions.settings import change_setting
from staff.models import Employee, JobRun, Position
from staff.states import JobState
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = [("desk", "zh-hans"), ("phone", "en")]


@pytest.fixture
def cast(transactional_db) -> dict[str, Employee]:
    people = make_cast(at=now())
    return {login: Employee.objects.get(pk=one.pk) for login, one in people.items()}


def failed_run(by):
    return JobRun.objects.create(
        job="lists.export",
        asked_by=by,
        asked_at=now(),
        state=JobState.FAILED,
        sentence="第 3 行没有订单编号。",
        finished_at=now(),
    )


@pytest.mark.parametrize(("width", "language"), BOTH)
def test_the_pages_of_the_house_have_no_faults(visit, faults, cast, width, language):
    chenjing, lina = cast["chenjing"], cast["lina"]
    change_setting("staff.file_days", "14", by=chenjing, at=now())
    run = failed_run(chenjing)
    found = {}
    for address in (
        "/people/",
        f"/people/{lina.pk}/",
        "/people/permissions/",
        "/settings/",
        "/settings/staff.file_days/",
        "/settings/orders.price_to_finance/",
        "/jobs/",
        f"/jobs/{run.pk}/",
        "/trail/",
        "/profile/",
        "/profile/password/",
    ):
        page = visit(address, chenjing, width=width, language=language)
        if trouble := faults(page):
            found[address] = trouble

    assert found == {}


def test_a_job_page_moves_by_itself_until_the_file_is_there(visit, cast):
    run = JobRun.objects.create(
        job="lists.export",
        asked_by=cast["lina"],
        asked_at=now(),
        started_at=now(),
        state=JobState.RUNNING,
        done=3,
        total=12,
    )
    page = visit(f"/jobs/{run.pk}/", cast["lina"])
    main = page.locator("main")
    expect(main.locator("progress")).to_have_attribute("value", "25")

    JobRun.objects.filter(pk=run.pk).update(done=9)
    expect(main.locator("progress")).to_have_attribute("value", "75")
    JobRun.objects.update(
        state=JobState.DONE, finished_at=now(), done=12, file="jobs/x.csv", file_name="待发货.csv", result={"rows": 12}
    )
    expect(main.get_by_role("link", name="待发货.csv")).to_be_visible()
    expect(main.locator("progress")).to_have_count(0)


def test_a_failed_job_opens_in_the_drawer_and_is_run_again(visit, cast):
    run = failed_run(cast["lina"])
    page = visit("/jobs/", cast["lina"])

    page.locator("#list tbody a[data-opens]").first.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("第 3 行没有订单编号。")
    drawer.get_by_role("button", name="重新执行").click()

    page.wait_for_url(re.compile(f"/jobs/{run.pk}/$"))
    expect(page.locator("main")).to_contain_text("任务已重新排队")


def test_a_setting_is_changed_and_restored_on_its_page(visit, cast):
    page = visit("/settings/", cast["chenjing"])
    page.get_by_role("link", name=re.compile("任务文件保留天数")).click()

    page.get_by_label(re.compile("^值")).fill("4000")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("1 至 365")
    page.get_by_label(re.compile("^值")).fill("14")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("已改为 14 天")
    expect(page.locator(".timeline").first).to_contain_text("陈静")

    page.get_by_role("button", name="恢复为 30 天").click()
    expect(page.locator("main")).to_contain_text("已改为 30 天")


def test_the_matrix_keeps_its_heads_in_sight(visit, cast):
    page = visit("/people/permissions/", cast["chenjing"])
    head = page.locator(".matrix-roles th").first
    before = head.bounding_box()

    page.locator(".matrix-wrap").evaluate("box => box.scrollTo(0, 600)")

    assert head.bounding_box()["y"] == before["y"]
    page.locator("select[name=unit]").select_option("service")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".matrix-roles th")).to_have_count(5)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_admin_site_works_under_the_strict_policy(visit, cast, language):
    """A page that breaks the policy complains in the console, which fails the test."""
    chenjing, lina = cast["chenjing"], cast["lina"]
    for address in (
        "/admin/",
        "/admin/staff/employee/",
        "/admin/staff/employee/add/",
        "/admin/staff/orgunit/",
        "/admin/staff/position/",
        "/admin/staff/calendarday/add/",
        f"/admin/staff/employee/{lina.pk}/history/",
    ):
        visit(address, chenjing, language=language)
    page = visit(f"/admin/staff/employee/{lina.pk}/change/", chenjing, language=language)
    page.locator("#appointments-group .select2-selection").first.click()
    page.locator(".select2-search__field").fill("财务" if language != "en" else "finance")
    expect(page.locator(".select2-results__option").first).to_contain_text("Finance" if language == "en" else "财务")


def test_permissions_are_searched_and_counted_in_the_admin_site(visit, cast):
    service = Position.objects.get(code="service")
    page = visit(f"/admin/staff/position/{service.pk}/change/", cast["chenjing"])
    box = page.locator("[data-permissions]")
    staff = box.locator("[data-block]").last

    box.get_by_role("searchbox").fill("view_employee")
    expect(box.locator("[data-right]:visible")).to_have_count(1)
    expect(box.locator("[data-block]:visible")).to_have_count(1)
    before = staff.locator("[data-count]").text_content()
    box.get_by_role("checkbox", name=re.compile("查看员工")).check()
    expect(staff.locator("[data-count]")).not_to_have_text(before)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(re.compile("/admin/staff/position/$"))

    assert service.group.permissions.filter(codename="view_employee").exists()
