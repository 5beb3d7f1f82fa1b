"""Events of many orders in one statement; a hundred thousand orders are screened and approved at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from orders.models import Order
from shopops.kit.batch import current_batch
from shopops.kit.copying import copy_rows
from staff.actions.events import Changes, plain
from staff.models import Employee, Event

Told = tuple[int, Changes, str]
"""(order id, changes, reason)."""
_COLUMNS = ("verb", "subject_type", "subject_id", "subject_label", "by_id", "at", "changes", "reason", "batch")


def record_orders(
    verb: str,
    told: Sequence[Told],
    *,
    by: Employee | None,
    at: datetime,
    batch: UUID | None = None,
    labels: Mapping[int, str] | None = None,
) -> None:
    """Write one event for each of many orders, known by their ids.

    :param labels: from the id of an order to its number, where they are known already.
    """
    if not told:
        return
    called = labels if labels is not None else _labels([one[0] for one in told])
    kind, who, run = Order._meta.label, by.pk if by else None, batch or current_batch()
    copy_rows(
        Event,
        _COLUMNS,
        [
            (verb, kind, key, called[key], who, at, _written(changes), reason[:500], run)
            for key, changes, reason in told
            if key in called
        ],
    )


def _labels(order_ids: Sequence[int]) -> dict[int, str]:
    found = Order.objects.filter(pk__in=order_ids).values_list("pk", "number", "part")
    return {key: number if part == 1 else f"{number}-{part}" for key, number, part in found}


def _written(changes: Changes) -> str:
    if not changes:
        return "{}"
    if len(changes) == 1:
        [(name, (before, after))] = changes.items()
        if isinstance(before, str) and isinstance(after, str):
            return _one_change(name, before, after)
    pairs: dict[str, Any] = {name: [plain(before), plain(after)] for name, (before, after) in changes.items()}
    return json.dumps(pairs, ensure_ascii=False)


@lru_cache(maxsize=500)
def _one_change(name: str, before: str, after: str) -> str:
    """Return a change of one word; a batch makes the same thousands of times."""
    return json.dumps({name: [str(before), str(after)]}, ensure_ascii=False)
