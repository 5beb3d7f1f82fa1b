"""One person's own page: figures of a month, points, indicators, what comes next, the rules that bind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.metrics import METRICS, Metric
from staff.models import Appeal, Appraisal, Clause, ClauseVersion, Employee, Kpi, MetricReading, Offence, PointEntry
from staff.queries.figures import parts_in_words, value_of, written
from staff.queries.kpi_scores import KpiResult, added, bounds_of, is_out, is_small, result_of, scores_of
from staff.queries.people import held_positions
from staff.queries.rulebook import in_force, points_in_words, price_in_words
from staff.states import AppealState, AppraisalState, CycleState, EntryKind, Machine, Standing

FULL = Decimal(100)
MOST_ENTRIES = 8


class DayFigure(NamedTuple):
    """A person's reading of one metric on one day."""

    day: date
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None


@dataclass(frozen=True)
class FigureShown:
    """A person's figure of a month: what it is, what it is made of, how it moved, how it stands to its target.

    :param tone: good at the target, warn between target and floor, danger at the floor; empty where nobody said what is
        good, and for a share of too few cases.
    """

    metric: Metric
    value: str
    parts: str
    days: list[DayFigure]
    is_small: bool
    kpi: Kpi | None = None
    score: Decimal | None = None
    target: str = ""

    @property
    def tone(self) -> str:
        """Return how the figure stands to its target."""
        return "" if self.is_small else tone_of(self.score)


@dataclass(frozen=True)
class PointsShown:
    """A person's points of a month: what counts, what appeals keep out, the newest entries with their reasons."""

    total: Decimal
    frozen: Decimal
    frozen_cases: int
    charges: int
    warnings: int
    entries: list[tuple[PointEntry, str]]

    @property
    def total_text(self) -> str:
        """Return the provisional total."""
        return points_in_words(self.total) if self.total else "0"

    @property
    def frozen_text(self) -> str:
        """Return what an open appeal keeps out of the total."""
        return points_in_words(self.frozen)


class Deadline(NamedTuple):
    """Something a person has to do until a moment."""

    label: str
    url_of: Appeal | Appraisal
    due_at: datetime


@dataclass(frozen=True)
class RuleShown:
    """A clause that binds a person: its price, and how often it was met this month."""

    clause: Clause
    version: ClauseVersion
    price: str
    cases: int


def tone_of(score: Decimal | None) -> str:
    """Return the colour of a score: good at 100, danger at 0."""
    if score is None:
        return ""
    return "good" if score >= FULL else "warn" if score > 0 else "danger"


def own_figures(person: Employee, kpis: Iterable[Kpi], *, first: date, last: date) -> list[FigureShown]:
    """Return what was measured of a person in a month, those with a target first; one query."""
    days: dict[str, list[DayFigure]] = defaultdict(list)
    rows = MetricReading.objects.filter(employee=person, shop=None, day__gte=first, day__lte=last, metric__in=METRICS)
    for name, day, part, whole in rows.order_by("day").values_list("metric", "day", "numerator", "denominator"):
        days[name].append(DayFigure(day, part, whole, value_of(name, part, whole)))
    goals = {kpi.metric: kpi for kpi in kpis if kpi.metric}
    shown = [_figure(METRICS[name], of_days, goals.get(name), first, last) for name, of_days in days.items()]
    return sorted(shown, key=lambda figure: (figure.kpi is None, list(METRICS).index(figure.metric.name)))


def _figure(metric: Metric, days: list[DayFigure], kpi: Kpi | None, first: date, last: date) -> FigureShown:
    parts = added((day.numerator, day.denominator) for day in days)
    value = value_of(metric.name, *parts)
    score, target = None, ""
    if kpi is not None:
        score = result_of(kpi, parts, first, last).score
        bound = bounds_of(kpi, is_summed=parts[1] is None, first=first, last=last)[0]
        target = "" if bound is None else written(metric, bound)
    return FigureShown(
        metric=metric,
        value=written(metric, value),
        parts=parts_in_words(metric, *parts),
        days=days,
        is_small=is_small(metric, parts[1]),
        kpi=kpi,
        score=score,
        target=target,
    )


def figure_of(person: Employee, name: str, *, first: date, last: date) -> FigureShown:
    """Return one figure of a month; two queries.

    :raises KeyError: if there is no such metric.
    """
    metric = METRICS[name]
    kpis = kpis_of(person, on=last)
    found = own_figures(person, kpis, first=first, last=last)
    return next((figure for figure in found if figure.metric.name == name), None) or _figure(
        metric, [], next((kpi for kpi in kpis if kpi.metric == name), None), first, last
    )


