"""Whether an order still is what somebody saw when they opened its page."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from orders.models import Order
from staff.models import Event


def stamps_of(order_ids: Sequence[int]) -> dict[int, str]:
    """Return a short text for each order that changes whenever something a reviewer decides by changes.

    That is its state, address, money, remarks, flag, tags, exceptions (stock apart, which moves all day) and lines.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STAMPS, [list(order_ids)])
        return dict(cursor.fetchall())


def stamp_of(order_id: int) -> str:
    """Return the stamp of one order; empty if it is gone."""
    return stamps_of([order_id]).get(order_id, "")


def last_change(order_id: int) -> Event | None:
    """Return the latest event of an order."""
    return (
        Event.objects.filter(subject_type=Order._meta.label, subject_id=order_id)
        .select_related("by")
        .order_by("-at", "-pk")
        .first()
    )


STAMP = """left(md5(concat_ws('|',
    o.state, o.digest, o.parts, o.receiver_name, o.receiver_phone, o.province, o.city, o.district, o.address,
    o.paid, o.refund, o.buyer_message, o.seller_memo, o.remark, o.flag, o.tags, array_remove(o.troubles, 'short'),
    o.held_until, o.carrier_id, o.note_id,
    (SELECT string_agg(m.id::text, ',' ORDER BY m.id) FROM orders_order m WHERE m.merged_into_id = o.id),
    (SELECT string_agg(concat_ws(',', l.id, l.sku_id, l.quantity, l.away, l.status, l.refund_status), ';' ORDER BY l.id)
     FROM orders_orderline l WHERE l.order_id = o.id))), 16)"""
"""The stamp of `orders_order o`."""
_STAMPS = f"SELECT o.id, {STAMP} FROM orders_order o WHERE o.id = ANY(%s)"  # noqa: S608 -- no values in it
