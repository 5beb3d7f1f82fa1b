"""What after-sales cost and why: by cause, by step and person, by month, by goods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from orders.models import Order, OrderLine
from service.models import AfterSale, AfterSaleLine
from service.states import GIVEN_UP, AfterSaleKind, Cause
from shopops.kit.clock import SHANGHAI, start_of_day
from staff.models import Employee

COST = F("goods_cost") + F("postage_cost") + F("compensation")
MONTHS = 12
MOST = 10


@dataclass(frozen=True)
class Bar:
    """A group of cases: how many, and what they cost."""

    key: str
    label: str
    cases: int
    cost: Decimal
    confirmed: int = 0


@dataclass(frozen=True)
class GoodsLine:
    """A SKU with its cases."""

    sku_id: int
    code: str
    name: str
    cases: int
    pieces: int
    defective: int
    sold: int
    lost: Decimal

    @property
    def rate(self) -> Decimal | None:
        """Return how many of the pieces sold came into a case; None where none were sold in the span."""
        return Decimal(self.pieces) / self.sold if self.sold else None


@dataclass(frozen=True)
class Figures:
    """What the analysis page shows of a span of days."""

    cases: int
    orders: int
    refunded: Decimal
    cost: Decimal
    unconfirmed: int
    by_cause: list[Bar]
    by_kind: list[Bar]
    by_person: list[Bar]
    by_month: list[Bar]
    goods: list[GoodsLine]

    @property
    def rate(self) -> Decimal | None:
        """Return how many of the orders paid in the span a case was opened about."""
        return Decimal(self.cases) / self.orders if self.orders else None


def figures_of(first: date, last: date, *, shop: int | None = None) -> Figures:
    """Return the figures of the cases asked for from `first` to `last`; a constant number of queries."""
    start, end = start_of_day(first), start_of_day(last + timedelta(days=1))
    cases = _cases(shop).filter(asked_at__gte=start, asked_at__lt=end)
    sums = cases.aggregate(
        cases=Count("pk"),
        refunded=Sum("refunded"),
        cost=Sum(COST),
        unconfirmed=Count("pk", filter=Q(done_at__isnull=False, cause_confirmed_at=None)),
    )
    orders = Order.objects.filter(part=1, paid_at__gte=start, paid_at__lt=end)
    if shop:
        orders = orders.filter(shop_id=shop)
    causes, kinds = dict(Cause.choices), dict(AfterSaleKind.choices)
    return Figures(
        cases=sums["cases"],
        orders=orders.count(),
        refunded=sums["refunded"] or Decimal(0),
        cost=sums["cost"] or Decimal(0),
        unconfirmed=sums["unconfirmed"],
        by_cause=[_bar(row, "cause", causes) for row in _grouped(cases.exclude(cause=""), "cause")],
        by_kind=[_bar(row, "kind", kinds) for row in _grouped(cases, "kind")],
        by_person=_people(cases),
        by_month=_months(shop, last),
        goods=_goods(cases, start, end),
    )


def _cases(shop: int | None) -> QuerySet[AfterSale]:
    cases = AfterSale.objects.exclude(state__in=GIVEN_UP)
    return cases.filter(shop_id=shop) if shop else cases


def _grouped(cases: QuerySet[AfterSale], field: str) -> Any:
    return (
        cases.order_by()
        .values(field)
        .annotate(count=Count("pk"), cost=Sum(COST), confirmed=Count("pk", filter=Q(cause_confirmed_at__isnull=False)))
        .order_by("-count", field)
    )


def _bar(row: dict[str, Any], field: str, labels: dict[Any, Any]) -> Bar:
    key = row[field]
    return Bar(str(key), str(labels.get(key, key)), row["count"], row["cost"] or Decimal(0), row["confirmed"])


def _people(cases: QuerySet[AfterSale]) -> list[Bar]:
    """Return whose steps caused cases, of confirmed causes only."""
    rows = list(_grouped(cases.filter(culprit__isnull=False, cause_confirmed_at__isnull=False), "culprit_id")[:MOST])
    names = Employee.objects.in_bulk([row["culprit_id"] for row in rows])
    return [_bar(row, "culprit_id", {key: one.name for key, one in names.items()}) for row in rows]


def _months(shop: int | None, last: date) -> list[Bar]:
    """Return the cases of the last twelve months, months without any too."""
    months = [last.replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    months.reverse()
    rows = (
        _cases(shop)
        .filter(asked_at__gte=start_of_day(months[0]), asked_at__lt=start_of_day(last + timedelta(days=1)))
        .order_by()
        .annotate(month=TruncMonth("asked_at", tzinfo=SHANGHAI))
        .values("month")
        .annotate(count=Count("pk"), cost=Sum(COST))
    )
    found = {row["month"].date(): (row["count"], row["cost"] or Decimal(0)) for row in rows}
    return [Bar(f"{month:%Y-%m}", f"{month:%y-%m}", *found.get(month, (0, Decimal(0)))) for month in months]


def _goods(cases: QuerySet[AfterSale], start: datetime, end: datetime) -> list[GoodsLine]:
    rows = list(
        AfterSaleLine.objects.filter(case__in=cases.order_by().values("pk"), sku__isnull=False)
        .order_by()
        .values("sku_id", "sku__code", "sku__name", "sku__cost")
        .annotate(
            cases=Count("case_id", distinct=True), pieces=Sum("quantity"), back=Sum("good"), broken=Sum("defective")
        )
        .order_by("-pieces", "sku_id")[:MOST]
    )
    sold = dict(
        OrderLine.objects.filter(
            sku__in=[row["sku_id"] for row in rows], order__paid_at__gte=start, order__paid_at__lt=end
        )
        .order_by()
        .values("sku_id")
        .annotate(sold=Sum(F("quantity") - F("away")))
        .values_list("sku_id", "sold")
    )
    return [
        GoodsLine(
            row["sku_id"],
            row["sku__code"],
            row["sku__name"],
            row["cases"],
            row["pieces"],
            row["broken"],
            sold.get(row["sku_id"], 0),
            (row["sku__cost"] or Decimal(0)) * (row["pieces"] - row["back"]),
        )
        for row in rows
    ]
