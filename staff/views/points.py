"""Points: my own with their evidence, everybody's of a month, and the page of one offence."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.charts import Point, horizontal_bars, trend
from shopops.kit.clock import now, shop_day
from staff.actions.points import waive_offence
from staff.models import Employee, Offence
from staff.queries.evidence import facts_in_words, lateness, may_see, offence_story, offence_with_evidence
from staff.queries.points import (
    entries_of_person,
    month_span,
    total_of_person,
    totals_by_clause,
    totals_by_month,
    totals_by_person,
    warnings_of_person,
)
from staff.queries.rulebook import parameters_in_words, points_in_words, wording, words_on

MONTHS_SHOWN = 12
MOST_LINES = 300
MOST_BARS = 10


@allowed(SIGNED_IN)
@require_GET
def my_points(request: HttpRequest) -> HttpResponse:
    """Show my points of a month, the warnings, and how it came so far."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    return _points_page(request, request.user)


@allowed("staff.view_pointentry")
@require_GET
def person_points(request: HttpRequest, number: int) -> HttpResponse:
    """Show somebody's points of a month."""
    return _points_page(request, get_object_or_404(Employee, pk=number))


@allowed("staff.view_pointentry")
@require_GET
def month_points(request: HttpRequest) -> HttpResponse:
    """Show everybody's points of a month: by person and by clause."""
    first, last = month_span(asked_month(request))
    people = totals_by_person(first=first, last=last)
    clauses = totals_by_clause(first=first, last=last)
    charged = [row for row in people if row["points"]]
    return render(
        request,
        "staff/points/month.html",
        {
            **_months(first, "staff:points"),
            "people": [{**row, "points_text": points_in_words(row["points"])} for row in people],
            "clauses": [{**row, "points_text": points_in_words(row["points"])} for row in clauses],
            "total": points_in_words(sum((row["points"] for row in people), Decimal(0))),
            "charges": sum(row["charges"] for row in people),
            "warnings": sum(row["warnings"] for row in people),
            "chart": horizontal_bars(
                [
                    Point(
                        row["employee__name"],
                        -row["points"],
                        f"{reverse('staff:person_points', args=[row['employee_id']])}?month={first:%Y-%m}",
                    )
                    for row in charged[:MOST_BARS]
                ],
                title=_("Points lost"),
                name=_("Points lost"),
                tone="bad",
            )
            if charged
            else None,
        },
    )


@allowed(SIGNED_IN)
@require_GET
def offence(request: HttpRequest, number: int) -> HttpResponse:
    """Show the evidence of an offence: to the person it is about, and to those who may see everybody's."""
    found = _visible(request, number)
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    words = words_on(found.day)
    facts = facts_in_words(found)
    entries = list(found.entries.all())
    balance = sum((entry.points for entry in entries), Decimal(0))
    return render(
        request,
        "staff/points/offence.html",
        {
            "offence": found,
            "moments": [fact for fact in facts if fact.moment],
            "facts": [fact for fact in facts if not fact.moment],
            "late": lateness(found),
            "text": wording(found.version, words),
            "parameters": parameters_in_words(found.version, words),
            "priced": points_in_words(found.version.points),
            "balance": points_in_words(balance),
            "is_warning": not found.version.points,
            "is_waived": len(entries) > 1,
            "is_mine": found.employee_id == request.user.pk,
            "may_waive": bool(balance)
            and found.employee_id != request.user.pk
            and request.user.has_perm("staff.waive_offence"),
            "story": offence_story(found),
        },
    )


@allowed("staff.waive_offence")
@require_POST
def offence_waiver(request: HttpRequest, number: int) -> HttpResponse:
    """Waive the points of an offence, with the reason."""
    found = _visible(request, number)
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    reason = request.POST.get("reason", "").replace("\x00", "")
    waive_offence(found, reason=reason, by=request.user, at=now())
    messages.success(request, _("The points are waived; %(name)s has been told.") % {"name": found.employee})
    return redirect(found)


def asked_month(request: HttpRequest) -> date:
    """Return the first day of the month asked for, at most this one; this month when none is asked for."""
    this = shop_day(now()).replace(day=1)
    try:
        return min(date.fromisoformat(f"{request.GET.get('month', '')}-01"), this)
    except ValueError:
        return this


def _visible(request: HttpRequest, number: int) -> Offence:
    """Return an offence this person may see; whoever may not does not learn whether it exists."""
    found = offence_with_evidence(number)
    if found is None:
        raise Http404
    if not isinstance(request.user, Employee) or not may_see(found, request.user):
        raise PermissionDenied("staff.view_offence")
    return found


def _points_page(request: HttpRequest, person: Employee) -> HttpResponse:
    first, last = month_span(asked_month(request))
    before_first, before_last = month_span(first - timedelta(days=1))
    total = total_of_person(person, first=first, last=last)
    entries = list(entries_of_person(person, first=first, last=last)[:MOST_LINES])
    warnings = list(warnings_of_person(person, first=first, last=last)[:MOST_LINES])
    is_mine = person == request.user
    address = "staff:my_points" if is_mine else "staff:person_points"
    return render(
        request,
        "staff/points/person.html",
        {
            **_months(first, address, *([] if is_mine else [person.pk])),
            "person": person,
            "is_mine": is_mine,
            "entries": [(entry, points_in_words(entry.points)) for entry in entries],
            "warnings": warnings,
            "total": points_in_words(total),
            "last_month": points_in_words(total_of_person(person, first=before_first, last=before_last)),
            "clauses": [
                (row, points_in_words(row["points"]))
                for row in totals_by_clause(first=first, last=last, employee=person)
            ],
            "charges": sum(1 for entry in entries if entry.counters_id is None),
            "waived": sum(1 for entry in entries if entry.counters_id is not None),
            "chart": _months_chart(person, first, last, address, is_mine=is_mine),
            "more": len(entries) == MOST_LINES or len(warnings) == MOST_LINES,
        },
    )


def _months_chart(person: Employee, first: date, last: date, address: str, *, is_mine: bool) -> Any:
    """Draw the points of the last twelve months; None where there are none."""
    months = [first]
    while len(months) < MONTHS_SHOWN:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    months.reverse()
    totals = totals_by_month(person, first=months[0], last=last)
    if not totals:
        return None
    base = reverse(address, args=[] if is_mine else [person.pk])
    return trend(
        [Point(f"{month:%Y-%m}", totals.get(month, Decimal(0)), f"{base}?month={month:%Y-%m}") for month in months],
        title=_("Points by month"),
        name=_("Points"),
        tone="bad",
        size=(480, 200),
    )


def _months(first: date, address: str, *args: int) -> dict[str, Any]:
    """Return the month shown, and the addresses of the one before and the one after."""
    base = reverse(address, args=args)
    this = shop_day(now()).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return {
        "month": first,
        "this_month": this,
        "action": base,
        "before": f"{base}?month={first - timedelta(days=1):%Y-%m}",
        "after": f"{base}?month={after:%Y-%m}" if after <= this else "",
    }
