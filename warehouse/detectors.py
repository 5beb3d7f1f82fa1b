"""What went wrong in the warehouse's part of an order: dispatch that came late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.detectors import Finding, Question, detector
from shopops.kit.workdays import WorkCalendar
from staff.queries.calendar import work_calendar
from staff.queries.rulebook import holder_of
from warehouse.models import DispatchNote
from warehouse.states import NoteState

_DAY = timedelta(days=1)


@detector("warehouse.amber_dispatch")
def amber_dispatch(question: Question) -> Iterator[Finding]:
    """Find notes still here so many hours after their approval (ORD-014): a warning that costs nothing."""
    hours = timedelta(hours=int(question.parameters.get("hours", 24)))
    notes = _live().filter(
        _not_shipped_by(F("confirmed_at") + hours),
        confirmed_by__isnull=False,
        confirmed_at__gt=question.window.start - hours,
        confirmed_at__lte=question.window.end - hours,
    )
    for note in notes.iterator(chunk_size=2000):
        if note.confirmed_by_id:
            yield _finding(note, note.confirmed_by_id, deadline=note.confirmed_at + hours)


@detector("warehouse.late_dispatch")
def late_dispatch(question: Question) -> Iterator[Finding]:
    """Find notes not shipped by the end of the next working day after approval (ORD-015, ORD-016).

    A stricter promise to the platform wins. The agent who approved the order answers; for an order approved by a
    rule, the holder of the post in `fallback_post`. A limit counts when it falls after the start of the window and
    not after its end, so that the tally of a day has the limit at that day's midnight.
    """
    calendar = work_calendar()
    working_days = int(question.parameters.get("working_days", 1))
    fallback = holder_of(str(question.parameters.get("fallback_post", "")), on=shop_day(question.window.start))
    for note, deadline in _late(question, calendar, working_days):
        employee = note.confirmed_by_id or (fallback.pk if fallback else None)
        if employee:
            yield _finding(note, employee, deadline=deadline)


def _late(question: Question, calendar: WorkCalendar, working_days: int) -> Iterator[tuple[DispatchNote, datetime]]:
    """Give late notes with their limit: by the calendar first, then those with a stricter promise."""
    start, end = question.window
    day = shop_day(start)
    while (limit := start_of_day(day + _DAY)) <= end:
        if limit > start and calendar.is_working_day(day):
            since, until = approval_days_due(day, calendar, working_days)
            due = _live().filter(
                _not_shipped_by(limit),
                Q(promised_at=None) | Q(promised_at__gte=limit),
                confirmed_at__gte=start_of_day(since),
                confirmed_at__lt=start_of_day(until),
            )
            yield from ((note, limit) for note in due.iterator(chunk_size=2000))
        day += _DAY
    promised = _live().filter(_not_shipped_by(F("promised_at")), promised_at__gt=start, promised_at__lte=end)
    for note in promised.iterator(chunk_size=2000):
        approved_on = shop_day(note.confirmed_at)
        plain_limit = start_of_day(_working_day_after(approved_on, calendar, working_days) + _DAY)
        if note.promised_at and note.promised_at < plain_limit:
            yield note, max(note.promised_at, note.confirmed_at)


def approval_days_due(day: date, calendar: WorkCalendar, working_days: int) -> tuple[date, date]:
    """Return the span of days (the last one not included) whose approvals are due at the end of `day`."""
    until = day
    for _number in range(working_days - 1):
        until = _working_day_before(until, calendar)
    return _working_day_before(until, calendar), until


def _working_day_before(day: date, calendar: WorkCalendar) -> date:
    """Return the last working day before `day`."""
    day -= _DAY
    while not calendar.is_working_day(day):
        day -= _DAY
    return day


def _working_day_after(day: date, calendar: WorkCalendar, count: int) -> date:
    """Return the `count`-th working day after `day`."""
    while count:
        day += _DAY
        count -= calendar.is_working_day(day)
    return day


def _live() -> QuerySet[DispatchNote]:
    """Return the notes that were to be shipped, with the columns a finding needs."""
    return DispatchNote.objects.exclude(state=NoteState.CANCELLED).only(
        "number", "order_numbers", "confirmed_by_id", "confirmed_at", "promised_at", "shipped_at", "summary", "pieces"
    )


def _not_shipped_by(limit: datetime | F) -> Q:
    """Return the condition that a note had not left at `limit`."""
    return Q(shipped_at=None) | Q(shipped_at__gt=limit)


def _finding(note: DispatchNote, employee_id: int, *, deadline: datetime) -> Finding:
    """Return what happened, with the evidence."""
    return Finding(
        subject=("warehouse.DispatchNote", note.pk, note.number),
        employee_id=employee_id,
        happened_at=deadline,
        facts={
            "orders": note.order_numbers,
            "goods": note.summary,
            "pieces": note.pieces,
            "approved_at": note.confirmed_at,
            "promised_at": note.promised_at,
            "deadline": deadline,
            "shipped_at": note.shipped_at,
        },
        url=reverse("warehouse:note", args=[note.number]),
    )
