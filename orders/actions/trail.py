"""Events of many orders in one statement; a hundred thousand orders are screened and approved at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from shopops.kit.batch import current_batch
from staff.actions.events import Changes, plain
from staff.models import Employee

Told = tuple[int, Changes, str]
"""(order id, changes, reason)."""


def record_orders(
    verb: str, told: Sequence[Told], *, by: Employee | None, at: datetime, batch: UUID | None = None
) -> None:
    """Write one event for each of many orders, known by their ids."""
    if not told:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO staff_event (verb, subject_type, subject_id, subject_label, by_id, at, changes, reason, batch)
            SELECT %(verb)s, 'orders.Order', o.id,
                   CASE WHEN o.part = 1 THEN o.number ELSE o.number || '-' || o.part END,
                   %(by)s, %(at)s, g.changes::jsonb, g.reason, %(batch)s
            FROM unnest(%(ids)s::bigint[], %(changes)s::text[], %(reasons)s::text[]) AS g (id, changes, reason)
            JOIN orders_order o ON o.id = g.id
            """,
            {
                "verb": verb,
                "by": by.pk if by else None,
                "at": at,
                "batch": batch or current_batch(),
                "ids": [one[0] for one in told],
                "changes": [_written(one[1]) for one in told],
                "reasons": [one[2][:500] for one in told],
            },
        )


def _written(changes: Changes) -> str:
    if not changes:
        return "{}"
    pairs: dict[str, Any] = {name: [plain(before), plain(after)] for name, (before, after) in changes.items()}
    return json.dumps(pairs, ensure_ascii=False)
