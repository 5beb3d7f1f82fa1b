"""The KPI pages of managers: company, unit, person; read from the daily readings and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Case, CharField, Q, Sum, Value, When

from shopops.kit.metrics import METRICS
from staff.models import Employee, MetricReading, OrgUnit
from staff.queries.kpi_scores import Parts, added
from staff.queries.kpi_spans import Days, Span, days_of, in_days

NOW, BEFORE, EARLIER = "now", "before", "earlier"
COMPANY_FIGURES = (
    "orders.sales",
    "orders.gross_profit",
    "orders.paid",
    "warehouse.dispatch_in_24h",
    "orders.review_minutes",
    "warehouse.delivered_in_time",
    "orders.refund_share",
    "staff.points",
)
"""The tiles of the company's page; the rest of its figures stand in the table of indicators."""
PEOPLE_FIGURES = (
    "orders.approved",
    "orders.review_minutes",
    "warehouse.dispatch_in_24h",
    "warehouse.picked",
    "warehouse.packed",
    "warehouse.packed_an_hour",
    "warehouse.shipped",
    "staff.points",
)
"""What is measured of people, in the order of tables."""


@dataclass(frozen=True)
class Compared:
    """The parts of a figure in a span and in the two it is compared with; None where nothing was read."""

    now: Parts | None = None
    before: Parts | None = None
    earlier: Parts | None = None


@dataclass(frozen=True)
class Line:
    """A row of a table: a unit or a person with figures, metric → parts."""

    pk: int
    name: str
    code: str = ""
    people: int = 1
    figures: Mapping[str, Compared] = field(default_factory=dict)


@dataclass(frozen=True)
class Tree:
    """The units and who is in them, with everything below."""

    units: dict[int, OrgUnit]
    below: Mapping[int, list[int]]
    members: Mapping[int, list[Employee]]

    def all_members(self, unit: int) -> list[Employee]:
        """Return the people of a unit and of those below it."""
        found = list(self.members.get(unit, ()))
        for one in self.below.get(unit, ()):
            found += self.all_members(one)
        return found

    def path(self, unit: int) -> list[OrgUnit]:
        """Return the units above one, the highest first, without the root."""
        above, one = [], self.units[unit].parent_id
        while one is not None and self.units[one].parent_id is not None:
            above.append(self.units[one])
            one = self.units[one].parent_id
        return above[::-1]


def unit_tree() -> Tree:
    """Return the organisation and the people who may log in; two queries."""
    units = {unit.pk: unit for unit in OrgUnit.objects.all()}
    below: dict[int, list[int]] = defaultdict(list)
    for unit in units.values():
        if unit.parent_id is not None:
            below[unit.parent_id].append(unit.pk)
    members: dict[int, list[Employee]] = defaultdict(list)
    for person in Employee.objects.filter(unit__isnull=False, is_active=True).order_by("name_pinyin", "pk"):
        members[person.unit_id or 0].append(person)
    return Tree(units, below, members)


def company_figures(span: Span, metrics: Sequence[str]) -> dict[str, Compared]:
    """Return the company's figures; one query that finds its rows in the index of (metric, day, shop, employee)."""
    found = _summed(span, Q(employee=None), metrics)
    return {name: compared for (name, _person), compared in found.items()}


def people_figures(span: Span, people: Iterable[int] | None = None) -> dict[int, dict[str, Compared]]:
    """Return the figures of people, person → metric → figure; of everybody where nobody is named. One query."""
    asked = Q(employee__isnull=False) if people is None else Q(employee__in=list(people))
    figures: dict[int, dict[str, Compared]] = defaultdict(dict)
    for (name, person), compared in _summed(span, asked, personal_metrics()).items():
        figures[person or 0][name] = compared
    return dict(figures)


def personal_metrics() -> list[str]:
    """Return the metrics that are read of people, those of the tables first."""
    others = [name for name, metric in METRICS.items() if metric.answers != "company" and name not in PEOPLE_FIGURES]
    return [name for name in PEOPLE_FIGURES if name in METRICS] + sorted(others)


