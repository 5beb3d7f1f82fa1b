"""An analyst changes a limit in a draft, sees whom it would have spared, and the head of the shop publishes it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from shopops.kit.clock import now, shop_day
from staff.actions.drafts import draft_version, put_draft_forward, shadow_draft
from staff.actions.jobs import run_job
from staff.actions.tally import tally_day
from staff.actions.trials import run_trial, start_trial
from staff.models import Clause, ClauseVersion, Employee, JobRun, PointEntry
from staff.queries.rulebook import in_force
from staff.states import TrialKind, VersionState
from tests.factories.rulebook import lina, note, open_book
from tests.factories.staff import employee_with

pytestmark = pytest.mark.django_db(transaction=True)
MAY = ("staff.draft_clause", "staff.run_trial", "staff.view_trial", "staff.view_pointentry")
DAY = timedelta(days=1)


@pytest.fixture
def zhaomin(transactional_db) -> Employee:
    """数据分析员 赵敏, on the day after 客服 李娜 let a parcel wait for 30 hours and was warned (ORD-014)."""
    open_book()
    yesterday = shop_day(now()) - DAY
    agent = lina()
    note(f"{yesterday - DAY} 11:00", by=agent, shipped=f"{yesterday} 17:00")
    tally_day(yesterday, at=now())
    return employee_with(*MAY, username="zhaomin", employee_number="A001", name="赵敏")


@pytest.fixture
def chenjing(transactional_db) -> Employee:
    """店长 陈静."""
    return employee_with(*MAY, "staff.publish_clause", username="chenjing", employee_number="A002", name="陈静")


def test_a_limit_is_changed_tried_put_forward_and_published(visit, zhaomin, chenjing):
    page = visit("/rulebook/ORD-014/", zhaomin)
    page.get_by_role("link", name="起草新版本").click()
    page.get_by_label("小时数").fill("36")
    page.get_by_label("改动内容及原因").fill("周末放宽")
    page.get_by_role("button", name="保存草案").click()
    expect(page.locator(".text-change ins").first).to_have_text("36")

    page.get_by_role("button", name="试算最近 90 天").click()
    expect(page.locator("#trial progress")).to_be_visible()
    run_job(JobRun.objects.get(job="staff.run_trial"), at=now())
    expect(page.get_by_role("link", name="李娜").last).to_be_visible()
    expect(page.locator("#trial progress")).to_have_count(0)
    expect(page.locator(".outcome-figures")).to_contain_text("减少的案例")
    expect(page.get_by_text("草案由您起草或修改过，须由第二人发布。")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".draft-way .is-next b")).to_have_text("发布")

    page = visit("/", chenjing)
    page.get_by_role("link", name="ORD-014 二十四小时发货").click()
    page.locator("form[action$='publication/'] button[type=submit]").click()
    expect(page.locator("h1 .pill")).to_have_text("已发布")
    clause, today = Clause.objects.get(number="ORD-014"), shop_day(now())
    assert in_force(today).get(clause=clause).version == 1
    assert in_force(today + DAY).get(clause=clause).parameters == {"hours": 36}
    assert ClauseVersion.objects.get(clause=clause, version=2).published_by == chenjing


@pytest.mark.parametrize(("width", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_the_pages_of_drafts_and_trials_have_no_faults(visit, faults, zhaomin, chenjing, width, language):
    yesterday = shop_day(now()) - DAY
    note(f"{yesterday - 3 * DAY} 11:00", by=lina())
    for back in range(3, 0, -1):
        tally_day(yesterday - back * DAY, at=now())
    assert PointEntry.objects.exists()
    tried, shadowed = (
        draft_version(Clause.objects.get(number=number), by=zhaomin, at=now(), note="试试", **terms)
        for number, terms in (("ORD-016", {"points": Decimal(-1)}), ("ORD-014", {"parameters": {"hours": 36}}))
    )
    trial = start_trial(
        TrialKind.TUNNEL, first=yesterday - 5 * DAY, last=yesterday, versions=[tried], by=zhaomin, at=now()
    )
    run_trial(trial, at=now())
    put_draft_forward(tried, by=zhaomin, at=now())
    shadow_draft(shadowed, by=zhaomin, at=now())
    assert shadowed.state == VersionState.SHADOW
    for address in (
        tried.get_absolute_url(),
        shadowed.get_absolute_url(),
        f"{tried.get_absolute_url()}wording/",
        "/rulebook/ORD-016/draft/",
        "/rulebook/drafts/",
        trial.get_absolute_url(),
        f"{trial.get_absolute_url()}people/{lina().pk}/",
        "/trials/new/",
        "/trials/?tab=tunnel",
    ):
        page = visit(address, chenjing, width=width, language=language)
        assert faults(page) == [], address
