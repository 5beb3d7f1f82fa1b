"""What is told of an import: counts, samples for the result page, one event for each changed order, gaps."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from orders.imports import line_rows, order_rows
from orders.imports.reading import Complaints
from orders.imports.staging import Stage
from orders.models import ImportBatch
from shopops.kit.sentences import sentence
from shopops.taobao.columns import ReportKind
from staff.models import Employee

MOST_SAMPLES = 300
MOST_GAPS = 200
CHANGED = "orders.changed_on_platform"
HELD = "orders.change_held_back"


@dataclass
class Tally:
    """What became of the rows of an import."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    """Orders with changes held back; some have others taken over."""
    touched: int = 0
    """Orders of either kind."""
    lines: line_rows.Written = field(default_factory=line_rows.Written)
    refused: dict[ReportKind, int] = field(default_factory=dict)
    exceptions: int = 0
    new_shops: list[str] = field(default_factory=list)
    sample: dict[str, Any] = field(default_factory=dict)
    known: int = 0
    """Rows of orders that were there already, over all reports."""

    def add_orders(self, written: order_rows.Written) -> None:
        """Add what became of the rows of one report."""
        self.new += written.new
        self.known += written.changed + written.unchanged

    def add_lines(self, written: line_rows.Written) -> None:
        """Add what became of the lines of one report."""
        self.lines.new += written.new
        self.lines.changed += written.changed
        self.lines.unchanged += written.unchanged
        self.lines.removed += written.removed

    def counts(self) -> dict[str, Any]:
        """Return the counts as they are kept and printed."""
        return {
            "orders": {
                "new": self.new,
                "changed": self.changed,
                "unchanged": self.unchanged,
                "refused": self.refused.get(ReportKind.ORDERS, 0),
            },
            "lines": {
                "new": self.lines.new,
                "changed": self.lines.changed,
                "unchanged": self.lines.unchanged,
                "refused": self.refused.get(ReportKind.LINES, 0),
                "removed": self.lines.removed,
            },
            "held_back": self.held,
            "exceptions": self.exceptions,
        }

    def flat(self) -> dict[str, int]:
        """Return the counts for the trail."""
        counts = self.counts()
        return {f"{thing}_{what}": count for thing in ("orders", "lines") for what, count in counts[thing].items()}


def tell_story(
    cursor: Any, batch: ImportBatch, tally: Tally, *, trail: UUID, by: Employee | None, at: datetime
) -> None:
    """Fill `import_told` with what changed of each order known before, write the events, and count."""
    params = {"batch": batch.pk, "by": by.pk if by else None, "at": at, "trail": trail, "reason": f"#{batch.pk}"}
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_told")
    cursor.execute("CREATE TEMPORARY TABLE import_told (order_id bigint PRIMARY KEY, applied jsonb, held jsonb)")
    cursor.execute("SELECT EXISTS (SELECT 1 FROM import_changes)")
    if cursor.fetchone()[0]:
        cursor.execute("ANALYZE import_changes")
        cursor.execute(
            f"""
            INSERT INTO import_told
            SELECT c.order_id, {_joined("applied")}, {_joined("held")}
            FROM import_changes c
            JOIN orders_order o ON o.id = c.order_id AND o.first_batch_id IS DISTINCT FROM %(batch)s
            GROUP BY c.order_id
            """,
            params,
        )
        cursor.execute("ANALYZE import_told")
        for verb, column in ((CHANGED, "applied"), (HELD, "held")):
            cursor.execute(
                f"""
                INSERT INTO staff_event
                       (verb, subject_type, subject_id, subject_label, by_id, at, changes, reason, batch)
                SELECT %(verb)s, 'orders.Order', o.id,
                       CASE WHEN o.part = 1 THEN o.number ELSE o.number || '-' || o.part END,
                       %(by)s, %(at)s, t.{column}, %(reason)s, %(trail)s
                FROM import_told t JOIN orders_order o ON o.id = t.order_id
                WHERE t.{column} <> '{{}}'
                """,
                params | {"verb": verb},
            )
        cursor.execute(
            """
            UPDATE orders_order o SET last_batch_id = %(batch)s FROM import_told t
            WHERE o.id = t.order_id AND o.last_batch_id IS DISTINCT FROM %(batch)s
            """,
            params,
        )
    _count(cursor, tally, params)
    tally.sample = {"touched": tally.touched, "new": _new_ones(cursor, tally, params), "changed": _changed_ones(cursor)}


def _joined(column: str) -> str:
    """Return SQL that joins the changes of one order: first before, last after."""
    return f"""CASE WHEN count(*) = 1 THEN (array_agg(c.{column}))[1] ELSE coalesce((
        SELECT jsonb_object_agg(key, jsonb_build_array(befores -> 0, afters -> 0)) FROM (
            SELECT key, jsonb_agg(value -> 0 ORDER BY place) AS befores,
                   jsonb_agg(value -> 1 ORDER BY place DESC) AS afters
            FROM unnest(array_agg(c.{column} ORDER BY c.seq)) WITH ORDINALITY AS u (changes, place),
                 jsonb_each(u.changes)
            GROUP BY key) k), '{{}}') END"""


def _count(cursor: Any, tally: Tally, params: dict[str, Any]) -> None:
    cursor.execute(
        "SELECT count(*) FILTER (WHERE applied <> '{}'), count(*) FILTER (WHERE held <> '{}'), count(*)"
        " FROM import_told"
    )
    tally.changed, tally.held, tally.touched = cursor.fetchone()
    if not tally.known:
        tally.unchanged = 0
        return
    again = (
        "AND NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.id = s.order_id AND o.first_batch_id = %(batch)s)"
        if tally.new
        else ""
    )
    cursor.execute(
        f"""
        SELECT count(*) FROM (SELECT DISTINCT order_id FROM import_seen) s
        WHERE NOT EXISTS (SELECT 1 FROM import_told t WHERE t.order_id = s.order_id AND t.applied <> '{{}}') {again}
        """,
        params,
    )
    tally.unchanged = cursor.fetchone()[0]


def _new_ones(cursor: Any, tally: Tally, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the first new orders for the result page."""
    if not tally.new:
        return []
    cursor.execute(
        f"""
        SELECT o.id, o.number, h.name, o.state, o.summary, o.pieces, o.total::text
        FROM orders_order o JOIN staff_shop h ON h.id = o.shop_id
        WHERE o.first_batch_id = %(batch)s ORDER BY o.id LIMIT {MOST_SAMPLES}
        """,
        params,
    )
    names = ("id", "number", "shop", "state", "summary", "pieces", "total")
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _changed_ones(cursor: Any) -> list[dict[str, Any]]:
    """Return the first changed orders for the result page, those with changes held back before the others."""
    cursor.execute(
        f"""
        SELECT o.id, CASE WHEN o.part = 1 THEN o.number ELSE o.number || '-' || o.part END, o.state, t.applied, t.held
        FROM import_told t JOIN orders_order o ON o.id = t.order_id
        ORDER BY t.held = '{{}}', o.id LIMIT {MOST_SAMPLES}
        """
    )
    return [
        {"id": order, "number": number, "state": state, "applied": json.loads(applied), "held": json.loads(held)}
        for order, number, state, applied, held in cursor.fetchall()
    ]


