"""Locks on orders. Always in the order of the keys, so that two batches never wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import connection
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from orders.queries.freshness import last_change, stamp_of
from orders.states import OrderState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.verbs import verb

Refusals = dict[int, Refused]
"""From an order's id to why it was left as it was."""


def lock_orders(order_ids: Iterable[int]) -> list[int]:
    """Lock orders until the transaction ends, in the order of their keys; return those that exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM orders_order WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(set(order_ids))]
        )
        return [row[0] for row in cursor.fetchall()]


def take(order_ids: Collection[int], states: Collection[str]) -> tuple[list[Order], Refusals]:
    """Lock the orders that are in one of `states`, and say of the others why they are left alone."""
    found = list(
        Order.objects.select_for_update(no_key=True).filter(pk__in=set(order_ids), state__in=states).order_by("pk")
    )
    return found, refusals(set(order_ids) - {order.pk for order in found}, states)


def take_one(order: Order, states: Collection[str], *, seen: str = "") -> Order:
    """Lock one order and return it as it is now.

    :param seen: the stamp of what the person decided by; empty when there is none.
    :raises MoveRefused: if it is in another state, or has changed since it was seen.
    """
    found, refused = take([order.pk], states)
    if seen:
        check_seen({order.pk: seen})
    if refused:
        raise refused[order.pk]
    return found[0]


def refusals(order_ids: Collection[int], states: Collection[str]) -> Refusals:
    """Return for each order a sentence that says in which state it is, and in which it would have to be."""
    if not order_ids:
        return {}
    wanted = " / ".join(str(OrderState(one).label) for one in states)
    refused: Refusals = {key: Refused(_("There is no such order.")) for key in order_ids}
    for order in Order.objects.filter(pk__in=order_ids).only("number", "part", "state"):
        refused[order.pk] = MoveRefused(
            sentence(
                _("Order %(order)s is “%(state)s”, not “%(wanted)s”."),
                order=str(order),
                state=OrderState(order.state).label,
                wanted=wanted,
            )
        )
    return refused


def check_seen(seen: Mapping[int, str]) -> None:
    """Refuse if one of the (locked) orders is no longer what was seen.

    :raises MoveRefused: with who changed what, and when, as far as the trail tells.
    """
    for order_id, stamp in seen.items():
        if stamp and stamp_of(order_id) != stamp:
            raise changed_meanwhile(order_id)


def changed_meanwhile(order_id: int) -> MoveRefused:
    """Return the sentence for somebody whose page shows an order as it was."""
    change = last_change(order_id)
    if change is None:
        return MoveRefused(_("The order has changed since you opened it. Look at it again."))
    return MoveRefused(
        sentence(
            _("The order has changed since you opened it (last: %(who)s %(what)s). Look at it again."),
            who=change.by or _("the system"),
            what=verb(change.verb).label,
        )
    )
