"""How long an order may stay here after its approval: what ORD-014 says on the day."""

from __future__ import annotations

from datetime import datetime, timedelta

from shopops.kit.clock import shop_day
from staff.queries.rulebook import in_force

CLAUSE = "ORD-014"
USUAL_HOURS = 24
"""The platform's own promise; holds while the clause is not in force."""


def promise_at(at: datetime) -> timedelta:
    """Return how long after its approval an order approved at `at` turns amber (ORD-014)."""
    for parameters in in_force(shop_day(at)).filter(clause__number=CLAUSE).values_list("parameters", flat=True):
        return timedelta(hours=int(parameters.get("hours", USUAL_HOURS)))
    return timedelta(hours=USUAL_HOURS)


def due_at(confirmed_at: datetime, promised_at: datetime | None, *, promise: timedelta) -> datetime:
    """Return when an order turns amber: `promise` after `confirmed_at`, or at the platform's earlier time.

    Before anybody has approved the order, the moment of payment stands in for the confirmation.
    """
    own = confirmed_at + promise
    return own if promised_at is None else min(own, promised_at)
