"""Finance's word: whether the money is there and right, before an order goes on (ORD-003, ORD-029)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.exceptions import clear_exceptions, raise_exception
from orders.actions.locking import Refusals, lock_orders, take, take_one
from orders.actions.trail import record_orders
from orders.models import Order, Payment
from orders.states import ORDER_MOVES, ExceptionKind, OrderState
from shopops.kit.moves import MoveRefused, move, move_many
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


@transaction.atomic
def answer_finance(
    payment: Payment, *, confirmed: bool, answer: str, by: Employee, at: datetime, amount: Decimal | None = None
) -> Order:
    """Give finance's answer; the order goes back to review, free of its odd price or with an exception.

    :param amount: what has arrived, where it is another sum than was asked about.
    :raises Refused: if it has been answered, a no or another sum comes without a reason, or it is by whoever asked.
    """
    answer = answer.strip()
    asked, amount = payment.amount, payment.amount if amount is None else amount
    if not answer and not confirmed:
        raise Refused(_("A no wants a reason."))
    if not answer and amount != asked:
        raise Refused(_("Another sum than was asked about wants a remark."))
    if payment.asked_by_id == by.pk:
        raise Refused(_("Whoever asks finance does not answer for finance."))
    lock_orders([payment.order_id])
    written = Payment.objects.filter(pk=payment.pk, answered_at=None).update(
        is_confirmed=confirmed, answer=answer[:300], amount=amount, answered_by=by, answered_at=at
    )
    if not written:
        raise MoveRefused(_("Somebody else has answered this meanwhile."))
    payment.refresh_from_db()
    order = Order.objects.get(pk=payment.order_id)
    verb = "orders.finance_confirmed" if confirmed else "orders.finance_denied"
    changes: dict[str, tuple[object, object]] = {} if amount == asked else {"amount": (asked, amount)}
    if order.state == OrderState.FINANCE:
        changes["state"] = (move(order, OrderState.REVIEW, moves=ORDER_MOVES), OrderState.REVIEW)
    record(verb, order, by=by, at=at, changes=changes, reason=answer)
    if confirmed:
        clear_exceptions([(order.pk, ExceptionKind.PRICE, answer)], by=by, at=at)
    else:
        raise_exception(order, ExceptionKind.PRICE, answer, by=by, at=at)
    order.refresh_from_db()
    return order
