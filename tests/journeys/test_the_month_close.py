"""A month of 20 people through the pages: self-reviews, scores, check, publication, objection, papers, sheet, lock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from shopops.kit.jobs import JOBS
from staff.actions.appraisal_setup import set_pay_terms
from staff.actions.people import appoint
from staff.models import Appraisal, AppraisalCycle, Employee, Event, JobRun, Notification, PayTerms, Position
from staff.states import AppraisalState, CycleState
from tests.factories.appraisal import WORDS, at, charge, make_house
from tests.factories.staff import EmployeeFactory

pytestmark = pytest.mark.django_db

FORM = {"comment": "稳定", "adjustment": "", "reason": ""}


class Day:
    """The clock on the wall, and whoever sits at the screen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch

    def is_(self, text: str) -> None:
        for room in ("appraisals", "appraisal_cycles"):
            self.patch.setattr(f"staff.views.{room}.now", lambda: at(text))
        self.patch.setattr("staff.jobs.now", lambda: at(text))


def post(person: Employee, name: str, *args: Any, **data: Any) -> Any:
    client = Client()
    client.force_login(person)
    return client.post(reverse(f"staff:{name}", args=args), data)


def run_jobs(name: str) -> None:
    """Let the worker do what waits."""
    for run in JobRun.objects.filter(job=name, state="queued"):
        progress = SimpleNamespace(run_id=run.pk, asked_by_id=run.asked_by_id, step=lambda *_all: None)
        JOBS[name].function(progress, **run.params)
        JobRun.objects.filter(pk=run.pk).update(state="done")


def more_people(cast: dict[str, Employee]) -> None:
    """Let two more pack, so that there are 20."""
    packer = Position.objects.get(code="warehouse")
    for login, name in (("fengjun", "冯军"), ("luolan", "罗兰")):
        person = EmployeeFactory(username=login, name=name, unit=packer.unit)
        appoint(person, packer, since=date(2026, 1, 1), by=None, at=at("2026-01-01 09:00"))
        set_pay_terms(
            person, since=date(2026, 1, 1), bonus_base=Decimal(1200), by=cast["xujing"], at=at("2026-01-01 09:00")
        )


def test_a_month_of_twenty_people_ends_in_a_locked_bonus_sheet(monkeypatch, settings, tmp_path):  # noqa: PLR0915 -- one story
    settings.MEDIA_ROOT = tmp_path
    cast, day = make_house(), Day(monkeypatch)
    more_people(cast)
    hr, chief, lina = cast["xujing"], cast["chenjing"], cast["lina"]
    charge(lina, "-6", date(2026, 10, 8))
    frozen = charge(cast["zhouqian"], "-30", date(2026, 10, 9))
    frozen.offence.is_frozen = True
    frozen.offence.save()

    day.is_("2026-10-31 06:00")
    JOBS["staff.open_appraisals"].function(None, day="2026-10-30")
    cycle = AppraisalCycle.objects.get()
    people = list(cycle.appraisals.select_related("employee", "superior"))
    assert len(people) == 20
    assert Notification.objects.filter(kind="appraisal").count() == 20

    day.is_("2026-10-31 17:00")
    for one in people[:-1]:
        assert post(one.employee, "self_review", one.pk, **WORDS).status_code == 302

    day.is_("2026-11-05 10:00")
    for one in people:
        lines = {f"score_{line.pk}": "88" for line in one.lines.filter(kind="form")}
        grounds = {f"text_{line.pk}": "按时完成" for line in one.lines.filter(kind="form")}
        assert post(one.superior, "appraisal_score", one.pk, **FORM, **lines, **grounds).status_code == 302
    assert not cycle.appraisals.exclude(state=AppraisalState.SCORED).exists()

    day.is_("2026-11-09 09:00")
    post(hr, "cycle_audit", cycle.pk)
    post(hr, "cycle_publication", cycle.pk)
    run_jobs("staff.publish_appraisals")
    cycle.refresh_from_db()
    assert cycle.state == CycleState.PUBLISHED
    results = {one.employee.username: one for one in cycle.appraisals.select_related("employee")}
    # 0.7 x 94 + 0.3 x 88 = 92.2, excellent: 2000 x 0.922 x 1.2; the points under appeal are left out
    assert (results["lina"].score, results["lina"].bonus) == (Decimal("92.20"), Decimal("2212.80"))
    assert results["zhouqian"].score == Decimal("96.40")
    assert results["zhouqian"].snapshot["left_out"][0]["points"] == "-30.00"

    day.is_("2026-11-10 09:00")
    post(lina, "appraisal_objection", results["lina"].pk, text="两单为快递停运")
    post(chief, "appraisal_answer", results["lina"].pk, text="属实", score="96.40")
    for one in results.values():
        post(one.employee, "appraisal_signature", one.pk)
    assert not cycle.appraisals.exclude(state=AppraisalState.SIGNED).exists()
    run_jobs("staff.appraisal_papers")

    mine = Appraisal.objects.get(pk=results["lina"].pk)
    with mine.paper.open("rb") as stream:
        paper = "".join(one.extract_text() for one in PdfReader(stream).pages).replace("\n", "")
    for words in ("李娜", "APR-202610-B002-2", "96.40", "2,313.60", "92.20", "属实", "优秀"):
        assert words in paper
    assert not cycle.appraisals.filter(paper="").exists()

    day.is_("2026-11-11 09:00")
    post(hr, "cycle_lock", cycle.pk)
    cycle.refresh_from_db()
    assert cycle.state == CycleState.PUBLISHED, "whoever published does not lock"
    post(chief, "cycle_lock", cycle.pk)
    cycle.refresh_from_db()
    assert cycle.state == CycleState.LOCKED

    answer = post(cast["zhenghong"], "cycle_sheet", cycle.pk)
    rows = list(load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 22
    sheet = {row[1]: row for row in rows[1:-1]}
    assert (sheet["李娜"][4], sheet["李娜"][8], sheet["李娜"][9]) == (96.4, 2313.6, 0)
    assert sheet["冯军"][8] == 1388.16  # 1200 x 0.964 x 1.2
    assert Decimal(str(rows[-1][8])) == sum(Decimal(str(row[8])) for row in rows[1:-1])
    assert Event.objects.filter(verb="staff.payroll_taken", by=cast["zhenghong"]).count() == 1

    before = list(Appraisal.objects.filter(cycle=cycle).order_by("pk").values())
    PayTerms.objects.update(bonus_base=1)
    post(lina, "appraisal_objection", mine.pk, text="再看一次")
    post(chief, "cycle_reopening", cycle.pk, reason="错")
    assert list(Appraisal.objects.filter(cycle=cycle).order_by("pk").values()) == before
