"""Tables of orders, one file a subject."""

from orders.models.imports import ImportBatch
from orders.models.orders import Order, OrderException, OrderLine, Payment
from orders.models.rules import ReviewRule, RuleTrace

__all__ = ["ImportBatch", "Order", "OrderException", "OrderLine", "Payment", "ReviewRule", "RuleTrace"]
