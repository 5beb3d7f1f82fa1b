"""Tables of orders, one file a subject."""

from orders.models.imports import ImportBatch
from orders.models.orders import Chase, Order, OrderException, OrderLine, Payment, PriceNorm
from orders.models.rules import ReviewRule, RuleTrace

__all__ = [
    "Chase",
    "ImportBatch",
    "Order",
    "OrderException",
    "OrderLine",
    "Payment",
    "PriceNorm",
    "ReviewRule",
    "RuleTrace",
]
