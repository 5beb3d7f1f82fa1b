"""Holds: an order waits, for a reason, until a moment or until somebody releases it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.checks import check_orders
from orders.actions.locking import Refusals, take, take_one
from orders.actions.trail import record_orders
from orders.models import Order
from orders.states import ORDER_MOVES, OrderState
from shopops.kit.moves import move_many
from shopops.kit.refusals import Refused
from staff.models import Employee

LONGEST = timedelta(days=60)


@transaction.atomic
def hold_order(
    order: Order, *, until: datetime, reason: str, by: Employee | None, at: datetime, seen: str = ""
) -> Order:
    """Put an order on hold until a moment; it comes back to review by itself.

    :raises Refused: if there is no reason, the moment is past or too far away, or the order is not in review.
    """
    taken = take_one(order, [OrderState.REVIEW], seen=seen)
    refused = hold_orders([taken.pk], until=until, reason=reason, by=by, at=at)
    if refused:
        raise refused[taken.pk]
    order.refresh_from_db()
    return order


@transaction.atomic
def hold_orders(
    order_ids: Collection[int], *, until: datetime, reason: str, by: Employee | None, at: datetime
) -> Refusals:
    """Put many orders on hold until one moment; return why the others were left as they were.

    :raises Refused: if there is no reason, or the moment is past or too far away.
    """
    if not reason.strip():
        raise Refused(_("A hold wants a reason."))
    if until <= at:
        raise Refused(_("A hold must end later than now."))
    if until > at + LONGEST:
        raise Refused(_("A hold lasts 60 days at most; close the order instead."))
    found, refused = take(order_ids, [OrderState.REVIEW])
    move_many(found, OrderState.HELD, moves=ORDER_MOVES, held_until=until, hold_reason=reason.strip()[:200])
    changes = {"state": (OrderState.REVIEW, OrderState.HELD), "held_until": (None, until)}
    record_orders("orders.held", [(order.pk, changes, reason) for order in found], by=by, at=at)
    return refused


def release_order(order: Order, *, by: Employee | None, at: datetime) -> Order:
    """Take an order off hold; it is to be reviewed.

    :raises MoveRefused: if it is not on hold.
    """
    refused = release_orders([order.pk], by=by, at=at)
    if refused:
        raise refused[order.pk]
    order.refresh_from_db()
    return order


@transaction.atomic
def release_orders(order_ids: Collection[int], *, by: Employee | None, at: datetime) -> Refusals:
    """Take many orders off hold and check them anew; return why the others were left as they were."""
    found, refused = take(order_ids, [OrderState.HELD])
    told = [
        (order.pk, {"state": (order.state, OrderState.REVIEW), "held_until": (order.held_until, None)}, "")
        for order in found
    ]
    move_many(found, OrderState.REVIEW, moves=ORDER_MOVES, held_until=None, hold_reason="")
    record_orders("orders.released", told, by=by, at=at)
    check_orders([order.pk for order in found], at=at)
    return refused


def release_due_holds(*, at: datetime, most: int = 5000) -> list[int]:
    """Release the orders whose hold is over, the longest waiting first; return their ids, for the rules to look at."""
    due = list(
        Order.objects.filter(state=OrderState.HELD, held_until__lte=at)
        .order_by("held_until")
        .values_list("pk", flat=True)[:most]
    )
    refused = release_orders(due, by=None, at=at) if due else {}
    return [key for key in due if key not in refused]
