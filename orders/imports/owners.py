"""Whose lines they are: the orders of an item list, made as far as the lines tell where no order list has spoken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection

from orders.imports.columns import CONTENT, STATUS_GIVEN, STATUS_ORDER, case_of, rank_of
from orders.imports.order_rows import Written, write_orders
from orders.imports.staging import Stage, make_table
from orders.models import Order
from orders.states import UNREVIEWED, PlatformStatus
from shopops.taobao.columns import ReportKind

TOLD_BY_LINES = (
    *("status", "created_at", "paid_at", "shipped_at", "ship_due_at", "waybill", "carrier", "seller_memo"),
    *("buyer_message", "goods_amount", "paid_amount", "refund_amount", "title"),
)
"""What the lines tell of their order. Never of one whose order list is known: its money stands there."""


def find_owners(
    stage: Stage, *, batch_id: int, at: datetime, any_shop: bool, first: bool, all_new: bool
) -> tuple[Written, int]:
    """Fill `import_keys` with the order and the key of each row of an item list, making the orders that are missing.

    Rows of orders all of whose lines are as they were are set aside first; nothing more is asked about them.

    :param first: it is the first item list of this import, so that an order made by it has no lines yet.
    :param all_new: no order of this import was known before, so that there is nothing to set aside.
    :returns: what became of orders no order list has told of, and how many rows were set aside.
    """
    same_shop = (
        "" if any_shop else "AND (o.shop_id = (SELECT id FROM import_shops WHERE name = '') OR o.digest IS NULL)"
    )
    written, rows = Written(), stage.rows
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {stage.table} (row, order_number, digest)")
        busy = "" if all_new else _set_aside(cursor, stage, same_shop)
        if busy:
            cursor.execute(f"SELECT count(*) FROM {stage.table} s {busy}")
            rows = cursor.fetchone()[0]
        count, untold = _fill(cursor, stage, busy, same_shop, batch_id, first=first)
        if untold:
            told = _put_together(cursor, stage, busy, same_shop)
            written = write_orders(told, batch_id=batch_id, at=at, any_shop=any_shop, from_lines=True)
            count, _untold = _fill(cursor, stage, busy, same_shop, batch_id, first=first)
        _settle_keys(cursor, ambiguous=count > rows)
        _sum_up(cursor)
    return written, stage.rows - rows


def _set_aside(cursor: Any, stage: Stage, same_shop: str) -> str:
    """Fill `import_busy` with the numbers of orders that want a closer look; return the join that leaves only them.

    That is every order with a row that no line of it has the digest of, with rows that are all alike, with an open
    exception (lines may be missing, or too many), or changed by an order list of this import.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_same, pg_temp.import_busy")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE import_same AS
        SELECT s.row, o.id AS order_id
        FROM {stage.table} s
        JOIN orders_order o ON o.number = s.order_number AND o.part = 1 AND o.troubles = '{{}}' {same_shop}
        JOIN orders_orderline l ON l.order_id = o.id AND l.digest = s.digest
        """
    )
    cursor.execute("ANALYZE import_same")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE import_busy AS
        SELECT DISTINCT s.order_number FROM {stage.table} s
        WHERE NOT EXISTS (SELECT 1 FROM import_same n WHERE n.row = s.row)
        UNION
        SELECT s.order_number FROM {stage.table} s GROUP BY s.order_number, s.digest HAVING count(*) > 1
        UNION
        SELECT o.number FROM import_changes c JOIN orders_order o ON o.id = c.order_id
        """
    )
    cursor.execute("ANALYZE import_busy")
    cursor.execute(
        """
        INSERT INTO import_seen
        SELECT DISTINCT n.order_id FROM import_same n JOIN orders_order o ON o.id = n.order_id
        WHERE NOT EXISTS (SELECT 1 FROM import_busy b WHERE b.order_number = o.number)
        """
    )
    return "JOIN import_busy USING (order_number)"


