"""What is measured of after-sales each day: how often, how fast, how dear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.metrics.readers import paid_on
from service.models import AfterSale
from service.states import GIVEN_UP, AfterSaleKind, AfterSaleState
from shopops.kit.clock import day_window
from shopops.kit.metrics import METRICS, Fact, FactRows, ListFacts, Metric, Reading
from staff.models import Shop

Cases = Callable[[date], QuerySet[AfterSale]]
TOOK = ExpressionWrapper(F("done_at") - F("asked_at"), output_field=DurationField())
HOUR = Decimal(3600)
TENTH = Decimal("0.1")


def asked_on(day: date) -> QuerySet[AfterSale]:
    """Return the cases asked for on `day`, but those refused or withdrawn."""
    start, end = day_window(day)
    return AfterSale.objects.filter(asked_at__gte=start, asked_at__lt=end).exclude(state__in=GIVEN_UP)


def done_on(day: date) -> QuerySet[AfterSale]:
    """Return the cases that ended on `day`."""
    start, end = day_window(day)
    return AfterSale.objects.filter(state=AfterSaleState.DONE, done_at__gte=start, done_at__lt=end)


def refunds_on(day: date) -> QuerySet[AfterSale]:
    """Return the plain refunds that ended on `day`."""
    return done_on(day).filter(kind=AfterSaleKind.REFUND)


def returns_on(day: date) -> QuerySet[AfterSale]:
    """Return the returns with refund that ended on `day`."""
    return done_on(day).filter(kind=AfterSaleKind.RETURN)


def read_rate(day: date) -> Iterator[Reading]:
    """Count the cases asked for against the orders paid: of each shop, and the company."""
    asked, paid = _by_shop(asked_on(day)), _by_shop(paid_on(day))
    for shop in Shop.objects.order_by("pk").values_list("pk", flat=True):
        yield Reading(asked.get(shop, 0), paid.get(shop, 0), shop_id=shop)
    yield Reading(sum(asked.values()), sum(paid.values()))


def _by_shop(rows: QuerySet[Any]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for shop in rows.order_by().values_list("shop_id", flat=True):
        counts[shop] = counts.get(shop, 0) + 1
    return counts


def hours_of(asked: datetime, done: datetime) -> Decimal:
    """Return the hours between two moments, to a tenth."""
    return (Decimal((done - asked).total_seconds()) / HOUR).quantize(TENTH)


def read_hours(rows: Cases) -> Callable[[date], Iterator[Reading]]:
    """Return a reader of the hours from the request to the end, on average: of each holder, and the company."""

    def read(day: date) -> Iterator[Reading]:
        people: dict[int | None, tuple[Decimal, int]] = {}
        cases = rows(day).order_by("pk").values_list("holder_id", "asked_at", "done_at")
        for holder, asked, done in cases:
            if done is not None:
                hours, count = people.get(holder, (Decimal(0), 0))
                people[holder] = (hours + hours_of(asked, done), count + 1)
        for holder, (hours, count) in sorted((key, value) for key, value in people.items() if key is not None):
            yield Reading(hours, count, employee_id=holder)
        yield Reading(
            sum((hours for hours, _count in people.values()), Decimal(0)),
            sum(count for _hours, count in people.values()),
        )

    return read


def read_cost(day: date) -> Iterator[Reading]:
    """Add up what the cases cost that ended: of each shop, and the company."""
    costs: dict[int, Decimal] = {}
    for shop, *parts in done_on(day).order_by().values_list("shop_id", "goods_cost", "postage_cost", "compensation"):
        costs[shop] = costs.get(shop, Decimal(0)) + sum(parts, Decimal(0))
    for shop in Shop.objects.order_by("pk").values_list("pk", flat=True):
        yield Reading(costs.get(shop, Decimal(0)), shop_id=shop)
    yield Reading(sum(costs.values(), Decimal(0)))


def case_facts(rows: Cases, *, counts: str) -> ListFacts:
    """Return a function that lists the cases behind a reading.

    :param counts: what each adds: `one`, its `hours`, or its `cost`.
    """

    def show(number: str, kind: str, reason: str, asked: datetime, done: datetime | None, *costs: Decimal) -> Fact:
        amount: Decimal | None = None
        if counts == "hours" and done is not None:
            amount = hours_of(asked, done)
        elif counts == "cost":
            amount = sum(costs, Decimal(0))
        label = AfterSaleKind(kind).label
        return Fact(number, reverse("service:after_sale", args=[number]), f"{label} · {reason}", amount)

    def facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
        found = rows(day)
        if shop_id:
            found = found.filter(shop_id=shop_id)
        if employee_id:
            found = found.filter(holder=employee_id)
        columns = ("number", "kind", "reason", "asked_at", "done_at", "goods_cost", "postage_cost", "compensation")
        return FactRows(found.order_by("asked_at", "pk").values_list(*columns), show)

    return facts


for _metric in (
    Metric(
        "service.after_sale_rate",
        _("After-sale rate"),
        _("After-sale cases of the day, refused and withdrawn ones left out, per order paid on the day."),
        "share",
        "less",
        read_rate,
        case_facts(asked_on, counts="one"),
        by_shop=True,
    ),
    Metric(
        "service.refund_hours",
        _("Hours to finish a refund"),
        _("Hours from the buyer's request to the confirmed refund, nights included, of refunds without goods."),
        "hours",
        "less",
        read_hours(refunds_on),
        case_facts(refunds_on, counts="hours"),
        answers="team",
    ),
    Metric(
        "service.return_hours",
        _("Hours to finish a return"),
        _("Hours from the buyer's request to the confirmed refund, nights included, of returns with their goods."),
        "hours",
        "less",
        read_hours(returns_on),
        case_facts(returns_on, counts="hours"),
        answers="team",
    ),
    Metric(
        "service.after_sale_cost",
        _("Cost of after-sales"),
        _("Goods lost, postage and compensation of the after-sale cases that ended on the day."),
        "yuan",
        "less",
        read_cost,
        case_facts(done_on, counts="cost"),
        by_shop=True,
    ),
):
    METRICS.add(_metric.name, _metric)
