"""Exceptions: raise and clear them, with the order's own marks in the same transaction (ORD-018)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.locking import lock_orders
from orders.actions.trail import record_orders
from orders.models import Order, OrderException
from orders.queries.whole import reason_said
from orders.states import ExceptionKind, OrderState
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.models import Employee
from warehouse.actions.notes import resume_note, stop_note
from warehouse.models import DispatchNote
from warehouse.states import NoteState

Raised = tuple[int, str, str, bool]
"""(order id, kind, reason, whether it blocks approval)."""


def raise_exception(
    order: Order, kind: str, reason: str, *, by: Employee | None, at: datetime, blocking: bool = True
) -> OrderException:
    """Mark that an order needs somebody; raising an open one again gives it the new reason."""
    raise_exceptions([(order.pk, kind, reason, blocking)], by=by, at=at)
    order.refresh_from_db(fields=("troubles", "is_blocked", "is_short"))
    return OrderException.objects.get(order=order, kind=kind, cleared_at=None)


def clear_exception(order: Order, kind: str, *, by: Employee | None, at: datetime, outcome: str = "") -> None:
    """Take an exception off an order, with what came of it.

    :raises Refused: if it has been cleared already.
    """
    if not clear_exceptions([(order.pk, kind, outcome)], by=by, at=at):
        raise Refused(
            sentence(
                _("“%(kind)s” of order %(order)s was cleared already."), kind=ExceptionKind(kind).label, order=order
            )
        )
    order.refresh_from_db(fields=("troubles", "is_blocked", "is_short"))


@transaction.atomic
def raise_exceptions(rows: Sequence[Raised], *, by: Employee | None, at: datetime, batch: UUID | None = None) -> int:
    """Raise many exceptions at once; return how many are new or have a new reason.

    One event a row that changed anything. `Order.troubles`, `is_blocked` and `is_short` follow in the same transaction.
    """
    rows = list({(row[0], row[1]): row for row in rows}.values())
    if not rows:
        return 0
    ids = lock_orders(row[0] for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO orders_orderexception AS e
                   (order_id, kind, reason, is_blocking, raised_by_id, raised_at, outcome)
            SELECT g.id, g.kind, g.reason, g.blocking, %(by)s, %(at)s, ''
            FROM unnest(%(ids)s::bigint[], %(kinds)s::text[], %(reasons)s::text[], %(blocking)s::bool[])
                 AS g (id, kind, reason, blocking)
            JOIN orders_order o ON o.id = g.id
            ON CONFLICT (order_id, kind) WHERE cleared_at IS NULL
            DO UPDATE SET reason = EXCLUDED.reason, is_blocking = EXCLUDED.is_blocking
            WHERE (e.reason, e.is_blocking) IS DISTINCT FROM (EXCLUDED.reason, EXCLUDED.is_blocking)
            RETURNING order_id, kind, reason, is_blocking
            """,
            {
                "by": by.pk if by else None,
                "at": at,
                "ids": [row[0] for row in rows],
                "kinds": [row[1] for row in rows],
                "reasons": [row[2][:500] for row in rows],
                "blocking": [row[3] for row in rows],
            },
        )
        written = cursor.fetchall()
    _write_marks(ids)
    record_orders(
        "orders.exception_raised",
        [(order, {"exception": (None, kind)}, reason) for order, kind, reason, _blocking in written],
        by=by,
        at=at,
        batch=batch,
    )
    _stop_parcels([(order, kind, reason) for order, kind, reason, blocking in written if blocking], by=by, at=at)
    return len(written)


@transaction.atomic
def clear_exceptions(
    rows: Sequence[tuple[int, str, str]], *, by: Employee | None, at: datetime, batch: UUID | None = None
) -> int:
    """Clear many open exceptions at once, given as (order id, kind, outcome); return how many were open."""
    if not rows:
        return 0
    ids = lock_orders(row[0] for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_orderexception e SET cleared_at = %(at)s, cleared_by_id = %(by)s, outcome = g.outcome
            FROM unnest(%(ids)s::bigint[], %(kinds)s::text[], %(outcomes)s::text[]) AS g (id, kind, outcome)
            WHERE e.order_id = g.id AND e.kind = g.kind AND e.cleared_at IS NULL
            RETURNING e.order_id, e.kind, e.outcome
            """,
            {
                "by": by.pk if by else None,
                "at": at,
                "ids": [row[0] for row in rows],
                "kinds": [row[1] for row in rows],
                "outcomes": [row[2][:300] for row in rows],
            },
        )
        written = cursor.fetchall()
    _write_marks(ids)
    record_orders(
        "orders.exception_cleared",
        [(order, {"exception": (kind, None)}, outcome) for order, kind, outcome in written],
        by=by,
        at=at,
        batch=batch,
    )
    _resume_parcels([order for order, _kind, _outcome in written], by=by, at=at)
    return len(written)


def _write_marks(order_ids: list[int]) -> None:
    """Copy the kinds of the open exceptions onto their orders (locked by the caller)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_order o SET troubles = t.kinds, is_blocked = t.blocked, is_short = t.short
            FROM (
                SELECT u.id,
                       coalesce(array_agg(e.kind ORDER BY e.kind) FILTER (WHERE e.id IS NOT NULL), '{}') AS kinds,
                       coalesce(bool_or(e.is_blocking), false) AS blocked,
                       coalesce(bool_or(e.kind = %s), false) AS short
                FROM unnest(%s::bigint[]) AS u (id)
                LEFT JOIN orders_orderexception e ON e.order_id = u.id AND e.cleared_at IS NULL
                GROUP BY u.id
            ) t
            WHERE o.id = t.id AND (o.troubles, o.is_blocked, o.is_short) IS DISTINCT FROM (t.kinds, t.blocked, t.short)
            """,
            [ExceptionKind.SHORT, order_ids],
        )


def _stop_parcels(raised: Sequence[tuple[int, str, str]], *, by: Employee | None, at: datetime) -> None:
    """Stop the parcels of released orders that have a blocking exception now, wherever in the warehouse they are."""
    if not raised:
        return
    notes = {
        order.pk: order.note
        for order in Order.objects.filter(
            pk__in=[one[0] for one in raised], state=OrderState.APPROVED, note__isnull=False
        ).select_related("note")
    }
    for order_id, kind, reason in raised:
        note = notes.get(order_id)
        if note is not None and note.state not in {NoteState.SHIPPED, NoteState.CANCELLED}:
            label = str(ExceptionKind(kind).label)
            said = f"{label}: {reason_said(kind, reason)}"[:200] if reason else label
            stop_note(note, reason=said, by=by, at=at)


def _resume_parcels(order_ids: Sequence[int], *, by: Employee | None, at: datetime) -> None:
    """Let stopped parcels go on once no order in them is blocked any more."""
    notes = DispatchNote.objects.filter(
        orders__in=order_ids, orders__state=OrderState.APPROVED, stopped_at__isnull=False
    ).exclude(pk__in=Order.objects.filter(is_blocked=True, note__isnull=False).values("note"))
    for note in notes.distinct():
        resume_note(note, by=by, at=at)
