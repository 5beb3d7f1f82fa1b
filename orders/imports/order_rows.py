"""Order rows: from the staging table into the orders, set by set.

New numbers are inserted. A known one whose row is the same as last time is not touched. Of the others every column is
compared, what differs is written or, on an order that was released already, held back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from orders.imports.columns import (
    FIRST_STATES,
    FOLLOWS,
    GOODS,
    ORDER_COLUMNS,
    STATUS_GIVEN,
    STATUS_TOLD,
    Filled,
    case_of,
    insert_list,
    rank_of,
    tail_of,
)
from orders.imports.staging import Stage
from orders.models import Order
from orders.queries.promises import promise_at
from orders.states import UNREVIEWED, OrderState, PlatformStatus

LONG_NUMBER = 15
"""Digits from which on a number is the platform's own, and so the same order in whatever shop."""

STALE_SHARE = 0.2
"""Share of new rows above which the planner's picture of the orders is taken anew."""


@dataclass
class Written:
    """What became of the rows, counted in orders."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    stale: int = 0
    """Of the unchanged: rows that lie behind what is known."""
    elsewhere: int = 0
    """Known under another shop than the file names, and left there."""


def write_orders(stage: Stage, *, batch_id: int, at: datetime, any_shop: bool, from_lines: bool = False) -> Written:
    """Write the staged orders; `import_shops` says which shop each name means.

    :param any_shop: the shop was not chosen by a person, so an order known under another shop is the same order.
    :param from_lines: the rows were put together from an item list: they complete only what no order list has told.
    """
    params: dict[str, Any] = {
        "at": at,
        "batch": batch_id,
        "without_pay_time": PlatformStatus.UNPAID if stage.has("paid_at") else PlatformStatus.UNKNOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {stage.table} (row, order_number, digest)")
        _find_known(cursor, stage, any_shop=any_shop)
        new = _insert(cursor, stage, params, from_lines=from_lines)
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE same), count(*) FILTER (WHERE elsewhere) FROM import_known"
        )
        known, same, elsewhere = cursor.fetchone()
        if known:
            cursor.execute("INSERT INTO import_seen SELECT order_id FROM import_known")
        if known == same:
            return Written(new, 0, same, 0, elsewhere)
        where = "WHERE NOT same" + (" AND undecided" if from_lines else "")
        cursor.execute(
            "SELECT count(*) FROM (SELECT id FROM orders_order"
            f" WHERE id IN (SELECT order_id FROM import_known {where}) ORDER BY id FOR NO KEY UPDATE) AS locked"
        )
        stale = _compare(cursor, stage, params, from_lines=from_lines)
        cursor.execute(
            "INSERT INTO import_changes (order_id, applied, held)"
            " SELECT order_id, applied, held FROM import_diff WHERE applied <> '{}' OR held <> '{}'"
        )
        cursor.execute("SELECT count(*) FROM import_diff WHERE applied <> '{}'")
        changed = cursor.fetchone()[0]
        _apply(cursor, stage, params, from_lines=from_lines)
        _take_parts_along(cursor, params)
    return Written(new, changed, known - changed, stale, elsewhere)


def _find_known(cursor: Any, stage: Stage, *, any_shop: bool) -> None:
    """Fill `import_known` with the staged rows whose order is there already."""
    others = f"OR length(s.order_number) >= {LONG_NUMBER} OR NOT h.is_named" if any_shop else ""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_known")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE import_known AS
        SELECT s.row, o.id AS order_id, o.digest IS NULL AS undecided, coalesce(o.digest = s.digest, false) AS same,
               o.shop_id <> h.id AND h.is_named AND o.digest IS NOT NULL AS elsewhere
        FROM {stage.table} s
        JOIN import_shops h ON h.name = {shop_name_of(stage)}
        JOIN orders_order o ON o.number = s.order_number AND o.part = 1
         AND (o.shop_id = h.id OR o.digest IS NULL {others})
        """
    )
    cursor.execute("SELECT 1 FROM import_known GROUP BY row HAVING count(*) > 1 LIMIT 1")
    if cursor.fetchone():  # known in several shops: that of the file, else the one known first
        cursor.execute(
            "DELETE FROM import_known k USING import_known b WHERE b.row = k.row"
            " AND (b.elsewhere, b.undecided, b.order_id) < (k.elsewhere, k.undecided, k.order_id)"
        )
    cursor.execute("ANALYZE import_known")


