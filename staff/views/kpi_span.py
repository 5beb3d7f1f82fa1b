"""The span a page of the KPI board was asked for, and the addresses that go on about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shopops.kit.clock import now, shop_day
from shopops.kit.metrics import METRICS
from staff.models import Employee, OrgUnit
from staff.queries.kpi_board import Line
from staff.queries.kpi_spans import KINDS, Days, Span, SpanKind, span_of
from staff.views.kpi import asked_day

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """The span a page was asked for, and how its addresses go on."""

    span: Span
    today: date

    def query(self, **more: Any) -> str:
        """Return the query string of an address about the same span."""
        return urlencode({"span": self.span.kind, "day": self.span.until.isoformat()} | more)

    def to(self, address: str, **more: Any) -> str:
        """Return an address about the same span."""
        return f"{address}?{self.query(**more)}"


def asked_span(request: HttpRequest) -> Asked:
    """Return the span of the address: yesterday where none is asked for."""
    today = shop_day(now())
    kind = request.GET.get("span", "")
    day = asked_day(request, today - DAY)
    return Asked(span_of(cast("SpanKind", kind if kind in KINDS else "day"), day, latest=today - DAY), today)


def frame(asked: Asked, address: str, **more: Any) -> dict[str, Any]:
    """Return what every page of the board has: the switch, the steps, the name of the span."""
    span = asked.span
    names = {"day": _("Daily"), "week": _("Weekly"), "month": _("Monthly")}
    after = span.last + DAY

    def page(kind: str, day: date) -> str:
        return f"{address}?{urlencode({'span': kind, 'day': day.isoformat()} | more)}"

    return {
        "span": span,
        "span_name": span_name(span),
        "before_name": {"day": _("day before"), "week": _("week before"), "month": _("month before")}[span.kind],
        "earlier_name": {
            "day": _("same weekday"),
            "week": _("four weeks before"),
            "month": _("year before"),
        }[span.kind],
        "kinds": [(page(kind, span.until), names[kind], kind == span.kind) for kind in KINDS],
        "newer": page(span.kind, after) if after < asked.today else "",
        "older": page(span.kind, span.first - DAY),
        "more": more,
        "today": asked.today,
        "latest": asked.today - DAY,
        "address": address,
    }


def span_name(span: Span) -> str:
    """Return the name of a span: 2026-11-20 星期五, 11-16 – 11-22, 2026-11."""
    if span.kind == "day":
        return f"{span.first:%Y-%m-%d} {date_format(span.first, 'l')}"
    shown_days = f"{span.first:%Y-%m-%d} – {span.until:%m-%d}"
    return (
        f"{span.first:%Y-%m} ({shown_days})"
        if span.kind == "month" and span.is_cut
        else (f"{span.first:%Y-%m}" if span.kind == "month" else shown_days)
    )


def unit_page(asked: Asked, line: Line) -> str:
    """Return the address of a unit."""
    return asked.to(reverse("staff:kpi_unit", args=[line.code]))


def person_page(asked: Asked, line: Line) -> str:
    """Return the address of a person."""
    return asked.to(reverse("staff:kpi_person", args=[line.pk]))


def days_page(asked: Asked, name: str, **scope: Any) -> str:
    """Return the address behind a figure: its documents where it is one day's of one person or the company's."""
    if asked.span.kind == "day" and "unit" not in scope and (scope or METRICS[name].answers == "company"):
        return f"{reverse('staff:kpi_facts', args=[name])}?{urlencode({'day': asked.span.first.isoformat()} | scope)}"
    return asked.to(reverse("staff:kpi_days", args=[name]), **scope)


def person_facts(asked: Asked, name: str, person: int) -> str:
    """Return the address behind a person's figure."""
    return days_page(asked, name, employee=person)


def facts_page(name: str, day: date, unit: OrgUnit | None, person: Employee | None) -> str:
    """Return the address behind one day of a figure: documents, or the people of the unit on that day."""
    if unit:
        query = urlencode({"span": "day", "day": day.isoformat(), "unit": unit.code})
        return f"{reverse('staff:kpi_days', args=[name])}?{query}"
    query = urlencode({"day": day.isoformat()} | ({"employee": person.pk} if person else {}))
    return f"{reverse('staff:kpi_facts', args=[name])}?{query}"


def trend_link(asked: Asked, name: str, **scope: Any) -> Callable[[Days], str]:
    """Return a function that gives the address of a span of a trend."""

    def link(days: Days) -> str:
        span = replace(asked.span, first=days[0], until=days[1], last=days[1])
        return days_page(Asked(span, asked.today), name, **scope)

    return link
