"""An appeal in a real browser: 李娜 objects with a file, 何洁 judges, the totals mend; and no page has a fault."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shopops.kit.clock import now
from staff.actions.appeals import answer_appeal, file_appeal
from staff.actions.cases import confirm_case, report_case
from staff.actions.excuses import enter_excuse
from staff.actions.rulebook import load_rulebook
from staff.models import Appeal, Employee
from staff.states import ExcuseKind, Verdict
from tests.factories.cases import charge, clause_of, picture, png
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(db, settings, tmp_path: Path) -> dict[str, Employee]:
    """Everybody of the demo shop, and the rulebook."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    people = make_cast(at=now() - timedelta(days=20))
    load_rulebook(at=now())
    return {name: Employee.objects.get(pk=one.pk) for name, one in people.items()}


@pytest.fixture
def become(visit, watched: Page):
    """Open an address as somebody; the page of whoever was there before asks nothing any more."""

    def open_page(address: str, employee: Employee, **how: str) -> Page:
        watched.goto("about:blank")
        page: Page = visit(address, employee, **how)
        return page

    return open_page


def test_lina_appeals_hejie_judges_and_the_totals_mend(become, cast, tmp_path):
    offence = charge(cast["lina"], found=now() - timedelta(hours=2))
    picture_file = tmp_path / "快递停收.png"
    picture_file.write_bytes(picture())
    page = become("/points/", cast["lina"])
    expect(page.locator(".big-figure strong")).to_have_text("−3")
    page.get_by_role("link", name="还可申诉 7 天").click()
    page.get_by_label("申诉理由").fill("快递当天停收，见截图")
    page.set_input_files("input[type=file]", str(picture_file))
    page.get_by_role("button", name="提交申诉").click()
    page.wait_for_url("**/appeals/*/")
    expect(page.locator(".evidence")).to_contain_text("快递停收.png")
    page.goto(page.url.split("/appeals/")[0] + "/points/")
    expect(page.locator(".big-figure strong")).to_have_text("0")
    expect(page.locator(".big-figure")).to_contain_text("−3 申诉中")

    appeal = Appeal.objects.get(offence=offence)
    page = become("/appeals/", cast["hejie"])
    page.get_by_role("link", name="ORD-016").first.click()
    page.goto(page.url.split("/appeals/")[0] + appeal.get_absolute_url())
    with page.expect_download() as download:
        page.get_by_role("link", name="快递停收.png").click()
    assert Path(download.value.path()).read_bytes() == picture()
    page.get_by_label("撤销扣分").check()
    page.get_by_label("理由").last.fill("停收属实")
    page.get_by_role("button", name="提交裁定").click()
    expect(page.get_by_role("status").filter(has_text="已答复")).to_be_visible()

    page = become("/points/", cast["lina"])
    expect(page.locator(".big-figure strong")).to_have_text("0")
    expect(page.locator(".big-figure")).not_to_contain_text("申诉中")
    expect(page.locator(".ledger").first).to_contain_text("停收属实")


def test_the_form_shows_the_rule_as_soon_as_it_is_chosen(visit, cast):
    page: Page = visit("/cases/new/", cast["hejie"])
    page.get_by_label("条款").select_option("CAT-055")
    page.get_by_label("严重 −4").check()
    page.get_by_label("条款").select_option("GOV-013")
    expect(page.locator("#terms")).to_contain_text("50")
    expect(page.locator("#terms input")).to_have_count(0)


@pytest.mark.parametrize(("width", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_nothing_is_wrong_with_any_of_the_pages(become, faults, cast, width, language):
    at = now()
    open_one = file_appeal(charge(cast["lina"], found=at), text="不对", files=[png()], by=cast["lina"], at=at)
    done = file_appeal(charge(cast["sunyue"], found=at), text="停收", by=cast["sunyue"], at=at)
    answer_appeal(done, verdict=Verdict.WITHDRAW, text="属实", by=cast["hejie"], at=at)
    case = report_case(
        clause=clause_of("DATA-018"), employee=cast["lina"], happened_at=at, text="外传", files=[png()],
        by=cast["zhaomin"], at=at,
    )  # fmt: skip
    money = report_case(
        clause=clause_of("GOV-013"), employee=cast["mating"], happened_at=at, text="违反流程", by=cast["zhaomin"], at=at
    )
    confirm_case(money, by=cast["chenjing"], at=at)
    excuse = enter_excuse(
        ExcuseKind.OUTAGE, starts_at=at - timedelta(hours=1), ends_at=at, reason="断网", by=cast["zhangwei"], at=at
    )
    found = []
    for address, who in (
        ("/appeals/", "hejie"),
        (open_one.get_absolute_url(), "hejie"),
        (done.get_absolute_url(), "wangqiang"),
        ("/appeals/verdicts/", "hejie"),
        ("/cases/", "hejie"),
        ("/cases/new/?clause=CAT-055", "hejie"),
        (case.get_absolute_url(), "hejie"),
        ("/excuses/", "hejie"),
        ("/excuses/new/", "hejie"),
        (excuse.get_absolute_url(), "hejie"),
        (money.get_absolute_url(), "hejie"),
        (open_one.offence.get_absolute_url(), "hejie"),
        ("/points/", "lina"),
        ("/points/all/", "hejie"),
        ("/points/fund/", "hejie"),
    ):
        page = become(address, cast[who], width=width, language=language)
        found += [f"{address}: {fault}" for fault in faults(page)]
    assert found == []
