"""Which incident a report belongs to: what the form offers, and joining one report to another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _now
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import allowed
from shopops.kit.clock import SHANGHAI, now
from staff.actions.incidents import join_incident
from staff.forms.cases import JoinForm
from staff.models import CaseReport, Employee
from staff.queries.cases import visible_cases
from staff.queries.incidents import report_in_words, reports_of_day
from staff.states import CaseKind, CaseState
from staff.views.asking import actor, checked


@allowed("staff.report_case")
@require_GET
def case_incidents(request: HttpRequest) -> HttpResponse:
    """Answer the form: the reports of the day it happened that may be about the same."""
    asked = request.GET
    context = reports_offered(request, asked.get("happened_at", ""), chosen=asked.get("joins", ""), at=now())
    return render(request, "staff/cases/incidents.html", context)


@allowed("staff.report_case")
@require_POST
def case_incident(request: HttpRequest, number: int) -> HttpResponseBase:
    """Say that a report is about the same incident as another."""
    by = actor(request)
    found = get_object_or_404(visible_cases(by), pk=number)
    join_incident(found, checked(JoinForm(request.POST, by=by))["other"], by=by, at=now())
    messages.success(request, _now("The reports are one incident now."))
    return redirect(found)


def reports_to_join(found: CaseReport, reader: Employee, *, may_decide: bool) -> list[tuple[int, str]]:
    """Return the reports that somebody may say are about the same as this one, as choices."""
    if found.state != CaseState.REPORTED or found.kind == CaseKind.WAIVER:
        return []
    if (not may_decide and found.reported_by_id != reader.pk) or found.joined.exists():
        return []
    return [(one.pk, report_in_words(one)) for one in reports_of_day(reader, found.happened_at, but=found)]


def reports_offered(request: HttpRequest, happened_at: Any, *, chosen: Any, at: datetime) -> Mapping[str, Any]:
    """Return what the form offers to join: the reports of the day something happened."""
    rows = reports_of_day(actor(request), moment_of(happened_at) or at)
    return {"reports": [(str(one.pk), report_in_words(one)) for one in rows], "joins": str(chosen or "")}


def moment_of(text: Any) -> datetime | None:
    """Return a moment of the form on the shop's clock; None where there is none."""
    try:
        found = text if isinstance(text, datetime) else parse_datetime(str(text))
    except ValueError:
        return None
    if found is None:
        return None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
