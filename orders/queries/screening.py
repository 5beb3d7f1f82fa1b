"""What is wrong with orders nobody has released yet, found for thousands of them at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from orders import policy
from orders.models import OrderException
from orders.states import SCREENED, PlatformStatus

GONE = (PlatformStatus.SHIPPED, PlatformStatus.SUCCESS, PlatformStatus.CLOSED)
"""Lines the platform has as sent or closed: they are not sent by us."""

LIST_MISSING = "order list not imported yet"
"""Reason of INCOMPLETE while only the detail file has spoken. A message id; so are the words of an address."""


class Trouble(NamedTuple):
    """Something the screening found."""

    order_id: int
    kind: str
    reason: str


def wanted_skus(order_ids: Sequence[int]) -> list[int]:
    """Return the SKUs these orders want sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT sku_id FROM orders_orderline"
            " WHERE order_id = ANY(%s) AND sku_id IS NOT NULL AND away < quantity AND status <> ALL(%s)",
            [list(order_ids), list(GONE)],
        )
        return [row[0] for row in cursor.fetchall()]


def troubles_of(order_ids: Sequence[int], free: Mapping[int, int]) -> list[Trouble]:
    """Return what is wrong with these orders, given the free pieces of the SKUs they want.

    Goods not matched, pieces that do not add up to the platform's count, addresses nobody could deliver to, prices
    below a SKU's floor or far from its usual one, and too little stock. Reasons carry figures and codes only, so that
    they read the same in every language.
    """
    factor = policy.PRICE_FACTOR()
    with connection.cursor() as cursor:
        cursor.execute(
            _TROUBLES,
            {
                "ids": list(order_ids),
                "gone": list(GONE),
                "skus": list(free),
                "free": list(free.values()),
                "factor": factor,
                "least_lines": policy.PRICE_LEAST_LINES(),
                "address_least": policy.ADDRESS_LEAST(),
                "list_missing": LIST_MISSING,
            },
        )
        return [Trouble(*row) for row in cursor.fetchall()]


def open_troubles(order_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """Return the open exceptions of the kinds the screening looks after: (order id, kind) → reason."""
    return {
        (order, kind): reason
        for order, kind, reason in OrderException.objects.filter(
            order_id__in=order_ids, kind__in=SCREENED, cleared_at=None
        ).values_list("order_id", "kind", "reason")
    }


def dismissed_troubles(order_ids: Collection[int]) -> set[Trouble]:
    """Return what somebody has looked at and cleared: the same is not raised again."""
    return {
        Trouble(*row)
        for row in OrderException.objects.filter(
            order_id__in=order_ids, kind__in=SCREENED, cleared_by__isnull=False
        ).values_list("order_id", "kind", "reason")
    }


_TROUBLES = """
WITH o AS (
    SELECT id, part, digest, pieces, kinds, receiver_name, receiver_phone, province, city, address
    FROM orders_order WHERE id = ANY(%(ids)s)
), l AS (
    SELECT o.id AS order_id, l.kind, l.quantity, l.away, l.paid, l.list_price, l.sku_id, l.status,
           l.away < l.quantity AND l.status <> ALL(%(gone)s) AS goes,
           coalesce(nullif(l.code, ''), l.title || ' ' || l.attributes) AS name
    FROM o JOIN orders_orderline l ON l.order_id = o.id
), total AS (
    SELECT order_id, sum(quantity - away) AS pieces, count(*) AS kinds FROM l WHERE kind = 'sale' GROUP BY order_id
), wanted AS (
    SELECT order_id, sku_id, sum(quantity - away) AS pieces FROM l
    WHERE goes AND sku_id IS NOT NULL GROUP BY order_id, sku_id
)
SELECT order_id, 'unmatched', left(string_agg(DISTINCT name, '; ' ORDER BY name), 500)
FROM l WHERE goes AND sku_id IS NULL GROUP BY order_id
UNION ALL
SELECT w.order_id, 'short', left(string_agg(s.code || ' ' || w.pieces || ' > ' || f.free, '; ' ORDER BY s.code), 500)
FROM wanted w
JOIN unnest(%(skus)s::bigint[], %(free)s::bigint[]) AS f (sku_id, free) ON f.sku_id = w.sku_id AND f.free < w.pieces
JOIN catalog_sku s ON s.id = w.sku_id
GROUP BY w.order_id
UNION ALL
SELECT o.id, 'incomplete',
       CASE WHEN o.part = 1 AND o.digest IS NULL THEN %(list_missing)s
            ELSE coalesce(t.pieces, 0) || ' / ' || o.pieces END
FROM o LEFT JOIN total t ON t.order_id = o.id
WHERE o.part = 1 AND o.digest IS NULL OR coalesce(t.pieces, 0) <> o.pieces OR t.order_id IS NULL
UNION ALL
SELECT id, 'address', concat_ws('; ',
       CASE WHEN receiver_name = '' THEN 'receiver' END,
       CASE WHEN receiver_phone = '' THEN 'phone' END,
       CASE WHEN province = '' THEN 'province' END,
       CASE WHEN city = '' THEN 'city' END,
       CASE WHEN length(address) < %(address_least)s THEN 'street' END)
FROM o
WHERE (part > 1 OR digest IS NOT NULL)
  AND (receiver_name = '' OR receiver_phone = '' OR province = '' OR city = '' OR length(address) < %(address_least)s)
UNION ALL
SELECT l.order_id, 'price', left(string_agg(
       s.code || ' ¥' || round(l.paid / l.quantity, 2) || CASE
           WHEN l.paid < s.floor_price * l.quantity THEN ' < ¥' || s.floor_price
           WHEN l.paid < n.median * l.quantity THEN ' ≪ ~¥' || n.median
           ELSE ' ≫ ~¥' || n.median END, '; ' ORDER BY s.code), 500)
FROM l
JOIN o ON o.id = l.order_id AND o.part = 1 AND o.digest IS NOT NULL
JOIN catalog_sku s ON s.id = l.sku_id AND NOT s.is_gift
LEFT JOIN orders_pricenorm n ON n.sku_id = s.id AND n.lines >= %(least_lines)s
WHERE l.kind = 'sale' AND l.status <> 'closed' AND l.list_price > 0
  AND (l.paid < s.floor_price * l.quantity
       OR l.paid * %(factor)s < n.median * l.quantity
       OR l.paid > n.median * %(factor)s * l.quantity)
GROUP BY l.order_id
"""
