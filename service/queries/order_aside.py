"""What an order's page is told of its buyer: that they are on the blacklist."""

from __future__ import annotations

from datetime import datetime

from orders.models import Order
from service.models import Blacklisting
from service.queries.buyers import warning_of_nick
from staff.models import Employee


def warning_on_order(order: Order, _employee: Employee, at: datetime) -> Blacklisting | None:
    """Return the entry of the blacklist that holds for the buyer of an order; one query."""
    return warning_of_nick(order.buyer_nick, at=at)