def _put_together(cursor: Any, stage: Stage, busy: str, same_shop: str) -> Stage:
    """Make a staging table of orders out of the lines of those no order list has told of."""
    table = "import_stage_told"
    make_table(cursor, table, ReportKind.ORDERS)
    told = [name for name in TOLD_BY_LINES if name in stage.present]
    words = dict(enumerate(STATUS_ORDER, start=1))
    rank = f"coalesce({rank_of(STATUS_GIVEN)}, 0) AS status"
    going = "status NOT IN (0, 6)"
    status = f"""
        CASE WHEN bool_and(status = 6) THEN 'closed'
             WHEN min(status) FILTER (WHERE {going}) <= 2 AND max(status) FILTER (WHERE {going}) > 2
             THEN '{PlatformStatus.PART_SHIPPED}'
             ELSE coalesce({case_of(f"min(status) FILTER (WHERE {going})", words)}, '') END"""
    fills = {
        "status": status,
        "created_at": "min(created_at)",
        "paid_at": "min(paid_at)",
        "shipped_at": "max(shipped_at)",
        "ship_due_at": "min(ship_due_at)",
        "goods_amount": "sum(goods_amount)",
        "paid_amount": "sum(paid_amount)",
        "refund_amount": "sum(refund_amount)",
        "title": "left(string_agg(title, '，' ORDER BY row), 300)",
    }
    cursor.execute(
        f"""
        INSERT INTO {table} (row, order_number, {", ".join(told)})
        SELECT min(row), order_number, {", ".join(fills.get(name, f"max({name})") for name in told)}
        FROM (
            SELECT s.row, order_number,
                   {", ".join(rank if name == "status" else f"s.{name}" for name in told)}
            FROM {stage.table} s {busy}
            WHERE NOT EXISTS (SELECT 1 FROM orders_order o
                              WHERE o.number = order_number AND o.part = 1 AND o.digest IS NOT NULL {same_shop})
        ) s
        GROUP BY order_number
        """
    )
    return replace(
        stage,
        table=table,
        kind=ReportKind.ORDERS,
        present=frozenset((*told, "order_number")),
        shop_names={},
    )


