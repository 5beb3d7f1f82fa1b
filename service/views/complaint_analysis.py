"""The analysis of complaints: charts first, each leading to its complaints (CS-035)."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from service.exports.complaints import charts_of, figures_of, improvements_of
from service.queries.analysis import analyse
from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day

USUAL_DAYS = 90
MOST_DAYS = 1100


def span_asked(first: str, last: str, today: date) -> tuple[date, date]:
    """Return the first and the last day asked for; what is no span is the last three months."""
    end = _day(last) or today
    start = _day(first) or end - timedelta(days=USUAL_DAYS - 1)
    if start > end or (end - start).days > MOST_DAYS:
        return today - timedelta(days=USUAL_DAYS - 1), today
    return start, end


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(str(text).strip())
    except ValueError:
        return None
    return day if 2000 < day.year < 2100 else None  # noqa: PLR2004 -- days that orders may have


def spans(today: date) -> list[tuple[str, date, date]]:
    """Return the spans people ask for most: this month, the last one, three months, a year."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return [
        (_("This month"), month, today),
        (_("Last month"), before.replace(day=1), before),
        (_("Three months"), today - timedelta(days=USUAL_DAYS - 1), today),
        (_("A year"), today - timedelta(days=364), today),
    ]


@allowed("service.view_complaint")
@require_GET
def complaint_analysis(request: HttpRequest) -> HttpResponse:
    """Show what the complaints of a span have in common."""
    at = now()
    first, last = span_asked(request.GET.get("first", ""), request.GET.get("last", ""), shop_day(at))
    found = analyse(first, last, at=at)
    return render(
        request,
        "service/complaints/analysis.html",
        {
            "analysis": found,
            "charts": charts_of(found),
            "figures": figures_of(found),
            "improvements": improvements_of(found),
            "spans": spans(shop_day(at)),
            "first": first,
            "last": last,
            "today": shop_day(at),
        },
    )
