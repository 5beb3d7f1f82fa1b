"""Locks on what an import may change: notes before orders, each in the order of their keys, as everywhere.

They are taken before anything is written where the warehouse is at work. Where it is not, orders are written while
their lines are still being read, and an import that gets into a circle of waiting with somebody begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orders.imports.staging import Stage
from shopops.taobao.columns import ReportKind
from warehouse.models import DispatchNote
from warehouse.states import NoteState

DONE = (NoteState.SHIPPED, NoteState.CANCELLED)


def warehouse_is_at_work() -> bool:
    """Say whether there are parcels under way in the warehouse."""
    return DispatchNote.objects.exclude(state__in=DONE).exists()


def lock_touched(cursor: Any, stages: Sequence[Stage]) -> None:
    """Lock the notes and orders whose rows differ from last time, with their parts and what they are merged into."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_touched")
    cursor.execute("CREATE TEMPORARY TABLE import_touched (id bigint)")
    for stage in stages:
        cursor.execute(f"ANALYZE {stage.table} (row, order_number, digest)")
        differs = (
            "o.part = 1 AND o.digest IS DISTINCT FROM s.digest"
            if stage.kind is ReportKind.ORDERS
            else "NOT EXISTS (SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id AND l.digest = s.digest)"
        )
        cursor.execute(
            f"""
            INSERT INTO import_touched
            SELECT DISTINCT f.id
            FROM {stage.table} s
            JOIN orders_order o ON o.number = s.order_number
            JOIN orders_order f ON f.id = o.merged_into_id OR f.number = o.number AND f.shop_id = o.shop_id
            WHERE {differs}
            """
        )
    cursor.execute(
        "SELECT count(*) FROM (SELECT id FROM warehouse_dispatchnote WHERE state <> ALL(%s) AND id IN ("
        "   SELECT o.note_id FROM orders_order o JOIN import_touched t USING (id))"
        " ORDER BY id FOR NO KEY UPDATE) AS locked",
        [list(DONE)],
    )
    cursor.execute(
        "SELECT count(*) FROM (SELECT id FROM orders_order WHERE id IN (SELECT id FROM import_touched)"
        " ORDER BY id FOR NO KEY UPDATE) AS locked"
    )
