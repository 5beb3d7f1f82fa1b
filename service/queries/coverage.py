"""Who was online, who was on duty, and when nobody was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from shopops.kit.clock import SHANGHAI, day_window, start_of_day
from staff.models import Appointment, Duty, Presence
from staff.states import DutyState, PresenceStatus

AGENT_POSTS = ("service", "presale", "aftersale", "complaints")
"""Codes of the posts that answer buyers."""


class Span(NamedTuple):
    """A span of time, the end not included."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return (self.end - self.start).total_seconds()


def hours_between(day: date, starts: str, ends: str) -> Span:
    """Return the span of a day between two times on the wall clock, such as 09:00 and 24:00."""
    return Span(_moment(day, starts), _moment(day, ends))


def _moment(day: date, clock: str) -> datetime:
    if clock == "24:00":
        return start_of_day(day + timedelta(days=1))
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=SHANGHAI)


def has_records(day: date) -> bool:
    """Say whether anybody's status is known of a day; a day nobody logged is no day nobody came."""
    start, end = day_window(day)
    return Presence.objects.filter(starts_at__lt=end).filter(Q(ends_at=None) | Q(ends_at__gt=start)).exists()


def gaps_of(hours: Span, *, until: datetime) -> list[Span]:
    """Return the spans of these hours, up to `until`, in which nobody was online."""
    hours = Span(hours.start, min(hours.end, until))
    if hours.end <= hours.start:
        return []
    spans = Presence.objects.filter(starts_at__lt=hours.end).filter(Q(ends_at=None) | Q(ends_at__gt=hours.start))
    online: dict[int, list[Span]] = {}
    gone: dict[int, list[Span]] = {}
    for employee, status, starts, ends in spans.values_list("employee_id", "status", "starts_at", "ends_at"):
        kept = online if status == PresenceStatus.ONLINE else gone
        kept.setdefault(employee, []).append(Span(starts, ends or until))
    there = [span for employee, spans_of in online.items() for span in without(spans_of, gone.get(employee, []))]
    return without([hours], there)


def planned_gaps(hours: Span) -> list[Span]:
    """Return the spans of these hours for which no agent is planned; none where nobody is planned at all."""
    planned = agents_between(*hours)
    return without([hours], planned) if planned else []


def agents_between(start: datetime, end: datetime) -> list[Span]:
    """Return the spans agents are planned for that touch a span of time, one a duty."""
    duties = _agents().filter(starts_at__lt=end, ends_at__gt=start)
    return [Span(starts, ends) for starts, ends in duties.values_list("starts_at", "ends_at")]


def agents_on_duty(at: datetime) -> list[Duty]:
    """Return the duties of agents that run at a moment."""
    duties = _agents().filter(starts_at__lte=at, ends_at__gt=at)
    return list(duties.select_related("employee", "shift").order_by("employee__name_pinyin", "pk"))


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Return the spans with the holes cut out, in order; what is left may be nothing."""
    left = sorted(spans)
    for hole in sorted(holes):
        cut = []
        for span in left:
            if hole.end <= span.start or hole.start >= span.end:
                cut.append(span)
                continue
            if span.start < hole.start:
                cut.append(Span(span.start, hole.start))
            if hole.end < span.end:
                cut.append(Span(hole.end, span.end))
        left = cut
    return left


def _agents() -> QuerySet[Duty]:
    """Return the duties planned for people who hold a post of agents on that day."""
    held = Appointment.objects.filter(
        Q(until=None) | Q(until__gte=OuterRef("day")),
        employee=OuterRef("employee"),
        since__lte=OuterRef("day"),
        position__code__in=AGENT_POSTS,
    )
    return Duty.objects.filter(Exists(held), state=DutyState.PLANNED)
