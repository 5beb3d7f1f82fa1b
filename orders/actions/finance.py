"""Finance's word: whether the money is there and right, before an order goes on (ORD-003, ORD-029)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.locking import Refusals, take, take_one
from orders.actions.trail import record_orders
from orders.models import Order, Payment
from orders.states import ORDER_MOVES, OrderState
from shopops.kit.moves import move, move_many
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee


@transaction.atomic
def ask_finance(
    order: Order,
    question: str,
    *,
    by: Employee | None,
    at: datetime,
    amount: Decimal | None = None,
    seen: str = "",
) -> Payment:
    """Ask finance whether an order's money is right; it waits with finance until they answer.

    :param amount: the payment to confirm; what the platform says was paid, if None.
    :raises Refused: if nothing is asked, or the order is not in review.
    """
    if not question.strip():
        raise Refused(_("Say what finance is to confirm."))
    taken = take_one(order, [OrderState.REVIEW], seen=seen)
    payment = Payment.objects.create(
        order=taken,
        amount=taken.paid if amount is None else amount,
        question=question.strip()[:300],
        asked_by=by,
        asked_at=at,
    )
    before = move(taken, OrderState.FINANCE, moves=ORDER_MOVES)
    record("orders.finance_asked", taken, by=by, at=at, changes={"state": (before, taken.state)}, reason=question)
    order.refresh_from_db()
    return payment


@transaction.atomic
def ask_finance_about(questions: Mapping[int, str], *, by: Employee | None, at: datetime) -> Refusals:
    """Ask finance about many orders (id → question) at once; return why the others were left as they were."""
    found, refused = take(questions, [OrderState.REVIEW])
    Payment.objects.bulk_create(
        [
            Payment(order=order, amount=order.paid, question=questions[order.pk][:300], asked_by=by, asked_at=at)
            for order in found
        ]
    )
    move_many(found, OrderState.FINANCE, moves=ORDER_MOVES)
    changes = {"state": (OrderState.REVIEW, OrderState.FINANCE)}
    record_orders("orders.finance_asked", [(order.pk, changes, questions[order.pk]) for order in found], by=by, at=at)
    return refused
