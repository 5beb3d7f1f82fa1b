"""What waits to be done with orders, for “my work”."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.models import Order, OrderException, Payment, PaymentSlip
from orders.queries.chases import chasable_orders
from orders.queries.exceptions import OPEN
from orders.queries.finance import ANSWER_WITHIN
from orders.queries.listed import SHORT
from orders.queries.slips import overdue_slips, slip_due
from orders.queries.unmatched import waiting_for_goods
from orders.states import ExceptionKind, OrderState
from shopops.kit.lists import Reader
from shopops.kit.worklists import MOST, SHOWN, WORKLISTS, Rows, Task, Waiting, Worklist
from staff.models import Employee


def _order_task(order: Order, due: datetime | None) -> Task:
    return Task(str(order), reverse("orders:order", args=[order.pk]), due, order.summary[:40])


def _needed(rows: QuerySet[Order], due: str = "ship_by") -> QuerySet[Order]:
    """Leave the columns that a task does not tell where they are."""
    return rows.only("number", "part", "summary", due)


to_review = Rows(
    lambda _employee, _at: _needed(Order.objects.filter(state=OrderState.REVIEW, is_blocked=False, is_short=False)),
    lambda order: _order_task(order, order.ship_by),
    ("ship_by", "pk"),
    late=lambda at: Q(ship_by__lt=at),
)
"""The orders somebody has to review, whose stock is there and which nothing blocks."""
short_of_stock = Rows(
    lambda _employee, _at: _needed(Order.objects.filter(SHORT)),
    lambda order: _order_task(order, order.ship_by),
    ("ship_by", "pk"),
    late=lambda at: Q(ship_by__lt=at),
)
"""The orders that wait for stock."""
held_until_soon = Rows(
    lambda _employee, at: _needed(
        Order.objects.filter(state=OrderState.HELD, held_until__lt=at + timedelta(days=1)), "held_until"
    ),
    lambda order: _order_task(order, order.held_until),
    ("held_until", "pk"),
    late=lambda at: Q(held_until__lt=at),
)
"""The holds that end within a day."""
open_exceptions = Rows(
    lambda _employee, _at: OrderException.objects.filter(OPEN).exclude(kind=ExceptionKind.SHORT),
    lambda one: Task(str(one), reverse("orders:order", args=[one.order_id]), one.order.ship_by, one.reason[:60]),
    ("-is_blocking", "raised_at"),
    late=lambda at: Q(order__ship_by__lt=at, order__shipped_at=None),
    related=("order",),
)
"""The open exceptions other than lack of stock; due when the order is."""
finance_questions = Rows(
    lambda _employee, _at: Payment.objects.filter(answered_at=None),
    lambda one: Task(
        str(one.order),
        reverse("orders:payment", args=[one.pk]),
        one.asked_at + ANSWER_WITHIN,
        f"¥{one.amount} · {one.question[:40]}",
    ),
    ("asked_at",),
    late=lambda at: Q(asked_at__lt=at - ANSWER_WITHIN),
    related=("order",),
)
"""What finance is asked (ORD-029)."""


def _slip_task(one: Any) -> Task:
    return Task(one.number, one.get_absolute_url(), slip_due(one.day), f"¥{one.amount} · {one.employee}")


slips_to_hand_in = Rows(
    lambda employee, _at: PaymentSlip.objects.filter(handed_in_at=None, employee=employee),
    _slip_task,
    ("day", "pk"),
    late=overdue_slips,
    related=("employee",),
)
"""The slips whose money the employee still has (ORD-027)."""
slips_to_take_in = Rows(
    lambda employee, _at: PaymentSlip.objects.filter(handed_in_at=None).exclude(employee=employee),
    _slip_task,
    ("day", "pk"),
    late=overdue_slips,
    related=("employee",),
)
"""The slips whose money finance takes in: everybody's but one's own (ORD-027)."""
unmatched = Rows(
    lambda _employee, _at: _needed(waiting_for_goods()),
    lambda order: _order_task(order, order.ship_by),
    ("ship_by", "pk"),
    late=lambda at: Q(ship_by__lt=at),
)
"""The orders with goods no SKU is known for."""


def unpaid(employee: int, at: datetime) -> Waiting:
    """Return the unpaid orders nobody asks about, and those the employee has taken (ORD-020)."""
    rows = chasable_orders(Reader(Employee(pk=employee), at))
    free = rows.filter(chase=None).order_by()[: MOST + 1].count()
    mine = rows.filter(chase__claimed_by=employee, chase__times=0)
    tasks = [
        Task(str(order), reverse("orders:order", args=[order.pk]), None, order.summary[:40])
        for order in mine.order_by("placed_at")[:SHOWN]
    ]
    return Waiting(free + len(tasks), 0, tasks)


for _worklist in (
    Worklist("orders.review", _("Orders to review"), "orders.review_order", "orders:review_desk", to_review),
    Worklist(
        "orders.exceptions",
        _("Exceptions of orders"),
        "orders.handle_exceptions",
        "orders:exception_list",
        open_exceptions,
        icon="triangle-alert",
    ),
    Worklist(
        "orders.short",
        _("Orders out of stock"),
        "orders.review_order",
        "orders:order_list",
        short_of_stock,
        icon="package-x",
        query="?tab=short",
    ),
    Worklist(
        "orders.holds",
        _("Holds that end within a day"),
        "orders.hold_order",
        "orders:order_list",
        held_until_soon,
        icon="circle-pause",
        query="?tab=held",
    ),
    Worklist(
        "orders.unmatched",
        _("Orders with goods no SKU is known for"),
        "orders.match_goods",
        "orders:unmatched",
        unmatched,
        icon="package-search",
    ),
    Worklist(
        "orders.finance",
        _("Questions to finance"),
        "orders.confirm_payment",
        "orders:finance",
        finance_questions,
        icon="wallet",
    ),
    Worklist(
        "orders.slips",
        _("Money to hand in"),
        "orders.make_slip",
        "orders:slips",
        slips_to_hand_in,
        icon="receipt-text",
        query="?tab=mine",
    ),
    Worklist(
        "orders.slips_to_take",
        _("Money to take in"),
        "orders.take_slip",
        "orders:slips",
        slips_to_take_in,
        icon="hand-coins",
    ),
    Worklist(
        "orders.unpaid",
        _("Unpaid orders to ask about"),
        "orders.chase_payment",
        "orders:chase_list",
        unpaid,
        icon="phone",
    ),
):
    WORKLISTS.add(_worklist.name, _worklist)
