"""The anchor of the KPI pages: the same readings as the simplest Django views there are would show them.

The same sums of the same rows, asked of the ORM one after the other, in plain templates: no middleware, no session, no
permissions, no frame, no charts, no comparisons in words.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine

_TEMPLATE = Engine().from_string(Path(__file__).with_name("plain_kpi.html").read_text(encoding="utf-8"))


def company(_request: HttpRequest) -> HttpResponse:
    """Show the company's month, that of every person, and a year of the headlines."""
    from staff.queries.kpi_board import COMPANY_FIGURES

    return _page(Q(employee=None), COMPANY_FIGURES, Q(employee__isnull=False))


def unit(_request: HttpRequest) -> HttpResponse:
    """Show the month of the people of a unit, and a year of one of its figures."""
    from staff.models import Employee

    members = Q(employee__in=list(Employee.objects.filter(unit__code="service").values_list("pk", flat=True)))
    return _page(members, ("orders.approved",), members)


def _page(whole: Q, headlines: Any, people: Q) -> HttpResponse:
    from shopops.kit.clock import now, shop_day
    from staff.models import Employee, Kpi, MetricReading, OrgUnit

    yesterday = shop_day(now()) - timedelta(days=1)
    first = yesterday.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    earlier = first.replace(year=first.year - 1)
    spans = [(one, one + (yesterday - first)) for one in (first, before, earlier)]
    readings = MetricReading.objects.filter(shop=None)

    def sums(asked: Q, days: tuple[date, date]) -> Any:
        found = readings.filter(asked, day__gte=days[0], day__lte=days[1]).values("metric", "employee__name")
        return found.annotate(part=Sum("numerator"), whole=Sum("denominator")).order_by("employee__name", "metric")

    year = readings.filter(whole, metric__in=headlines, day__gt=yesterday - timedelta(days=365))
    values = {
        "figures": [list(sums(whole, days)) for days in spans],
        "people": [list(sums(people, days)) for days in spans],
        "year": list(year.values("metric", "day").annotate(part=Sum("numerator"), whole=Sum("denominator"))),
        "units": OrgUnit.objects.all(),
        "members": Employee.objects.select_related("unit"),
        "kpis": Kpi.objects.all(),
    }
    answer = HttpResponse(_TEMPLATE.render(Context(values)))
    answer["Content-Length"] = str(len(answer.content))  # a middleware does it for the others
    return answer
