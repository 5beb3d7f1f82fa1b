"""The wall screen: big figures of the company and its departments in turn, and nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.metrics import METRICS
from staff.exports.kpi_board import shown, trend_chart
from staff.queries.kpi import reading_times
from staff.queries.kpi_bands import kpis_by_metric
from staff.queries.kpi_board import (
    COMPANY_FIGURES,
    Compared,
    Line,
    Tree,
    company_figures,
    people_figures,
    personal_metrics,
    trends,
    unit_lines,
    unit_tree,
)
from staff.queries.kpi_spans import span_of, trend_of
from staff.views.kpi import asked_number

FIGURES = 6
FEWEST_PEOPLE = 3
"""A department of fewer people is left out: its figures would be somebody's."""


@allowed("staff.view_metricreading")
@require_GET
def kpi_wall(request: HttpRequest) -> HttpResponse:
    """Show the screen; every minute it shows the next department, with fresh figures."""
    return render(request, "staff/kpi/wall.html", screen(0))


@allowed("staff.view_metricreading")
@require_GET
def kpi_wall_figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of one place in the round."""
    return render(request, "staff/kpi/wall_figures.html", screen(asked_number(request, "place")))


def screen(place: int) -> dict[str, Any]:
    """Return what the screen shows at a place in the round: the company first, then each department."""
    today = shop_day(now())
    yesterday = today - timedelta(days=1)
    span, month = span_of("day", yesterday, latest=yesterday), span_of("month", yesterday, latest=yesterday)
    kpis, tree = kpis_by_metric(), unit_tree()
    people = people_figures(span)
    units = departments(tree, people)
    place %= len(units) + 1
    unit = units[place - 1] if place else None
    members = {one.pk for one in tree.all_members(unit.pk)} if unit else None
    if unit:
        names = [name for name in personal_metrics() if name in unit.figures][:FIGURES]
        figures = dict(unit.figures)
    else:
        names = [name for name in COMPANY_FIGURES if name in METRICS][:FIGURES]
        figures = company_figures(span, names)
    spans = trend_of(span)
    first = next(iter(names), "")
    line = trends([first], spans, members)[first] if first else []
    count = unit.people if unit else len(people)
    return {
        "name": unit.name if unit else _("Company"),
        "day": yesterday,
        "month": f"{month.first:%Y-%m}",
        "read_at": reading_times(yesterday, yesterday).get(yesterday),
        "figures": [shown(name, figures.get(name, Compared()), kpis, span, "", people=count) for name in names],
        "headline": METRICS[first].label if first else "",
        "trend": trend_chart(first, spans, line, None, "day", lambda _days: "") if first else None,
        "next": f"{reverse('staff:kpi_wall_figures')}?place={place + 1}",
        "place": place + 1,
        "places": len(units) + 1,
    }


def departments(tree: Tree, people: Mapping[int, Mapping[str, Compared]]) -> list[Line]:
    """Return the departments of enough people; of the only one that works, the departments it is made of."""
    lines = unit_lines(tree, None, people)
    if len(lines) == 1:
        lines += unit_lines(tree, lines[0].pk, people)
    return [line for line in lines if line.people >= FEWEST_PEOPLE]
