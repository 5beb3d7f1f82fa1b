"""Finance's answers to what was asked before an order goes on (ORD-003, ORD-029)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.exceptions import clear_exceptions, raise_exception
from orders.actions.locking import lock_orders
from orders.actions.screening import screen_orders
from orders.models import Order, Payment
from orders.states import ORDER_MOVES, ExceptionKind, OrderState
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee


@transaction.atomic
def answer_finance(
    payment: Payment, *, confirmed: bool, answer: str, by: Employee, at: datetime, amount: Decimal | None = None
) -> Order:
    """Give finance's answer; the order goes back to review, free of its odd price or with an exception.

    Where the answer is yes, the system looks at the order anew, and the review rules may approve it.

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
        screen_orders([order.pk], at=at)
    else:
        raise_exception(order, ExceptionKind.PRICE, answer, by=by, at=at)
    order.refresh_from_db()
    return order
