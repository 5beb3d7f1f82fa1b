"""Unpaid orders: who asks the buyer, what came of it (ORD-020), and prices changed to bring the sale about (C13)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders import policy
from orders.actions.locking import take_one
from orders.models import Chase, Order
from orders.states import ChaseResult, OrderState
from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee


@transaction.atomic
def claim_chase(order: Order, *, by: Employee, at: datetime) -> Chase:
    """Take an unpaid order to ask its buyer, so that nobody else asks too.

    :raises Refused: if it is paid or closed, or a colleague has it.
    """
    taken = take_one(order, [OrderState.UNPAID])
    chase, is_new = Chase.objects.get_or_create(order=taken, defaults={"claimed_by": by, "claimed_at": at})
    if not is_new and chase.claimed_by_id != by.pk:
        raise MoveRefused(sentence(_("%(who)s asks this buyer already."), who=str(chase.claimed_by)))
    if is_new:
        record("orders.chase_claimed", taken, by=by, at=at)
    return chase


@transaction.atomic
def note_contact(order: Order, *, result: str, note: str, script: str = "", by: Employee, at: datetime) -> Chase:
    """Write down that a buyer was asked to pay, with which script, and what they said.

    Who has paid, or whose order is closed, is not asked any more.

    :param script: shortcut of the quick phrase that was used.
    :raises Refused: if a colleague has the order, the result is unknown, they were asked often enough, or were
        asked about other orders of theirs that day.
    """
    if result not in ChaseResult.values:
        raise Refused(_("Say what the buyer answered."))
    chase = claim_chase(order, by=by, at=at)
    if chase.times >= policy.CHASE_LIMIT():
        raise Refused(sentence(_("This buyer was asked %(times)s times already; let it be."), times=chase.times))
    _refuse_more_today(order, at)
    chase.result, chase.note, chase.contacted_at, chase.times = result, note.strip()[:300], at, chase.times + 1
    chase.script = script.strip()[:20]
    chase.save(update_fields=["result", "note", "script", "contacted_at", "times"])
    record("orders.buyer_contacted", order, by=by, at=at, changes={"result": (None, result)}, reason=chase.note)
    return chase


def _refuse_more_today(order: Order, at: datetime) -> None:
    """Refuse to ask a buyer who was asked about as many other orders today as one is asked about in a day."""
    if not order.buyer_nick:
        return
    limit = policy.CHASE_BUYER_DAY_LIMIT()
    others = Chase.objects.filter(order__buyer_nick=order.buyer_nick, contacted_at__gte=start_of_day(shop_day(at)))
    asked = others.exclude(order=order).count()
    if asked >= limit:
        raise Refused(
            sentence(
                _("This buyer was asked about another order today (%(asked)s of %(limit)s)."), asked=asked, limit=limit
            )
        )


@transaction.atomic
def change_price(
    order: Order, total: Decimal, *, reason: str, unlimited: bool = False, by: Employee, at: datetime
) -> Order:
    """Change what an unpaid order costs, as agreed with the buyer and set on the platform.

    :param unlimited: the person may go beyond `orders.price_change_percent` (C13).
    :raises Refused: if it is paid, there is no reason, or the change is beyond the limit.
    """
    if not reason.strip():
        raise Refused(_("Changing a price wants a reason."))
    taken = take_one(order, [OrderState.UNPAID])
    if total < 0 or total == taken.total:
        raise Refused(_("The price is as it was."))
    percent = policy.PRICE_CHANGE_PERCENT()
    if not unlimited and abs(total - taken.total) * 100 > taken.total * percent:
        raise Refused(
            sentence(_("You may change a price by %(percent)s %% at most; ask the head of the shop."), percent=percent)
        )
    before = taken.total
    said = {"total": str(before), "goods_amount": str(taken.goods_amount)}
    taken.goods_amount += total - before
    taken.total = total
    taken.platform_values = {**said, **(taken.platform_values or {})}
    taken.save(update_fields=["total", "goods_amount", "platform_values"])
    record("orders.price_changed", taken, by=by, at=at, changes={"total": (before, total)}, reason=reason)
    order.refresh_from_db()
    return order
