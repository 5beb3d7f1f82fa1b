"""Seats at the review desk: who has which order open, so that two people do not read the same one."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from staff.models import Employee


def take_seat(order_id: int, *, by: Employee, at: datetime) -> None:
    """Note that somebody has an order open; leaves no event, for nothing about the order changes.

    The page does not wait until the disk has it: a seat lost with a crashed server hurts nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_deskseat (employee_id, order_id, since)"
            " SELECT %s, o.id, %s FROM orders_order o, set_config('synchronous_commit', %s, true) WHERE o.id = %s"
            " ON CONFLICT (employee_id) DO UPDATE SET order_id = EXCLUDED.order_id, since = EXCLUDED.since",
            [by.pk, at, "on" if connection.in_atomic_block else "off", order_id],
        )
