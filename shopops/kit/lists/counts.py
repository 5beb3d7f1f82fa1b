"""How many rows each tab has: all tabs in one statement, none counted beyond a thousand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connection, transaction
from django.db.models import BooleanField, Expression, ExpressionWrapper, Model, Q, QuerySet, Subquery, Value

MOST = 1000
"""Counts stop here and read "1000+": an exact count of a million rows costs a hundred times the page."""
PATIENCE = 1500
"""Milliseconds a count under filters may take before the tabs go without."""
_KEPT = 256

Statement = tuple[str, tuple[Any, ...]]
_statements: OrderedDict[Any, Statement] = OrderedDict()


def counts(rows: QuerySet[Any], parts: Mapping[str, Q]) -> dict[str, int]:
    """Return how many of `rows` fall under each condition; `MOST + 1` stands for more than `MOST`."""
    if not parts:
        return {}
    sql, params = _statement(rows, parts)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchone()
    return dict(zip(parts, found, strict=True))


def patient_counts(rows: QuerySet[Any], parts: Mapping[str, Q]) -> dict[str, int]:
    """Return the same, or nothing when it takes longer than `PATIENCE`: a rare filter may have to walk every row.

    It walks them once for all tabs; only when there are more rows than are counted each tab is counted by itself.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
            found = _few(rows, parts) or counts(rows, parts)
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
            return found
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == "57014":  # query_canceled
            return {}
        raise


def said(count: int) -> str:
    """Return a count as it is shown."""
    return f"{MOST}+" if count > MOST else str(count)


def _few(rows: QuerySet[Any], parts: Mapping[str, Q]) -> dict[str, int] | None:
    """Return the counts if there are at most `MOST` rows in all tabs together, else None."""
    base = rows.order_by()
    marks = {f"in_{number}": _holds(part) for number, part in enumerate(parts.values())}
    marked = base.annotate(**marks)
    if base.query.distinct or set(marked.query.alias_map) - {*base.query.alias_map, base.model._meta.db_table}:
        return None  # a tab's condition leads to other tables, where a row may be met twice
    found = list(marked.values_list(*marks)[: MOST + 1])
    if len(found) > MOST:
        return None
    columns = zip(*found, strict=True) if found else ((),) * len(parts)
    return {key: sum(map(bool, column)) for key, column in zip(parts, columns, strict=True)}


def _holds(part: Q) -> ExpressionWrapper[Q] | Value:
    return ExpressionWrapper(part, output_field=BooleanField()) if part else Value(True)


def _statement(rows: QuerySet[Any], parts: Mapping[str, Q]) -> Statement:
    """Return the one statement, from the kept ones when the same was built before."""
    base = rows.order_by()
    try:
        key: Any = (base.query.sql_with_params(), tuple(map(_plain, parts.values())))
        hash(key)
    except (EmptyResultSet, TypeError):  # rows that cannot exist, or a condition with a list or rows in it
        return _build(base, list(parts.values()))
    if key not in _statements:
        _statements[key] = _build(base, list(parts.values()))
        if len(_statements) > _KEPT:
            _statements.popitem(last=False)
    return _statements[key]


def _plain(part: Any) -> Any:
    """Return a condition as a key that keeps nobody alive: `request.user` in one would hold its whole request."""
    if isinstance(part, Q):
        return (part.connector, part.negated, *map(_plain, part.children))
    if isinstance(part, tuple):
        return tuple(map(_plain, part))
    if isinstance(part, QuerySet | Subquery) or (isinstance(part, Expression) and _asks(part)):
        raise TypeError("each request asks with a set of its own")
    return (part._meta.label, part.pk) if isinstance(part, Model) else part


def _asks(expression: Expression) -> bool:
    return any(isinstance(one, Subquery) for one in expression.flatten())


def _build(base: QuerySet[Any], parts: Sequence[Q]) -> Statement:
    pieces: list[str] = []
    params: list[Any] = []
    for part in parts:
        try:
            found = base.filter(part)
            column = "pk" if found.query.distinct else Value(1)  # distinct ones are not one
            one = found.values_list(column)[: MOST + 1].query.sql_with_params()
        except EmptyResultSet:
            pieces.append("0")
            continue
        pieces.append(f"(SELECT COUNT(*) FROM ({one[0]}) found)")  # noqa: S608 -- Django wrote it, values are parameters
        params.extend(one[1])
    return f"SELECT {', '.join(pieces)}", tuple(params)
