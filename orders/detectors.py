"""What went wrong with orders: what the month-end list left over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from orders.models import Order
from orders.states import OrderState
from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.detectors import Finding, Question, detector
from staff.queries.rulebook import holder_of

_GONE = (OrderState.SHIPPED, OrderState.SIGNED, OrderState.COMPLETED, OrderState.CLOSED, OrderState.MERGED)


@detector("orders.left_over_from_last_month")
def left_over_from_last_month(question: Question) -> Iterator[Finding]:
    """Find orders paid before this month and still here when its first week ended (ORD-024, ORD-025).

    The agent who approved the order answers; where nobody has, the holder of the post in `fallback_post`.
    """
    days = int(question.parameters.get("days", 7))
    for first in _months(question):
        limit = start_of_day(first + timedelta(days=days))
        if not question.window.start < limit <= question.window.end:
            continue
        fallback = holder_of(str(question.parameters.get("fallback_post", "")), on=shop_day(limit))
        for order in _left_over(start_of_day(first), limit):
            employee = order.confirmed_by_id or (fallback.pk if fallback else None)
            if employee:
                yield _finding(order, employee, limit)


def _months(question: Question) -> Iterator[date]:
    """Give the first day of every month the window touches."""
    day = shop_day(question.window.start).replace(day=1)
    while start_of_day(day) < question.window.end:
        yield day
        day = (day + timedelta(days=32)).replace(day=1)


def _left_over(month: datetime, limit: datetime) -> Iterator[Order]:
    """Give the orders paid before `month` that had neither left nor been closed at `limit`."""
    still_here = ~Q(state__in=_GONE) | Q(shipped_at__gt=limit) | Q(state=OrderState.CLOSED, finished_at__gt=limit)
    return (
        Order.objects.filter(still_here, part=1, paid_at__lt=month)
        .only("number", "part", "confirmed_by_id", "paid_at", "shipped_at", "state", "summary", "paid")
        .order_by("pk")
        .iterator(chunk_size=2000)
    )


def _finding(order: Order, employee_id: int, limit: datetime) -> Finding:
    """Return what happened, with the evidence."""
    return Finding(
        subject=("orders.Order", order.pk, str(order)),
        employee_id=employee_id,
        happened_at=limit,
        facts={
            "goods": order.summary,
            "paid": str(order.paid),
            "paid_at": order.paid_at,
            "deadline": limit,
            "shipped_at": order.shipped_at,
        },
        url=reverse("orders:order", args=[order.pk]),
    )
