"""The anchor of “my work” and the radar: the same rows as the simplest Django views there are would show them.

Model instances, plain templates, no middleware, no session, no permissions, no frame. The worklists are asked by the
same functions, because their rows are what the page is about.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import set_urlconf

WHO = "lina"


def _template(name: str) -> Any:
    return Engine().from_string(Path(__file__).with_name(name).read_text(encoding="utf-8"))


_RADAR, _HOME = _template("plain_radar.html"), _template("plain_home.html")


def radar(_request: HttpRequest) -> HttpResponse:
    """Show the hundred most urgent things of one person, and how many there are and were avoided."""
    from staff.models import Employee, RadarSighting

    mine = RadarSighting.objects.filter(employee=Employee.objects.get(username=WHO))
    coming = mine.filter(outcome="coming")
    rows = coming.select_related("clause", "employee__unit").order_by("due_at", "pk")[:100]
    return _answer(
        _RADAR,
        rows=rows,
        mine=coming[:1001].count(),
        avoided=mine.filter(outcome="avoided")[:1001].count(),
    )


def home(_request: HttpRequest) -> HttpResponse:
    """Show what one person's “my work” shows: radar, worklists, figures, news."""
    from django.db.models import Count, Q, Sum

    from shopops.kit.clock import now, shop_day, start_of_day
    from shopops.kit.worklists import WORKLISTS
    from staff.models import Employee, MetricReading, Notification, RadarSighting, SettingValue

    set_urlconf(None)  # the worklists name pages of the whole site
    at = now()
    person = Employee.objects.get(username=WHO)
    mine = RadarSighting.objects.filter(employee=person)
    coming, avoided = Q(outcome="coming", due_at__gt=at), Q(outcome="avoided")
    first = start_of_day(shop_day(at).replace(day=1)) - timedelta(days=7)
    return _answer(
        _HOME,
        rows=mine.filter(coming).select_related("clause").order_by("due_at", "pk")[:5],
        sums=mine.filter(due_at__gte=first).aggregate(
            count=Count("pk", filter=coming),
            cost=Sum("points", filter=coming),
            avoided=Count("pk", filter=avoided),
            saved=Sum("points", filter=avoided),
        ),
        checked=SettingValue.objects.filter(name="staff.radar_last_check").first(),
        work=[(name, WORKLISTS[name].waiting(person.pk, at)) for name in worklists_of(person)],
        figures=MetricReading.objects.filter(employee=person, day__gte=shop_day(at) - timedelta(days=14)),
        news=Notification.objects.filter(employee=person).order_by("-at")[:6],
    )


_worklists: list[str] = []


def worklists_of(person: Any) -> list[str]:
    """Return the worklists that the page shows the person, found out once; the radar stands above them by itself."""
    from shopops.kit.worklists import WORKLISTS
    from staff.queries.home import RADAR

    if not _worklists:
        every = [(name, one.permission) for name, one in WORKLISTS.items() if name != RADAR]
        _worklists.extend(name for name, needs in every if not needs or person.has_perm(needs))
    return _worklists


def _answer(template: Any, **values: Any) -> HttpResponse:
    answer = HttpResponse(template.render(Context(values)))
    answer["Content-Length"] = str(len(answer.content))  # a middleware does it for the others
    return answer
