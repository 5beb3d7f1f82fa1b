"""Screening: what the shop does with orders by itself, after an import or a change, before anybody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction

from orders import policy
from orders.actions.checks import check_orders
from orders.actions.finance import ask_finance_about
from orders.actions.rules import run_rules
from orders.models import Order
from orders.signals import orders_checked
from shopops.kit.garbage import uncollected

CHUNK = 5000


@dataclass
class Screened:
    """What came of a screening, counted in orders, lines or exceptions."""

    screened: int = 0
    matched: int = 0
    raised: int = 0
    cleared: int = 0
    to_finance: int = 0
    held: int = 0
    approved: int = 0

    def add(self, other: Screened) -> None:
        """Add the counts of another screening."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def screen_orders(order_ids: Iterable[int], *, at: datetime, step: Callable[[int], None] | None = None) -> Screened:
    """Make orders ready for review, thousands at a time.

    Matches goods (merchant code, then what the shop has remembered), raises and clears the exceptions the system can
    see, sets the time each order is due, sends odd prices to finance, and runs the review rules. Orders that were
    released already are left alone, so screening twice changes nothing.

    :param step: told how many orders are done, after each chunk.
    """
    ids = sorted(set(order_ids))
    whole = Screened()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with uncollected():
            whole.add(_screen(chunk, at=at))
        if step:
            step(start + len(chunk))
    return whole


@transaction.atomic
def _screen(order_ids: list[int], *, at: datetime) -> Screened:
    checked = check_orders(order_ids, at=at)
    orders_checked.send(sender=Order, order_ids=checked.in_review, at=at)
    asked = checked.odd_prices if policy.PRICE_TO_FINANCE() else {}
    refused = ask_finance_about(asked, by=None, at=at) if asked else {}
    left = [order for order in checked.in_review if order not in asked or order in refused]
    approved, held, to_finance = run_rules(left, at=at)
    return Screened(
        screened=checked.orders,
        matched=checked.matched,
        raised=checked.raised,
        cleared=checked.cleared,
        to_finance=len(asked) - len(refused) + to_finance,
        held=held,
        approved=approved,
    )
