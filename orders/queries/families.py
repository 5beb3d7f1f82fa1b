"""Orders as they go to the warehouse: what is merged into them, and the lines to be sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from orders.models import Order, Payment
from orders.queries.screening import GONE


class Goes(NamedTuple):
    """A line to be sent."""

    sku_id: int | None
    pieces: int
    title: str
    is_gift: bool


class Member(NamedTuple):
    """An order as the approval reads it, locked; the names are those of the columns."""

    id: int
    number: str
    part: int
    state: str
    merged_into_id: int | None
    shop_id: int
    paid: Decimal
    promised_at: datetime | None
    is_blocked: bool
    is_short: bool
    carrier_id: int | None
    receiver_name: str
    receiver_phone: str
    province: str
    city: str
    district: str
    address: str
    postcode: str
    buyer_message: str
    seller_memo: str
    remark: str
    urgency: float | None
    """The time it is due, in seconds; moments cost more to read."""

    @property
    def label(self) -> str:
        """Return the number people know it by."""
        return self.number if self.part == 1 else f"{self.number}-{self.part}"


@dataclass(slots=True)
class Family:
    """An order with those merged into it, and all their lines."""

    head: Member
    merged: list[Member] = field(default_factory=list)
    lines: list[Goes] = field(default_factory=list)

    @property
    def members(self) -> list[Member]:
        """Return the order and those merged into it."""
        return [self.head, *self.merged]


def lock_families(order_ids: Collection[int]) -> list[Family]:
    """Lock the orders of `order_ids` that are to be reviewed, and those merged into them, and return them whole.

    Three statements for any number of orders; the most urgent come first.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, {"ids": list(order_ids)})
        members = [Member(*row) for row in cursor.fetchall()]
        families = {one.id: Family(one) for one in members if one.merged_into_id is None}
        heads: dict[int, Family] = dict(families)
        for one in members:
            if one.merged_into_id in families:
                heads[one.id] = families[one.merged_into_id]
                heads[one.id].merged.append(one)
        cursor.execute(_LINES, {"ids": list(heads), "gone": list(GONE)})
        for order_id, sku_id, pieces, title, is_gift in cursor.fetchall():
            heads[order_id].lines.append(Goes(sku_id, pieces, title, is_gift))
    return sorted(families.values(), key=lambda one: (one.head.urgency is None, one.head.urgency, one.head.id))


def troubles_in(families: Sequence[Family]) -> dict[int, list[str]]:
    """Return the open exceptions of blocked orders, and of those merged into them, by the leading order."""
    heads = {member.id: one.head.id for one in families for member in one.members if member.is_blocked}
    found: dict[int, list[str]] = {}
    if heads:
        for key, kinds in Order.objects.filter(pk__in=heads).order_by("pk").values_list("pk", "troubles"):
            found.setdefault(heads[key], []).extend(kinds)
    return found


def confirmed_by_finance(order_ids: Sequence[int]) -> set[int]:
    """Return those of the orders whose payment finance has confirmed."""
    return set(Payment.objects.filter(order_id__in=order_ids, is_confirmed=True).values_list("order_id", flat=True))


_MEMBERS = f"""
SELECT {", ".join(Member._fields[:-1])}, extract(epoch FROM ship_by)::float8 FROM orders_order
WHERE id = ANY(%(ids)s) AND state = 'review' OR merged_into_id = ANY(%(ids)s) AND state = 'merged'
ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608 -- the names of our own columns
_LINES = """
SELECT order_id, sku_id, quantity - away, title, kind = 'gift' FROM orders_orderline
WHERE order_id = ANY(%(ids)s) AND away < quantity AND status <> ALL(%(gone)s) ORDER BY id
"""
