"""The close of a month for 500 people: opening, reckoning, publishing, the bonus sheet."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tools.bench.registry import Result, bench

PEOPLE, ENTRIES, GOAL = 500, 30, 60.0
MONTH, HOUR = date(2026, 10, 1), 9


@bench("appraisals")
def appraisals(_rounds: int) -> Iterable[Result]:
    """Close a month of 500 people with 15,000 point entries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from staff.actions.appraisal_cycles import audit_cycle, open_cycle, publish_cycle, reckon_cycle
    from staff.exports.bonus_sheet import bonus_sheet, bonus_workbook
    from staff.states import CycleKind

    chief = people_and_points()
    seconds: dict[str, float] = {}
    queries: dict[str, int] = {}

    def timed(name: str, do: Any) -> Any:
        with CaptureQueriesContext(connection) as asked:
            start = time.perf_counter()
            result = do()
            seconds[name] = time.perf_counter() - start
        queries[name] = len(asked)
        return result

    cycle = timed("open", lambda: open_cycle(CycleKind.MONTH, MONTH, by=None, at=moment(2026, 10, 31)))
    score_all(cycle, chief)
    timed("reckon", lambda: reckon_cycle(cycle, at=moment(2026, 11, 8)))
    cycle.refresh_from_db()
    timed("check", lambda: audit_cycle(cycle, by=chief, at=moment(2026, 11, 8)))
    timed("publish", lambda: publish_cycle(cycle, by=chief, at=moment(2026, 11, 9)))
    sheet = timed("sheet", lambda: bonus_workbook(bonus_sheet(cycle), cycle))
    words = ", ".join(f"{name} {seconds[name]:.2f} s in {queries[name]} queries" for name in seconds)
    yield Result(
        name=f"close of a month, {PEOPLE} people: opening, reckoning, publishing, bonus sheet",
        ours=sum(seconds.values()),
        anchor=None,
        goal=GOAL,
        better="less",
        note=f"{words}; sheet of {len(sheet) // 1024} KiB",
    )


def moment(year: int, month: int, day: int) -> datetime:
    """Return a moment on the shop's clock."""
    from shopops.kit.clock import SHANGHAI

    return datetime(year, month, day, HOUR, tzinfo=SHANGHAI)


def people_and_points() -> Any:
    """Make 500 people of the posts of the register, with pay terms, readings and points; return who leads them."""
    from django.core.management import call_command

    from shopops.kit.copying import copy_in
    from staff.models import Appointment, Clause, ClauseVersion, Employee, Offence, PayTerms, PointEntry, Position

    for command in ("setup_roles", "load_rulebook", "load_kpis", "load_appraisal"):
        call_command(command, verbosity=0)
    chance = random.Random(20)
    posts = list(Position.objects.filter(is_used=True).exclude(code__in=("chairman", "general-manager")))
    people = [
        Employee(username=f"p{n}", employee_number=f"P{n:04}", name=f"员工{n}", unit=posts[n % len(posts)].unit)
        for n in range(PEOPLE)
    ]
    for person in people:
        person.name_pinyin, person.name_initials = f"yuangong{person.username}", "yg"
    copy_in(people)
    since = date(2025, 1, 1)
    copy_in([Appointment(employee=one, position=posts[n % len(posts)], since=since) for n, one in enumerate(people)])
    copy_in([PayTerms(employee=one, since=since, bonus_base=Decimal(2000)) for one in people])
    clause = Clause.objects.get(number="ORD-016")
    version = ClauseVersion.objects.filter(clause=clause).order_by("-version")[0]
    offences = [
        Offence(
            clause=clause, version=version, employee=people[n % PEOPLE], subject_type="bench", subject_id=n,
            subject_label=f"单据 {n}", happened_at=moment(2026, 10, 1 + n % 31), day=MONTH + timedelta(days=n % 31),
            found_at=moment(2026, 10, 31),
        )
        for n in range(PEOPLE * ENTRIES)
    ]  # fmt: skip
    copy_in(offences)
    copy_in(
        [
            PointEntry(
                offence=one, employee_id=one.employee_id, points=Decimal(chance.choice(("-1", "-0.5"))), day=one.day,
                booked_at=one.found_at,
            )
            for one in offences
        ]
    )  # fmt: skip
    return people[0]


def score_all(cycle: Any, chief: Any) -> None:
    """Score everybody in sets: what people do one by one over ten days is not measured."""
    from shopops.kit.moves import move_many
    from staff.models import Appraisal, AppraisalLine, KpiScore
    from staff.states import APPRAISAL_MOVES, AppraisalState, LineKind

    lines = AppraisalLine.objects.filter(appraisal__cycle=cycle, kind=LineKind.FORM).select_related("appraisal")
    KpiScore.objects.bulk_create(
        KpiScore(
            kpi_id=line.kpi_id or 0, employee_id=line.appraisal.employee_id, month=MONTH, score=85, text="按时完成",
            scored_by=chief, scored_at=moment(2026, 11, 5),
        )
        for line in lines
        if line.appraisal.employee_id != chief.pk
    )  # fmt: skip
    move_many(list(Appraisal.objects.filter(cycle=cycle)), AppraisalState.SCORED, moves=APPRAISAL_MOVES, comment="好")
