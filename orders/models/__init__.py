"""Tables of orders, one file a subject."""

from orders.models.imports import ImportBatch
from orders.models.orders import Chase, DeskSeat, Order, OrderException, OrderLine, Payment, PriceNorm
from orders.models.rules import ReviewRule, RuleTrace, RuleVersion
from orders.models.slips import PaymentSlip

__all__ = [
    "Chase",
    "DeskSeat",
    "ImportBatch",
    "Order",
    "OrderException",
    "OrderLine",
    "Payment",
    "PaymentSlip",
    "PriceNorm",
    "ReviewRule",
    "RuleTrace",
    "RuleVersion",
]
