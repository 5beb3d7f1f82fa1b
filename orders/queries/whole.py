"""An order with everything a reviewer decides by, read in one statement: the desk opens one after the other, fast."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from orders import policy
from orders.models import Order
from orders.queries.freshness import STAMP
from orders.queries.merges import SAME
from orders.queries.screening import GONE
from orders.states import ExceptionKind, LineKind, OrderState, PlatformStatus


@dataclass
class LineShown:
    """A line as the desk and the order's page show it."""

    id: int
    kind: str
    title: str
    attributes: str
    code: str
    sku_id: int | None
    sku_code: str
    sku_name: str
    picture: str
    quantity: int
    away: int
    paid: Decimal
    list_price: Decimal
    status: str
    refund_status: str
    remark: str
    free: int | None
    """Pieces nobody has reserved; None where no SKU is known."""
    floor_price: Decimal | None
    median: Decimal | None
    own_number: str = ""
    """Number of the merged order it belongs to, if it is not the order's own."""

    @property
    def here(self) -> int:
        """Return the pieces that ship with this part."""
        return self.quantity - self.away

    @property
    def is_gift(self) -> bool:
        """Say whether it is a gift of ours."""
        return self.kind == LineKind.GIFT

    @property
    def goes(self) -> bool:
        """Say whether it is still to be sent."""
        return self.here > 0 and self.status not in GONE

    @property
    def status_label(self) -> str:
        """Return the platform's status in words."""
        return str(PlatformStatus(self.status).label)

    @property
    def each(self) -> Decimal:
        """Return what a piece was sold for."""
        return (self.paid / self.quantity).quantize(Decimal("0.01"))

    @property
    def is_short(self) -> bool:
        """Say whether the stock does not give what is wanted."""
        return self.goes and self.free is not None and self.free < self.here

    @property
    def stock_tone(self) -> str:
        """Return the colour of the stock figure: bad when short, a warning when this takes the last of it."""
        if self.free is None or not self.goes:
            return ""
        return "danger" if self.free < self.here else "warn" if self.free < self.here * 2 else "good"

    @property
    def oddity(self) -> str:
        """Say what is odd about the price; empty when nothing is."""
        if self.is_gift or not self.paid or not self.goes:
            return ""
        if self.floor_price is not None and self.each < self.floor_price:
            return _("below the lowest price ¥%(price)s") % {"price": self.floor_price}
        if self.median:
            factor = policy.PRICE_FACTOR()
            if self.each * factor < self.median or self.each > self.median * factor:
                return _("usually about ¥%(price)s") % {"price": self.median}
        return ""

    @property
    def field_name(self) -> str:
        """Return the name of its field in the split form."""
        return f"line_{self.id}"

    @property
    def thumb(self) -> int:
        """Return which of the six colours stands in for a picture."""
        return (self.sku_id or self.id) % 6 + 1

    @property
    def known_as(self) -> str:
        """Return what the platform calls it."""
        return self.code or f"{self.title} {self.attributes}".strip()[:200]


@dataclass
class TroubleShown:
    """An exception with its reason in words."""

    kind: str
    reason: str
    is_blocking: bool
    raised_at: datetime
    raised_by: str
    order_id: int
    order_number: str = ""

    @property
    def label(self) -> str:
        """Return the kind in words."""
        return str(ExceptionKind(self.kind).label)

    @property
    def words(self) -> str:
        """Return the reason in the reader's language."""
        return reason_said(self.kind, self.reason)


@dataclass
class OrderBrief:
    """Another order in a few words."""

    id: int
    label: str
    state: str
    summary: str
    pieces: int
    paid: Decimal
    placed_at: datetime

    @property
    def state_label(self) -> str:
        """Return the state in words."""
        return str(OrderState(self.state).label)


@dataclass
class Whole:
    """Everything about an order."""

    order: Order
    stamp: str
    lines: list[LineShown]
    troubles: list[TroubleShown]
    merged: list[OrderBrief]
    parts: list[OrderBrief]
    mergeable: list[OrderBrief]
    buyer_orders: int
    buyer_paid: Decimal
    buyer_refunds: int
    buyer_last: datetime | None
    questions: list[dict[str, Any]]
    seats: list[str]
    """Names of colleagues who have the order open just now."""
    traces: list[dict[str, Any]] = field(default_factory=list)

    @property
    def pieces(self) -> int:
        """Return the pieces that are to be sent."""
        return sum(line.here for line in self.lines if line.goes)

    @property
    def is_complete(self) -> bool:
        """Say whether the lines add up to what the platform says."""
        own = [line for line in self.lines if not line.own_number and not line.is_gift]
        return sum(line.here for line in own) == self.order.pieces


