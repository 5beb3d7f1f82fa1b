"""Appraisals as their pages show them: whose, how far, in what words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shopops.kit.clock import shop_day
from shopops.kit.lists.declarations import Reader, Row
from shopops.kit.metrics import METRICS
from staff.models import Appraisal, AppraisalCycle, AppraisalLine, ClauseVersion, Employee
from staff.policy.appraisal import OBJECTION_DAYS
from staff.queries.figures import parts_in_words, value_of, written
from staff.queries.people import matching_people
from staff.states import AppraisalState, CycleKind, CycleState, LineKind

SCORING_ENDS = 10
"""Day of the month by which the month before is scored, where STF-131 does not say (the rulebook is not loaded)."""
SEES_ALL = "staff.view_appraisal"
SEES_AMOUNTS = "staff.take_payroll"
TONES = {
    AppraisalState.WAITING: "plain",
    AppraisalState.SELF_REVIEWED: "info",
    AppraisalState.SCORED: "info",
    AppraisalState.PUBLISHED: "warn",
    AppraisalState.SIGNED: "good",
    AppraisalState.APPEALED: "danger",
    AppraisalState.SETTLED: "good",
}
GRADE_TONES = {"excellent": "good", "good": "info", "qualified": "warn", "unqualified": "danger"}
YEARS_SHOWN = 24


def span_in_words(cycle: AppraisalCycle) -> str:
    """Return `2026-10`, `2026 H1` or `2026`."""
    if cycle.kind == CycleKind.MONTH:
        return f"{cycle.first:%Y-%m}"
    return f"{cycle.first:%Y}" if cycle.kind == CycleKind.YEAR else f"{cycle.first:%Y} H{(cycle.first.month + 5) // 6}"


def score_until(cycle: AppraisalCycle) -> date:
    """Return the last day for scoring: by STF-131 the 10th of the month after, or what its version then says."""
    return scoring_ends((cycle.last + timedelta(days=1)).replace(day=1))


def scoring_ends(month: date) -> date:
    """Return the day of a month until which the month before is scored; one query.

    It is the day of the version that is in force on that very day, as the tally asks for it.

    :param month: any day of it.
    """
    first, last = month.replace(day=1), month.replace(day=28)
    versions = ClauseVersion.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=first), clause__number="STF-131", published_at__isnull=False
    )
    rows = versions.order_by("valid_from").values_list("valid_from", "valid_to", "parameters")
    ends = [
        (since, until, first.replace(day=_day_in(parameters))) for since, until, parameters in rows if since <= last
    ]
    in_force = [day for since, until, day in ends if since <= day and (until is None or day < until)]
    return in_force[0] if in_force else ends[-1][2] if ends else first.replace(day=SCORING_ENDS)


def _day_in(parameters: dict[str, Any]) -> int:
    day = parameters.get("last_day")
    return min(day, 28) if isinstance(day, int) and day > 0 else SCORING_ENDS


def can_object_until(cycle: AppraisalCycle) -> date:
    """Return the last day for objections, counted from the publication."""
    start = shop_day(cycle.published_at) if cycle.published_at else cycle.last
    return start + timedelta(days=OBJECTION_DAYS())


def is_late(appraisal: Appraisal, today: date) -> bool:
    """Say whether the self-review came, or is still to come, after the end of the month (STF-135)."""
    if appraisal.cycle.kind != CycleKind.MONTH:
        return False
    filed = shop_day(appraisal.self_reviewed_at) if appraisal.self_reviewed_at else today
    return filed > appraisal.cycle.last


def may_see(appraisal: Appraisal, reader: Employee) -> bool:
    """Say whether somebody may read an appraisal: their own, of their people, or with the permission for all."""
    own = (appraisal.employee_id, appraisal.superior_id, appraisal.scored_by_id)
    return reader.pk in own or reader.has_perm(SEES_ALL)


def appraisal_of(pk: int) -> Appraisal | None:
    """Return an appraisal with everything its page names; one query."""
    return (
        Appraisal.objects.select_related(
            "cycle", "employee__unit", "position", "superior", "scored_by", "grade", "objection_answered_by"
        )
        .filter(pk=pk)
        .first()
    )


def lines_of(appraisal: Appraisal) -> list[AppraisalLine]:
    """Return the lines of an appraisal, points first, then what is measured, then what is scored on forms."""
    order = {LineKind.POINTS: 0, LineKind.KPI: 1, LineKind.FORM: 2}
    lines = list(appraisal.lines.select_related("kpi"))
    return sorted(lines, key=lambda line: (order[LineKind(line.kind)], line.kpi.number if line.kpi else ""))


def figure_in_words(metric: str, numerator: Decimal | None, denominator: Decimal | None) -> str:
    """Return the figure behind a line, with the counts it is made of; nothing where nothing was measured."""
    if metric not in METRICS or numerator is None:
        return ""
    value = value_of(metric, numerator, denominator)
    if value is None:
        return ""
    parts = parts_in_words(METRICS[metric], numerator, denominator)
    shown = written(METRICS[metric], value)
    return f"{shown} ({parts})" if parts else shown


def months_of(appraisal: Appraisal) -> QuerySet[Appraisal]:
    """Return the locked months a half-year or year is made of, oldest first."""
    return (
        Appraisal.objects.filter(
            employee=appraisal.employee_id,
            cycle__kind=CycleKind.MONTH,
            cycle__state=CycleState.LOCKED,
            cycle__first__gte=appraisal.cycle.first,
            cycle__last__lte=appraisal.cycle.last,
            score__isnull=False,
        )
        .select_related("cycle", "grade")
        .order_by("cycle__first")
    )


def results_of(employee: Employee) -> list[Appraisal]:
    """Return a person's published results, newest first; one query."""
    return list(
        Appraisal.objects.filter(employee=employee, cycle__state__in=(CycleState.PUBLISHED, CycleState.LOCKED))
        .select_related("cycle", "grade")
        .order_by("-cycle__first", "cycle__kind")[:YEARS_SHOWN]
    )


