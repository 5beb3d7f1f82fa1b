"""The queue of the review desk: whose turn it is, and where one stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

from orders.models import Order

MOST = 1000
"""Counts stop here and read "1000+"."""
TABS = ("ready", "short", "troubled", "all")
_PARTS = {
    "ready": "o.state = 'review' AND NOT o.is_blocked AND NOT o.is_short",
    "short": "o.state = 'review' AND o.is_short",
    "troubled": "o.state = 'review' AND o.troubles <> '{}' AND o.is_blocked",
    "all": "o.state = 'review'",
}


_ORDERS = {
    "ready": "o.ship_by, o.id",
    "short": "o.placed_at DESC, o.id DESC",
    "troubled": "o.placed_at DESC, o.id DESC",
    "all": "o.ship_by, o.id",
}
"""The order of the index that answers each part; without it the planner may walk the whole table to count a part."""


@dataclass(frozen=True)
class Place:
    """Where somebody stands in the queue."""

    tab: str
    order_id: int | None
    before: int
    """Orders that are more urgent; `MOST + 1` stands for more than `MOST`."""
    previous_id: int | None
    next_id: int | None
    counts: dict[str, int]

    @property
    def number(self) -> str:
        """Return one's place: 18, or 1000+."""
        return said(self.before + 1) if self.order_id else "0"

    @property
    def total(self) -> str:
        """Return how many there are: 240, or 1000+."""
        return said(self.counts[self.tab])


def said(count: int) -> str:
    """Return a count as it is shown."""
    return f"{MOST}+" if count > MOST else str(count)


def cursor_of(order: Order) -> str:
    """Return the text that stands for an order's place in the queue, for going on after it."""
    return f"{order.ship_by.isoformat() if order.ship_by else ''},{order.pk}"


def place_in_queue(tab: str, *, at: datetime, by: int, order_id: int | None = None, after: str = "") -> Place:
    """Return the place of an order in the queue of a tab, most urgent first; one statement.

    :param order_id: the order somebody wants to see, whatever its tab.
    :param after: where somebody was last (`cursor_of`); they get the next one nobody else has open, or the first.
    """
    tab = tab if tab in TABS else "ready"
    due, last_id = _read(after)
    with connection.cursor() as cursor:
        cursor.execute(
            _place(_PARTS[tab], chosen=order_id is not None, onwards=due is not None),
            {"at": at, "by": by, "id": order_id, "due": due, "last": last_id, "most": MOST + 1},
        )
        found: dict[str, Any] = dict(
            zip([one.name for one in cursor.description or ()], cursor.fetchone(), strict=True)
        )
    counts = {name: found[f"n_{name}"] for name in TABS}
    return Place(tab, found["id"], found["before"] or 0, found["previous_id"], found["next_id"], counts)


def _read(after: str) -> tuple[datetime | None, int]:
    text, _comma, number = after.partition(",")
    try:
        due = parse_datetime(text)
    except ValueError:
        due = None
    return (due, int(number)) if due is not None and number.isdecimal() and len(number) < 19 else (None, 0)  # noqa: PLR2004


def _place(part: str, *, chosen: bool, onwards: bool) -> str:
    """Write the statement: the order, its neighbours, how many stand before it, how many each tab has."""
    queue = f"SELECT o.id, o.ship_by FROM orders_order o WHERE {part}"  # noqa: S608 -- constants
    order = "ORDER BY o.ship_by, o.id LIMIT 1"
    back = "ORDER BY o.ship_by DESC, o.id DESC"
    beyond = f"{queue} AND (o.ship_by, o.id)"
    if chosen:
        here = "SELECT o.id, o.ship_by FROM orders_order o WHERE o.id = %(id)s"
    else:
        steps = [f"{queue} AND {_FREE} {order}", f"{queue} {order}"]
        if onwards:
            steps.insert(0, f"{beyond} > (%(due)s, %(last)s) AND {_FREE} {order}")
        tried = (f"(SELECT *, {number} AS step FROM ({one}) s{number})" for number, one in enumerate(steps))  # noqa: S608
        here = f"SELECT id, ship_by FROM ({' UNION ALL '.join(tried)}) found ORDER BY step LIMIT 1"  # noqa: S608
    return f"""
        WITH here AS ({here})
        SELECT h.id, {_COUNTS},
               (SELECT count(*) FROM ({beyond} < (h.ship_by, h.id) {back} LIMIT %(most)s) b) AS before,
               (SELECT id FROM ({beyond} < (h.ship_by, h.id) {back} LIMIT 1) p) AS previous_id,
               (SELECT id FROM ({beyond} > (h.ship_by, h.id) {order}) n) AS next_id
        FROM (SELECT) one LEFT JOIN here h ON true
    """  # noqa: S608


_FREE = (
    "NOT EXISTS (SELECT FROM orders_deskseat d WHERE d.order_id = o.id AND d.employee_id <> %(by)s"
    " AND d.since > %(at)s - interval '3 minutes')"
)
"""Nobody else has it open."""
_COUNTS = ", ".join(
    "(SELECT count(*) FROM (SELECT FROM orders_order o"  # noqa: S608 -- constants
    f" WHERE {where} ORDER BY {_ORDERS[name]} LIMIT %(most)s) c) AS n_{name}"
    for name, where in _PARTS.items()
)