def whole_order(order: Order, *, at: datetime, by: int | None = None) -> Whole:
    """Return an order with everything about it; one statement.

    :param by: the employee who looks, who does not count as a colleague having it open.
    """
    same = {name: getattr(order, name) for name in SAME}
    can_merge = order.state == OrderState.REVIEW and order.buyer_nick and order.part == 1 and order.parts == 1
    values = {"id": order.pk, "by": by, "at": at, "gone": list(GONE), "can_merge": bool(can_merge), **same}
    values["number"] = order.number
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, values)
        columns = [column.name for column in cursor.description or ()]
        found = dict(zip(columns, cursor.fetchone(), strict=True))
    read = {key: _loaded(found[key]) for key in columns if key.startswith("j_")}
    buyer = read["j_buyer"][0] if read["j_buyer"] else {}
    return Whole(
        order=order,
        stamp=found["stamp"],
        lines=[LineShown(**one) for one in read["j_lines"]],
        troubles=[TroubleShown(**one) for one in read["j_troubles"]],
        merged=[OrderBrief(**one) for one in read["j_merged"]],
        parts=[OrderBrief(**one) for one in read["j_parts"]],
        mergeable=[OrderBrief(**one) for one in read["j_mergeable"]],
        buyer_orders=buyer.get("orders", 0),
        buyer_paid=buyer.get("paid") or Decimal(0),
        buyer_refunds=buyer.get("refunds", 0),
        buyer_last=buyer.get("last_at"),
        questions=read["j_questions"],
        seats=[one["name"] for one in read["j_seats"]],
        traces=read["j_traces"],
    )


def reason_said(kind: str, reason: str) -> str:
    """Return an exception's reason in the reader's language; the screening keeps figures and codes only."""
    if kind == ExceptionKind.ADDRESS_CHANGED:
        number, colon, parts = reason.rpartition(": ")  # the number of an order merged into this one
        return f"{number}{colon}" + _("; ").join(map(_column_said, parts.split("; ")))
    if kind in {ExceptionKind.ADDRESS, ExceptionKind.INCOMPLETE}:
        return _("; ").join(_part_said(one) for one in reason.split("; "))
    if kind in {ExceptionKind.SHORT, ExceptionKind.PRICE}:
        return _("; ").join(_figures_said(one) for one in reason.split("; "))
    return reason


def _figures_said(text: str) -> str:
    """Say what is short or oddly priced: `CUP-1 3 > 1`, `CUP-1 ¥3.00 < ¥10.00`, `CUP-1 ¥3.00 ≪ ~¥45.00`."""
    if found := _SHORT.fullmatch(text):
        return _("%(sku)s: %(wanted)s wanted, %(free)s free") % found.groupdict()
    if found := _BELOW.fullmatch(text):
        return _("%(sku)s sold for ¥%(price)s, lowest price ¥%(norm)s") % found.groupdict()
    if found := _FAR.fullmatch(text):
        return _("%(sku)s sold for ¥%(price)s, usually about ¥%(norm)s") % found.groupdict()
    return text


_SHORT = re.compile(r"(?P<sku>.+) (?P<wanted>\d+) > (?P<free>-?\d+)")
_BELOW = re.compile(r"(?P<sku>.+) ¥(?P<price>[\d.]+) < ¥(?P<norm>[\d.]+)")
_FAR = re.compile(r"(?P<sku>.+) ¥(?P<price>[\d.]+) [≪≫] ~¥(?P<norm>[\d.]+)")


def _column_said(word: str) -> str:
    """Say which part of an address the platform has changed."""
    column = {"receiver": "receiver_name", "phone": "receiver_phone", "street": "address"}.get(word, word)
    known = {"receiver_name", "receiver_phone", "province", "city", "district", "address", "postcode"}
    return str(Order._meta.get_field(column).verbose_name) if column in known else word  # type: ignore[union-attr]  # plain columns


def _part_said(word: str) -> str:
    return {
        "order list not imported yet": _("order list not imported yet"),
        "receiver": _("receiver missing"),
        "phone": _("phone missing"),
        "province": _("province missing"),
        "city": _("city missing"),
        "street": _("street missing or too short"),
    }.get(word, word)


def _loaded(text: str | None) -> list[dict[str, Any]]:
    """Read rows out of JSON, with exact decimals and moments."""
    rows: list[dict[str, Any]] = json.loads(text, parse_float=Decimal) if text else []
    for row in rows:
        for name, value in row.items():
            if name.endswith("_at") and value:
                row[name] = parse_datetime(value)
            elif name in {"paid", "list_price", "floor_price", "median", "amount"} and value is not None:
                row[name] = Decimal(value)
    return rows


_BRIEF = """CASE WHEN m.part = 1 THEN m.number ELSE m.number || '-' || m.part END AS label, m.id, m.state, m.summary,
       m.pieces, m.paid::text AS paid, m.placed_at"""
