"""Bad reviews become tasks; only bad manners cost points, once somebody else has confirmed them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine

from service.actions.reviews import handle_review, settle_review, unsettle_review
from service.detectors.complaints import bad_review
from service.imports import READERS, Upload, import_files
from service.models import Review
from service.states import FileKind, FileState, Rating, ReviewCause, ReviewState
from shopops.kit.clock import Window, day_window, shop_day
from shopops.kit.detectors import Question
from shopops.kit.refusals import Refused
from staff.actions.jobs import run_job
from staff.actions.rulebook import load_rulebook
from staff.actions.tally import tally_day
from staff.models import Employee, JobRun, Offence, PointEntry
from tests.factories.complaints import a_complaint, a_review
from tests.factories.staff import NOON, EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HEADER = "订单编号,买家昵称,评价类型,评价内容,评价时间,宝贝标题,解释\n"


@pytest.fixture
def lina() -> Employee:
    return EmployeeFactory(username="lina", name="李娜")


@pytest.fixture
def chenjing() -> Employee:
    return EmployeeFactory(username="chenjing", name="陈静")


def settled(review: Review, by: Employee, **values) -> Review:
    handle_review(review, outcome="已致歉", by=by, at=NOON)
    settle_review(review, by=by, at=NOON, **values)
    return review


def found_on(day):
    window = day_window(day)
    return list(bad_review(Question(Window(*window), window.end, {})))


def test_the_agent_does_not_confirm_the_own_cause(lina):
    review = a_review(agent=lina)
    handle_review(review, outcome="已致歉", by=lina, at=NOON)
    with pytest.raises(Refused):
        settle_review(review, cause=ReviewCause.ATTITUDE, agent=lina, by=lina, at=NOON)


def test_bad_manners_with_text_are_graver(lina, chenjing):
    settled(a_review(agent=lina), chenjing, cause=ReviewCause.ATTITUDE, agent=lina)
    settled(a_review(agent=lina, has_text=False, text=""), chenjing, cause=ReviewCause.ATTITUDE, agent=lina)
    assert sorted(one.grade for one in found_on(shop_day(NOON - DAY))) == ["", "with_text"]


def test_an_objective_cause_costs_nobody_anything(lina, chenjing):
    settled(a_review(agent=lina), chenjing, cause=ReviewCause.LOGISTICS, cause_text="快递延误", agent=lina)
    assert found_on(shop_day(NOON - DAY)) == []


def test_a_cause_confirmed_late_is_charged_to_the_day_of_the_review(lina, chenjing):
    load_rulebook(at=NOON - 60 * DAY)
    review = a_review(agent=lina)
    day = shop_day(review.reviewed_at)
    assert tally_day(day, at=NOON).by_clause.get("CS-061", 0) == 0
    settled(review, chenjing, cause=ReviewCause.ATTITUDE, agent=lina)
    run = JobRun.objects.get(job="staff.tally_again")
    assert run.params == {"first": day.isoformat(), "last": day.isoformat(), "only": "service.bad_review"}
    tally_day(day, at=NOON)
    offence = Offence.objects.get(clause__number="CS-061")
    assert (offence.employee, offence.day) == (lina, day)
    assert PointEntry.objects.get(offence=offence).points == Decimal(-5)
    with pytest.raises(Refused):
        unsettle_review(review, reason="看错了", by=chenjing, at=NOON)


def test_a_cause_confirmed_weeks_later_is_still_charged_to_its_day_and_month_and_nothing_else_is(lina, chenjing):
    load_rulebook(at=NOON - 90 * DAY)
    written = NOON - 40 * DAY
    a_complaint(lina, at=written - DAY + timedelta(hours=1))
    settled(a_review(agent=lina, reviewed_at=written), chenjing, cause=ReviewCause.ATTITUDE, agent=lina)

    for _again in range(2):
        with time_machine.travel(NOON, tick=False):
            run_job(JobRun.objects.get(job="staff.tally_again"), at=NOON)

    offence = Offence.objects.get()
    assert (offence.clause.number, offence.day) == ("CS-061", shop_day(written))
    assert PointEntry.objects.get().day == shop_day(written)


def imported(tmp_path: Path, rows: str, *, header: str = HEADER, **values):
    path = tmp_path / "评价.csv"
    path.write_text(header + rows, encoding="gb18030")
    return import_files([Upload(path, path.name)], kind=FileKind.REVIEWS, by=None, at=NOON, **values)


def test_the_reader_of_reviews_is_registered():
    assert FileKind.REVIEWS in READERS


def test_middling_and_bad_reviews_become_tasks_within_two_office_hours(tmp_path):
    ShopFactory()
    batch = imported(
        tmp_path,
        '="2810012345678000001",小溪流水,好评,很好,2026-11-19 10:00:00,羊毛衫,\n'
        "2810012345678000002,tb_liu,中评,一般,2026-11-19 11:00:00,羊毛衫,\n"
        "2810012345678000003,tb_wang,差评,此用户没有填写评价。,2026-11-19 12:00:00,羊毛衫,谢谢\n",
    )
    assert (batch.state, batch.counts["new"], batch.counts["tasks"]) == (FileState.DONE, 3, 2)
    bad = Review.objects.get(rating=Rating.BAD)
    assert (bad.state, bad.has_text, bad.due_at) == (ReviewState.TASK, False, NOON + timedelta(hours=3))
    assert Review.objects.get(rating=Rating.GOOD).state == ReviewState.QUIET


def test_the_same_file_again_changes_nothing_and_a_worse_review_becomes_a_task(tmp_path):
    ShopFactory()
    row = "2810012345678000001,小溪流水,{},{},2026-11-19 10:00:00,羊毛衫,\n"
    imported(tmp_path, row.format("好评", "很好"))
    again = imported(tmp_path, row.format("好评", "很好"))
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 1)
    worse = imported(tmp_path, row.format("差评", "洗后缩水"))
    assert (worse.counts["changed"], worse.counts["tasks"]) == (1, 1)
    assert Review.objects.get().state == ReviewState.TASK


@pytest.mark.parametrize(
    "row",
    [
        "不是数字,小溪流水,好评,x,2026-11-19 10:00:00,a,\n",
        "2810012345678000001,,好评,x,2026-11-19 10:00:00,a,\n",
        "2810012345678000001,小溪流水,还行吧,x,2026-11-19 10:00:00,a,\n",
        "2810012345678000001,小溪流水,好评,x,2026/11/3x,a,\n",
    ],
)
def test_a_row_that_is_not_understood_is_refused_with_its_place(tmp_path, row):
    ShopFactory()
    batch = imported(tmp_path, row)
    assert batch.counts["refused"] == 1
    assert batch.complaints[0]["row"] == 2


def test_a_file_without_the_columns_is_refused_whole(tmp_path):
    ShopFactory()
    assert imported(tmp_path, "1,2\n", header="甲,乙\n").state == FileState.REFUSED
