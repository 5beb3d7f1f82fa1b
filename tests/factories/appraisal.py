"""A house of people to appraise: their indicators, weights, pay terms, points."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shopops.kit.clock import SHANGHAI
from staff.actions.appraisal_cycles import audit_cycle, lock_cycle, open_cycle, publish_cycle
from staff.actions.appraisal_forms import FormScore
from staff.actions.appraisal_setup import load_appraisal, set_pay_terms
from staff.actions.appraisals import file_self_review, score_appraisal
from staff.models import (
    Appraisal,
    AppraisalCycle,
    Clause,
    ClauseVersion,
    Employee,
    Kpi,
    Offence,
    PointEntry,
    Rulebook,
)
from staff.states import CycleKind, LineKind, Machine, VersionState
from tests.factories.kept import made_once
from tests.factories.staff import make_cast

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
WORDS = {"tasks": "接待咨询", "results": "响应 38 秒", "problems": "", "plans": "整理话术"}


def at(text: str) -> datetime:
    """Return a moment on the shop's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def make_kpi(number: str = "STF-143", **values: Any) -> Kpi:
    """Make an indicator, scored on a form unless said otherwise."""
    defaults = {
        "name": "考核内容",
        "name_en": "Attitude and teamwork",
        "definition": "态度、协作",
        "definition_en": "Attitude and teamwork",
        "machine": Machine.FORM,
    }
    return Kpi.objects.get_or_create(number=number, defaults={**defaults, **values})[0]


@made_once
def make_house(*, terms: str = "2000") -> dict[str, Employee]:
    """Make the cast with grades, weights (points 70, form 30) and pay terms."""
    cast = make_cast()
    make_kpi()
    load_appraisal(at=at("2026-01-01 09:00"))
    if terms:
        for person in cast.values():
            set_pay_terms(
                person, since=date(2026, 1, 1), bonus_base=Decimal(terms), base_wage=Decimal(5000), by=None,
                at=at("2026-01-01 09:00"),
            )  # fmt: skip
    return cast


def charge(employee: Employee, points: str, day: date, *, booked: str = "", fund: str = "0") -> PointEntry:
    """Book points for something that happened on a day."""
    moment = at(booked or f"{day} 23:00")
    book, _made = Rulebook.objects.get_or_create(code="test", defaults={"name": "细则", "name_en": "Rules"})
    clause, is_new = Clause.objects.get_or_create(
        number="CS-066", defaults={"rulebook": book, "department": "service", "kind": "penalty", "title": "回访"}
    )
    if is_new:
        ClauseVersion.objects.create(
            clause=clause, version=1, state=VersionState.PUBLISHED, valid_from=date(2000, 1, 1), text="回访",
            text_en="Follow up", points=Decimal("-0.5"), parameters={}, published_at=moment,
        )  # fmt: skip
    count = Offence.objects.count() + 1
    offence = Offence.objects.create(
        clause=clause, version=clause.versions.get(), employee=employee, subject_type="orders.Order",
        subject_id=count, subject_label=f"订单 {count}", happened_at=moment, day=day, found_at=moment,
    )  # fmt: skip
    return PointEntry.objects.create(
        offence=offence, employee=employee, points=Decimal(points), day=day, booked_at=moment, fund=Decimal(fund)
    )


def score(appraisal: Appraisal, value: str = "90", *, moment: str = "2026-11-05 10:00", **values: Any) -> Appraisal:
    """Let the superior score an appraisal, every line on the form alike."""
    assert appraisal.superior is not None
    lines = appraisal.lines.filter(kind=LineKind.FORM)
    forms = {line.pk: FormScore(Decimal(value), "踏实") for line in lines}
    given = {"comment": "稳定", **values}
    return score_appraisal(appraisal, forms, by=appraisal.superior, at=at(moment), **given)


def open_month(first: date = OCTOBER) -> AppraisalCycle:
    """Open a month on its last day."""
    last = date(first.year, first.month, 31 if first.month in {1, 3, 5, 7, 8, 10, 12} else 30)
    return open_cycle(CycleKind.MONTH, first, by=None, at=at(f"{last} 06:00"))


def score_everybody(cycle: AppraisalCycle, *, moment: str = "2026-11-05 10:00") -> None:
    """Let everybody file and be scored; HR scores for those nobody leads."""
    for appraisal in cycle.appraisals.select_related("employee", "superior"):
        file_self_review(appraisal, WORDS, by=appraisal.employee, at=at(f"{cycle.last} 17:00"))
        score(appraisal, moment=moment)


def publish(cycle: AppraisalCycle, by: Employee, *, moment: str = "2026-11-11 09:00") -> AppraisalCycle:
    """Hand to HR and publish."""
    cycle.refresh_from_db()
    audit_cycle(cycle, by=by, at=at(moment))
    publish_cycle(cycle, by=by, at=at(moment))
    return cycle


def lock(cycle: AppraisalCycle, by: Employee, *, moment: str = "2026-11-20 09:00") -> AppraisalCycle:
    """Lock by a second person, when the time for objections is over."""
    lock_cycle(cycle, by=by, at=at(moment))
    return cycle
