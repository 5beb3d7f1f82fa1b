"""What went wrong with being there: hours nobody covered, lunch gaps, absences nobody was told of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from service.queries.coverage import Span, agents_on_duty, gaps_of, has_records, hours_between, planned_gaps
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.detectors import Finding, FoundRows, Question, detector, found
from staff.models import Duty, Presence
from staff.queries.rulebook import holder_of
from staff.states import DutyState, PresenceStatus, ShiftKind

_DAY = timedelta(days=1)
_GONE = (PresenceStatus.AWAY, PresenceStatus.OFFLINE, PresenceStatus.IDLE)


@detector("service.uncovered_hours", label=_("Hours in which somebody has to be online, against the status log"))
def uncovered_hours(question: Question) -> Iterator[Finding]:
    """Find spans of the service hours in which nobody was online (CS-047); those on duty then answer for them.

    Where nobody was on duty either, the holder of the post in `fallback_post` answers: the roster left a hole. Of hours
    to come only such holes of the roster are known. Days without any status log are not judged.
    """
    seconds = int(question.parameters.get("seconds", 60))
    on = shop_day(question.window.start)
    fallback = holder_of(str(question.parameters.get("fallback_post", "")), on=on)
    for day in _days(question):
        hours = _hours(day, question, "starts", "ends")
        to_come = Span(max(hours.start, question.now), hours.end)
        holes = planned_gaps(to_come) if to_come.seconds > 0 else []
        gaps = gaps_of(hours, until=question.now) if hours.start <= question.now and has_records(day) else []
        blamed: set[int] = set()
        for gap in (one for one in [*gaps, *holes] if one.seconds >= seconds):
            at = gap.start + timedelta(seconds=seconds)
            if not question.window.start < at <= question.window.end:
                continue
            duties = agents_on_duty(at)
            for duty in duties:
                if duty.pk not in blamed:
                    blamed.add(duty.pk)
                    yield _of_duty(duty, at, gap, gaps)
            if not duties and fallback and 0 not in blamed:
                blamed.add(0)
                subject = ("staff.Day", int(f"{day:%Y%m%d}"), f"{day:%Y-%m-%d}")
                facts = _facts(gap, gaps or holes)
                yield Finding(subject, fallback.pk, at, facts, _page(day))


@detector("service.lunch_gap", label=_("Lunch hours in which nobody was online"))
def lunch_gap(question: Question) -> Iterator[Finding]:
    """Find lunch hours in which nobody was online (CS-048): every agent on duty then answers, once a duty."""
    seconds = int(question.parameters.get("seconds", 60))
    for day in _days(question):
        hours = _hours(day, question, "lunch_starts", "lunch_ends")
        if hours.start > question.now or not has_records(day):
            continue
        gaps = [gap for gap in gaps_of(hours, until=question.now) if gap.seconds >= seconds]
        blamed: set[int] = set()
        for gap in gaps:
            at = gap.start + timedelta(seconds=seconds)
            if not question.window.start < at <= question.window.end:
                continue
            for duty in agents_on_duty(at):
                if duty.pk not in blamed:
                    blamed.add(duty.pk)
                    yield _of_duty(duty, at, gap, gaps, cause=f"lunch:{day:%Y%m%d}")


@detector("service.away_unmarked", label=_("Agents away while the chat tool says online"))
def away_unmarked(question: Question) -> FoundRows:
    """Find agents on duty away for longer than the seconds of the rule without setting the status (CS-049).

    Weekend duty has a rule of its own (CS-050).
    """
    seconds = int(question.parameters.get("seconds", 60))
    spans = _longer_than(question, seconds, (PresenceStatus.IDLE,))
    return FoundRows("staff.Presence", _presence_findings(spans.filter(~_weekend(), _on_duty()), seconds))


@detector("service.weekend_gap", label=_("Weekend duty left without somebody standing in"))
def weekend_gap(question: Question) -> FoundRows:
    """Find agents on weekend duty gone for longer than the seconds of the rule while nobody stood in (CS-050)."""
    seconds = int(question.parameters.get("seconds", 60))
    limit = OuterRef("starts_at") + Value(timedelta(seconds=seconds))
    others = Presence.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=limit), status=PresenceStatus.ONLINE, starts_at__lte=limit
    ).exclude(employee=OuterRef("employee"))
    spans = _longer_than(question, seconds, _GONE).filter(_weekend(), ~Exists(others), covered_by=None)
    return FoundRows("staff.Presence", _presence_findings(spans, seconds))


def _days(question: Question) -> Iterator[date]:
    """Give the days the window touches."""
    day = shop_day(question.window.start)
    while start_of_day(day) < question.window.end:
        yield day
        day += _DAY


def _hours(day: date, question: Question, starts: str, ends: str) -> Span:
    """Return the hours of a day that two parameters name."""
    return hours_between(day, str(question.parameters.get(starts)), str(question.parameters.get(ends)))


def _words(gaps: list[Span]) -> str:
    """Return spans as people read them."""
    return "、".join(
        f"{gap.start.astimezone(SHANGHAI):%H:%M:%S}–{gap.end.astimezone(SHANGHAI):%H:%M:%S}" for gap in gaps
    )


def _page(day: date) -> str:
    return f"{reverse('staff:presence')}?day={day:%Y-%m-%d}"


def _facts(gap: Span, gaps: list[Span]) -> dict[str, Any]:
    """Return the evidence of a gap: when it began and ended, and all of the day in words."""
    return {"nobody_from": gap.start, "nobody_until": gap.end, "gaps": _words(gaps)}


def _of_duty(duty: Duty, at: datetime, gap: Span, gaps: list[Span], *, cause: str = "") -> Finding:
    """Return the finding that nobody was online during somebody's duty."""
    facts = {**_facts(gap, gaps), "duty": str(duty)}
    return Finding(("staff.Duty", duty.pk, str(duty)), duty.employee_id, at, facts, _page(duty.day), cause=cause)


def _longer_than(question: Question, seconds: int, statuses: tuple[PresenceStatus, ...]) -> QuerySet[Presence]:
    """Return the spans of these statuses that passed `seconds` inside the window."""
    limit = timedelta(seconds=seconds)
    return Presence.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=F("starts_at") + Value(limit)),
        status__in=statuses,
        starts_at__gt=question.window.start - limit,
        starts_at__lte=min(question.window.end, question.now) - limit,
    )


def _duty_then() -> QuerySet[Duty]:
    """Return the duty of the person inside which the span began."""
    return Duty.objects.filter(
        employee=OuterRef("employee"),
        state=DutyState.PLANNED,
        starts_at__lte=OuterRef("starts_at"),
        ends_at__gt=OuterRef("starts_at"),
    )


def _on_duty() -> Exists:
    return Exists(_duty_then())


def _weekend() -> Exists:
    return Exists(_duty_then().filter(shift__kind=ShiftKind.WEEKEND))


def _presence_findings(spans: QuerySet[Presence], seconds: int) -> QuerySet[Any, tuple[Any, ...]]:
    """Turn absences into findings, with the evidence."""
    day = Func(
        F("starts_at"),
        template="to_char(%(expressions)s AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')",
        output_field=CharField(),
    )
    return found(
        spans,
        label=Concat(day, Value(" "), F("employee__name")),
        employee="employee_id",
        at=F("starts_at") + Value(timedelta(seconds=seconds)),
        facts={
            "status": "status",
            "away_from": "starts_at",
            "away_until": "ends_at",
            "limit_seconds": Value(seconds),
        },
        address=Concat(Value(f"{reverse('staff:presence')}?day="), day),
    )
