"""What is measured of orders each day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.models import Order, OrderException
from shopops.kit.clock import day_window
from shopops.kit.metrics import METRICS, Fact, Metric, Reading

MOST_FACTS = 500
Rows = Callable[[date], QuerySet[Order]]
Read = Callable[[date], Iterable[Reading]]
ListFacts = Callable[[date, int | None, int | None], list[Fact]]


def placed_on(day: date) -> QuerySet[Order]:
    """Return the platform orders placed on `day`."""
    start, end = day_window(day)
    return Order.objects.filter(part=1, placed_at__gte=start, placed_at__lt=end)


def paid_on(day: date) -> QuerySet[Order]:
    """Return the platform orders paid on `day`."""
    start, end = day_window(day)
    return Order.objects.filter(part=1, paid_at__gte=start, paid_at__lt=end)


def approved_on(day: date) -> QuerySet[Order]:
    """Return the orders released to the warehouse on `day`."""
    start, end = day_window(day)
    return Order.objects.filter(confirmed_at__gte=start, confirmed_at__lt=end)


def by_shop(
    rows: Rows, numerator: Count | Sum, denominator: Count | None = None
) -> Callable[[date], Iterable[Reading]]:
    """Return a reader that measures each shop, and the company as their sum."""

    def read(day: date) -> Iterator[Reading]:
        values = {"numerator": numerator} | ({"denominator": denominator} if denominator else {})
        total, whole = Decimal(0), 0
        for row in rows(day).values("shop_id").annotate(**values).order_by("shop_id"):
            share, of = row["numerator"] or 0, row.get("denominator")
            total, whole = total + share, whole + (of or 0)
            yield Reading(share, of, shop_id=row["shop_id"])
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


def order_facts(
    rows: Rows, person: str = "", amount: str = "total"
) -> Callable[[date, int | None, int | None], list[Fact]]:
    """Return a function that lists the orders behind a reading, at most five hundred."""

    def facts(day: date, shop_id: int | None, employee_id: int | None) -> list[Fact]:
        found = rows(day)
        if shop_id:
            found = found.filter(shop_id=shop_id)
        if employee_id and person:
            found = found.filter(**{person: employee_id})
        columns = found.order_by("placed_at").values_list("pk", "number", "part", "summary", amount)[:MOST_FACTS]
        return [
            Fact(
                number if part == 1 else f"{number}-{part}",
                reverse("orders:order", args=[pk]),
                f"¥{money:,.2f} {goods}",
            )
            for pk, number, part, goods, money in columns
        ]

    return facts


def refunded_on(day: date) -> QuerySet[Order]:
    """Return the orders paid on `day` of which something was refunded since."""
    return paid_on(day).filter(refund__gt=0)


def read_refund_share(day: date) -> Iterator[Reading]:
    """Measure refunds against sales, each shop and the whole."""
    refunds, sales = Decimal(0), Decimal(0)
    for row in paid_on(day).values("shop_id").annotate(refunds=Sum("refund"), sales=Sum("total")).order_by("shop_id"):
        refunds, sales = refunds + row["refunds"], sales + row["sales"]
        yield Reading(row["refunds"], row["sales"], shop_id=row["shop_id"])
    yield Reading(refunds, sales)


def exceptions_on(day: date) -> QuerySet[OrderException]:
    """Return the exceptions raised on `day`."""
    start, end = day_window(day)
    return OrderException.objects.filter(raised_at__gte=start, raised_at__lt=end)


def read_exceptions(day: date) -> Iterator[Reading]:
    """Count the day's exceptions."""
    yield Reading(exceptions_on(day).count())


def exception_facts(day: date, _shop_id: int | None, _employee_id: int | None) -> list[Fact]:
    """List the day's exceptions."""
    rows = exceptions_on(day).select_related("order").order_by("raised_at")[:MOST_FACTS]
    return [
        Fact(str(row.order), reverse("orders:order", args=[row.order_id]), f"{row.get_kind_display()} · {row.reason}")
        for row in rows
    ]


for metric in (
    Metric(
        "orders.placed",
        _("Orders placed"),
        _("Platform orders by the day they were placed; parts split off do not count again."),
        "count",
        "more",
        by_shop(placed_on, Count("pk")),
        order_facts(placed_on),
        register_ids=("DATA-002",),
    ),
    Metric(
        "orders.paid",
        _("Orders paid"),
        _("Platform orders by the day the buyer paid."),
        "count",
        "more",
        by_shop(paid_on, Count("pk")),
        order_facts(paid_on),
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
    ),
    Metric(
        "orders.refund_share",
        _("Refund share"),
        _("Of the sales of the day, the part refunded up to now."),
        "share",
        "less",
        read_refund_share,
        order_facts(refunded_on, amount="refund"),
    ),
    Metric(
        "orders.approved",
        _("Orders approved"),
        _("Orders released to the warehouse on the day, by who released them; those released by a rule have nobody."),
        "count",
        "more",
        by_person(approved_on, Count("pk"), "confirmed_by_id"),
        order_facts(approved_on, person="confirmed_by_id"),
        register_ids=("STF-206",),
    ),
    Metric(
        "orders.exceptions",
        _("Exceptions raised"),
        _("Exceptions raised on the day: goods not matched, out of stock, refunds, changed addresses and others."),
        "count",
        "less",
        read_exceptions,
        exception_facts,
    ),
):
    METRICS.add(metric.name, metric)