def shop_name_of(stage: Stage) -> str:
    """Return SQL for the name under which `import_shops` has a row's shop."""
    return "s.shop_name" if stage.has("shop_name") else "''"


def _insert(cursor: Any, stage: Stage, params: dict[str, Any], *, from_lines: bool) -> int:
    """Insert the rows nobody knows; return how many."""
    status = STATUS_TOLD
    values = {column.name: column.new for column in ORDER_COLUMNS}
    values |= {
        "shop_id": "h.id",
        "number": "s.order_number",
        "part": "1",
        "state": case_of("t.status", FIRST_STATES),
        "platform_status": "t.status",
        "phone_tail": tail_of(values["receiver_phone"]),
        "ship_by": f"CASE WHEN {case_of('t.status', FIRST_STATES)} = 'review' THEN least(s.ship_due_at,"
        " coalesce(s.paid_at, s.created_at, %(at)s) + make_interval(secs => %(promise)s)) ELSE s.ship_due_at END",
        "finished_at": "s.confirmed_at",
        "digest": "NULL" if from_lines else "s.digest",
        "extra": "s.extra",
        "first_batch_id": "%(batch)s",
    }
    columns, fills, defaults = insert_list(Order, values)
    cursor.execute("SELECT EXISTS (SELECT 1 FROM import_known)")
    unknown = "WHERE NOT EXISTS (SELECT 1 FROM import_known k WHERE k.row = s.row)" if cursor.fetchone()[0] else ""
    cursor.execute(
        f"""
        INSERT INTO orders_order ({columns})
        SELECT {fills}
        FROM {stage.table} s
        JOIN import_shops h ON h.name = {shop_name_of(stage)}
        CROSS JOIN LATERAL (SELECT {status} AS status) t
        {unknown}
        ON CONFLICT (number, shop_id, part) DO NOTHING
        """,
        params | defaults | {"promise": promise_at(params["at"]).total_seconds()},
    )
    new = int(cursor.rowcount)
    refresh_statistics(cursor, "orders_order", new, "id, number, shop_id, part, state, digest, kinds, first_batch_id")
    return new


def refresh_statistics(cursor: Any, table: str, new: int, columns: str) -> None:
    """Measure a table anew where it has grown so much that the next statements would be planned for an empty one."""
    cursor.execute("SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = %s::regclass", [table])
    if new > 1000 + cursor.fetchone()[0] * STALE_SHARE:
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute(f"ANALYZE {table} ({columns})")
        cursor.execute("SET LOCAL default_statistics_target = DEFAULT")


