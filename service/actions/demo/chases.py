"""Unpaid orders of the demo shop: taken, asked with scripts, some paid afterwards (ORD-020)."""

from __future__ import annotations

from datetime import datetime, timedelta

from orders.actions.chases import claim_chase, note_contact
from orders.models import Chase, Order
from orders.states import OrderState
from shopops.kit.refusals import Refused
from staff.models import Employee

SCRIPTS = ("催付", "催付优惠", "催付答疑", "催付")
_ANSWERS = (("will_pay", "今晚付"), ("no_answer", ""), ("price", "想再便宜一点"), ("will_pay", "在凑满减"))
_HOUR = timedelta(hours=1)


def make_chases(agents: list[Employee], *, at: datetime) -> int:
    """Ask every second buyer to pay, and write down whom asking moved to pay; return how many were asked."""
    unpaid = Order.objects.filter(state=OrderState.UNPAID, placed_at__lte=at - _HOUR, chase=None)
    asked = 0
    for place, order in enumerate(unpaid.order_by("-placed_at", "pk")[:24:2]):
        agent = agents[place % len(agents)]
        try:
            if place % 4 == 3:  # noqa: PLR2004 -- taken, not asked yet
                claim_chase(order, by=agent, at=at - timedelta(minutes=20))
                continue
            result, note = _ANSWERS[place % len(_ANSWERS)]
            script = SCRIPTS[place % len(SCRIPTS)]
            note_contact(order, result=result, note=note, script=script, by=agent, at=at - _HOUR)
        except Refused:  # the same buyer was asked about another order
            continue
        asked += 1
    paid = Order.objects.filter(paid_at__gte=at - timedelta(days=12), paid_at__lte=at - _HOUR, chase=None)
    chases = []
    for place, order in enumerate(paid.order_by("-paid_at", "pk")[:10]):
        if order.paid_at is None:
            continue
        contacted_at = max(order.placed_at, order.paid_at - timedelta(minutes=40))
        agent = agents[place % len(agents)]
        chases.append(
            Chase(
                order=order,
                claimed_by=agent,
                claimed_at=contacted_at,
                contacted_at=contacted_at,
                result="will_pay",
                script=SCRIPTS[place % len(SCRIPTS)],
                times=1,
            )
        )
    Chase.objects.bulk_create(chases)
    return asked + len(chases)
