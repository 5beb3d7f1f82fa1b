"""What went wrong in the warehouse's part of an order: dispatch that came late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import Window, shop_day, start_of_day
from shopops.kit.detectors import Address, FoundRows, Question, detector, found
from shopops.kit.workdays import WorkCalendar
from staff.queries.calendar import work_calendar
from staff.queries.rulebook import holder_of
from warehouse.models import DispatchNote
from warehouse.states import NoteState

_DAY = timedelta(days=1)
_SUBJECT = "warehouse.DispatchNote"


@detector("warehouse.amber_dispatch", label=_("Dispatch notes still here after their hours"))
def amber_dispatch(question: Question) -> FoundRows:
    """Find notes still here so many hours after their approval (ORD-014): a warning that costs nothing.

    The agent who approved the order is warned; for an order approved by a rule there is nobody to warn.
    """
    hours = timedelta(hours=int(question.parameters.get("hours", 24)))
    deadline = F("confirmed_at") + Value(hours)
    notes = _live().filter(
        _not_shipped_by(deadline),
        confirmed_by__isnull=False,
        confirmed_at__gt=question.window.start - hours,
        confirmed_at__lte=question.window.end - hours,
    )
    return FoundRows(_SUBJECT, _findings(notes, employee="confirmed_by_id", deadline=deadline))


@detector("warehouse.late_dispatch", label=_("Dispatch notes against the end of the next working day"))
def late_dispatch(question: Question) -> FoundRows:
    """Find notes not shipped by the end of the next working day after approval (ORD-015, ORD-016).

    The day ends at midnight, the most lenient reading. A stricter promise to the platform wins, unless it had passed
    before the order was approved: nobody can keep that by shipping. The agent who approved the order answers; for an
    order approved by a rule, the holder of the post in `fallback_post`.
    """
    calendar = work_calendar()
    working_days = int(question.parameters.get("working_days", 1))
    fallback = holder_of(str(question.parameters.get("fallback_post", "")), on=shop_day(question.window.start))
    employee: str | Combinable = "confirmed_by_id"
    live = _live()
    if fallback is None:
        live = live.filter(confirmed_by__isnull=False)
    else:
        employee = Coalesce(F("confirmed_by_id"), Value(fallback.pk))
    queries = []
    for day in _days(question.window):
        queries += [
            _findings(notes, employee=employee, deadline=deadline)
            for notes, deadline in _late_on(day, live, question.window, calendar, working_days)
        ]
    return FoundRows(_SUBJECT, *queries)


def _late_on(
    day: date, live: QuerySet[DispatchNote], window: Window, calendar: WorkCalendar, working_days: int
) -> Iterator[tuple[QuerySet[DispatchNote], str | Combinable]]:
    """Give the notes whose limit falls on `day`, and that limit: the promise where it is stricter, else the day's end.

    Approvals of the first day that is due on `day` or later are the earliest that can matter.
    """
    limit = start_of_day(day + _DAY)
    since, until = approval_days_due(day, calendar, working_days)
    approved = live.filter(confirmed_at__gte=start_of_day(since))
    if calendar.is_working_day(day) and window.start < limit <= window.end:
        due = approved.filter(
            Q(promised_at=None) | Q(promised_at__gt=limit) | Q(promised_at__lte=F("confirmed_at")),
            _not_shipped_by(limit),
            confirmed_at__lt=start_of_day(until),
        )
        yield due, Value(limit, output_field=DateTimeField())
    yield (
        approved.filter(
            _not_shipped_by(F("promised_at")),
            promised_at__gt=max(start_of_day(day), window.start),
            promised_at__lte=min(limit, window.end),
            confirmed_at__lt=F("promised_at"),
        ).filter(confirmed_at__lt=min(limit, window.end)),
        "promised_at",
    )


def _days(window: Window) -> Iterator[date]:
    """Give the days a window touches."""
    day = shop_day(window.start)
    while start_of_day(day) < window.end:
        yield day
        day += _DAY


def approval_days_due(day: date, calendar: WorkCalendar, working_days: int) -> tuple[date, date]:
    """Return the span of days (the last one not included) whose approvals are due at the end of `day`."""
    until = day
    for _number in range(working_days - 1):
        until = calendar.previous_working_day(until)
    return calendar.previous_working_day(until), until


def _live() -> QuerySet[DispatchNote]:
    """Return the notes that were to be shipped."""
    return DispatchNote.objects.exclude(state=NoteState.CANCELLED)


def _not_shipped_by(limit: datetime | Combinable) -> Q:
    """Return the condition that a note had not left at `limit`; exactly at the limit is in time."""
    return Q(shipped_at=None) | Q(shipped_at__gt=limit)


def _findings(
    notes: QuerySet[DispatchNote], *, employee: str | Combinable, deadline: str | Combinable
) -> QuerySet[Any, tuple[Any, ...]]:
    """Turn late notes into findings, with the evidence."""
    return found(
        notes,
        label="number",
        employee=employee,
        at=deadline,
        facts={
            "orders": "order_numbers",
            "goods": "summary",
            "pieces": "pieces",
            "approved_at": "confirmed_at",
            "promised_at": "promised_at",
            "deadline": deadline,
            "shipped_at": "shipped_at",
        },
        address=Address("warehouse:note", "number"),
    )
