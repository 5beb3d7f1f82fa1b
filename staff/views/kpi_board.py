"""The KPI board: company → unit → person → days → documents, by day, week or month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shopops.kit.access import allowed
from shopops.kit.metrics import METRICS
from staff.exports.kpi_board import (
    Shown,
    bars_chart,
    shown,
    shown_changes,
    shown_lines,
    trend_chart,
    with_spark,
)
from staff.models import Employee, Kpi, OrgUnit
from staff.queries.figures import value_of
from staff.queries.kpi_bands import kpis_by_metric
from staff.queries.kpi_board import (
    COMPANY_FIGURES,
    Compared,
    Line,
    Tree,
    company_figures,
    day_parts,
    people_figures,
    person_lines,
    personal_metrics,
    summed_figures,
    trends,
    unit_lines,
    unit_tree,
)
from staff.queries.kpi_changes import Change, ranked, worst_and_best
from staff.queries.kpi_scores import Parts, added
from staff.queries.kpi_spans import days_of, trend_of
from staff.views.kpi import asked_number
from staff.views.kpi_span import (
    Asked,
    asked_span,
    days_page,
    facts_page,
    frame,
    person_facts,
    person_page,
    trend_link,
    unit_page,
)

MOST_PEOPLE = 200
SIDE_BY_SIDE = ("orders.approved", "warehouse.shipped", "warehouse.packed", "orders.review_minutes", "staff.points")
MOST_BARS = 2


@allowed("staff.view_metricreading")
@require_GET
def kpi_board(request: HttpRequest) -> HttpResponse:
    """Show the company's figures of a day, week or month, and those of its units."""
    asked = asked_span(request)
    span, kpis, tree = asked.span, kpis_by_metric(), unit_tree()
    company = company_figures(span, list(METRICS))
    people = people_figures(span)
    top = [name for name in COMPANY_FIGURES if name in METRICS]
    spans = trend_of(span)
    lines_over_time = trends(top, spans)
    everybody = len(people)
    tiles = [
        with_spark(
            shown(name, company.get(name, Compared()), kpis, span, days_page(asked, name), people=everybody),
            values_of(name, lines_over_time[name]),
        )
        for name in top
    ]
    lines = unit_lines(tree, None, people)
    if len(lines) == 1:  # the one department that works: with what it is made of, there is something to compare
        lines += unit_lines(tree, lines[0].pk, people)
    compared_units = [line for line in lines if tree.units[line.pk].parent_id == tree.units[lines[-1].pk].parent_id]
    headline = asked_headline(request, top)
    return render(
        request,
        "staff/kpi/board.html",
        {
            **frame(asked, reverse("staff:kpi_board")),
            "title": _("Company"),
            "tiles": tiles,
            "headline": METRICS[headline],
            "headlines": [METRICS[name] for name in top],
            "trend": trend_chart(
                headline, spans, lines_over_time[headline], kpis.get(headline), span.kind, trend_link(asked, headline)
            ),
            "bars": bars_of(compared_units, asked, unit_page),
            **table(lines, kpis, asked, unit_page, people_title=""),
            "indicators": indicator_rows(company, kpis, asked, everybody),
            **changes(person_lines(everyone(tree), people), asked),
        },
    )


@allowed("staff.view_metricreading")
@require_GET
def kpi_unit(request: HttpRequest, code: str) -> HttpResponse:
    """Show the figures of a unit, of the units in it and of its people."""
    asked = asked_span(request)
    unit = get_object_or_404(OrgUnit, code=code)
    span, kpis, tree = asked.span, kpis_by_metric(), unit_tree()
    members = tree.all_members(unit.pk)
    people = people_figures(span, [one.pk for one in members])
    own = Line(unit.pk, str(unit), unit.code, len(members), summed_figures(people.values()))
    top = [name for name in personal_metrics() if name in own.figures]
    headline = asked_headline(request, top) if top else ""
    spans = trend_of(span)
    parts = trends([headline], spans, people)[headline] if headline else []
    lines = person_lines(members[:MOST_PEOPLE], people)
    return render(
        request,
        "staff/kpi/board.html",
        {
            **frame(asked, reverse("staff:kpi_unit", args=[code])),
            "title": str(unit),
            "unit": unit,
            "crumbs": [(asked.to(reverse("staff:kpi_board")), _("Company"))]
            + [(unit_page(asked, Line(one.pk, "", one.code)), str(one)) for one in tree.path(unit.pk)],
            "tiles": [
                shown(name, own.figures[name], kpis, span, days_page(asked, name, unit=code), people=len(members))
                for name in top
            ],
            "headline": METRICS[headline] if headline else None,
            "headlines": [METRICS[name] for name in top],
            "trend": trend_chart(headline, spans, parts, None, span.kind, trend_link(asked, headline, unit=code))
            if headline
            else None,
            "bars": bars_of(lines, asked, person_page),
            "units": table(unit_lines(tree, unit.pk, people), kpis, asked, unit_page),
            **table(lines, kpis, asked, person_page, people_title=_("People")),
            **changes(lines, asked),
        },
    )


