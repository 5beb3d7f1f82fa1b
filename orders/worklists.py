"""What waits to be done with orders, for “my work”."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
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
from shopops.kit.worklists import WORKLISTS, Task, Waiting, Worklist
from staff.models import Employee

MOST = 1000
SHOWN = 5


def _waiting(rows: QuerySet[Order], at: datetime, *, due: str = "ship_by") -> Waiting:
    """Count orders, up to a limit, and list the most urgent."""
    count = rows.order_by()[: MOST + 1].count()
    overdue = rows.filter(**{f"{due}__lt": at}).order_by()[: MOST + 1].count() if count else 0
    first = rows.order_by(due, "pk").only("number", "part", "summary", due)[:SHOWN] if count else ()
    tasks = [
        Task(str(order), reverse("orders:order", args=[order.pk]), getattr(order, due), order.summary[:40])
        for order in first
    ]
    return Waiting(count, overdue, tasks)


def to_review(_employee: int, at: datetime) -> Waiting:
    """Return the orders somebody has to review, whose stock is there and which nothing blocks."""
    return _waiting(Order.objects.filter(state=OrderState.REVIEW, is_blocked=False, is_short=False), at)


def short_of_stock(_employee: int, at: datetime) -> Waiting:
    """Return the orders that wait for stock."""
    return _waiting(Order.objects.filter(SHORT), at)


def held_until_soon(_employee: int, at: datetime) -> Waiting:
    """Return the holds that end within a day."""
    rows = Order.objects.filter(state=OrderState.HELD, held_until__lt=at + timedelta(days=1))
    return _waiting(rows, at, due="held_until")


def open_exceptions(_employee: int, at: datetime) -> Waiting:
    """Return the open exceptions other than lack of stock; due when the order is."""
    rows = OrderException.objects.filter(OPEN).exclude(kind=ExceptionKind.SHORT)
    count = rows.order_by()[: MOST + 1].count()
    overdue = rows.filter(order__ship_by__lt=at, order__shipped_at=None).order_by()[: MOST + 1].count() if count else 0
    first = rows.select_related("order").order_by("-is_blocking", "raised_at")[:SHOWN] if count else ()
    tasks = [
        Task(str(one), reverse("orders:order", args=[one.order_id]), one.order.ship_by, one.reason[:60])
        for one in first
    ]
    return Waiting(count, overdue, tasks)


def finance_questions(_employee: int, at: datetime) -> Waiting:
    """Return what finance is asked (ORD-029)."""
    rows = Payment.objects.filter(answered_at=None)
    count = rows.order_by()[: MOST + 1].count()
    overdue = rows.filter(asked_at__lt=at - ANSWER_WITHIN).count() if count else 0
    tasks = [
        Task(
            str(one.order),
            reverse("orders:payment", args=[one.pk]),
            one.asked_at + ANSWER_WITHIN,
            f"¥{one.amount} · {one.question[:40]}",
        )
        for one in rows.select_related("order").order_by("asked_at")[:SHOWN]
    ]
    return Waiting(count, overdue, tasks)


def slips_to_hand_in(employee: int, at: datetime) -> Waiting:
    """Return the slips whose money the employee still has (ORD-027)."""
    return _slips(PaymentSlip.objects.filter(handed_in_at=None, employee=employee), at)


def slips_to_take_in(employee: int, at: datetime) -> Waiting:
    """Return the slips whose money finance takes in: everybody's but one's own (ORD-027)."""
    return _slips(PaymentSlip.objects.filter(handed_in_at=None).exclude(employee=employee), at)


def _slips(rows: QuerySet[PaymentSlip], at: datetime) -> Waiting:
    count = rows.order_by()[: MOST + 1].count()
    overdue = rows.filter(overdue_slips(at)).order_by()[: MOST + 1].count() if count else 0
    first = rows.select_related("employee").order_by("day", "pk")[:SHOWN] if count else ()
    tasks = [
        Task(one.number, one.get_absolute_url(), slip_due(one.day), f"¥{one.amount} · {one.employee}") for one in first
    ]
    return Waiting(count, overdue, tasks)


def unmatched(_employee: int, at: datetime) -> Waiting:
    """Return the orders with goods no SKU is known for."""
    return _waiting(waiting_for_goods(), at)


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
