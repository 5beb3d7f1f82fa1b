"""What appraisals go by: grades, weights of posts, and the pay terms the bonus is reckoned from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.actions.roles import DATA
from staff.models import AppraisalWeight, Employee, GradeBand, Kpi, PayTerms, Position
from staff.states import LineKind, Machine

FILE = DATA / "appraisal.toml"
POINTS = "points"
HUNDRED = Decimal(100)


@transaction.atomic
def load_appraisal(*, at: datetime) -> dict[str, int]:
    """Make the grades, and the weights of posts that have none yet; what people changed stays.

    A post some of whose indicators are not loaded yet is left for the next time.

    :returns: how many `grades` and `posts` are new, and how many posts `wait`.
    """
    book = tomllib.loads(FILE.read_text(encoding="utf-8"))
    made = {"grades": 0, "posts": 0, "wait": 0}
    if not GradeBand.objects.exists():
        for row in book["grade"]:
            record("staff.added", _make_grade(row), by=None, at=at)
            made["grades"] += 1
    kpis = {kpi.number: kpi for kpi in Kpi.objects.filter(is_used=True)}
    for post in Position.objects.filter(is_used=True, weights=None):
        wanted = book["post"].get(post.code, book["default"])
        if any(number != POINTS and number not in kpis for number in wanted):
            made["wait"] += 1
            continue
        weights = {None if number == POINTS else kpis[number]: Decimal(weight) for number, weight in wanted.items()}
        _write_weights(post, weights)
        record("staff.weights_changed", post, by=None, at=at, changes={"weights": (None, _in_words(weights))})
        made["posts"] += 1
    return made


@transaction.atomic
def change_weights(
    position: Position, weights: Mapping[Kpi | None, Decimal], *, by: Employee, at: datetime
) -> list[AppraisalWeight]:
    """Say how much each indicator counts in the appraisal of a post; months that are open already keep theirs.

    :param weights: indicator → weight; None is the points of the month.
    :raises Refused: if they do not make up 100, one is not above 0, or nothing changes.
    """
    locked = Position.objects.select_for_update().get(pk=position.pk)
    if any(weight <= 0 for weight in weights.values()):
        raise Refused(_("A weight is above 0; leave out what does not count."))
    if (total := sum(weights.values(), Decimal(0))) != HUNDRED:
        raise Refused(sentence(_("The weights make up %(total)s, not 100."), total=f"{total.normalize():f}"))
    before = {one.kpi: one.weight for one in locked.weights.select_related("kpi")}
    if before == dict(weights):
        raise Refused(_("Nothing would change."))
    locked.weights.all().delete()
    made = _write_weights(locked, weights)
    changes = {"weights": (_in_words(before), _in_words(weights))}
    record("staff.weights_changed", locked, by=by, at=at, changes=changes)
    return made


@transaction.atomic
def set_pay_terms(
    employee: Employee,
    *,
    since: date,
    bonus_base: Decimal,
    base_wage: Decimal | None = None,
    by: Employee | None,
    at: datetime,
) -> PayTerms:
    """Say from which day on somebody's bonus is reckoned from what; earlier terms stay for earlier months.

    The trail says who did it and for when, never the amounts.

    :param bonus_base: yuan a month at a score of 100; 0 where there is no bonus.
    :param base_wage: yuan a month; None where it is not known (T22).
    :raises Refused: if they are one's own, or an amount is below 0.
    """
    if by is not None and by.pk == employee.pk:
        raise Refused(_("Nobody sets their own pay terms."))
    if bonus_base < 0 or (base_wage is not None and base_wage < 0):
        raise Refused(_("An amount cannot be below 0."))
    terms, _made = PayTerms.objects.update_or_create(
        employee=employee, since=since, defaults={"bonus_base": bonus_base, "base_wage": base_wage}
    )
    record("staff.pay_terms_set", employee, by=by, at=at, changes={"since": (None, since)})
    return terms


def reveal_pay_terms(*, by: Employee, at: datetime, reason: str) -> dict[int, PayTerms]:
    """Return everybody's pay terms, the latest of each, by employee; and write down who looked and why.

    :raises Refused: if there is no reason.
    """
    if not reason.strip():
        raise Refused(_("Say what you need the data for."))
    record("staff.pay_revealed", by, by=by, at=at, reason=reason.strip())
    return {terms.employee_id: terms for terms in PayTerms.objects.order_by("employee", "since")}


def _make_grade(row: dict[str, Any]) -> GradeBand:
    (name, name_en), (measures, measures_en) = row["name"], row["measures"]
    return GradeBand.objects.create(
        code=row["code"],
        name=name,
        name_en=name_en,
        from_score=Decimal(row["from"]),
        coefficient=Decimal(row["coefficient"]),
        measures=measures,
        measures_en=measures_en,
    )


def _write_weights(post: Position, weights: Mapping[Kpi | None, Decimal]) -> list[AppraisalWeight]:
    return AppraisalWeight.objects.bulk_create(
        AppraisalWeight(position=post, kind=kind_of(kpi), kpi=kpi, weight=weight) for kpi, weight in weights.items()
    )


def kind_of(kpi: Kpi | None) -> LineKind:
    """Return what a line about an indicator counts; None is the points of the month."""
    if kpi is None:
        return LineKind.POINTS
    return LineKind.FORM if kpi.machine == Machine.FORM else LineKind.KPI


def _in_words(weights: Mapping[Kpi | None, Decimal]) -> list[str]:
    lines = [(kpi.number if kpi else "", Decimal(weight).normalize()) for kpi, weight in weights.items()]
    return [f"{number or POINTS} {weight:f}" for number, weight in sorted(lines)]
