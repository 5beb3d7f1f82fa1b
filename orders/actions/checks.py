"""Checks: what the system sees by itself in orders nobody has released: goods, stock, addresses, prices, due times."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from orders.actions.exceptions import clear_exceptions, raise_exceptions
from orders.queries.promises import promise_at
from orders.queries.screening import Trouble, dismissed_troubles, open_troubles, troubles_of, wanted_skus
from orders.states import IN_REVIEW, ExceptionKind, OrderState
from warehouse.queries.stock import available


class Checked(NamedTuple):
    """What came of checking some orders: counts, and what the next steps go on with."""

    orders: int
    matched: int
    raised: int
    cleared: int
    in_review: list[int]
    """Orders in review now; those on hold and with finance are checked but go no further."""
    odd_prices: dict[int, str]
    """Orders in review whose price was found odd just now: id → why."""


@transaction.atomic
def check_orders(order_ids: Collection[int], *, at: datetime) -> Checked:
    """Match goods, set due times, raise and clear what the system can see; a few statements for any number of orders.

    Orders that were released already are left alone, so checking twice changes nothing.
    """
    states = _lock(list(order_ids))
    matched = match_goods(list(states))
    ids = [order for order, state in states.items() if state in IN_REVIEW]
    if not ids:
        return Checked(len(states), matched, 0, 0, [], {})
    _set_due(ids, promise=promise_at(at))
    found = troubles_of(ids, available(wanted_skus(ids)))
    new, cleared = _settle(ids, found, at=at)
    reviewed = [order for order in ids if states[order] == OrderState.REVIEW]
    odd = {one.order_id: one.reason for one in new if one.kind == ExceptionKind.PRICE}
    return Checked(len(states), matched, len(new), cleared, reviewed, {key: odd[key] for key in reviewed if key in odd})


def _settle(order_ids: list[int], found: Sequence[Trouble], *, at: datetime) -> tuple[list[Trouble], int]:
    """Raise what was found and clear what no longer holds; return what is new, and how much was cleared."""
    had = open_troubles(order_ids)
    there = {(one.order_id, one.kind) for one in found}
    new = [one for one in found if had.get((one.order_id, one.kind)) != one.reason]
    if new:
        dismissed = dismissed_troubles({one.order_id for one in new})
        new = [one for one in new if one not in dismissed]
    raise_exceptions(
        [(one.order_id, one.kind, one.reason, one.kind != ExceptionKind.SHORT) for one in new], by=None, at=at
    )
    return new, clear_exceptions([(*key, "") for key in had if key not in there], by=None, at=at)


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
        return int(matched + cursor.rowcount)


def _lock(order_ids: list[int]) -> dict[int, str]:
    """Lock the orders that wait for payment or review; return their states."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, state FROM orders_order WHERE id = ANY(%s) AND state = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [order_ids, [OrderState.UNPAID, *IN_REVIEW]],
        )
        return dict(cursor.fetchall())


def _set_due(order_ids: list[int], *, promise: timedelta) -> None:
    """Write when each order is due: `promise` after its payment until it is approved, or as the platform wants it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_order o SET ship_by = d.due
            FROM (SELECT id, least(promised_at,
                                   coalesce(paid_at, placed_at) + make_interval(secs => %(seconds)s)) AS due
                  FROM orders_order WHERE id = ANY(%(ids)s)) d
            WHERE o.id = d.id AND o.ship_by IS DISTINCT FROM d.due
            """,
            {"seconds": promise.total_seconds(), "ids": order_ids},
        )
