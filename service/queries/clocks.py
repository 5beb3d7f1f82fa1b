"""Clocks of open conversations: how long somebody waits, and how urgent that is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.queries.reply_limits import answer_limits
from shopops.kit.clock import shop_day

_MOST_DAYS = 100
_NEAR = timedelta(minutes=30)
"""So long before it is to be finished a conversation turns yellow."""


@dataclass(frozen=True)
class Limits:
    """From when a clock is yellow and red; seconds."""

    soon: int
    late: int


_FRESH_SECONDS = 5.0
_kept: dict[date, tuple[float, Limits]] = {}


def limits(at: datetime) -> Limits:
    """Return from when a waiting buyer's clock is yellow and red: the limits of CS-057 and CS-058.

    One query; asked anew every five seconds, as settings are.
    """
    day, moment = shop_day(at), time.monotonic()
    held = _kept.get(day)
    if held is None or moment - held[0] > _FRESH_SECONDS:
        if len(_kept) > _MOST_DAYS:
            _kept.clear()
        held = _kept[day] = (moment, Limits(*answer_limits(day)))
    return held[1]


def forget_limits() -> None:
    """Ask anew at the next question."""
    _kept.clear()


def tone_of(waiting_since: datetime | None, due_at: datetime | None, at: datetime, limit: Limits) -> str:
    """Return `danger`, `warn` or nothing for an open conversation: by its waiting buyer and by its due time."""
    if due_at is not None and due_at <= at:
        return "danger"
    if waiting_since is not None:
        waited = (at - waiting_since).total_seconds()
        if waited >= limit.late:
            return "danger"
        if waited >= limit.soon:
            return "warn"
    return "warn" if due_at is not None and due_at - at <= _NEAR else ""
