"""“My work”: what waits for somebody, and the figures that somebody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.urls import NoReverseMatch, reverse

from shopops.kit.clock import shop_day
from shopops.kit.metrics import METRICS, Metric
from shopops.kit.worklists import WORKLISTS, Waiting, Worklist, waiting_on
from staff.models import Employee, MetricReading
from staff.queries.kpi import BY_PERSON, HEADLINES, TREND_DAYS, Figure, day_figures, person_trend

MAY_SEE_FIGURES = "staff.view_metricreading"
MOST_TILES = 4
OWN_DAYS = 14
RADAR = "staff.radar"
"""The worklist that stands above the others, by itself."""


@dataclass(frozen=True)
class Tile:
    """A figure with its movement."""

    metric: Metric
    value: Decimal
    before: Decimal | None
    trend: list[Decimal | None]

    @property
    def change(self) -> Decimal | None:
        """Return the difference to the day before: a share of it, or for shares themselves the points between."""
        if self.before is None:
            return None
        if self.metric.unit == "share":
            return self.value - self.before
        return (self.value - self.before) / self.before if self.before else None

    @property
    def tone(self) -> str:
        """Return whether the movement is good news."""
        change = self.change
        if not change or self.metric.better == "neither":
            return "muted"
        return "good" if (change > 0) == (self.metric.better == "more") else "danger"


@dataclass(frozen=True)
class WorkShown:
    """One worklist with what waits on it."""

    worklist: Worklist
    waiting: Waiting
    url: str


@dataclass(frozen=True)
class Figures:
    """The figures of the newest day that has any."""

    day: date
    tiles: list[Tile]
    days: list[str]
    headlines: dict[str, Figure]


def work_of(employee: Employee, *, at: datetime) -> list[WorkShown]:
    """Return the worklists the employee may see: what is overdue first, then what is longest; empty ones last."""
    mine = [
        worklist
        for name, worklist in WORKLISTS.items()
        if name != RADAR and (not worklist.permission or employee.has_perm(worklist.permission))
    ]
    waiting = waiting_on(mine, employee.pk, at)
    found = [WorkShown(worklist, waiting[worklist.name], _page_of(worklist)) for worklist in mine]
    return sorted(found, key=lambda one: (-one.waiting.overdue, -one.waiting.count))


def company_figures(employee: Employee, *, at: datetime) -> Figures | None:
    """Return the company's newest figures, to those who may see them; None where there are none."""
    if not employee.has_perm(MAY_SEE_FIGURES):
        return None
    day = MetricReading.objects.filter(
        metric__in=HEADLINES, employee=None, shop=None, day__gte=shop_day(at) - timedelta(days=TREND_DAYS)
    ).aggregate(newest=Max("day"))["newest"]
    if day is None:
        return None
    figures = day_figures(day)
    headlines = {figure["metric"]: figure for figure in figures["headlines"]}
    tiles = [_tile(figure) for figure in figures["headlines"] if figure["value"] is not None]
    return Figures(day, tiles[:MOST_TILES], figures["days"], headlines)


def own_tiles(employee: Employee, *, at: datetime) -> tuple[date | None, list[Tile]]:
    """Return the employee's own figures of the newest day that has any; one query."""
    today = shop_day(at)
    trends = person_trend(employee, today - timedelta(days=OWN_DAYS), today)
    newest = max((day for days in trends.values() for day in days), default=None)
    if newest is None:
        return None, []
    tiles = []
    for name in BY_PERSON:
        days = trends.get(name, {})
        if any(days.values()):
            trend: list[Decimal | None] = [
                days.get(newest - timedelta(days=back), Decimal(0)) for back in range(OWN_DAYS - 1, -1, -1)
            ]
            value = days.get(newest, Decimal(0))
            tiles.append(Tile(METRICS[name], value, days.get(newest - timedelta(days=1)), trend))
    return newest, tiles[:MOST_TILES]


def _tile(figure: Figure) -> Tile:
    return Tile(
        METRICS[figure["metric"]],
        Decimal(figure["value"] or 0),
        _number(figure["yesterday"]),
        [_number(text) for text in figure["trend"]],
    )


def _number(text: Any) -> Decimal | None:
    return None if text is None else Decimal(text)


def _page_of(worklist: Worklist) -> str:
    try:
        return reverse(worklist.url_name) + worklist.query
    except NoReverseMatch:
        return ""
