"""Item rows: from the staging table into the lines of orders, set by set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from orders.imports.columns import (
    CONTENT,
    CONTENT_KEPT,
    LINE_CODE,
    LINE_COLUMNS,
    OF_A_LINE,
    STATUS_GIVEN,
    Filled,
    insert_list,
    rank_of,
)
from orders.imports.order_rows import refresh_statistics
from orders.imports.staging import Stage
from orders.models import OrderLine
from orders.states import LineKind, PlatformStatus

SUMS_OF_LINES = f'$.keyvalue() ? (@.key like_regex "{OF_A_LINE}(quantity|list_price|paid)$")'


@dataclass
class Written:
    """What became of the rows, counted in lines."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


def write_lines(stage: Stage) -> Written:
    """Write the staged lines of the orders in `import_keys`."""
    params = {"unknown": PlatformStatus.UNKNOWN}
    written = Written()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(kinds), 0), coalesce(bool_or(NOT fresh), false) FROM import_had")
        rows, is_known = cursor.fetchone()
        if is_known:
            _find_known(cursor, stage)
            _hold_back(cursor, stage)
        written.new = _insert(cursor, stage, params, is_known=is_known)
        if is_known:
            written.changed = _change(cursor, stage, params)
            written.removed = _remove(cursor)
        written.unchanged = int(rows) - written.new - written.changed
    return written