def _compare(cursor: Any, stage: Stage, params: dict[str, Any], *, from_lines: bool) -> int:
    """Fill `import_diff` with the known orders whose row differs; return how many rows lie behind what is known.

    An order counts as released when it has left review here, when it waits merged into another or others wait merged
    into it, or when it was split: changes to what somebody has decided on are held back there.
    """
    touched = [column for column in ORDER_COLUMNS if stage.has(*column.needs)]
    guarded = [column for column in touched if column.is_guarded]
    given = f"CASE WHEN s.status <> '' THEN {STATUS_GIVEN} ELSE o.platform_status END"
    if stage.has("status"):
        status = given
    elif stage.has("paid_at"):
        status = (
            "CASE WHEN o.platform_status IN ('unpaid', 'unknown') AND s.paid_at IS NOT NULL THEN 'paid'"
            " ELSE o.platform_status END"
        )
    else:
        status = "o.platform_status"
    follows = ", ".join(f"('{state}', '{word}', '{end}')" for (state, word), end in FOLLOWS.items())
    unreviewed = ", ".join(f"'{state}'" for state in UNREVIEWED)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_diff")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE import_diff AS
        WITH base AS (
            SELECT s.row, o.id AS order_id, o.state AS old_state, o.platform_status AS old_status,
                   {status} AS new_status,
                   (o.state NOT IN ({unreviewed}) AND (o.confirmed_at IS NOT NULL OR o.merged_into_id IS NOT NULL))
                   OR o.parts > 1
                   OR EXISTS (SELECT 1 FROM orders_order m WHERE m.merged_into_id = o.id) AS released,
                   CASE WHEN NOT o.extra @> s.extra THEN jsonb_build_array(
                       (SELECT jsonb_object_agg(key, o.extra -> key) FROM jsonb_each(s.extra) e
                        WHERE o.extra -> key IS DISTINCT FROM value),
                       (SELECT jsonb_object_agg(key, value) FROM jsonb_each(s.extra) e
                        WHERE o.extra -> key IS DISTINCT FROM value)) END AS extra_change,
                   {", ".join(f"{eff_of(one)} AS eff_{one.name}, o.{one.name} AS old_{one.name}" for one in touched)}
            FROM import_known k
            JOIN {stage.table} s ON s.row = k.row
            JOIN orders_order o ON o.id = k.order_id
            WHERE {"k.undecided" if from_lines else "NOT k.same"}
        ), valued AS (
            SELECT base.*, CASE WHEN base.released AND base.new_status = 'closed' AND base.old_state IN ({unreviewed})
                                THEN base.old_state ELSE coalesce(f.next, base.old_state) END AS new_state,
                   {", ".join(f"{new_of(column)} AS new_{column.name}" for column in touched)}
            FROM base
            JOIN {stage.table} s ON s.row = base.row
            LEFT JOIN (VALUES {follows}) AS f (state, status, next)
                   ON f.state = base.old_state AND f.status = base.new_status
            WHERE coalesce({rank_of("base.new_status")} >= {rank_of("base.old_status")}, true)
        )
        SELECT v.*,
               jsonb_strip_nulls(jsonb_build_object(
                   'state', CASE WHEN new_state <> old_state THEN jsonb_build_array(old_state, new_state) END,
                   'extra', extra_change,
                   'platform_status',
                   CASE WHEN new_status <> old_status THEN jsonb_build_array(old_status, new_status) END,
                   {", ".join(change_of(column, held=False) for column in touched)}
               )) AS applied,
               jsonb_strip_nulls(jsonb_build_object(
                   {", ".join(change_of(column, held=True) for column in guarded)}
               )) AS held,
               array_remove(ARRAY[{", ".join(("NULL::text", *map(_turned_back, guarded)))}], NULL) AS same_again
        FROM valued v
        """,
        params,
    )
    cursor.execute("CREATE UNIQUE INDEX ON import_diff (order_id)")
    cursor.execute("ANALYZE import_diff")
    cursor.execute(
        "SELECT (SELECT count(*) FROM import_known k WHERE "
        + ("undecided" if from_lines else "NOT same")
        + ") - (SELECT count(*) FROM import_diff)"
    )
    return int(cursor.fetchone()[0])


def eff_of(column: Filled) -> str:
    """Return SQL for what the platform said of a column before: kept apart where ours differs on purpose.

    A split order has fewer pieces here than there; its lines tell whether goods have changed.
    """
    name = column.name
    if not column.is_guarded:
        return f"o.{name}"
    split = f"WHEN o.parts > 1 THEN {column.changed.format(eff=f'o.{name}')}" if column.guard == GOODS else ""
    return (
        f"CASE WHEN o.platform_values ? '{name}' THEN (o.platform_values ->> '{name}')::{column.cast} {split}"
        f" ELSE o.{name} END"
    )


def new_of(column: Filled) -> str:
    """Return SQL for what the row says of a column, over `base` and `s`."""
    kept = f"s.{'carrier' if column.name == 'carrier_name' else column.name} = '' OR base.released AND {{eff}} <> ''"
    text = (
        (column.changed or column.new).replace("{kept}", kept)
        if "{kept}" in column.changed
        else (column.changed or column.new)
    )
    return text.replace("{eff}", f"base.eff_{column.name}")


def change_of(column: Filled, *, held: bool) -> str:
    """Return a key and a value of a JSON object: before and after, or NULL where nothing differs.

    What the platform has turned back into what we have is no difference any more.
    """
    name = column.name
    condition = f"v.new_{name} IS DISTINCT FROM v.eff_{name}"
    if column.is_guarded:
        condition += (
            f" AND v.released AND v.new_{name} IS DISTINCT FROM v.old_{name}" if held else " AND NOT v.released"
        )
    before, after = column.told(f"v.eff_{name}"), column.told(f"v.new_{name}")
    return f"'{name}', CASE WHEN {condition} THEN jsonb_build_array({before}, {after}) END"


def _turned_back(column: Filled) -> str:
    """Return SQL for the name of a column in which the platform says what we have again, else NULL."""
    name = column.name
    return (
        f"CASE WHEN v.new_{name} IS DISTINCT FROM v.eff_{name} AND v.new_{name} IS NOT DISTINCT FROM v.old_{name}"
        f" THEN '{name}' END"
    )


def _apply(cursor: Any, stage: Stage, params: dict[str, Any], *, from_lines: bool) -> None:
    """Write what differs. A column that does not differ keeps what it has, which may be somebody's correction."""
    sets = []
    for column in ORDER_COLUMNS:
        if not stage.has(*column.needs):
            continue
        name = column.name
        if column.is_guarded:
            sets.append(f"{name} = CASE WHEN d.applied ? '{name}' THEN d.new_{name} ELSE o.{name} END")
        else:
            sets.append(f"{name} = d.new_{name}")
        if name == "receiver_phone":
            sets.append(
                f"phone_tail = CASE WHEN d.applied ? '{name}' THEN {tail_of(f'd.new_{name}')} ELSE o.phone_tail END"
            )
    ends = f"('{OrderState.COMPLETED}', '{OrderState.CLOSED}')"
    guarded = ", ".join(f"'{column.name}'" for column in ORDER_COLUMNS if column.is_guarded)
    cursor.execute(
        f"""
        UPDATE orders_order o SET
            {", ".join(sets)},
            state = d.new_state,
            platform_status = d.new_status,
            finished_at = coalesce(s.confirmed_at, o.finished_at,
                CASE WHEN d.new_state IN {ends} AND d.old_state NOT IN {ends} THEN %(at)s END),
            held_until = CASE WHEN d.new_state = d.old_state THEN o.held_until END,
            hold_reason = CASE WHEN d.new_state = d.old_state THEN o.hold_reason ELSE '' END,
            extra = CASE WHEN o.extra @> s.extra THEN o.extra ELSE o.extra || s.extra END,
            platform_values = nullif(
                (coalesce(o.platform_values, '{{}}') - d.same_again - ARRAY(
                    SELECT jsonb_object_keys(d.applied || d.held) INTERSECT SELECT unnest(ARRAY[{guarded}])))
                || coalesce((SELECT jsonb_object_agg(key, value -> 1) FROM jsonb_each(d.held)), '{{}}'), '{{}}'),
            {"" if from_lines else "digest = s.digest,"}
            shop_id = CASE WHEN o.digest IS NULL AND h.is_named THEN h.id ELSE o.shop_id END,
            last_batch_id = %(batch)s
        FROM import_diff d
        JOIN {stage.table} s ON s.row = d.row
        JOIN import_shops h ON h.name = {shop_name_of(stage)}
        WHERE o.id = d.order_id AND (
            d.applied <> '{{}}' OR d.held <> '{{}}' OR d.same_again <> '{{}}'
            OR {"false" if from_lines else "o.digest IS NULL"})
        """,
        params,
    )


def _take_parts_along(cursor: Any, params: dict[str, Any]) -> None:
    """Let the split-off parts of an order follow the platform's status where it has moved."""
    follows = ", ".join(f"('{state}', '{word}', '{end}')" for (state, word), end in FOLLOWS.items())
    cursor.execute(
        f"""
        WITH moved AS (
            UPDATE orders_order p SET platform_status = d.new_status, state = coalesce(f.next, p.state),
                   last_batch_id = %(batch)s
            FROM import_diff d
            JOIN orders_order o ON o.id = d.order_id AND o.parts > 1
            JOIN orders_order b ON b.number = o.number AND b.shop_id = o.shop_id AND b.part > 1
            LEFT JOIN (VALUES {follows}) AS f (state, status, next)
                   ON f.state = b.state AND f.status = d.new_status AND b.state IN ('shipped', 'signed', 'completed')
            WHERE p.id = b.id AND d.new_status <> d.old_status
            RETURNING p.id, b.state AS old_state, p.state AS new_state
        )
        INSERT INTO import_changes (order_id, applied, held)
        SELECT id, jsonb_build_object('state', jsonb_build_array(old_state, new_state)), '{{}}' FROM moved
        WHERE old_state <> new_state
        """,
        params,
    )
