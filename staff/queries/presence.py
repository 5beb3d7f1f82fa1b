"""Presence: who is online now, and how a day went, lane by lane."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from shopops.kit.clock import day_window
from staff.models import Duty, Employee, Presence
from staff.states import DutyState, PresenceSource, PresenceStatus

SEES_ALL = "staff.view_presence"
_SHOWN_FOR = timedelta(hours=20)


@dataclass(frozen=True)
class DayLane:
    """A person's day: duties and spans of presence, what a supervisor saw last."""

    person: Employee
    duties: list[Duty]
    spans: list[Presence]


@dataclass(frozen=True)
class Now:
    """How somebody is now: the status that holds, since when, whether they should be there."""

    person: Employee
    status: str
    presence: Presence | None
    duty: Duty | None


def lanes_of(day: date, *, only: Employee | None = None) -> list[DayLane]:
    """Return the lanes of a day: everybody on duty or with a known status, or one person; two queries."""
    start, end = day_window(day)
    duties = (
        Duty.objects.filter(starts_at__lt=end, ends_at__gt=start)
        .exclude(state=DutyState.CANCELLED)
        .select_related("employee", "shift")
        .order_by("starts_at", "employee__name_pinyin", "pk")
    )
    spans = (
        Presence.objects.filter(starts_at__lt=end)
        .filter(Q(ends_at=None) | Q(ends_at__gt=start))
        .select_related("employee", "covered_by", "noted_by")
        .order_by("starts_at", "pk")
    )
    if only is not None:
        duties, spans = duties.filter(employee=only), spans.filter(employee=only)
    people: dict[int, Employee] = {}
    planned: dict[int, list[Duty]] = defaultdict(list)
    seen: dict[int, list[Presence]] = defaultdict(list)
    for duty in duties:
        people.setdefault(duty.employee_id, duty.employee)
        planned[duty.employee_id].append(duty)
    for span in spans:
        people.setdefault(span.employee_id, span.employee)
        seen[span.employee_id].append(span)
    return [DayLane(person, planned[key], in_order(seen[key])) for key, person in people.items()]


def in_order(spans: list[Presence]) -> list[Presence]:
    """Return spans so that what a supervisor saw is drawn over what the tools said."""
    return sorted(spans, key=lambda one: (one.source == PresenceSource.CHECK, one.starts_at))


def presence_now(at: datetime, *, only: Employee | None = None) -> list[Now]:
    """Return how everybody is who is on duty or online, those who should be there and are not first; two queries."""
    found = []
    for lane in _recent(at, only):
        duty = next(
            (one for one in lane.duties if one.state == DutyState.PLANNED and one.starts_at <= at < one.ends_at),
            None,
        )
        running = [one for one in lane.spans if one.starts_at <= at and (one.ends_at is None or one.ends_at > at)]
        status = running[-1].status if running else PresenceStatus.OFFLINE
        if duty is None and status == PresenceStatus.OFFLINE:
            continue
        found.append(Now(lane.person, status, running[-1] if running else None, duty))
    return sorted(
        found, key=lambda one: (one.duty is None, one.status == PresenceStatus.ONLINE, one.person.name_pinyin)
    )


def current_status(employee: Employee) -> Presence | None:
    """Return the status somebody set last, while it lasts."""
    mine = Presence.objects.filter(employee=employee, source=PresenceSource.BUTTON, ends_at=None)
    return mine.select_related("covered_by").order_by("-starts_at").first()


def _recent(at: datetime, only: Employee | None) -> list[DayLane]:
    """Return the lanes around a moment; an open status is forgotten after some hours."""
    duties = (
        Duty.objects.filter(starts_at__lte=at, ends_at__gt=at, state=DutyState.PLANNED)
        .select_related("employee", "shift")
        .order_by("starts_at")
    )
    spans = (
        Presence.objects.filter(starts_at__lte=at, starts_at__gt=at - _SHOWN_FOR)
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .select_related("employee", "covered_by")
    )
    if only is not None:
        duties, spans = duties.filter(employee=only), spans.filter(employee=only)
    people: dict[int, Employee] = {}
    planned: dict[int, list[Duty]] = defaultdict(list)
    seen: dict[int, list[Presence]] = defaultdict(list)
    for duty in duties:
        people.setdefault(duty.employee_id, duty.employee)
        planned[duty.employee_id].append(duty)
    for span in spans:
        people.setdefault(span.employee_id, span.employee)
        seen[span.employee_id].append(span)
    return [DayLane(person, planned[key], in_order(seen[key])) for key, person in people.items()]
