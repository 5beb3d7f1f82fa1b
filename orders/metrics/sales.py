"""What is measured of sales each day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.metrics.readers import by_shop, order_facts, paid_on, placed_on
from orders.models import Order, OrderLine
from orders.policy import MONTH_SALES_PLAN
from shopops.kit.clock import day_window
from shopops.kit.metrics import METRICS, Fact, FactRows, Metric, Reading

FOUR_WEEKS = timedelta(weeks=4)
PROFIT = Sum(F("paid") - F("refund") - F("quantity") * F("sku__cost"))


def refunded_on(day: date) -> QuerySet[Order]:
    """Return the orders paid on `day` of which something was refunded since."""
    return paid_on(day).filter(refund__gt=0)


def lines_paid_on(day: date) -> QuerySet[OrderLine]:
    """Return the lines of the orders paid on `day` whose goods have a known cost."""
    start, end = day_window(day)
    return OrderLine.objects.filter(
        order__part=1, order__paid_at__gte=start, order__paid_at__lt=end, sku__cost__isnull=False
    )


def read_plan(day: date) -> Iterator[Reading]:
    """Measure the day's sales against the day's part of the month's plan; without a plan there is no share."""
    plan = (Decimal(MONTH_SALES_PLAN()) / monthrange(day.year, day.month)[1]).quantize(Decimal("0.01"))
    yield Reading(sales_of(day), plan)


def read_growth(day: date) -> Iterator[Reading]:
    """Measure the day's sales against those of the same weekday four weeks before."""
    yield Reading(sales_of(day), sales_of(day - FOUR_WEEKS))


def sales_of(day: date) -> Decimal:
    """Return the sales of a day."""
    return paid_on(day).aggregate(sales=Sum("total"))["sales"] or Decimal(0)


def profit_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the orders of the day with what each brought, the best first."""

    def show(order: int, number: str, goods: str, profit: Decimal) -> Fact:
        return Fact(number, reverse("orders:order", args=[order]), goods, profit)

    found: QuerySet[Any] = lines_paid_on(day)
    if shop_id:
        found = found.filter(order__shop_id=shop_id)
    if employee_id:
        found = found.none()
    found = found.values("order_id").annotate(profit=PROFIT).order_by("-profit", "order_id")
    return FactRows(found.values_list("order_id", "order__number", "order__summary", "profit"), show)


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
        "orders.gross_profit",
        _("Gross profit"),
        _(
            "What was paid for the goods of the orders paid on the day, less what was refunded and what they cost; "
            "goods without a known cost are left out, and so are postage, promotion and wages."
        ),
        "yuan",
        "more",
        by_shop(lines_paid_on, PROFIT, shop="order__shop_id"),
        profit_facts,
        by_shop=True,
        register_ids=("STF-182",),
    ),
    Metric(
        "orders.sales_plan",
        _("Plan fulfilled"),
        _("Sales of the day divided by its part of the month's sales plan, which stands in the settings."),
        "share",
        "more",
        read_plan,
        order_facts(paid_on),
        parts_unit="yuan",
        register_ids=("STF-186",),
    ),
    Metric(
        "orders.sales_growth",
        _("Sales against four weeks before"),
        _("Sales of the day divided by the sales of the same weekday four weeks earlier; above 100% they grew."),
        "share",
        "more",
        read_growth,
        order_facts(paid_on),
        parts_unit="yuan",
        register_ids=("STF-205",),
    ),
):
    METRICS.add(metric.name, metric)
