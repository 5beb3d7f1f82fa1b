"""What is measured of orders each day, one file a subject."""

from orders.metrics import buyers, review, sales

__all__ = ["buyers", "review", "sales"]