def _fill(cursor: Any, stage: Stage, busy: str, same_shop: str, batch_id: int, *, first: bool) -> tuple[int, bool]:
    """Fill `import_keys`; return how many rows, and whether there are some whose order no order list has told of."""
    unreviewed = ", ".join(f"'{state}'" for state in UNREVIEWED)
    lines = "" if first else "AND NOT EXISTS (SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id)"
    numbered = stage.has("line_number")
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_keys")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE import_keys AS
        SELECT s.row, o.id AS order_id, o.number, o.kinds, o.pieces,
               {f"coalesce(nullif(s.line_number, ''), {CONTENT})" if numbered else CONTENT} AS key,
               {"s.line_number <> ''" if numbered else "false"} AS numbered,
               coalesce(s.price, 0) * s.quantity AS weight, s.quantity,
               {"s.paid_amount" if stage.has("paid_amount") else "NULL::numeric"} AS given,
               CASE WHEN o.paid_at IS NULL AND o.paid = 0 THEN 0 ELSE greatest(o.total - o.postage, 0) END AS amount,
               o.first_batch_id IS NOT DISTINCT FROM %(batch)s {lines} AS fresh,
               (o.state NOT IN ({unreviewed}) AND (o.confirmed_at IS NOT NULL OR o.merged_into_id IS NOT NULL))
               OR o.parts > 1 AS released,
               o.state IN ({unreviewed}) AS is_open, o.digest IS NULL AS undecided,
               coalesce(o.last_batch_id, o.first_batch_id, 0) AS batch_id
        FROM {stage.table} s {busy}
        LEFT JOIN orders_order o ON o.number = order_number AND o.part = 1 {same_shop}
        """,
        {"batch": batch_id},
    )
    cursor.execute("SELECT count(*), bool_or(coalesce(undecided, true) OR order_id IS NULL) FROM import_keys")
    count, untold = cursor.fetchone()
    return int(count), bool(untold)


def _settle_keys(cursor: Any, *, ambiguous: bool) -> None:
    """Leave one order to each row, and one key to each line; a repeated line number counts only once."""
    if ambiguous:  # a number known in several shops: the one this import has spoken of, else the first
        cursor.execute(
            "DELETE FROM import_keys k USING import_keys b WHERE b.row = k.row"
            " AND (b.batch_id, -b.order_id) > (k.batch_id, -k.order_id)"
        )
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_repeats")
    cursor.execute(
        "CREATE TEMPORARY TABLE import_repeats AS"
        " SELECT order_id, key FROM import_keys GROUP BY order_id, key HAVING count(*) > 1"
    )
    cursor.execute(
        """
        DELETE FROM import_keys k USING (
            SELECT r.row, max(r.row) OVER (PARTITION BY r.order_id, r.key) AS last
            FROM import_keys r JOIN import_repeats d USING (order_id, key) WHERE r.numbered
        ) n
        WHERE n.row = k.row AND n.row < n.last
        """
    )
    cursor.execute(
        """
        UPDATE import_keys k SET key = k.key || '#' || n.nth
        FROM (
            SELECT r.row, row_number() OVER (PARTITION BY r.order_id, r.key ORDER BY r.row) AS nth
            FROM import_keys r JOIN import_repeats d USING (order_id, key) WHERE NOT r.numbered
        ) n
        WHERE n.row = k.row AND n.nth > 1
        """
    )
    cursor.execute("SET LOCAL default_statistics_target = 10")
    cursor.execute("ANALYZE import_keys (row, order_id, fresh, released)")
    cursor.execute("SET LOCAL default_statistics_target = DEFAULT")


def _sum_up(cursor: Any) -> None:
    """Fill `import_had` with what this report has of each order; one others are merged into counts as released."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_had")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE import_had AS
        SELECT order_id, min(number) AS number, min(kinds) AS promised_kinds, min(pieces) AS promised,
               count(*) AS kinds, sum(quantity) AS pieces, bool_and(fresh) AS fresh, bool_and(is_open) AS is_open,
               bool_or(released) AS released
        FROM import_keys GROUP BY order_id
        """
    )
    cursor.execute("SELECT 1 FROM orders_order WHERE merged_into_id IS NOT NULL LIMIT 1")
    if cursor.fetchone():
        for table in ("import_had", "import_keys"):
            cursor.execute(
                f"UPDATE {table} k SET released = true FROM orders_order m"
                " WHERE NOT k.released AND NOT k.fresh AND m.merged_into_id = k.order_id"
            )


def fill_from_lines(cursor: Any) -> None:
    """Count pieces and name the goods of the orders in `import_keys` whose order list has not done so."""
    cursor.execute("SELECT 1 FROM import_keys WHERE kinds = 0 LIMIT 1")
    if not cursor.fetchone():
        return
    cursor.execute(
        f"""
        UPDATE {Order._meta.db_table} o SET pieces = t.pieces,
               summary = CASE WHEN o.summary = '' OR o.digest IS NULL THEN left(t.titles, 300) ELSE o.summary END
        FROM (
            SELECT l.order_id, sum(l.quantity) AS pieces, string_agg(l.title, '，' ORDER BY l.id) AS titles
            FROM orders_orderline l
            WHERE l.kind = 'sale' AND l.order_id IN (SELECT order_id FROM import_keys WHERE kinds = 0)
            GROUP BY l.order_id
        ) t
        WHERE o.id = t.order_id AND o.kinds = 0 AND o.parts = 1
          AND (o.pieces <> t.pieces OR o.summary = '' OR o.digest IS NULL AND o.summary <> left(t.titles, 300))
        """
    )