_LINES = """
SELECT l.id, l.kind, l.title, l.attributes, l.code, l.sku_id, coalesce(s.code, '') AS sku_code,
       coalesce(s.name, '') AS sku_name, coalesce(s.picture, '') AS picture, l.quantity, l.away, l.paid::text AS paid,
       l.list_price::text AS list_price, l.status, l.refund_status, l.remark, s.floor_price::text AS floor_price,
       n.median::text AS median, CASE WHEN m.id = %(id)s THEN '' ELSE m.number END AS own_number,
       CASE WHEN l.sku_id IS NULL THEN NULL
            WHEN s.is_bundle THEN (
                SELECT coalesce(min((coalesce(b.on_hand - b.reserved, 0)) / p.quantity), 0)
                FROM catalog_bundlepart p
                LEFT JOIN warehouse_stockbalance b ON b.sku_id = p.part_id AND b.warehouse_id = w.id
                WHERE p.bundle_id = s.id)
            ELSE coalesce((SELECT b.on_hand - b.reserved FROM warehouse_stockbalance b
                           WHERE b.sku_id = s.id AND b.warehouse_id = w.id), 0) END AS free
FROM orders_order m JOIN orders_orderline l ON l.order_id = m.id
LEFT JOIN catalog_sku s ON s.id = l.sku_id
LEFT JOIN orders_pricenorm n ON n.sku_id = l.sku_id
CROSS JOIN (SELECT min(id) AS id FROM warehouse_warehouse) w
WHERE m.id = %(id)s OR m.merged_into_id = %(id)s ORDER BY m.id <> %(id)s, m.id, l.id
"""


def _rows(name: str, select: str) -> str:
    return f"(SELECT json_agg(r)::text FROM ({select}) r) AS j_{name}"  # noqa: S608 -- constants


_PARTS = {
    "lines": _LINES,
    "troubles": """
        SELECT e.kind, e.reason, e.is_blocking, e.raised_at, coalesce(p.name, '') AS raised_by, e.order_id,
               CASE WHEN m.id = %(id)s THEN '' ELSE m.number END AS order_number
        FROM orders_order m JOIN orders_orderexception e ON e.order_id = m.id AND e.cleared_at IS NULL
        LEFT JOIN staff_employee p ON p.id = e.raised_by_id
        WHERE m.id = %(id)s OR m.merged_into_id = %(id)s ORDER BY e.is_blocking DESC, e.raised_at, e.id""",
    "merged": f"SELECT {_BRIEF} FROM orders_order m WHERE m.merged_into_id = %(id)s ORDER BY m.id",  # noqa: S608
    "parts": f"""SELECT {_BRIEF} FROM orders_order m
        WHERE m.number = %(number)s AND m.shop_id = %(shop_id)s AND m.id <> %(id)s ORDER BY m.part""",  # noqa: S608
    "mergeable": f"""SELECT {_BRIEF} FROM orders_order m
        WHERE %(can_merge)s AND m.buyer_nick = %(buyer_nick)s AND m.state = 'review' AND m.part = 1 AND m.parts = 1
          AND m.shop_id = %(shop_id)s AND m.receiver_name = %(receiver_name)s AND m.receiver_phone = %(receiver_phone)s
          AND m.province = %(province)s AND m.city = %(city)s AND m.district = %(district)s
          AND m.address = %(address)s AND m.address <> '' AND m.id <> %(id)s
        ORDER BY m.paid_at, m.id LIMIT 10""",  # noqa: S608
    "buyer": """
        SELECT count(*) AS orders, sum(b.paid)::text AS paid, count(*) FILTER (WHERE b.refund > 0) AS refunds,
               max(b.placed_at) AS last_at
        FROM (SELECT b.paid, b.refund, b.placed_at FROM orders_order b
              WHERE b.buyer_nick = %(buyer_nick)s AND b.buyer_nick <> '' AND b.shop_id = %(shop_id)s
                AND b.paid_at IS NOT NULL AND b.part = 1 AND b.id <> %(id)s LIMIT 500) b""",
    "questions": """
        SELECT y.id, y.amount::text AS amount, y.question, y.asked_at, coalesce(a.name, '') AS asked_by,
               y.is_confirmed, y.answer, y.answered_at, coalesce(c.name, '') AS answered_by
        FROM orders_payment y LEFT JOIN staff_employee a ON a.id = y.asked_by_id
        LEFT JOIN staff_employee c ON c.id = y.answered_by_id
        WHERE y.order_id = %(id)s ORDER BY y.asked_at DESC, y.id DESC LIMIT 5""",
    "seats": """
        SELECT p.name FROM orders_deskseat d JOIN staff_employee p ON p.id = d.employee_id
        WHERE d.order_id = %(id)s AND d.since > %(at)s - interval '3 minutes'
          AND d.employee_id IS DISTINCT FROM %(by)s""",
    "traces": """
        SELECT t.at AS run_at, t.rungs, (
            SELECT json_agg(json_build_object('rule', v.rule_id, 'version', v.version, 'name', v.name,
                                              'conditions', v.conditions, 'actions', v.actions))
            FROM orders_ruleversion v
            JOIN jsonb_array_elements(t.rungs) g ON (g->>'r')::bigint = v.rule_id AND (g->>'v')::int = v.version
        ) AS versions
        FROM orders_ruletrace t WHERE t.order_id = %(id)s ORDER BY t.at DESC, t.id DESC LIMIT 3""",
}
_WHOLE = (
    f"SELECT {STAMP} AS stamp, {', '.join(_rows(name, select) for name, select in _PARTS.items())}"  # noqa: S608
    " FROM orders_order o WHERE o.id = %(id)s"
)
