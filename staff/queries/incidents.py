"""Which reported cases belong to one thing that happened: the rulebook charges a person once for it (GOV, C21)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from shopops.kit.clock import SHANGHAI, day_window, shop_day
from staff.models import CaseReport, Employee
from staff.queries.cases import visible_cases
from staff.states import CaseKind, CaseState

MOST_OFFERED = 12
_OPEN = (CaseState.REPORTED, CaseState.CONFIRMED)
_DOCUMENT = re.compile(r"\d{6}")
"""What has so many digits in a row is the number of a document, which means the same on any day."""
_DOCUMENT_DAYS = timedelta(days=90)


def cause_of(case: CaseReport) -> str:
    """Return what all cases of an incident share when they are booked."""
    return f"incident:{case.incident_id}"


def joinable(reader: Employee) -> QuerySet[CaseReport]:
    """Return the reports somebody may see and say that another is about the same: neither rejected nor taken back."""
    return visible_cases(reader).filter(state__in=_OPEN).exclude(kind=CaseKind.WAIVER)


def reports_of_day(reader: Employee, happened_at: datetime, *, but: CaseReport | None = None) -> list[CaseReport]:
    """Return the reports of the day something happened, an incident once, to be joined; one query."""
    start, end = day_window(shop_day(happened_at))
    rows = joinable(reader).filter(happened_at__gte=start, happened_at__lt=end).order_by("happened_at", "pk")
    if but is not None:
        rows = rows.exclude(pk=but.incident_id).exclude(incident_of=but.incident_id)
    firsts: dict[int, CaseReport] = {}
    for case in rows[: MOST_OFFERED * 4]:
        firsts.setdefault(case.incident_id, case)
    return list(firsts.values())[:MOST_OFFERED]


def incident_named(name: str, happened_at: datetime) -> CaseReport | None:
    """Return the first report of the incident with that name: of the same day, or under the number of a document."""
    if not name:
        return None
    start, end = day_window(shop_day(happened_at))
    if _DOCUMENT.search(name):
        start, end = start - _DOCUMENT_DAYS, end + _DOCUMENT_DAYS
    return (
        CaseReport.objects.filter(
            incident__iexact=name, incident_of=None, state__in=_OPEN, happened_at__gte=start, happened_at__lt=end
        )
        .order_by("pk")
        .first()
    )


def others_of_incident(case: CaseReport, reader: Employee) -> list[CaseReport]:
    """Return the other reports of a case's incident that somebody may see, in their order; one query."""
    same = Q(pk=case.incident_id) | Q(incident_of=case.incident_id)
    return list(visible_cases(reader).filter(same).exclude(pk=case.pk).order_by("happened_at", "pk"))


def report_in_words(case: CaseReport) -> str:
    """Return a report as it is offered to be joined: what it is called, whom it is about, when."""
    called = case.incident or " ".join(case.text.split())[:30]
    return f"{called} · {case.clause.number} {case.employee} · {case.happened_at.astimezone(SHANGHAI):%m-%d %H:%M}"
