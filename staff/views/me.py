"""Each employee's own page: figures, points, indicators, what comes next, the rules. Managers see that of others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.charts import Point, percent, plain, sparkline, trend
from shopops.kit.clock import now, shop_day
from shopops.kit.metrics import METRICS
from staff.models import Employee
from staff.queries.appraisals import results_of, span_in_words
from staff.queries.duty import next_duties
from staff.queries.figures import parts_in_words, written, written_part
from staff.queries.kpi import facts_behind
from staff.queries.me import (
    FigureShown,
    deadlines_of,
    figure_of,
    kpi_results,
    kpis_of,
    own_figures,
    own_points,
    rules_of,
    tone_of,
)
from staff.queries.people import held_positions
from staff.queries.points import month_span
from staff.queries.radar import coming_for
from staff.views.kpi import asked_day, asked_number
from staff.views.points import asked_month

MOST_COMING = 5
MOST_RULES = 12
FACTS_A_PAGE = 50
SPARK_TONES = {"good": "good", "warn": "accent", "danger": "bad", "": "accent"}


@allowed(SIGNED_IN)
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Show employees how they stand."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    return _page(request, request.user)


@allowed("staff.view_metricreading")
@require_GET
def person_me(request: HttpRequest, number: int) -> HttpResponse:
    """Show the same page of somebody else."""
    return _page(request, _person(request, number))


@allowed(SIGNED_IN)
@require_GET
def my_figure(request: HttpRequest, name: str) -> HttpResponse:
    """Show the days of one's own figure, and the documents behind one of them."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    return _figure_page(request, request.user, name)


