"""The daily KPI page: the day's figures, each opening to the documents behind it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day, start_of_day
from shopops.kit.metrics import METRICS
from staff.actions.reports import ask_for
from staff.exports.figures import (
    Link,
    dispatch_chart,
    person_rows,
    sales_chart,
    shippers_chart,
    shop_rows,
    tiles,
)
from staff.models import Employee, MetricReading, Shop
from staff.queries.figures import parts_in_words, value_of, written, written_part
from staff.queries.kpi import day_figures, facts_behind, reading_of, reading_times
from staff.queries.reports import latest_snapshot, open_run

DAY = timedelta(days=1)
FACTS_A_PAGE = 50
READ_JOB = "staff.read_metrics"


@allowed("staff.view_metricreading")
@require_GET
def kpi(request: HttpRequest) -> HttpResponse:
    """Show the figures of a day, yesterday's when none is asked for, of the company or of one shop."""
    at = now()
    today = shop_day(at)
    day = min(asked_day(request, today - DAY), today)
    shop = get_object_or_404(Shop, pk=asked_number(request, "shop")) if asked_number(request, "shop") else None
    figures = day_figures(day, shop=shop)
    link = facts_link(day, shop)
    read_at = reading_times(day, day).get(day)
    return render(
        request,
        "staff/kpi/day.html",
        {
            "day": day,
            "weekday": date_format(day, "l"),
            "shop": shop,
            "shops": Shop.objects.filter(is_open=True),
            "read_at": read_at,
            "is_whole": read_at is not None and read_at >= start_of_day(day + DAY),
            "is_over": day < today,
            "run": open_run(READ_JOB, day),
            "tiles": tiles(figures, link),
            "sales_chart": sales_chart(figures, link),
            "dispatch_chart": dispatch_chart(figures, link),
            "shippers_chart": shippers_chart(figures["people"], link),
            "shop_rows": [(page_of(day, row.pk), row) for row in shop_rows(figures, link)],
            "people": person_rows(figures["people"], link),
            "before": page_of(day - DAY, shop.pk if shop else None),
            "after": page_of(day + DAY, shop.pk if shop else None) if day < today else "",
            "snapshot": latest_snapshot("daily", day),
            "today": today,
        },
    )


@allowed("staff.view_metricreading")
@require_POST
def kpi_reading(request: HttpRequest) -> HttpResponse:
    """Read the figures of a day now, in the background."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- has the permission, says the decorator
    day = asked_day(request, shop_day(now()) - DAY)
    ask_for(READ_JOB, day, by=request.user, at=now())
    messages.success(request, _("The figures are being read. The page shows them as soon as they are there."))
    return redirect(page_of(day, None))


@allowed("staff.view_metricreading")
@require_GET
def kpi_facts(request: HttpRequest, name: str) -> HttpResponse:
    """List the documents behind one figure of a day, beside the figure as it was read."""
    if name not in METRICS:
        raise Http404
    metric = METRICS[name]
    day = asked_day(request, shop_day(now()) - DAY)
    shop = get_object_or_404(Shop, pk=asked_number(request, "shop")) if asked_number(request, "shop") else None
    who = asked_number(request, "employee")
    person = get_object_or_404(Employee, pk=who) if who else None
    one = {"employee": person.pk} if person else {}
    ids = {"shop": shop.pk if shop else None, "employee": person.pk if person else None}
    facts = facts_behind(name, day, **ids)
    count = facts.count()
    last_page = max(0, (count - 1) // FACTS_A_PAGE)
    page = min(asked_number(request, "page"), last_page)
    address = facts_link(day, shop)(name, **one)
    reading = reading_of(name, day, **ids)
    listed = facts.page(page * FACTS_A_PAGE, FACTS_A_PAGE)
    return render(
        request,
        "staff/kpi/facts.html",
        {
            "metric": metric,
            "day": day,
            "weekday": date_format(day, "l"),
            "shop": shop,
            "person": person,
            "facts": [(fact, written_part(metric, fact.amount)) for fact in listed],
            "has_amounts": any(fact.amount is not None for fact in listed),
            "has_tags": any(fact.tag for fact in listed),
            "count": count,
            "first": page * FACTS_A_PAGE + 1,
            "last": page * FACTS_A_PAGE + len(listed),
            "newer": f"{address}&page={page - 1}" if page else "",
            "older": f"{address}&page={page + 1}" if page < last_page else "",
            "back": page_of(day, shop.pk if shop else None),
            "before": facts_link(day - DAY, shop)(name, **one),
            "after": facts_link(day + DAY, shop)(name, **one) if day < shop_day(now()) else "",
            **_as_read(reading),
        },
    )


def _as_read(reading: MetricReading | None) -> dict[str, Any]:
    """Return the figure as it was kept, and when."""
    if reading is None:
        return {"value": "", "parts": "", "read_at": None}
    metric = METRICS[reading.metric]
    return {
        "value": written(metric, value_of(metric.name, reading.numerator, reading.denominator)),
        "parts": parts_in_words(metric, reading.numerator, reading.denominator),
        "read_at": reading.read_at,
    }


def facts_link(day: date, shop: Shop | None) -> Link:
    """Return a function that gives the address of the facts behind a figure of this page."""

    def link(metric: str, **query: Any) -> str:
        asked = {"day": day.isoformat()} | ({"shop": shop.pk} if shop else {}) | query
        return f"{reverse('staff:kpi_facts', args=[metric])}?{urlencode(asked)}"

    return link


def page_of(day: date, shop: int | None) -> str:
    """Return the address of the page of a day."""
    query = {"day": day.isoformat()} | ({"shop": shop} if shop else {})
    return f"{reverse('staff:kpi')}?{urlencode(query)}"


def asked_day(request: HttpRequest, default: date) -> date:
    """Return the day that was asked for; the default when there is none or it is no day."""
    asked = request.POST if request.method == "POST" else request.GET
    try:
        return date.fromisoformat(asked.get("day", ""))
    except ValueError:
        return default


def asked_number(request: HttpRequest, name: str) -> int:
    """Return a number of the address; 0 when there is none or it is no number."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 -- as long as ids get
