"""How much of the service hours somebody was online."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from service.queries.coverage import gaps_of, has_records, hours_between
from service.queries.reply_limits import service_hours
from shopops.kit.clock import SHANGHAI, day_window
from shopops.kit.metrics import METRICS, Fact, FactRows, Metric, Reading
from staff.models import Presence
from staff.states import PresenceStatus


def read_coverage(day: date) -> Iterator[Reading]:
    """Measure the company's minutes with somebody online; a day without a status log is not measured."""
    if not has_records(day):
        return
    hours = hours_between(day, *service_hours(day))
    missing = sum(gap.seconds for gap in gaps_of(hours, until=hours.end))
    yield Reading(round((hours.seconds - missing) / 60), round(hours.seconds / 60))


def coverage_facts(day: date, _shop_id: int | None, employee_id: int | None) -> FactRows:
    """List who was how and when, as the status log has it."""
    start, end = day_window(day)

    def show(name: str, status: str, starts: datetime, ends: datetime | None) -> Fact:
        until = f"{ends.astimezone(SHANGHAI):%H:%M:%S}" if ends else ""
        return Fact(
            name,
            f"{reverse('staff:presence')}?day={day:%Y-%m-%d}",
            f"{starts.astimezone(SHANGHAI):%H:%M:%S}–{until}",
            tag=PresenceStatus(status).label,
            tone="good" if status == PresenceStatus.ONLINE else "warn",
        )

    spans: Any = Presence.objects.filter(starts_at__lt=end).filter(Q(ends_at=None) | Q(ends_at__gt=start))
    if employee_id:
        spans = spans.filter(employee_id=employee_id)
    rows = spans.order_by("starts_at", "pk").values_list("employee__name", "status", "starts_at", "ends_at")
    return FactRows(rows, show)


METRICS.add(
    "service.coverage",
    Metric(
        "service.coverage",
        _("Service hours covered"),
        _("Of the minutes in which somebody has to be online (9:00 to 23:00), the share in which somebody was."),
        "share",
        "more",
        read_coverage,
        coverage_facts,
        register_ids=("CS-047",),
    ),
)
