"""Freezing results: what page, PDF and bonus sheet print of an appraisal once it is published."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from shopops.kit.clock import shop_day
from staff.actions.appraisal_reckoning import A_STATEMENT, terms_in_force
from staff.models import Appraisal, AppraisalCycle, AppraisalLine, PointEntry
from staff.policy.appraisal import BONUS_BY_SCORE, deduction_of, half_up, shares
from staff.policy.house import COMPANY_NAME
from staff.queries.appraisal_points import FROZEN, countable_entries, funds_of_people
from staff.queries.appraisals import is_late, span_in_words
from staff.states import CycleKind, CycleState


def freeze(cycle: AppraisalCycle, people: Sequence[Appraisal], *, at: datetime) -> None:
    """Write the snapshots of published appraisals; papers printed before go. A constant number of queries."""
    wanted = [one.pk for one in people]
    whole = Appraisal.objects.filter(pk__in=wanted).select_related(
        "cycle", "employee__unit", "position", "superior", "scored_by", "grade"
    )
    lines: dict[int, list[AppraisalLine]] = defaultdict(list)
    for line in (
        AppraisalLine.objects.filter(appraisal__in=wanted).select_related("kpi").order_by("kind", "kpi__number")
    ):
        lines[line.appraisal_id].append(line)
    counted, left_out = _entries(cycle, people)
    funds = funds_of_people(cycle) if cycle.kind == CycleKind.MONTH else {}
    months = _months(cycle, people)
    rows = list(whole)
    terms = terms_in_force(cycle, rows)
    for one in rows:
        fund = funds.get(one.employee_id, Decimal(0))
        wage = terms[one.employee_id].base_wage if one.employee_id in terms else None
        shot = {
            **_who(one, at),
            **_result(one),
            "fund": fund,
            "deduction": deduction_of(fund, wage),
            "lines": _lines(lines[one.pk]),
            "points": [_entry(entry) for entry in counted[one.employee_id]],
            "left_out": [_entry(entry) for entry in left_out[one.employee_id]],
            "months": months[one.employee_id],
        }
        one.snapshot = sealed(one, shot)
        one.paper = ""
    Appraisal.objects.bulk_update(rows, ["snapshot", "paper"], batch_size=A_STATEMENT)
    frozen = {one.pk: one for one in rows}
    for one in people:
        one.snapshot, one.paper = frozen[one.pk].snapshot, frozen[one.pk].paper


def freeze_correction(appraisal: Appraisal, *, at: datetime) -> None:
    """Freeze a result that was corrected after an objection: the figures stay, score and bonus are the new ones."""
    shot = {**appraisal.snapshot, **_result(appraisal), "made_at": at}
    shot |= {
        "corrected_from": appraisal.snapshot["score"],
        "objection": appraisal.objection,
        "objection_answer": appraisal.objection_answer,
        "objection_answered_by": str(appraisal.objection_answered_by or ""),
    }
    appraisal.snapshot, appraisal.paper = sealed(appraisal, shot), ""
    appraisal.save(update_fields=["snapshot", "paper"])


def sealed(appraisal: Appraisal, shot: dict[str, Any]) -> dict[str, Any]:
    """Return a snapshot as it is kept: plain JSON with its number, version and digest."""
    version = int(appraisal.snapshot.get("version", 0)) + 1
    shot = {name: value for name, value in shot.items() if name not in {"version", "number", "digest"}}
    plain = json.dumps(shot, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    span = span_in_words(appraisal.cycle).replace("-", "").replace(" ", "")
    return {
        **json.loads(plain),
        "version": version,
        "number": f"APR-{span}-{appraisal.employee.employee_number}-{version}",
        "digest": hashlib.sha256(plain.encode()).hexdigest(),
    }


def _who(one: Appraisal, at: datetime) -> dict[str, Any]:
    unit, post = one.employee.unit, one.position
    return {
        "made_at": at,
        "company": COMPANY_NAME(),
        "span": span_in_words(one.cycle),
        "kind": one.cycle.kind,
        "first": one.cycle.first,
        "last": one.cycle.last,
        "employee": one.employee.name,
        "employee_number": one.employee.employee_number,
        "unit": unit.name if unit else "",
        "unit_en": unit.name_en if unit else "",
        "post": post.name if post else "",
        "post_en": post.name_en if post else "",
        "superior": str(one.scored_by or one.superior or ""),
        "self_review": one.self_review,
        "self_reviewed_at": one.self_reviewed_at,
        "is_late": is_late(one, shop_day(at)),
        "comment": one.comment,
    }


def _result(one: Appraisal) -> dict[str, Any]:
    grade = one.grade
    return {
        "reckoned": one.reckoned,
        "adjustment": one.adjustment,
        "adjustment_reason": one.adjustment_reason,
        "score": one.score,
        "grade_code": grade.code if grade else "",
        "grade": grade.name if grade else "",
        "grade_en": grade.name_en if grade else "",
        "measures": grade.measures if grade else "",
        "measures_en": grade.measures_en if grade else "",
        "coefficient": one.coefficient,
        "by_score": BONUS_BY_SCORE(),
        "bonus_base": one.bonus_base,
        "bonus": one.bonus,
    }


def _lines(lines: Sequence[AppraisalLine]) -> list[dict[str, Any]]:
    counted = shares([(line.weight, line.score is not None) for line in lines])
    return [
        {
            "kind": line.kind,
            "number": line.kpi.number if line.kpi else "",
            "name": line.kpi.name if line.kpi else "",
            "name_en": line.kpi.name_en if line.kpi else "",
            "metric": line.kpi.metric if line.kpi else "",
            "weight": line.weight,
            "share": None if share is None else half_up(share),
            "numerator": line.numerator,
            "denominator": line.denominator,
            "score": line.score,
            "text": line.text,
        }
        for line, share in zip(lines, counted, strict=True)
    ]


def _entries(
    cycle: AppraisalCycle, people: Iterable[Appraisal]
) -> tuple[dict[int, list[PointEntry]], dict[int, list[PointEntry]]]:
    """Return what was counted and what was left out as under appeal, by employee."""
    counted: dict[int, list[PointEntry]] = defaultdict(list)
    left_out: dict[int, list[PointEntry]] = defaultdict(list)
    if cycle.kind == CycleKind.MONTH:
        ours = [one.employee_id for one in people]
        entries = countable_entries(cycle).filter(employee__in=ours).select_related("offence__clause")
        for entry in entries.order_by("offence__day", "pk"):
            counted[entry.employee_id].append(entry)
        before = AppraisalCycle(kind=cycle.kind, first=cycle.first, last=cycle.last, state=CycleState.AUDIT)
        frozen = countable_entries(before).filter(FROZEN, employee__in=ours).select_related("offence__clause")
        for entry in frozen.order_by("offence__day", "pk"):
            left_out[entry.employee_id].append(entry)
    return counted, left_out


def _entry(entry: PointEntry) -> dict[str, Any]:
    clause = entry.offence.clause
    return {
        "offence": entry.offence_id,
        "day": entry.offence.day,
        "clause": clause.number,
        "title": clause.title,
        "title_en": clause.title_en,
        "subject": entry.offence.subject_label,
        "points": entry.points,
    }


def _months(cycle: AppraisalCycle, people: Iterable[Appraisal]) -> dict[int, list[dict[str, Any]]]:
    """Return the locked months of a half-year or year, by employee."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if cycle.kind == CycleKind.MONTH:
        return found
    rows = Appraisal.objects.filter(
        employee__in=[one.employee_id for one in people],
        cycle__kind=CycleKind.MONTH,
        cycle__state=CycleState.LOCKED,
        cycle__first__gte=cycle.first,
        cycle__last__lte=cycle.last,
        score__isnull=False,
    )
    for one in rows.select_related("cycle", "grade").order_by("cycle__first"):
        grade = one.grade
        found[one.employee_id].append(
            {
                "span": span_in_words(one.cycle),
                "score": one.score,
                "grade": grade.name if grade else "",
                "grade_en": grade.name_en if grade else "",
                "bonus": one.bonus,
            }
        )
    return found