def find_gaps(cursor: Any, stage: Stage, orders: list[Stage], complaints: Complaints) -> int:
    """Complain of orders of this item report whose lines are not what the order report promises (宝贝种类, 宝贝总数量).

    :returns: how many new orders have got their lines from this report.
    """
    cursor.execute(
        f"""
        WITH whole AS (
            SELECT order_id, number, promised_kinds, promised, kinds, pieces FROM import_had WHERE fresh
            UNION ALL
            SELECT h.order_id, min(h.number), min(h.promised_kinds), min(h.promised), count(*), sum(l.quantity)
            FROM import_had h JOIN orders_orderline l ON l.order_id = h.order_id AND l.kind = 'sale'
            WHERE NOT h.fresh AND h.is_open
            GROUP BY h.order_id
        )
        SELECT number, promised, pieces, count(*) OVER (), (SELECT count(*) FROM import_had WHERE fresh)
        FROM whole WHERE promised_kinds > 0 AND (pieces <> promised OR kinds < promised_kinds)
        UNION ALL
        SELECT NULL, NULL, NULL, 0, (SELECT count(*) FROM import_had WHERE fresh)
        LIMIT {MOST_GAPS}
        """
    )
    rows = cursor.fetchall()
    gaps = [row for row in rows if row[0] is not None]
    places = _rows_of(cursor, [gap[0] for gap in gaps], orders)
    for place, (number, promised, found, count, _fresh) in enumerate(gaps):
        file, row, column = places.get(number, (stage.file, 0, ""))
        complaints.add(
            file,
            row,
            column,
            sentence(
                _("order %(number)s should have %(promised)s pieces, its lines have %(found)s"),
                number=number,
                promised=promised,
                found=found,
            ),
            more=count - len(gaps) if place == len(gaps) - 1 else 0,
        )
    return int(rows[0][4]) if rows else 0


def _rows_of(cursor: Any, numbers: list[str], orders: list[Stage]) -> dict[str, tuple[str, int, str]]:
    """Return where in this upload's order reports these orders stand."""
    found: dict[str, tuple[str, int, str]] = {}
    for stage in orders if numbers else ():
        cursor.execute(
            f"SELECT order_number, min(row) FROM {stage.table} WHERE order_number = ANY(%s) GROUP BY order_number",
            [numbers],
        )
        for number, row in cursor.fetchall():
            found[number] = (stage.file, row, stage.headers.get("item_count", ""))
    return found


def find_lineless(cursor: Any, batch: ImportBatch, orders: list[Stage], complaints: Complaints) -> None:
    """Say how many new orders came without lines."""
    if not orders:
        return
    cursor.execute(
        "SELECT count(*) FROM orders_order o WHERE o.first_batch_id = %s"
        " AND NOT EXISTS (SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id)",
        [batch.pk],
    )
    count = cursor.fetchone()[0]
    if count:
        complaints.add(
            orders[0].file if len(orders) == 1 else "",
            0,
            "",
            sentence(
                _("%(count)s new orders have no lines yet. Import the item report (宝贝报表) of the same days too."),
                count=count,
            ),
        )
