"""What a change on the platform means for an order somebody has decided on already: exceptions, stopped parcels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from orders.actions.exceptions import Raised, clear_exceptions, raise_exceptions
from orders.imports.columns import ADDRESS, AMOUNT, GOODS, MEMO, OF_A_LINE, ORDER_COLUMNS
from orders.imports.staging import Stage
from orders.models import OrderException
from orders.states import IN_REVIEW, SCREENED, UNREVIEWED, ExceptionKind, OrderState, PlatformStatus

GUARDS = {column.name: column.guard for column in ORDER_COLUMNS if column.guard} | {"lines": GOODS}
ADDRESS_WORDS = {
    "receiver_name": "receiver",
    "receiver_phone": "phone",
    "province": "province",
    "city": "city",
    "district": "district",
    "address": "street",
    "postcode": "postcode",
}
"""The words the screening uses for parts of an address; reasons must not show the address itself."""
NOT_BLOCKING = frozenset({MEMO, AMOUNT})
"""Kinds with which a parcel may leave all the same; the others stop it until somebody has looked."""
WITH_WAREHOUSE = (OrderState.APPROVED, OrderState.MERGED)
REFUND_MATTERS = (*IN_REVIEW, *WITH_WAREHOUSE, OrderState.SHIPPED)
ACTIVE_REFUNDS = ("wait_seller_agree", "wait_buyer_return", "wait_seller_receive", "wait_seller_resend", "success")
LEFT_REVIEW = (OrderState.SHIPPED, OrderState.COMPLETED, OrderState.CLOSED)


class Changed(NamedTuple):
    """An order the import has changed or held back from, as it stands now."""

    id: int
    number: str
    state: str
    is_released: bool
    confirmed: bool
    parts: int
    merged_into_id: int | None
    waybill: str
    carrier: str
    note_waybill: str
    applied: dict[str, list[Any]]
    held: dict[str, list[Any]]


@dataclass
class Findings:
    """What follows from the changes."""

    raised: list[Raised] = field(default_factory=list)
    split: dict[int, list[Raised]] = field(default_factory=dict)
    """Part 1 of a split order → what is raised on its other parts too, which are sent by themselves."""

    def add(self, order: Changed, kind: str, reason: str) -> None:
        """Raise an exception on the order, or on the one it is merged into."""
        target = order.merged_into_id or order.id
        if target != order.id:
            reason = f"{order.number}: {reason}" if reason else order.number
        one = (target, kind, reason, kind not in NOT_BLOCKING)
        self.raised.append(one)
        if order.parts > 1 and kind not in NOT_BLOCKING:
            self.split.setdefault(order.id, []).append(one)


def draw_consequences(*, batch_id: int, trail: UUID, at: datetime, new: bool, changed: bool) -> int:
    """Raise what the changes in `import_told` and the new orders call for, which stops parcels; return how many.

    They are the system's, whoever imported.

    :param new: new orders may have troubles (`troubled_stages`).
    :param changed: there are changes at all.
    """
    found = Findings()
    for order_id, kind, reason in _new_troubles(batch_id) if new else ():
        found.raised.append((order_id, kind, reason, True))
    for order in _changed(batch_id) if changed else ():
        _look_at(order, found)
    found.raised += _for_other_parts(found.split)
    raised = raise_exceptions(found.raised, by=None, at=at, batch=trail)
    if changed:
        _clear_settled(batch_id, trail, at=at)
    return raised


def troubled_stages(stages: Sequence[Stage]) -> bool:
    """Say whether rows speak of refunds or of parcels sent in part."""
    with connection.cursor() as cursor:
        for stage in stages:
            signs = ["status = 'part_shipped'"]
            if stage.has("refund_amount"):
                signs.append("refund_amount > 0")
            if stage.has("refund_status"):
                signs.append("refund_status NOT IN ('', 'none')")
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {stage.table} WHERE {' OR '.join(signs)})")
            if cursor.fetchone()[0]:
                return True
    return False


def _look_at(order: Changed, found: Findings) -> None:
    """Add what follows for one order."""
    kinds: dict[str, list[str]] = {}
    for name, guard in GUARDS.items():
        if name in order.held:
            kinds.setdefault(guard, []).append(name)
    for kind, names in kinds.items():
        found.add(order, kind, _reason(kind, names, order.held))
    status = str(order.applied.get("platform_status", [None, ""])[1])
    with_us = order.state in WITH_WAREHOUSE or (order.is_released and order.state in UNREVIEWED)
    if status == PlatformStatus.CLOSED and (with_us or (_was(order) == OrderState.SHIPPED and order.confirmed)):
        found.add(order, ExceptionKind.CANCELLED, "")
    is_ours = order.waybill and order.waybill == order.note_waybill  # told to the platform before it left
    if status in {PlatformStatus.SHIPPED, PlatformStatus.SUCCESS} and order.state in WITH_WAREHOUSE and not is_ours:
        found.add(order, ExceptionKind.SHIPPED_ELSEWHERE, f"{order.carrier} {order.waybill}".strip())
    if order.state in REFUND_MATTERS and (order.state != OrderState.SHIPPED or order.confirmed):
        refunds = list(_refunds(order.applied))
        if refunds:
            found.add(order, ExceptionKind.REFUND, "; ".join(refunds))


def _was(order: Changed) -> str:
    return str(order.applied.get("state", [order.state])[0])


def _reason(kind: str, names: list[str], held: dict[str, list[Any]]) -> str:
    """Say what differs, in figures and codes that read the same in every language."""
    if kind == ADDRESS:
        return "; ".join(ADDRESS_WORDS[name] for name in names)
    if kind == AMOUNT:
        name = "total" if "total" in names else names[0]
        return "¥{} → ¥{}".format(*held[name])
    name = "lines" if "lines" in names else names[0]
    before, after = held[name]
    return f"{before if before not in {None, ''} else '∅'} → {after if after not in {None, ''} else '∅'}"[:500]


def _refunds(applied: dict[str, list[Any]]) -> Iterator[str]:
    """Give what is refunded or asked back by these changes."""
    before, after = applied.get("refund", (0, 0))
    if float(after or 0) > float(before or 0):
        yield f"¥{after}"
    for name, (_before, now) in applied.items():
        code, between, column = name.rpartition(OF_A_LINE)
        if between and column == "refund_status" and now in ACTIVE_REFUNDS:
            yield code
        if between and column == "status" and now == PlatformStatus.CLOSED:
            yield code


def _changed(batch_id: int) -> Iterator[Changed]:
    """Give the orders whose changes may call for somebody."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT o.id, o.number, o.state,
                   o.state NOT IN ({_quoted(UNREVIEWED)})
                   AND (o.confirmed_at IS NOT NULL OR o.merged_into_id IS NOT NULL)
                   OR o.parts > 1 OR EXISTS (SELECT 1 FROM orders_order m WHERE m.merged_into_id = o.id),
                   o.confirmed_at IS NOT NULL, o.parts, o.merged_into_id, o.waybill, o.carrier_name,
                   coalesce(n.waybill, ''), c.applied, c.held
            FROM import_told c
            JOIN orders_order o ON o.id = c.order_id
            LEFT JOIN warehouse_dispatchnote n ON n.id = o.note_id
            WHERE o.first_batch_id IS DISTINCT FROM %(batch)s AND (
                  c.held <> '{{}}'
               OR c.applied ? 'platform_status' AND (
                      o.state IN ({_quoted(WITH_WAREHOUSE)}) OR o.parts > 1 OR o.confirmed_at IS NOT NULL
                      OR o.state IN ({_quoted(UNREVIEWED)}))
               OR c.applied ? 'refund'
               OR jsonb_path_exists(c.applied, '$.keyvalue() ? (@.key like_regex "{OF_A_LINE}(refund_)?status$")'))
            ORDER BY o.id
            """,
            {"batch": batch_id},
        )
        while rows := cursor.fetchmany(2000):
            for row in rows:
                yield Changed._make((*row[:-2], json.loads(row[-2]), json.loads(row[-1])))


def _new_troubles(batch_id: int) -> list[tuple[int, str, str]]:
    """Return new orders to be reviewed that have refunds, or of which a part was shipped elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id, '{ExceptionKind.REFUND}', '¥' || refund FROM orders_order
            WHERE first_batch_id = %(batch)s AND state IN ({_quoted(IN_REVIEW)}) AND refund > 0
            UNION ALL
            SELECT id, '{ExceptionKind.SHIPPED_ELSEWHERE}', btrim(carrier_name || ' ' || waybill) FROM orders_order
            WHERE first_batch_id = %(batch)s AND state IN ({_quoted(IN_REVIEW)})
              AND platform_status = '{PlatformStatus.PART_SHIPPED}'
            """,
            {"batch": batch_id},
        )
        found: list[tuple[int, str, str]] = cursor.fetchall()
        cursor.execute(
            f"""
            SELECT o.id, '{ExceptionKind.REFUND}', string_agg(coalesce(nullif(l.code, ''), l.title), '; ' ORDER BY l.id)
            FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
            WHERE o.first_batch_id = %(batch)s AND o.state IN ({_quoted(IN_REVIEW)}) AND o.refund = 0
              AND l.refund_status IN ({_quoted(ACTIVE_REFUNDS)})
            GROUP BY o.id
            """,
            {"batch": batch_id},
        )
        found += cursor.fetchall()
        return found


def _for_other_parts(split: dict[int, list[Raised]]) -> list[Raised]:
    """Return the exceptions of split orders for those of their other parts that have not left."""
    if not split:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT o.id, p.id FROM orders_order o
            JOIN orders_order p ON p.number = o.number AND p.shop_id = o.shop_id AND p.part > 1
            WHERE o.id = ANY(%s) AND p.state IN ({_quoted((*UNREVIEWED, *WITH_WAREHOUSE))})
            ORDER BY p.id
            """,
            [list(split)],
        )
        return [(part, *one[1:]) for order, part in cursor.fetchall() for one in split[order]]


def _clear_settled(batch_id: int, trail: UUID, *, at: datetime) -> None:
    """Clear what the screening found on orders that the platform has carried past review."""
    open_ones = OrderException.objects.filter(
        order__last_batch=batch_id, order__state__in=LEFT_REVIEW, cleared_at=None, kind__in=SCREENED
    )
    settled = [(order, kind, "") for order, kind in open_ones.values_list("order_id", "kind")]
    clear_exceptions(settled, by=None, at=at, batch=trail)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