@allowed("staff.view_metricreading")
@require_GET
def person_figure(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Show the days of somebody's figure."""
    return _figure_page(request, _person(request, number), name)


def _person(request: HttpRequest, number: int) -> Employee:
    """Return the person whose page is asked for, to those who may see figures and points of others."""
    if number != request.user.pk and not request.user.has_perm("staff.view_pointentry"):
        raise PermissionDenied("staff.view_pointentry")
    return get_object_or_404(Employee.objects.select_related("unit"), pk=number)


def _page(request: HttpRequest, person: Employee) -> HttpResponse:
    at = now()
    first, last = month_span(asked_month(request))
    is_mine = person.pk == request.user.pk
    kpis = kpis_of(person, on=min(last, shop_day(at)))
    figures = own_figures(person, kpis, first=first, last=last)
    measured = {figure.kpi.pk for figure in figures if figure.kpi}
    found = kpi_results(person, kpis, first=first, last=last, is_own=is_mine)
    results = [result for result in found if result.kpi.pk not in measured]
    rules, everybody = rules_of(person, at=at)
    radar = coming_for(person, at=at, most=MOST_COMING)
    appraisals = results_of(person)
    return render(
        request,
        "staff/me/page.html",
        {
            **_months(first, person, is_mine=is_mine),
            "at": at,
            "read_to": min(last, shop_day(at) - timedelta(days=1)),
            "person": person,
            "is_mine": is_mine,
            "posts": held_positions(person, on=shop_day(at)),
            "duties": next_duties(person, at=at),
            "figures": [
                (
                    figure,
                    _spark(figure, first, last),
                    f"{_figure_url(person, figure, is_mine=is_mine)}?month={first:%Y-%m}",
                )
                for figure in figures
            ],
            "results": [(result, tone_of(result.score)) for result in results if result.value is not None],
            "unmeasured": [result for result in results if result.value is None],
            "points": own_points(person, first=first, last=last),
            "points_url": reverse("staff:my_points") if is_mine else reverse("staff:person_points", args=[person.pk]),
            "ahead": radar,
            "deadlines": [(one, _address_of(one.url_of)) for one in deadlines_of(person)],
            "appraisals": [(one, span_in_words(one.cycle), _address_of(one)) for one in appraisals[:6]],
            "rules": rules[:MOST_RULES],
            "more_rules": max(0, len(rules) - MOST_RULES),
            "everybody": everybody,
        },
    )


def _figure_page(request: HttpRequest, person: Employee, name: str) -> HttpResponse:
    if name not in METRICS:
        raise Http404
    metric = METRICS[name]
    first, last = month_span(asked_month(request))
    is_mine = person.pk == request.user.pk
    figure = figure_of(person, name, first=first, last=last)
    newest = figure.days[-1].day if figure.days else last
    day = asked_day(request, newest)
    base = f"{_figure_url(person, figure, is_mine=is_mine)}?month={first:%Y-%m}"
    facts = facts_behind(name, day, shop=None, employee=person.pk)
    count = facts.count()
    page = min(asked_number(request, "page"), max(0, (count - 1) // FACTS_A_PAGE))
    listed = facts.page(page * FACTS_A_PAGE, FACTS_A_PAGE)
    return render(
        request,
        "staff/me/figure.html",
        {
            **_months(first, person, is_mine=is_mine, address=f"{_figure_url(person, figure, is_mine=is_mine)}"),
            "back": f"{_home_of(person, is_mine=is_mine)}?month={first:%Y-%m}",
            "person": person,
            "is_mine": is_mine,
            "figure": figure,
            "metric": metric,
            "chart": _chart(figure, base),
            "days": [
                (one, written(metric, one.value), parts_in_words(metric, one.numerator, one.denominator))
                for one in reversed(figure.days)
            ],
            "base": base,
            "day": day,
            "facts": [(fact, written_part(metric, fact.amount)) for fact in listed],
            "has_amounts": any(fact.amount is not None for fact in listed),
            "count": count,
            "newer": f"{base}&day={day}&page={page - 1}" if page else "",
            "older": f"{base}&day={day}&page={page + 1}" if (page + 1) * FACTS_A_PAGE < count else "",
        },
    )


def _spark(figure: FigureShown, first: date, last: date) -> SafeString:
    """Draw the days of the month up to the last that was measured."""
    values = {one.day: one.value for one in figure.days}
    end = min(last, figure.days[-1].day)
    days = [first + timedelta(days=number) for number in range((end - first).days + 1)]
    fill = None if figure.parts else 0
    return sparkline(
        [values.get(day, fill) for day in days], title=str(figure.metric.label), tone=SPARK_TONES[figure.tone]
    )


def _chart(figure: FigureShown, base: str) -> SafeString | None:
    """Draw the days of the month; each leads to its documents."""
    if len(figure.days) < 2:  # noqa: PLR2004 -- a line has two ends
        return None
    share = figure.metric.unit == "share"
    name = str(figure.metric.label)
    points = [Point(f"{one.day:%m-%d}", one.value, f"{base}&day={one.day}") for one in figure.days]
    show = percent if share else plain
    return trend(points, title=name, name=name, show=show, axis=show, size=(1080, 240))


def _figure_url(person: Employee, figure: FigureShown, *, is_mine: bool) -> str:
    name = figure.metric.name
    if is_mine:
        return reverse("staff:my_figure", args=[name])
    return reverse("staff:person_figure", args=[person.pk, name])


def _home_of(person: Employee, *, is_mine: bool) -> str:
    return reverse("staff:me") if is_mine else reverse("staff:person_me", args=[person.pk])


def _months(first: date, person: Employee, *, is_mine: bool, address: str = "") -> dict[str, Any]:
    """Return the month shown, and the addresses of the one before and the one after."""
    base = address or _home_of(person, is_mine=is_mine)
    this = shop_day(now()).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return {
        "month": first,
        "this_month": this,
        "action": base,
        "before": f"{base}?month={first - timedelta(days=1):%Y-%m}",
        "after": f"{base}?month={after:%Y-%m}" if after <= this else "",
    }


def _address_of(document: Any) -> str:
    """Return the page of a document, or nothing while it has none."""
    try:
        return str(document.get_absolute_url())
    except NoReverseMatch:
        return ""
