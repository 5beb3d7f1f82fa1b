"""Points: my own with their evidence, everybody's of a month, and the happiness fund."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.charts import Point, horizontal_bars, trend
from shopops.kit.clock import now, shop_day
from staff.models import Employee, PointEntry
from staff.queries.appeals import VERDICT_TONES
from staff.queries.cases import amount_in_words
from staff.queries.evidence import workings_in_words
from staff.queries.funds import fund_by_month, fund_entries, fund_of
from staff.queries.gist import gist_of
from staff.queries.points import (
    days_to_appeal,
    entries_of_person,
    month_span,
    settled_without_points,
    totals_by_clause,
    totals_by_month,
    totals_by_person,
    totals_by_unit,
    warnings_of_person,
    whole_total,
)
from staff.queries.terms import points_in_words
from staff.states import AppealState, ClauseKind, EntryKind
from staff.views.asking import actor

MONTHS_SHOWN = 12
MOST_LINES = 300
MOST_BARS = 10
NOTHING = Decimal(0)


@allowed(SIGNED_IN)
@require_GET
def my_points(request: HttpRequest) -> HttpResponse:
    """Show my points of a month, the warnings, and how it came so far."""
    return _points_page(request, actor(request))


@allowed("staff.view_pointentry")
@require_GET
def person_points(request: HttpRequest, number: int) -> HttpResponse:
    """Show somebody's points of a month."""
    return _points_page(request, get_object_or_404(Employee, pk=number))


@allowed("staff.view_pointentry")
@require_GET
def month_points(request: HttpRequest) -> HttpResponse:
    """Show everybody's points of a month: by unit, by clause and by person."""
    first, last = month_span(asked_month(request))
    people = totals_by_person(first=first, last=last)
    lost = [row for row in people if row["points"] < 0]
    frozen = sum((row["frozen"] for row in people), NOTHING)
    total = sum((row["points"] for row in people), NOTHING)
    return render(
        request,
        "staff/points/month.html",
        {
            **_months(first, "staff:points"),
            "people": [
                {
                    **row,
                    "points_text": points_in_words(row["points"]),
                    "frozen_text": points_in_words(row["frozen"]) if row["frozen"] else "",
                    "fund_text": amount_in_words(NOTHING, row["fund"]) if row["fund"] else "",
                }
                for row in people
            ],
            "units": [(unit, points_in_words(unit.points)) for unit in totals_by_unit(people)],
            "clauses": [
                {**row, "points_text": amount_in_words(row["points"], row["money"])}
                for row in totals_by_clause(first=first, last=last)
            ],
            "total": points_in_words(total),
            "frozen": points_in_words(frozen) if frozen else "",
            "charges": sum(row["charges"] for row in people),
            "warnings": sum(row["warnings"] for row in people),
            "chart": horizontal_bars(
                [
                    Point(
                        row["employee__name"],
                        -row["points"],
                        f"{reverse('staff:person_points', args=[row['employee_id']])}?month={first:%Y-%m}",
                    )
                    for row in lost[:MOST_BARS]
                ],
                title=_("Points lost"),
                name=_("Points lost"),
                tone="bad",
            )
            if lost
            else None,
        },
    )


@allowed("staff.view_pointentry")
@require_GET
def fund(request: HttpRequest) -> HttpResponse:
    """Show the happiness fund of a month: what came in, from which centre, and entry by entry (GOV-014)."""
    first, last = month_span(asked_month(request))
    year = [first]
    while len(year) < MONTHS_SHOWN:
        year.append((year[-1] - timedelta(days=1)).replace(day=1))
    year.reverse()
    paid = fund_by_month(first=year[0], last=last)
    entries = list(fund_entries(first=first, last=last)[: MOST_LINES + 1])
    base = reverse("staff:fund")
    return render(
        request,
        "staff/points/fund.html",
        {
            **_months(first, "staff:fund"),
            "fund": fund_of(first=first, last=last),
            "entries": entries[:MOST_LINES],
            "more": len(entries) > MOST_LINES,
            "reward": ClauseKind.REWARD,
            "chart": trend(
                [Point(f"{one:%Y-%m}", paid.get(one, NOTHING), f"{base}?month={one:%Y-%m}") for one in year],
                title=_("Paid into the fund by month"),
                name=_("Yuan"),
                size=(480, 200),
            )
            if paid
            else None,
        },
    )


def asked_month(request: HttpRequest) -> date:
    """Return the first day of the month asked for, at most this one; this month when none is asked for."""
    this = shop_day(now()).replace(day=1)
    try:
        return min(date.fromisoformat(f"{request.GET.get('month', '')}-01"), this)
    except ValueError:
        return this


def _points_page(request: HttpRequest, person: Employee) -> HttpResponse:
    at = now()
    first, last = month_span(asked_month(request))
    before_first, before_last = month_span(first - timedelta(days=1))
    total = whole_total(person, first=first, last=last)
    entries = list(entries_of_person(person, first=first, last=last)[:MOST_LINES])
    warnings = list(warnings_of_person(person, first=first, last=last)[:MOST_LINES])
    before = whole_total(person, first=before_first, last=before_last)
    is_mine = person == request.user
    address = "staff:my_points" if is_mine else "staff:person_points"
    shown = [_entry(entry, at) for entry in entries]
    return render(
        request,
        "staff/points/person.html",
        {
            **_months(first, address, *([] if is_mine else [person.pk])),
            "person": person,
            "is_mine": is_mine,
            "entries": shown,
            "warnings": [(one, gist_of(one.facts)) for one in warnings],
            "settled": list(settled_without_points(person, first=first, last=last)[:MOST_LINES]),
            "total": points_in_words(total.points),
            "frozen": points_in_words(total.frozen) if total.frozen else "",
            "at_worst": points_in_words(total.at_worst),
            "fund": amount_in_words(NOTHING, total.fund) if total.fund else "",
            "last_month": points_in_words(before.points),
            "clauses": [
                (row, amount_in_words(row["points"], row["money"]))
                for row in totals_by_clause(first=first, last=last, employee=person)
            ],
            "charges": sum(1 for entry in entries if entry.kind == EntryKind.CHARGE),
            "waived": sum(1 for entry in entries if entry.kind == EntryKind.COUNTER),
            "appealable": sum(1 for one in shown if one["days"] is not None),
            "chart": _months_chart(person, first, last, address, is_mine=is_mine),
            "more": len(entries) == MOST_LINES or len(warnings) == MOST_LINES,
        },
    )


def _entry(entry: PointEntry, at: datetime) -> dict[str, Any]:
    """Return an entry as a line of the ledger, with its appeal, or with the days left to file one."""
    appeal = getattr(entry.offence, "appeal", None) if entry.kind == EntryKind.CHARGE else None
    return {
        "entry": entry,
        "gist": gist_of(entry.offence.facts),
        "amount": amount_in_words(entry.points, entry.fund) if entry.points or entry.fund else "0",
        "tone": "danger" if entry.points < 0 else "good",
        "is_frozen": entry.offence.is_frozen,
        "days": days_to_appeal(entry, at=at),
        "appeal": appeal,
        "verdict_tone": VERDICT_TONES.get(appeal.verdict, "plain")
        if appeal and appeal.state == AppealState.CLOSED
        else "",
        "workings": workings_in_words(entry.workings) if entry.kind == EntryKind.CHARGE else [],
    }


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
        [Point(f"{month:%Y-%m}", totals.get(month, NOTHING), f"{base}?month={month:%Y-%m}") for month in months],
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