def _find_known(cursor: Any, stage: Stage) -> None:
    """Fill `import_line_known` with the rows whose line is there already, by key, else by what was bought.

    The second way joins files with line numbers to lines of files without, and the other way round.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_line_known")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE import_line_known AS
        SELECT k.row, l.id AS line_id, coalesce(l.digest = s.digest, false) AS same
        FROM import_keys k
        JOIN {stage.table} s ON s.row = k.row
        JOIN orders_orderline l ON l.order_id = k.order_id AND l.key = k.key
        WHERE NOT k.fresh
        """
    )
    cursor.execute("CREATE UNIQUE INDEX ON import_line_known (row)")
    cursor.execute("ANALYZE import_line_known")
    cursor.execute(
        f"""
        INSERT INTO import_line_known
        SELECT f.row, l.id, false
        FROM (
            SELECT k.row, k.order_id, {CONTENT} AS content, k.numbered,
                   row_number() OVER (PARTITION BY k.order_id, {CONTENT} ORDER BY k.row) AS nth
            FROM import_keys k
            JOIN {stage.table} s ON s.row = k.row
            WHERE NOT k.fresh AND NOT EXISTS (SELECT 1 FROM import_line_known n WHERE n.row = k.row)
        ) f
        JOIN (
            SELECT l.id, l.order_id, {CONTENT_KEPT} AS content, l.key !~ '^[0-9a-f]{{20}}(#[0-9]+)?$' AS numbered,
                   row_number() OVER (PARTITION BY l.order_id, {CONTENT_KEPT} ORDER BY l.id) AS nth
            FROM orders_orderline l
            WHERE l.kind = '{LineKind.SALE}'
              AND l.order_id IN (
                  SELECT k.order_id FROM import_keys k
                  WHERE NOT k.fresh AND NOT EXISTS (SELECT 1 FROM import_line_known n WHERE n.row = k.row))
              AND NOT EXISTS (SELECT 1 FROM import_line_known n WHERE n.line_id = l.id)
        ) l ON l.order_id = f.order_id AND l.content = f.content AND l.nth = f.nth AND l.numbered <> f.numbered
        """
    )
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_line_diff")
    touched = [column for column in LINE_COLUMNS if stage.has(*column.needs)]
    pairs = ", ".join(f"l.{one.name} AS old_{one.name}, {_new_of(one)} AS new_{one.name}" for one in touched)
    new_status = f"CASE WHEN s.status = '' THEN l.status ELSE {STATUS_GIVEN} END" if stage.has("status") else "l.status"
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE import_line_diff AS
        SELECT d.*, jsonb_strip_nulls(jsonb_build_object({", ".join(map(_change_of, touched))})) AS changes
        FROM (
            SELECT k.row, k.key, k.order_id, k.released, k.given, l.id AS line_id, l.code AS known_code,
                   l.title AS known_title, l.away, {pairs}
            FROM import_line_known n
            JOIN import_keys k ON k.row = n.row
            JOIN {stage.table} s ON s.row = n.row
            JOIN orders_orderline l ON l.id = n.line_id
            WHERE NOT n.same AND coalesce({rank_of(new_status)} >= {rank_of("l.status")}, true)
        ) d
        """,
        {"unknown": PlatformStatus.UNKNOWN},
    )


def _new_of(column: Filled) -> str:
    return (column.changed or column.new).replace("{eff}", f"l.{column.name}")


def _change_of(column: Filled) -> str:
    name = column.name
    before, after = column.told(f"d.old_{name}"), column.told(f"d.new_{name}")
    return (
        f"'{name}', CASE WHEN d.new_{name} IS DISTINCT FROM d.old_{name} THEN jsonb_build_array({before}, {after}) END"
    )


GUARDED = tuple(column.name for column in LINE_COLUMNS if column.is_guarded)
GUARDED_KEYS = "ARRAY[" + ", ".join(f"'{name}'" for name in GUARDED) + "]"


def _hold_back(cursor: Any, stage: Stage) -> None:
    """Fill `import_held` with the released orders whose goods differ in the file; nothing of that is written.

    An order that has no lines yet takes them, released or not. What was told once is not told again: the digest of
    the file's lines is kept with the order.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_held")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE import_held AS
        WITH told AS (
            SELECT k.order_id,
                   string_agg(coalesce(nullif({LINE_CODE}, ''), s.title) || ' × ' || k.quantity, '; ' ORDER BY k.key)
                       AS says,
                   sum(k.quantity) AS pieces, count(*) AS kinds
            FROM import_keys k JOIN {stage.table} s ON s.row = k.row
            WHERE k.released GROUP BY k.order_id
        ), has AS (
            SELECT l.order_id,
                   string_agg(coalesce(nullif(l.code, ''), l.title) || ' × ' || l.quantity, '; ' ORDER BY l.key) AS says
            FROM orders_orderline l
            WHERE l.kind = '{LineKind.SALE}' AND l.order_id IN (SELECT order_id FROM told) GROUP BY l.order_id
        )
        SELECT t.order_id, h.says AS before, t.says AS after,
               o.platform_values ->> 'lines' IS NOT DISTINCT FROM t.says AS known
        FROM told t
        JOIN has h ON h.order_id = t.order_id
        JOIN orders_order o ON o.id = t.order_id
        WHERE EXISTS (SELECT 1 FROM import_keys k WHERE k.order_id = t.order_id
                      AND NOT EXISTS (SELECT 1 FROM import_line_known n WHERE n.row = k.row))
           OR EXISTS (SELECT 1 FROM import_line_diff d WHERE d.order_id = t.order_id AND d.changes ?| {GUARDED_KEYS})
           OR t.kinds < (SELECT count(*) FROM orders_orderline l
                         WHERE l.order_id = t.order_id AND l.kind = '{LineKind.SALE}')
              AND (o.kinds = 0 OR (t.kinds, t.pieces) = (o.kinds, o.pieces))
        """
    )
    cursor.execute(
        """
        INSERT INTO import_changes (order_id, applied, held)
        SELECT order_id, '{}', jsonb_build_object('lines', jsonb_build_array(before, after)) FROM import_held
        WHERE NOT known
        """
    )
    cursor.execute(
        """
        UPDATE orders_order o
        SET platform_values = coalesce(o.platform_values, '{}') || jsonb_build_object('lines', h.after)
        FROM import_held h WHERE o.id = h.order_id AND NOT h.known
        """
    )


def _insert(cursor: Any, stage: Stage, params: dict[str, Any], *, is_known: bool) -> int:
    """Insert the rows nobody knows, each with its share of what was paid; return how many.

    The share follows the list prices; what rounding leaves over falls to the last line. A share the file gives is
    taken as it is.
    """
    values = {column.name: column.new for column in LINE_COLUMNS}
    values |= {
        "order_id": "k.order_id",
        "key": "k.key",
        "kind": f"'{LineKind.SALE}'",
        "paid": "k.share",
        "is_paid_given": "k.given IS NOT NULL",
        "digest": "s.digest",
        "extra": "s.extra",
    }
    columns, fills, defaults = insert_list(OrderLine, values)
    unknown = (
        "AND NOT EXISTS (SELECT 1 FROM import_line_known n WHERE n.row = k.row)"
        " AND NOT EXISTS (SELECT 1 FROM import_held h WHERE h.order_id = k.order_id)"
        if is_known
        else ""
    )
    cursor.execute(
        f"""
        INSERT INTO orders_orderline ({columns})
        SELECT {fills}
        FROM {stage.table} s
        JOIN ({_shares(f"(SELECT * FROM import_keys k WHERE true {unknown}) k", "k.row")}) k ON k.row = s.row
        ON CONFLICT (order_id, key) DO NOTHING
        """,
        params | defaults,
    )
    new = int(cursor.rowcount)
    refresh_statistics(cursor, "orders_orderline", new, "id, order_id, key, kind, digest")
    if is_known and new:
        cursor.execute(
            f"""
            INSERT INTO import_changes (order_id, applied, held)
            SELECT k.order_id, jsonb_object_agg(coalesce(nullif({LINE_CODE}, ''), s.title) || '{OF_A_LINE}quantity',
                   jsonb_build_array(NULL, k.quantity)), '{{}}'
            FROM import_keys k JOIN {stage.table} s ON s.row = k.row
            WHERE NOT k.fresh {unknown} GROUP BY k.order_id
            """
        )
    return new


def _shares(source: str, row: str) -> str:
    """Return a query that gives each line of `source` its `share` of the `amount` that was paid for its order.

    The source has `order_id`, `amount`, `weight` and `given`, the share where the file has it.
    """
    return f"""
        SELECT p.*, CASE WHEN p.given IS NOT NULL THEN p.given WHEN p.lines = 1 THEN p.rest
                         WHEN p.is_last THEN p.rest - sum(p.part) OVER w + p.part ELSE p.part END AS share
        FROM (
            SELECT q.*, CASE WHEN q.given IS NOT NULL OR q.lines < 2 THEN 0
                             WHEN q.whole > 0 THEN round(q.rest * q.weight / q.whole, 2)
                             ELSE round(q.rest / q.lines, 2) END AS part
            FROM (
                SELECT k.*,
                       k.amount - coalesce(sum(k.given) OVER w, 0) AS rest,
                       sum(k.weight) FILTER (WHERE k.given IS NULL) OVER w AS whole,
                       count(*) FILTER (WHERE k.given IS NULL) OVER w AS lines,
                       lead(k.order_id) OVER (PARTITION BY k.order_id ORDER BY k.given IS NULL, {row}) IS NULL
                           AS is_last
                FROM {source}
                WINDOW w AS (PARTITION BY k.order_id)
            ) q
        ) p
        WINDOW w AS (PARTITION BY p.order_id)
    """


def _change(cursor: Any, stage: Stage, params: dict[str, Any]) -> int:
    """Write what differs on known lines; return on how many."""
    touched = [column for column in LINE_COLUMNS if stage.has(*column.needs)]
    sets = []
    for column in touched:
        name = column.name
        held = f"CASE WHEN h.order_id IS NOT NULL THEN l.{name} ELSE d.new_{name} END"
        sets.append(f"{name} = {held if column.is_guarded else f'd.new_{name}'}")
    if stage.has("outer_code", "external_code"):
        sets.append("sku_id = CASE WHEN h.order_id IS NULL AND d.new_code <> l.code THEN NULL ELSE l.sku_id END")
    if stage.has("paid_amount"):
        sets.append("paid = coalesce(d.given, l.paid)")
        sets.append("is_paid_given = l.is_paid_given OR d.given IS NOT NULL")
    applied = f"CASE WHEN h.order_id IS NULL THEN d.changes ELSE d.changes - {GUARDED_KEYS} END"
    cursor.execute(
        f"""
        WITH written AS (
            UPDATE orders_orderline l SET {", ".join(sets)},
                   key = CASE WHEN h.order_id IS NULL THEN d.key ELSE l.key END,
                   digest = CASE WHEN h.order_id IS NULL THEN s.digest ELSE l.digest END,
                   extra = CASE WHEN l.extra @> s.extra THEN l.extra ELSE l.extra || s.extra END
            FROM import_line_diff d
            JOIN {stage.table} s ON s.row = d.row
            LEFT JOIN import_held h ON h.order_id = d.order_id
            WHERE l.id = d.line_id AND ({applied} <> '{{}}' OR h.order_id IS NULL AND d.key <> l.key)
            RETURNING d.order_id, d.known_code, d.known_title, {applied} AS changes
        ), told AS (
            INSERT INTO import_changes (order_id, applied, held)
            SELECT w.order_id, jsonb_object_agg(
                       coalesce(nullif(known_code, ''), known_title) || '{OF_A_LINE}' || c.key, c.value), '{{}}'
            FROM written w, jsonb_each(w.changes) c
            GROUP BY w.order_id
        )
        SELECT count(*) FROM written WHERE changes <> '{{}}'
        """,
        params,
    )
    return int(cursor.fetchone()[0])


def _remove(cursor: Any) -> int:
    """Remove lines that the platform no longer has: where the file holds the whole order without them.

    Whole is what the order list promised, in kinds and pieces. Gifts are ours and stay, and so does what was split.
    """
    cursor.execute(
        f"""
        WITH gone AS (
            DELETE FROM orders_orderline l USING import_had w
            WHERE NOT w.fresh AND w.is_open AND NOT w.released AND w.kinds = w.promised_kinds AND w.pieces = w.promised
              AND l.order_id = w.order_id AND l.kind = '{LineKind.SALE}' AND l.away = 0
              AND NOT EXISTS (SELECT 1 FROM import_keys k WHERE k.order_id = l.order_id AND k.key = l.key)
            RETURNING l.order_id, l.code, l.title, l.quantity
        ), told AS (
            INSERT INTO import_changes (order_id, applied, held)
            SELECT order_id, jsonb_object_agg(coalesce(nullif(code, ''), title) || '{OF_A_LINE}quantity',
                       jsonb_build_array(quantity, NULL)), '{{}}'
            FROM gone GROUP BY order_id
        )
        SELECT count(*) FROM gone
        """
    )
    return int(cursor.fetchone()[0])


def share_again(cursor: Any) -> None:
    """Share out anew what was paid for the orders whose lines or sums this import has changed."""
    source = f"""(
        SELECT l.id, l.order_id, l.list_price * l.quantity AS weight,
               CASE WHEN l.is_paid_given THEN l.paid END AS given,
               CASE WHEN o.paid_at IS NULL AND o.paid = 0 THEN 0 ELSE greatest(o.total - o.postage, 0) END AS amount
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE l.kind = '{LineKind.SALE}' AND l.order_id IN (
            SELECT order_id FROM import_changes
            WHERE applied ?| ARRAY['total', 'postage', 'paid', 'paid_at']
               OR jsonb_path_exists(applied, '{SUMS_OF_LINES}'))
    ) k"""
    cursor.execute(
        f"""
        UPDATE orders_orderline l SET paid = k.share
        FROM ({_shares(source, "k.id")}) k
        WHERE l.id = k.id AND l.paid IS DISTINCT FROM k.share
        """
    )
