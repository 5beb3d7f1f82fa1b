"""Tables of orders, one file a subject."""

from orders.models.imports import ImportBatch
from orders.models.orders import Chase, DeskSeat, Order, OrderException, OrderLine, Payment, PriceNorm
from orders.models.rules import ReviewRule, RuleTrace, RuleVersion

__all__ = [
    "Chase",
    "DeskSeat",
    "ImportBatch",
    "Order",
    "OrderException",
    "OrderLine",
    "Payment",
    "PriceNorm",
    "ReviewRule",
    "RuleTrace",
    "RuleVersion",
]
