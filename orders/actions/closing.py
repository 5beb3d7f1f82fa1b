"""Endings: calling an order back from the warehouse, closing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.exceptions import raise_exceptions
from orders.actions.locking import lock_orders, take_one
from orders.actions.merges import unmerge_order
from orders.models import Order
from orders.states import IN_REVIEW, ORDER_MOVES, ExceptionKind, OrderState
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee
from warehouse.actions.notes import cancel_note
from warehouse.models import DispatchNote


@transaction.atomic
def recall_order(order: Order, *, reason: str, by: Employee | None, at: datetime) -> Order:
    """Call a released order back: its dispatch note is cancelled, its stock free, and it is to be reviewed again.

    What was merged into it comes back with it, still merged.

    :raises Refused: if there is no reason, or the parcel has left.
    """
    if not reason.strip():
        raise Refused(_("Calling an order back wants a reason."))
    order.refresh_from_db()
    if order.state != OrderState.APPROVED or order.note is None:
        raise MoveRefused(_("The order is not with the warehouse."))
    # The note is locked before the orders, as shipping does, so that the two never wait for each other in a circle.
    note = DispatchNote.objects.select_for_update(no_key=True).get(number=order.note.number)
    back = take_back(list(Order.objects.filter(note=note, state=OrderState.APPROVED).order_by("pk")))
    for one in back:
        record(
            "orders.recalled",
            one,
            by=by,
            at=at,
            changes={"state": (OrderState.APPROVED, one.state), "note": (note, None)},
            reason=reason,
        )
    cancel_note(note, by=by, at=at, reason=reason.strip())
    order.refresh_from_db()
    return order


@transaction.atomic
def return_from_warehouse(notes: Sequence[DispatchNote], *, reason: str, by: Employee | None, at: datetime) -> None:
    """Take back the orders of notes the warehouse has cancelled, with an exception that says why."""
    numbers = {note.pk: note.number for note in notes}
    back = take_back(list(Order.objects.filter(note__in=numbers, state=OrderState.APPROVED).order_by("pk")))
    for one in back:
        record("orders.returned", one, by=by, at=at, changes={"state": (OrderState.APPROVED, one.state)}, reason=reason)
    raise_exceptions(
        [(one.pk, ExceptionKind.OTHER, reason, True) for one in back if one.state == OrderState.REVIEW], by=by, at=at
    )


def take_back(orders: Sequence[Order]) -> list[Order]:
    """Move released orders back to review, and those merged into others back to being merged."""
    lock_orders([one.pk for one in orders])
    for one in orders:
        move(
            one,
            OrderState.MERGED if one.merged_into_id else OrderState.REVIEW,
            moves=ORDER_MOVES,
            note=None,
            confirmed_at=None,
            confirmed_by=None,
        )
    return list(orders)


@transaction.atomic
def close_order(order: Order, *, reason: str, by: Employee | None, at: datetime) -> Order:
    """Close an order that is not to be shipped; a released one is called back first, merged ones are set free.

    :raises Refused: if there is no reason, or it has been shipped or closed.
    """
    if not reason.strip():
        raise Refused(_("Closing an order wants a reason."))
    order.refresh_from_db()
    if order.state == OrderState.APPROVED and order.merged_into_id is None:
        recall_order(order, reason=reason, by=by, at=at)
    for merged in order.merged.filter(state=OrderState.MERGED):
        unmerge_order(merged, by=by, at=at)
    taken = take_one(order, [OrderState.UNPAID, *IN_REVIEW, OrderState.MERGED])
    before = move(
        taken,
        OrderState.CLOSED,
        moves=ORDER_MOVES,
        finished_at=at,
        held_until=None,
        hold_reason="",
        merged_into=None,
    )
    record("orders.closed", taken, by=by, at=at, changes={"state": (before, taken.state)}, reason=reason)
    order.refresh_from_db()
    return order
