"""Days, weeks and months that figures are looked at in, and the ones they are compared with."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from django.db.models import Q

SpanKind = Literal["day", "week", "month"]
KINDS: tuple[str, ...] = get_args(SpanKind)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
TRENDS = {"day": 30, "week": 12, "month": 12}
"""How many of them a trend shows."""

Days = tuple[date, date]
"""First and last, both included."""


@dataclass(frozen=True)
class Span:
    """A day, a week from Monday, or a month.

    :param until: its last day that is over or begun; the spans it is compared with are cut to as many days.
    :param before: the one just before; `earlier` the same weekday a week before, the week four weeks before, or the
        same month of the year before.
    """

    kind: SpanKind
    first: date
    last: date
    until: date
    before: Days
    earlier: Days

    @property
    def days(self) -> Days:
        """Return what is over of it."""
        return self.first, self.until

    @property
    def is_cut(self) -> bool:
        """Say whether it is not over yet."""
        return self.until < self.last


def span_of(kind: SpanKind, day: date, *, latest: date) -> Span:
    """Return the span a day lies in, cut at `latest`."""
    first, last = bounds_of_span(kind, min(day, latest))
    until = min(last, latest)
    length = until - first
    before_first, before_last = bounds_of_span(kind, first - DAY)
    earlier_first, earlier_last = bounds_of_span(kind, _earlier(kind, first))
    return Span(
        kind,
        first,
        last,
        until,
        (before_first, before_last if until == last else min(before_last, before_first + length)),
        (earlier_first, earlier_last if until == last else min(earlier_last, earlier_first + length)),
    )


def bounds_of_span(kind: SpanKind, day: date) -> Days:
    """Return the first and last day of the span a day lies in."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + WEEK - DAY
    if kind == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return day, day


def trend_of(span: Span) -> list[Days]:
    """Return the spans of the trend that ends with this one, the oldest first."""
    spans = [span.days]
    for _number in range(TRENDS[span.kind] - 1):
        spans.append(bounds_of_span(span.kind, spans[-1][0] - DAY))
    return spans[::-1]


def days_of(days: Days) -> list[date]:
    """Return every day of a span."""
    first, last = days
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def in_days(days: Days) -> Q:
    """Return the condition for readings of a span."""
    return Q(day__gte=days[0], day__lte=days[1])


def _earlier(kind: SpanKind, first: date) -> date:
    if kind == "month":
        return first.replace(year=first.year - 1)
    return first - (4 * WEEK if kind == "week" else WEEK)
