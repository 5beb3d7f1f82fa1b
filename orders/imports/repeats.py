"""Rows that speak of the same order: exports repeat the order on each of its lines, and people paste rows twice."""

from __future__ import annotations

from typing import Any

from django.db import connection

from orders.imports.columns import STATUS_GIVEN, STATUS_ORDER, case_of, rank_of
from orders.imports.staging import Stage, types_of
from shopops.taobao.columns import ReportKind

LATEST = frozenset({"shipped_at", "confirmed_at"})


MOST_NAMED = 100


def merge_repeated_rows(stage: Stage) -> tuple[int, list[tuple[int, int]]]:
    """Make one row of all rows of one order.

    Returned are how many rows say nothing new, and the first of them, each with the row it repeats.

    Sums stand on each row of an order and are never added up: the largest counts. Of texts the first that is not
    empty counts, of titles all different ones.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_repeated")
        cursor.execute(
            f"CREATE TEMPORARY TABLE import_repeated AS SELECT order_number FROM {stage.table}"
            " GROUP BY order_number HAVING count(*) > 1"
        )
        cursor.execute("SELECT count(*) FROM import_repeated")
        if not cursor.fetchone()[0]:
            return 0, []
        cursor.execute(
            f"""
            SELECT row, first, count(*) OVER () FROM (
                SELECT s.row, min(s.row) OVER (PARTITION BY s.order_number, s.digest) AS first
                FROM {stage.table} s JOIN import_repeated USING (order_number)
            ) r WHERE row <> first ORDER BY row LIMIT {MOST_NAMED}
            """
        )
        repeats = cursor.fetchall()
        _merge(cursor, stage)
    return (repeats[0][2] if repeats else 0), [(row, first) for row, first, _count in repeats]


def _merge(cursor: Any, stage: Stage) -> None:
    types = types_of(ReportKind.ORDERS)
    fills = {name: _filled(name, kind) for name, kind in types.items() if name != "order_number"}
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_merged")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE import_merged AS
        SELECT min(row) AS row, md5(string_agg(DISTINCT digest::text, ',' ORDER BY digest::text))::uuid AS many_digest,
               min(digest::text)::uuid AS one_digest, count(DISTINCT digest) AS digests, order_number,
               (array_agg(extra ORDER BY row))[1] AS extra,
               {", ".join(f"{fill} AS {name}" for name, fill in fills.items())}
        FROM {stage.table} s JOIN import_repeated USING (order_number)
        GROUP BY order_number
        """
    )
    cursor.execute(f"DELETE FROM {stage.table} s USING import_repeated r WHERE r.order_number = s.order_number")
    names = ", ".join(fills)
    cursor.execute(
        f"""
        INSERT INTO {stage.table} (row, digest, extra, order_number, {names})
        SELECT row, CASE WHEN digests = 1 THEN one_digest ELSE many_digest END, extra, order_number, {names}
        FROM import_merged
        """
    )


def _filled(name: str, kind: str) -> str:
    if name == "status":
        ranks = f"min({rank_of(STATUS_GIVEN)}) FILTER (WHERE s.status <> 'closed')"
        return f"coalesce({case_of(ranks, dict(enumerate(STATUS_ORDER, start=1)))}, max(s.status))"
    if name == "title":
        return "coalesce(left(string_agg(DISTINCT nullif(s.title, ''), '，'), 300), '')"
    if kind == "text":
        return f"coalesce((array_agg(s.{name} ORDER BY row) FILTER (WHERE s.{name} <> ''))[1], '')"
    if kind == "timestamptz" and name not in LATEST:
        return f"min(s.{name})"
    return f"max(s.{name})"