def listed_appraisals(reader: Reader) -> QuerySet[Appraisal]:
    """Return the rows of the list: one's own, those one scores, or everybody's."""
    rows = Appraisal.objects.annotate(
        name=F("employee__name"),
        number=F("employee__employee_number"),
        superior_name=F("superior__name"),
        first=F("cycle__first"),
        kind=F("cycle__kind"),
        cycle_state=F("cycle__state"),
        grade_code=F("grade__code"),
        grade_zh=F("grade__name"),
        grade_en=F("grade__name_en"),
        post_zh=F("position__name"),
        post_en=F("position__name_en"),
    )
    if reader.by.has_perm(SEES_ALL):
        return rows
    return rows.filter(Q(employee=reader.by) | Q(superior=reader.by) | Q(scored_by=reader.by))


def add_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows of a page; no query. Nobody sees a score of their own before it is out."""
    states, kinds = dict(AppraisalState.choices), dict(CycleKind.choices)
    english = get_language() == "en"
    for row in rows:
        is_out = row["cycle_state"] in {CycleState.PUBLISHED, CycleState.LOCKED}
        row["span"] = span_in_words(AppraisalCycle(kind=row["kind"], first=row["first"]))
        row["kind_label"] = kinds[row["kind"]]
        row["state_label"] = states[row["state"]]
        row["tone"] = TONES[AppraisalState(row["state"])]
        row["grade_label"] = (row["grade_en"] if english else row["grade_zh"]) or ""
        row["grade_tone"] = GRADE_TONES.get(row["grade_code"] or "", "plain")
        row["post"] = (row["post_en"] if english else row["post_zh"]) or ""
        if row["employee_id"] == reader.by.pk and not is_out:
            row["score"], row["grade_label"] = None, ""


def matching_appraisals(text: str) -> Q:
    """Return the condition for the search box: name, pinyin or number of the person."""
    people = Employee.objects.filter(matching_people(text))
    return Q(employee__in=people)


def self_review_titles() -> list[tuple[str, str]]:
    """Return the parts of a self-review with their headings, in their order (STF-135)."""
    return [
        ("tasks", _("Tasks of the month")),
        ("results", _("What came of them")),
        ("problems", _("Problems")),
        ("plans", _("What I shall improve")),
    ]


def due_self_reviews(employee: int) -> QuerySet[Appraisal]:
    """Return a person's self-reviews that are to be filed."""
    return Appraisal.objects.filter(
        employee=employee, state=AppraisalState.WAITING, cycle__kind=CycleKind.MONTH, cycle__state=CycleState.OPEN
    ).select_related("cycle", "employee")


def to_score(employee: int, at: datetime) -> QuerySet[Appraisal]:
    """Return whom somebody has to score, of periods that are over."""
    return Appraisal.objects.filter(
        superior=employee,
        state__in=(AppraisalState.WAITING, AppraisalState.SELF_REVIEWED),
        cycle__state__in=(CycleState.OPEN, CycleState.AUDIT),
        cycle__last__lt=shop_day(at),
    ).select_related("cycle", "employee")


def to_sign(employee: int) -> QuerySet[Appraisal]:
    """Return a person's published results that wait for their signature or objection."""
    return Appraisal.objects.filter(
        employee=employee, state=AppraisalState.PUBLISHED, cycle__state=CycleState.PUBLISHED
    ).select_related("cycle", "employee")


def to_answer(employee: int) -> QuerySet[Appraisal]:
    """Return the objections somebody may answer: not their own, and of nobody they scored."""
    return (
        Appraisal.objects.filter(state=AppraisalState.APPEALED)
        .exclude(employee=employee)
        .exclude(scored_by=employee)
        .select_related("cycle", "employee")
    )
