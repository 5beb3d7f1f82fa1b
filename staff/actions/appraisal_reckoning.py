"""Reckoning appraisals in sets: lines from figures and points, scores from lines, bonuses from scores."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q

from staff.models import Appraisal, AppraisalCycle, AppraisalLine, GradeBand, PayTerms
from staff.policy.appraisal import bonus_of, final_score, grade_for, score_of_points, weighted_score
from staff.queries.appraisal_points import points_of_people
from staff.queries.kpi_scores import KpiResult, scores_of
from staff.states import AppraisalState, CycleKind, LineKind

A_STATEMENT = 1000
"""Rows written in one statement."""
OPEN = (AppraisalState.WAITING, AppraisalState.SELF_REVIEWED, AppraisalState.SCORED)


def reckon(cycle: AppraisalCycle, *, only: Sequence[int] | None = None) -> list[Appraisal]:
    """Bring lines, scores, grades and bonuses of a month's unpublished appraisals up to date; return those.

    A superior's adjustment stays. A constant number of queries for everybody, and one statement a thousand rows.

    :param only: ids of appraisals; None is all of the cycle.
    """
    wanted = Q() if only is None else Q(pk__in=only)
    found = list(
        Appraisal.objects.filter(wanted, cycle=cycle, state__in=OPEN).select_related("employee").order_by("pk")
    )
    if cycle.kind != CycleKind.MONTH:
        return found
    lines = list(AppraisalLine.objects.filter(appraisal__in=found).select_related("kpi").order_by("pk"))
    _measure(cycle, found, lines)
    by_appraisal: dict[int, list[AppraisalLine]] = {one.pk: [] for one in found}
    for line in lines:
        by_appraisal[line.appraisal_id].append(line)
    bands, bases = list(GradeBand.objects.all()), bonus_bases(cycle, found)
    for one in found:
        one.reckoned = weighted_score((line.weight, line.score) for line in by_appraisal[one.pk])
        is_scored = one.state == AppraisalState.SCORED and one.reckoned is not None
        settle(one, final_score(one.reckoned or Decimal(0), one.adjustment) if is_scored else None, bands, bases)
    AppraisalLine.objects.bulk_update(lines, ["score", "numerator", "denominator", "text"], batch_size=A_STATEMENT)
    columns = ["reckoned", "score", "grade", "coefficient", "bonus_base", "bonus"]
    Appraisal.objects.bulk_update(found, columns, batch_size=A_STATEMENT)
    return found


def settle(one: Appraisal, score: Decimal | None, bands: Sequence[GradeBand], bases: dict[int, Decimal]) -> None:
    """Put a score on an appraisal with the grade, coefficient and bonus that follow from it; nothing is saved."""
    one.score = score
    one.grade = grade_for(score, bands) if score is not None else None
    one.coefficient = one.grade.coefficient if one.grade else None
    one.bonus_base = bases.get(one.employee_id)
    has_bonus = one.bonus_base is not None and score is not None and one.coefficient is not None
    one.bonus = bonus_of(one.bonus_base, score, one.coefficient) if has_bonus else None  # type: ignore[arg-type]  # has_bonus says so


def bonus_bases(cycle: AppraisalCycle, appraisals: Sequence[Appraisal]) -> dict[int, Decimal]:
    """Return the bonus at 100 in force at the end of a month, by employee; one query. Only months have a bonus."""
    return {employee: terms.bonus_base for employee, terms in terms_in_force(cycle, appraisals).items()}


def terms_in_force(cycle: AppraisalCycle, appraisals: Sequence[Appraisal]) -> dict[int, PayTerms]:
    """Return the pay terms in force at the end of a month, by employee; one query, none for longer spans."""
    if cycle.kind != CycleKind.MONTH:
        return {}
    people = [one.employee_id for one in appraisals]
    terms = PayTerms.objects.filter(employee__in=people, since__lte=cycle.last).order_by("employee", "since")
    return {one.employee_id: one for one in terms}


def _measure(cycle: AppraisalCycle, appraisals: Sequence[Appraisal], lines: Sequence[AppraisalLine]) -> None:
    """Put figure and score on each line; what was not measured has none."""
    employees = {one.pk: one.employee for one in appraisals}
    asked = {line.kpi_id: line.kpi for line in lines if line.kpi is not None}
    people: dict[int, list[int]] = {}
    for line in lines:
        if line.kpi_id is not None:
            people.setdefault(line.kpi_id, []).append(line.appraisal_id)
    results: dict[tuple[int, int], KpiResult] = {}
    for kpis, members in _alike(people):
        asked_people = [employees[pk] for pk in members]
        results |= scores_of(asked_people, [asked[kpi] for kpi in kpis], cycle.first, cycle.last)
    points = points_of_people(cycle, [person.pk for person in employees.values()])
    for line in lines:
        person = employees[line.appraisal_id].pk
        if line.kind == LineKind.POINTS:
            net = points[person].net if person in points else Decimal(0)
            line.numerator, line.score = net, score_of_points(net)
        elif line.kpi_id is not None:
            result = results[person, line.kpi_id]
            line.numerator, line.denominator, line.score = result.numerator, result.denominator, result.score
            if line.kind == LineKind.FORM and result.score is not None:
                line.text = result.grounds


def _alike(people: dict[int, list[int]]) -> list[tuple[list[int], list[int]]]:
    """Return the indicators with those they are asked of; all of one set of people are asked together.

    There are as many sets as posts have different indicators: a handful, however many people there are.
    """
    groups: dict[tuple[int, ...], list[int]] = {}
    for kpi, members in people.items():
        groups.setdefault(tuple(members), []).append(kpi)
    return [(kpis, list(members)) for members, kpis in groups.items()]
