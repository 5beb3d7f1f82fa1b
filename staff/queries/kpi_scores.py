"""What an indicator comes to for a person over a span of days: the figure, and its score of 0 to 100."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from shopops.kit.charts import plain
from shopops.kit.metrics import METRICS, Metric
from staff.models import AppraisalCycle, Employee, Kpi, KpiScore, MetricReading
from staff.policy.kpi import SMALL_SAMPLE
from staff.queries.figures import parts_in_words, value_of, written
from staff.queries.superiors import led_by
from staff.states import CycleKind, CycleState, KpiCycle, Machine

FULL, NOTHING = Decimal(100), Decimal(0)
MONTHS = {KpiCycle.MONTH: 1, KpiCycle.HALF: 6, KpiCycle.YEAR: 12}
_CENT = Decimal("0.01")

Parts = tuple[Decimal, Decimal | None]
"""Numerator and denominator."""


@dataclass(frozen=True)
class KpiResult:
    """What an indicator comes to for a person.

    :param value: the figure as its metric shows it; of a form the mean of its months; None where there is none.
    :param score: 0 to 100; None where nothing was measured, or nobody said what is good.
    :param grounds: in words, in the language in force: the counts behind the figure, or what was written on the form.
    :param is_small: a share of too few cases to judge by.
    """

    kpi: Kpi
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    score: Decimal | None
    grounds: str
    is_small: bool = False


def is_out(month: date) -> bool:
    """Say whether the results of a month are published; before that nobody hears what was scored for them."""
    return AppraisalCycle.objects.filter(
        kind=CycleKind.MONTH, first=month.replace(day=1), state__in=(CycleState.PUBLISHED, CycleState.LOCKED)
    ).exists()


def score_of(kpi: Kpi, employee: Employee, first: date, last: date) -> KpiResult:
    """Return what one indicator comes to for one person from `first` to `last`, both included."""
    return scores_of([employee], [kpi], first, last)[employee.pk, kpi.pk]


def scores_of(
    employees: Sequence[Employee], kpis: Sequence[Kpi], first: date, last: date
) -> dict[tuple[int, int], KpiResult]:
    """Return what each indicator comes to for each person, keyed (employee, kpi); at most six queries.

    Daily readings are summed over the span. Each person answers for their own; a head for those of the unit too where
    the metric says so; where a metric has no readings of people, everybody asked answers for the company's.
    """
    measured = [METRICS[kpi.metric] for kpi in kpis if kpi.machine == Machine.AUTO and kpi.metric in METRICS]
    led = led_by(employees) if any(metric.answers == "team" for metric in measured) else {}
    sums = _sums(measured, {person.pk for person in employees}.union(*led.values()), first, last)
    on_forms = [kpi for kpi in kpis if kpi.machine == Machine.FORM]
    scored = _scored(on_forms, employees, first, last)
    found: dict[tuple[int, int], KpiResult] = {}
    for kpi in kpis:
        for person in employees:
            if kpi.machine == Machine.FORM:
                found[person.pk, kpi.pk] = _of_forms(kpi, scored[person.pk, kpi.pk])
            elif kpi.metric in METRICS:
                parts = _answered(METRICS[kpi.metric], sums[kpi.metric], person.pk, led)
                found[person.pk, kpi.pk] = result_of(kpi, parts, first, last)
            else:
                found[person.pk, kpi.pk] = _unmeasured(kpi)
    return found


def result_of(kpi: Kpi, parts: Parts | None, first: date, last: date) -> KpiResult:
    """Return what a summed reading comes to under an indicator that the system measures."""
    metric = METRICS[kpi.metric]
    if parts is None:
        return KpiResult(kpi, None, None, None, None, _("Nothing was measured."))
    value = value_of(kpi.metric, *parts)
    if value is None:
        return KpiResult(kpi, *parts, None, None, _("Nothing was measured."))
    words = parts_in_words(metric, *parts)
    shown = f"{written(metric, value)} ({words})" if words else written(metric, value)
    target, floor = bounds_of(kpi, is_summed=parts[1] is None, first=first, last=last)
    if target is not None:
        shown = _("%(figure)s, target %(target)s") % {"figure": shown, "target": written(metric, target)}
    return KpiResult(kpi, *parts, value, in_proportion(value, target, floor), shown, is_small(metric, parts[1]))


def in_proportion(value: Decimal, target: Decimal | None, floor: Decimal | None) -> Decimal | None:
    """Return 100 at the target or better, 0 at the floor or worse, between them in proportion.

    Which of the two is larger says whether more or less is better. None where one of them is missing; where they are
    the same, the target is met or it is not.
    """
    if target is None or floor is None:
        return None
    if target == floor:
        return FULL if value >= target else NOTHING
    share = (value - floor) / (target - floor)
    return (min(Decimal(1), max(Decimal(0), share)) * FULL).quantize(_CENT)


def bounds_of(kpi: Kpi, *, is_summed: bool, first: date, last: date) -> tuple[Decimal | None, Decimal | None]:
    """Return target and floor for a span: of a sum the part of them that falls to it, of a quotient as they are."""
    if not is_summed:
        return kpi.target, kpi.floor
    cycles = cycles_in(KpiCycle(kpi.cycle), first, last)
    return tuple(None if one is None else (one * cycles).quantize(_CENT) for one in (kpi.target, kpi.floor))  # type: ignore[return-value]  # two of two


def cycles_in(cycle: KpiCycle, first: date, last: date) -> Decimal:
    """Return how many cycles of an indicator a span is: of January to June six months, or one half-year."""
    days = (last - first).days + 1
    if cycle == KpiCycle.DAY:
        return Decimal(days)
    months, day = Decimal(0), first
    while day <= last:
        length = monthrange(day.year, day.month)[1]
        end = min(last, day.replace(day=length))
        months += Decimal((end - day).days + 1) / length
        day = end + timedelta(days=1)
    return months / MONTHS[cycle]


def is_small(metric: Metric, denominator: Decimal | None) -> bool:
    """Say whether a share is of too few cases to judge by; money is not counted in cases."""
    of_cases = denominator is not None and metric.parts_unit == "count"
    return of_cases and (denominator or Decimal(0)) < SMALL_SAMPLE()


def _sums(
    metrics: Sequence[Metric], people: set[int], first: date, last: date
) -> Mapping[str, dict[int | None, Parts]]:
    """Return the readings of a span summed, metric → person → parts; nobody is the company."""
    sums: dict[str, dict[int | None, Parts]] = defaultdict(dict)
    readings = MetricReading.objects.filter(day__gte=first, day__lte=last, shop=None)
    names = {metric.name for metric in metrics}
    rows = readings.filter(metric__in=names, employee=None) if names else readings.none()
    personal = {metric.name for metric in metrics if metric.answers != "company"}
    if personal:
        rows = rows | readings.filter(metric__in=personal, employee__in=people)
    summed = rows.order_by().values_list("metric", "employee_id").annotate(Sum("numerator"), Sum("denominator"))
    for name, person, numerator, denominator in summed:
        sums[name][person] = (numerator, denominator)
    return sums


def _answered(
    metric: Metric, sums: Mapping[int | None, Parts], person: int, led: Mapping[int, Iterable[int]]
) -> Parts | None:
    """Return what a person answers for; None where nothing was read."""
    if metric.answers == "company":
        return sums.get(None)
    people = led.get(person, (person,)) if metric.answers == "team" else (person,)
    found = [sums[one] for one in people if one in sums]
    if not found:
        return (Decimal(0), None) if metric.zero_when_nothing and None in sums else None
    return added(found)


def added(parts: Iterable[Parts]) -> Parts:
    """Return numerators and denominators added up, each for itself."""
    found = list(parts)
    wholes = [whole for _part, whole in found if whole is not None]
    return sum((part for part, _whole in found), Decimal(0)), sum(wholes, Decimal(0)) if wholes else None


def _scored(
    kpis: Sequence[Kpi], employees: Sequence[Employee], first: date, last: date
) -> Mapping[tuple[int, int], list[KpiScore]]:
    """Return the scores in force of the months that begin in a span, the latest last."""
    found: dict[tuple[int, int], list[KpiScore]] = defaultdict(list)
    if kpis:
        rows = KpiScore.objects.filter(
            kpi__in=kpis, employee__in=employees, month__gte=first.replace(day=1), month__lte=last, replaced_at=None
        ).annotate(scorer=F("scored_by__name"))
        for row in rows.order_by("month"):
            found[row.employee_id, row.kpi_id].append(row)
    return found


def _of_forms(kpi: Kpi, scores: Sequence[KpiScore]) -> KpiResult:
    """Return the mean of what was scored on forms."""
    if not scores:
        return KpiResult(kpi, None, None, None, None, _("Not scored."))
    total, count = sum((one.score for one in scores), Decimal(0)), Decimal(len(scores))
    mean = (total / count).quantize(_CENT)
    lines = [
        _("%(month)s: %(score)s by %(name)s: %(text)s")
        % {"month": f"{one.month:%Y-%m}", "score": plain(one.score), "name": one.scorer, "text": one.text}  # type: ignore[attr-defined]  # annotated above
        for one in scores
    ]
    return KpiResult(kpi, total, count, mean, mean, "\n".join(lines))


def _unmeasured(kpi: Kpi) -> KpiResult:
    return KpiResult(kpi, None, None, None, None, _("Its records are kept with a later department."))