@allowed("staff.view_metricreading")
@require_GET
def kpi_person(request: HttpRequest, number: int) -> HttpResponse:
    """Show the figures of one person with their trends."""
    asked = asked_span(request)
    person = get_object_or_404(Employee.objects.select_related("unit"), pk=number)
    span, kpis = asked.span, kpis_by_metric()
    figures = people_figures(span, [person.pk]).get(person.pk, {})
    top = [name for name in personal_metrics() if name in figures]
    spans = trend_of(span)
    charts = [
        (METRICS[name], trend_chart(name, spans, parts, None, span.kind, trend_link(asked, name, employee=person.pk)))
        for name, parts in trends(top, spans, [person.pk]).items()
    ]
    crumbs = [(asked.to(reverse("staff:kpi_board")), _("Company"))]
    if person.unit:
        crumbs.append((unit_page(asked, Line(person.unit.pk, "", person.unit.code)), str(person.unit)))
    return render(
        request,
        "staff/kpi/person.html",
        {
            **frame(asked, reverse("staff:kpi_person", args=[number])),
            "title": person.name,
            "person": person,
            "crumbs": crumbs,
            "tiles": [
                shown(name, figures[name], kpis, span, days_page(asked, name, employee=person.pk)) for name in top
            ],
            "charts": [(metric, chart) for metric, chart in charts if chart],
        },
    )


@allowed("staff.view_metricreading")
@require_GET
def kpi_days(request: HttpRequest, name: str) -> HttpResponse:
    """List the days of a figure, and whose they are; each opens to its documents."""
    if name not in METRICS:
        raise Http404
    asked = asked_span(request)
    metric, span = METRICS[name], asked.span
    unit = get_object_or_404(OrgUnit, code=request.GET["unit"]) if request.GET.get("unit") else None
    who = asked_number(request, "employee")
    person = get_object_or_404(Employee, pk=who) if who else None
    members = [person] if person else unit_tree().all_members(unit.pk) if unit else None
    readings = day_parts(name, span.days, [one.pk for one in members] if members is not None else None)
    per_person = metric.answers != "company" and person is None
    if members is None and per_person:
        members = everyone(unit_tree())
        people = day_parts(name, span.days, [one.pk for one in members])
    else:
        people = readings if members else {}
    whole = added(readings.values()) if readings else None
    scope: dict[str, Any] = {"unit": unit.code} if unit else {"employee": person.pk} if person else {}
    spans = [(day, day) for day in days_of(span.days)]
    by_day = [summed_day(readings, day) for day, _same in spans]
    kpis = kpis_by_metric()
    return render(
        request,
        "staff/kpi/days.html",
        {
            **frame(asked, reverse("staff:kpi_days", args=[name]), **scope),
            "metric": metric,
            "unit": unit,
            "person": person,
            "figure": shown(name, Compared(whole), kpis, span, "", people=len(members or ()) or 1, drawn=not scope),
            "crumbs": days_crumbs(asked, unit, person),
            "trend": trend_chart(name, spans, by_day, None, "day", lambda days: facts_page(name, days[0], unit, person))
            if len(spans) > 1
            else None,
            "days": [
                (
                    day,
                    date_format(day, "D"),
                    shown(name, Compared(parts), {}, span, facts_page(name, day, unit, person)),
                )
                for (day, _same), parts in zip(reversed(spans), reversed(by_day), strict=True)
            ],
            "people": people_rows(name, members or [], people, asked, kpis) if per_person else [],
        },
    )


