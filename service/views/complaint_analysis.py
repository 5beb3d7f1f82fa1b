"""The analysis of complaints: charts first, and the regular report made from them (CS-034, CS-035)."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from service.exports.complaints import charts_of, figures_of
from service.queries.analysis import analyse
from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from staff.actions.jobs import start_job
from staff.views.asking import actor

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
            "first": first,
            "last": last,
            "today": shop_day(at),
        },
    )


@allowed("service.handle_complaint")
@require_POST
def complaint_report(request: HttpRequest) -> HttpResponseBase:
    """Make the report of a span for the head of the department, as PDF (CS-034)."""
    at = now()
    first, last = span_asked(request.POST.get("first", ""), request.POST.get("last", ""), shop_day(at))
    start_job("service.complaint_report", by=actor(request), at=at, first=first.isoformat(), last=last.isoformat())
    messages.success(request, _("The report is being made; it appears at the bottom right."))
    return redirect(f"{reverse('service:complaint_analysis')}?{urlencode({'first': first, 'last': last})}")
