"""Locks on orders. Always in the order of the keys, so that two batches never wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


def lock_orders(order_ids: Iterable[int]) -> list[int]:
    """Lock orders until the transaction ends, in the order of their keys; return those that exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM orders_order WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(set(order_ids))]
        )
        return [row[0] for row in cursor.fetchall()]