def kpis_of(person: Employee, *, on: date) -> list[Kpi]:
    """Return the indicators a person is measured by on a day, by post or by unit; one query."""
    posts = Q(posts__appointments__employee=person, posts__appointments__since__lte=on) & (
        Q(posts__appointments__until=None) | Q(posts__appointments__until__gte=on)
    )
    mine = posts | Q(units=person.unit_id) if person.unit_id else posts
    return list(Kpi.objects.filter(mine, is_used=True).distinct().order_by("number"))


def kpi_results(person: Employee, kpis: list[Kpi], *, first: date, last: date, is_own: bool = False) -> list[KpiResult]:
    """Return what each indicator comes to for a person; those that say something first.

    :param is_own: the person reads it: what was scored on forms is told when the month is published, not before.
    """
    scores = scores_of([person], kpis, first, last)
    results = [scores[person.pk, kpi.pk] for kpi in kpis]
    if (
        is_own
        and any(one.kpi.machine == Machine.FORM and one.value is not None for one in results)
        and not is_out(first)
    ):
        hidden = _("Told when the month is published.")
        results = [
            KpiResult(one.kpi, None, None, None, None, hidden) if one.kpi.machine == Machine.FORM else one
            for one in results
        ]
    return sorted(results, key=lambda result: (result.value is None, result.kpi.number))


def own_points(person: Employee, *, first: date, last: date) -> PointsShown:
    """Return a person's points of a month; what is under appeal is left out of the total. Three queries."""
    entries = PointEntry.objects.filter(employee=person, day__gte=first, day__lte=last)
    frozen = Q(offence__is_frozen=True)
    sums = entries.aggregate(
        total=Sum("points", filter=~frozen),
        frozen=Sum("points", filter=frozen),
        cases=Count("offence", filter=frozen, distinct=True),
        charges=Count("pk", filter=Q(kind=EntryKind.CHARGE)),
    )
    newest = entries.select_related("offence__clause").order_by("-day", "-pk")[:MOST_ENTRIES]
    return PointsShown(
        total=sums["total"] or Decimal(0),
        frozen=sums["frozen"] or Decimal(0),
        frozen_cases=sums["cases"],
        charges=sums["charges"],
        warnings=Offence.objects.filter(
            employee=person, day__gte=first, day__lte=last, standing=Standing.WARNED
        ).count(),
        entries=[(entry, points_in_words(entry.points)) for entry in newest],
    )


def deadlines_of(person: Employee) -> list[Deadline]:
    """Return what a person has to answer, the nearest first; two queries."""
    found = []
    appeals = Appeal.objects.filter(
        Q(leader=person, state=AppealState.WITH_LEADER) | Q(employee=person, state=AppealState.ANSWERED)
    ).select_related("offence__clause", "employee")
    for appeal in appeals:
        own = appeal.employee_id == person.pk
        words = _("Take the appeal %(about)s to the panel, or let it rest") if own else _("Judge the appeal %(about)s")
        about = f"{appeal.offence} · {appeal.employee}"
        found.append(Deadline(words % {"about": about}, appeal, appeal.due_at))
    waiting = Appraisal.objects.filter(
        employee=person, state=AppraisalState.WAITING, cycle__state=CycleState.OPEN
    ).select_related("cycle", "employee")
    for appraisal in waiting:
        due = start_of_day(appraisal.cycle.last + timedelta(days=1))
        found.append(Deadline(_("Self-review of %(span)s") % {"span": appraisal.cycle}, appraisal, due))
    return sorted(found, key=lambda one: one.due_at)


def rules_of(person: Employee, *, at: datetime) -> tuple[list[RuleShown], int]:
    """Return the clauses that bind a person's posts, those met this month first, and how many bind everybody besides.

    Four queries.
    """
    today = shop_day(at)
    posts = [post.pk for post in held_positions(person, on=today)]
    everybody = in_force(today).filter(clause__binds=None, clause__dropped_on=None).count()
    versions = (
        in_force(today)
        .filter(clause__binds__in=posts, clause__dropped_on=None)
        .select_related("clause")
        .order_by("clause__number")
        .distinct()
    )
    cases = dict(
        Offence.objects.filter(employee=person, day__gte=today.replace(day=1))
        .order_by()
        .values_list("clause_id")
        .annotate(Count("pk"))
    )
    rules = [
        RuleShown(version.clause, version, price_in_words(version), cases.get(version.clause_id, 0))
        for version in versions
    ]
    return sorted(rules, key=lambda rule: (-rule.cases, not rule.version.points, rule.clause.number)), everybody
