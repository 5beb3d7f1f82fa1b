"""Screening: what the shop does with orders by itself, after an import or a change, before anybody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import connection, transaction

from orders import policy
from orders.actions.exceptions import clear_exceptions, raise_exceptions
from orders.queries.screening import Trouble, dismissed_troubles, open_troubles, troubles_of, wanted_skus
from orders.states import IN_REVIEW, ExceptionKind, OrderState
from warehouse.queries.stock import available

CHUNK = 5000


@dataclass
class Screened:
    """What came of a screening, counted in orders, lines or exceptions."""

    screened: int = 0
    matched: int = 0
    raised: int = 0
    cleared: int = 0
    to_finance: int = 0
    held: int = 0
    approved: int = 0

    def add(self, other: Screened) -> None:
        """Add the counts of another screening."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def screen_orders(
    order_ids: Iterable[int], *, at: datetime, rules: bool = True, step: Callable[[int], None] | None = None
) -> Screened:
    """Make orders ready for review, thousands at a time.

    Matches goods (merchant code, then what the shop has remembered), raises and clears the exceptions the system can
    see, sets the time each order is due, sends odd prices to finance, and runs the review rules. Orders that were
    released already are left alone, so screening twice changes nothing.

    :param rules: whether the review rules run; a re-check of stock alone leaves them out.
    :param step: told how many orders are done, after each chunk.
    """
    ids = sorted(set(order_ids))
    whole = Screened()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        whole.add(_screen(chunk, at=at))
        if step:
            step(start + len(chunk))
    return whole


@transaction.atomic
def _screen(order_ids: list[int], *, at: datetime) -> Screened:
    states = _lock(order_ids)
    matched = match_goods(list(states))
    ids = [order for order, state in states.items() if state in IN_REVIEW]
    if not ids:
        return Screened(screened=len(states), matched=matched)
    _set_due(ids)
    found = troubles_of(ids, available(wanted_skus(ids)))
    raised, cleared = _settle(ids, found, at=at)
    return Screened(screened=len(states), matched=matched, raised=raised, cleared=cleared)


def _settle(order_ids: list[int], found: Sequence[Trouble], *, at: datetime) -> tuple[int, int]:
    """Raise what was found and clear what no longer holds; return how many of each."""
    had = open_troubles(order_ids)
    now_there = {(one.order_id, one.kind) for one in found}
    new = [one for one in found if had.get((one.order_id, one.kind)) != one.reason]
    if new:
        dismissed = dismissed_troubles({one.order_id for one in new})
        new = [one for one in new if one not in dismissed]
    raised = raise_exceptions(
        [(one.order_id, one.kind, one.reason, one.kind != ExceptionKind.SHORT) for one in new], by=None, at=at
    )
    cleared = clear_exceptions([(*key, "") for key in had if key not in now_there], by=None, at=at)
    return raised, cleared


def match_goods(order_ids: list[int]) -> int:
    """Find the SKU of each line that has none: its merchant code, then the names the shop remembers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_orderline l SET sku_id = s.id FROM catalog_sku s"
            " WHERE l.order_id = ANY(%s) AND l.sku_id IS NULL AND l.code <> '' AND s.code = l.code",
            [order_ids],
        )
        matched = cursor.rowcount
        cursor.execute(
            """
            UPDATE orders_orderline l SET sku_id = a.sku_id
            FROM orders_order o, catalog_skualias a
            WHERE l.order_id = ANY(%s) AND l.sku_id IS NULL AND o.id = l.order_id AND a.shop_id = o.shop_id
              AND a.code = coalesce(nullif(l.code, ''), left(btrim(l.title || ' ' || l.attributes), 200))
            """,
            [order_ids],
        )
        return matched + cursor.rowcount


def _lock(order_ids: list[int]) -> dict[int, str]:
    """Lock the orders that wait for payment or review; return their states."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, state FROM orders_order WHERE id = ANY(%s) AND state = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [order_ids, [OrderState.UNPAID, *IN_REVIEW]],
        )
        return dict(cursor.fetchall())


def _set_due(order_ids: list[int]) -> None:
    """Write when each order is due: some hours after its payment until it is approved, or as the platform was promised."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_order SET ship_by = least(promised_at, coalesce(paid_at, placed_at) + make_interval(hours => %(hours)s))
            WHERE id = ANY(%(ids)s) AND ship_by IS DISTINCT FROM
                  least(promised_at, coalesce(paid_at, placed_at) + make_interval(hours => %(hours)s))
            """,
            {"hours": policy.SHIP_HOURS(), "ids": order_ids},
        )