def asked_headline(request: HttpRequest, names: Sequence[str]) -> str:
    """Return the metric whose trend is asked for; the first where none is."""
    asked = request.GET.get("metric", "")
    return asked if asked in names else names[0]


def table(
    lines: Sequence[Line],
    kpis: dict[str, Kpi],
    asked: Asked,
    page: Callable[[Asked, Line], str],
    *,
    people_title: str = "",
) -> dict[str, Any]:
    """Return a table of units or people."""

    def facts(line: Line) -> Callable[[str], str]:
        scope: dict[str, Any] = {"unit": line.code} if line.code else {"employee": line.pk}
        return lambda name: days_page(asked, name, **scope)

    columns, rows = shown_lines(lines, kpis, asked.span, lambda line: page(asked, line), facts)
    return {"columns": columns, "rows": rows, "people_title": people_title}


def changes(lines: Sequence[Line], asked: Asked) -> dict[str, Any]:
    """Return the worst and the best changes of people."""

    def url(change: Change) -> str:
        return days_page(asked, change.metric.name, employee=change.line.pk)

    worst, best = worst_and_best(lines)
    return {"worst": shown_changes(worst, url), "best": shown_changes(best, url)}


def indicator_rows(company: dict[str, Compared], kpis: dict[str, Kpi], asked: Asked, people: int) -> list[Shown]:
    """Return the indicators in use with the company's figures, those furthest from their target first."""
    rows = [
        shown(name, company.get(name, Compared()), kpis, asked.span, days_page(asked, name), people=people, drawn=True)
        for name in kpis
    ]
    order = {"danger": 0, "warn": 1, "good": 2}
    return sorted(rows, key=lambda row: order.get(row.band.tone if row.band else "", 3))


def bars_of(lines: Sequence[Line], asked: Asked, page: Callable[[Asked, Line], str]) -> list[tuple[Any, Any]]:
    """Return the charts that set units or people side by side."""
    charts = [
        (METRICS[name].label, chart)
        for name in SIDE_BY_SIDE
        if name in METRICS and (chart := bars_chart(name, lines, lambda line: page(asked, line)))
    ]
    return charts[:MOST_BARS]


def people_rows(
    name: str, members: Sequence[Employee], readings: dict[tuple[date, int | None], Parts], asked: Asked, kpis: Any
) -> list[tuple[Employee, Shown]]:
    """Return the people behind a figure, the best first; shares of too few cases stand last."""
    figures: dict[int, list[Parts]] = {}
    for (_day, person), parts in readings.items():
        if person is not None:
            figures.setdefault(person, []).append(parts)
    summed = {person: added(parts) for person, parts in figures.items()}
    known = {one.pk: one for one in members}
    metric = METRICS[name]
    return [
        (
            known[person],
            shown(name, Compared(summed[person]), kpis, asked.span, person_facts(asked, name, person)),
        )
        for person in ranked(metric, summed)
        if person in known
    ]


def days_crumbs(asked: Asked, unit: OrgUnit | None, person: Employee | None) -> list[tuple[str, str]]:
    """Return the way back from the days of a figure."""
    crumbs = [(asked.to(reverse("staff:kpi_board")), _("Company"))]
    if unit:
        crumbs.append((unit_page(asked, Line(unit.pk, "", unit.code)), str(unit)))
    if person:
        if person.unit:
            crumbs.append((unit_page(asked, Line(person.unit.pk, "", person.unit.code)), str(person.unit)))
        crumbs.append((person_page(asked, Line(person.pk, "")), person.name))
    return crumbs


def summed_day(readings: dict[tuple[date, int | None], Parts], day: date) -> Parts | None:
    """Return the readings of a day added up; None where nothing was read."""
    found = [parts for (one, _person), parts in readings.items() if one == day]
    return added(found) if found else None


def values_of(name: str, parts: Sequence[Parts | None]) -> list[Any]:
    """Return the values of a trend."""
    return [None if one is None else value_of(name, *one) for one in parts]


def everyone(tree: Tree) -> list[Employee]:
    """Return everybody who is in a unit."""
    return [person for people in tree.members.values() for person in people]