def summed_figures(rows: Iterable[Mapping[str, Compared]]) -> dict[str, Compared]:
    """Return the figures of several people as those of one: numerators and denominators added up, each for itself."""
    gathered: dict[str, list[Compared]] = defaultdict(list)
    for row in rows:
        for name, compared in row.items():
            gathered[name].append(compared)
    return {
        name: Compared(
            *(
                added(found) if (found := [one for each in all_of_it if (one := getattr(each, when))]) else None
                for when in (NOW, BEFORE, EARLIER)
            )
        )
        for name, all_of_it in gathered.items()
    }


def unit_lines(tree: Tree, unit: int | None, people: Mapping[int, Mapping[str, Compared]]) -> list[Line]:
    """Return the units right below one (below the root for None) of whose people anything was measured."""
    roots = [pk for pk, one in tree.units.items() if one.parent_id is None]
    below = [one for root in ([unit] if unit is not None else roots) for one in tree.below.get(root, ())]
    lines = []
    for pk in below:
        members = tree.all_members(pk)
        figures = summed_figures(people[one.pk] for one in members if one.pk in people)
        if figures:
            one = tree.units[pk]
            lines.append(Line(pk, str(one), one.code, len(members), figures))
    return lines


def person_lines(members: Iterable[Employee], people: Mapping[int, Mapping[str, Compared]]) -> list[Line]:
    """Return a row a person of whom anything was measured."""
    return [Line(one.pk, one.name, figures=people[one.pk]) for one in members if one.pk in people]


def trends(
    names: Sequence[str], spans: Sequence[Days], people: Iterable[int] | None = None
) -> dict[str, list[Parts | None]]:
    """Return metrics over a row of spans, of the company (None) or of people together. One query."""
    asked = Q(employee=None) if people is None else Q(employee__in=list(people))
    rows = (
        MetricReading.objects.filter(asked, metric__in=names, shop=None, day__gte=spans[0][0], day__lte=spans[-1][1])
        .order_by()
        .values_list("metric", "day")
        .annotate(Sum("numerator"), Sum("denominator"))
    )
    place = {day: number for number, days in enumerate(spans) for day in days_of(days)}
    found: dict[str, list[list[Parts]]] = {name: [[] for _days in spans] for name in names}
    for name, day, numerator, denominator in rows:
        if day in place:
            found[name][place[day]].append((numerator, denominator))
    return {name: [added(parts) if parts else None for parts in row] for name, row in found.items()}


def day_parts(name: str, days: Days, people: Iterable[int] | None) -> dict[tuple[date, int | None], Parts]:
    """Return the readings of a metric day by day and person by person; of the company for None. One query."""
    asked = Q(employee=None) if people is None else Q(employee__in=list(people))
    rows = MetricReading.objects.filter(asked, in_days(days), metric=name, shop=None)
    return {
        (day, person): (numerator, denominator)
        for day, person, numerator, denominator in rows.values_list("day", "employee_id", "numerator", "denominator")
    }


def _summed(span: Span, asked: Q, metrics: Sequence[str]) -> dict[tuple[str, int | None], Compared]:
    """Return (metric, person) → the figure of a span and of the two it is compared with."""
    spans = {NOW: span.days, BEFORE: span.before, EARLIER: span.earlier}
    either = Q()
    for days in spans.values():
        either |= in_days(days)
    when = Case(*(When(in_days(days), then=Value(name)) for name, days in spans.items()), output_field=CharField())
    rows = (
        MetricReading.objects.filter(asked, either, metric__in=metrics, shop=None)
        .order_by()
        .annotate(of=when)
        .values_list("of", "metric", "employee_id")
        .annotate(Sum("numerator"), Sum("denominator"))
    )
    found: dict[tuple[str, int | None], dict[str, Parts]] = defaultdict(dict)
    for of, name, person, numerator, denominator in rows:
        found[name, person][of] = (Decimal(numerator), denominator)
    return {key: Compared(**parts) for key, parts in found.items()}
