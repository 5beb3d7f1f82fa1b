"""What is measured of orders each day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.models import Order, OrderException
from orders.states import ExceptionKind
from shopops.kit.clock import day_window
from shopops.kit.metrics import METRICS, Fact, FactRows, ListFacts, Metric, Reading
from staff.models import Shop

Rows = Callable[[date], QuerySet[Any]]
Read = Callable[[date], Iterable[Reading]]


def placed_on(day: date) -> QuerySet[Order]:
    """Return the platform orders placed on `day`."""
    start, end = day_window(day)
    return Order.objects.filter(part=1, placed_at__gte=start, placed_at__lt=end)


def paid_on(day: date) -> QuerySet[Order]:
    """Return the platform orders paid on `day`."""
    start, end = day_window(day)
    return Order.objects.filter(part=1, paid_at__gte=start, paid_at__lt=end)


def refunded_on(day: date) -> QuerySet[Order]:
    """Return the orders paid on `day` of which something was refunded since."""
    return paid_on(day).filter(refund__gt=0)


def approved_on(day: date) -> QuerySet[Order]:
    """Return the orders released to the warehouse on `day`."""
    start, end = day_window(day)
    return Order.objects.filter(confirmed_at__gte=start, confirmed_at__lt=end)


def exceptions_on(day: date) -> QuerySet[OrderException]:
    """Return the exceptions raised on `day`."""
    start, end = day_window(day)
    return OrderException.objects.filter(raised_at__gte=start, raised_at__lt=end)


def by_shop(
    rows: Rows, numerator: Count | Sum, denominator: Count | Sum | None = None, *, shop: str = "shop_id"
) -> Read:
    """Return a reader that measures each shop, with zero where there was nothing, and the company as their sum."""

    def read(day: date) -> Iterator[Reading]:
        values = {"numerator": numerator} | ({"denominator": denominator} if denominator else {})
        measured = {row[shop]: row for row in rows(day).values(shop).annotate(**values)}
        total, whole = Decimal(0), Decimal(0)
        for pk in Shop.objects.order_by("pk").values_list("pk", flat=True):
            row = measured.get(pk, {})
            share, of = row.get("numerator") or Decimal(0), row.get("denominator") or Decimal(0)
            total, whole = total + share, whole + of
            yield Reading(share, of if denominator else None, shop_id=pk)
        yield Reading(total, whole if denominator else None)

    return read


def by_person(rows: Rows, numerator: Count | Sum, person: str) -> Read:
    """Return a reader that measures each person, and the company as the whole of it."""

    def read(day: date) -> Iterator[Reading]:
        total = Decimal(0)
        for row in rows(day).values(person).annotate(numerator=numerator).order_by(person):
            total += row["numerator"] or 0
            if row[person] is not None:
                yield Reading(row["numerator"] or 0, employee_id=row[person])
        yield Reading(total)

    return read


def order_facts(rows: Rows, *, person: str = "", amount: str = "total", is_summed: bool = True) -> ListFacts:
    """Return a function that lists the orders behind a reading.

    :param is_summed: whether the figure is the sum of the amounts; otherwise each order counts as one.
    """

    def show(pk: int, number: str, part: int, goods: str, money: Decimal) -> Fact:
        return Fact(
            number if part == 1 else f"{number}-{part}",
            reverse("orders:order", args=[pk]),
            goods if is_summed else f"¥{money:,.2f} · {goods}",
            money if is_summed else None,
        )

    def facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
        found = rows(day)
        if shop_id:
            found = found.filter(shop_id=shop_id)
        if employee_id:
            found = found.filter(**{person: employee_id}) if person else found.none()
        order = (f"-{amount}", "pk") if is_summed else ("placed_at", "pk")
        return FactRows(found.order_by(*order).values_list("pk", "number", "part", "summary", amount), show)

    return facts


def exception_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the exceptions of a day."""

    def show(order: int, number: str, part: int, kind: str, reason: str, cleared: Any) -> Fact:
        return Fact(
            number if part == 1 else f"{number}-{part}",
            reverse("orders:order", args=[order]),
            f"{ExceptionKind(kind).label} · {reason}",
            tag=_("cleared") if cleared else _("not cleared"),
            tone="good" if cleared else "warn",
        )

    found = exceptions_on(day)
    if shop_id:
        found = found.filter(order__shop_id=shop_id)
    if employee_id:
        found = found.none()
    columns = ("order_id", "order__number", "order__part", "kind", "reason", "cleared_at")
    return FactRows(found.order_by("raised_at", "pk").values_list(*columns), show)


for metric in (
    Metric(
        "orders.placed",
        _("Orders placed"),
        _("Platform orders by the day they were placed; parts split off do not count again."),
        "count",
        "more",
        by_shop(placed_on, Count("pk")),
        order_facts(placed_on, is_summed=False),
        by_shop=True,
        register_ids=("DATA-002",),
    ),
    Metric(
        "orders.paid",
        _("Orders paid"),
        _("Platform orders by the day the buyer paid."),
        "count",
        "more",
        by_shop(paid_on, Count("pk")),
        order_facts(paid_on, is_summed=False),
        by_shop=True,
        register_ids=("DATA-002", "STF-206"),
    ),
    Metric(
        "orders.sales",
        _("Sales"),
        _("Totals (goods and postage) of the orders paid on the day, before refunds."),
        "yuan",
        "more",
        by_shop(paid_on, Sum("total")),
        order_facts(paid_on),
        by_shop=True,
        register_ids=("STF-181", "STF-206", "DATA-002"),
    ),
    Metric(
        "orders.average_value",
        _("Average order"),
        _("Sales of the day divided by the orders paid on the day."),
        "yuan",
        "more",
        by_shop(paid_on, Sum("total"), Count("pk")),
        order_facts(paid_on),
        by_shop=True,
    ),
    Metric(
        "orders.refund_share",
        _("Refund share"),
        _("Of the sales of the day, the part refunded up to now."),
        "share",
        "less",
        by_shop(paid_on, Sum("refund"), Sum("total")),
        order_facts(refunded_on, amount="refund"),
        parts_unit="yuan",
        by_shop=True,
    ),
    Metric(
        "orders.approved",
        _("Orders approved"),
        _("Orders released to the warehouse on the day, by who released them; those released by a rule have nobody."),
        "count",
        "more",
        by_person(approved_on, Count("pk"), "confirmed_by_id"),
        order_facts(approved_on, person="confirmed_by_id", is_summed=False),
        answers="team",
        register_ids=("STF-206",),
    ),
    Metric(
        "orders.exceptions",
        _("Exceptions raised"),
        _("Exceptions raised on the day: goods not matched, out of stock, refunds, changed addresses and others."),
        "count",
        "less",
        by_shop(exceptions_on, Count("pk"), shop="order__shop_id"),
        exception_facts,
        by_shop=True,
    ),
):
    METRICS.add(metric.name, metric)
