"""The day's figures as managers read them: each with yesterday, the same weekday before, and its thirty days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import Q

from shopops.kit.metrics import METRICS, Fact
from staff.models import Employee, MetricReading, Shop

TREND_DAYS = 30
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
HEADLINES = (
    "orders.sales",
    "orders.paid",
    "warehouse.dispatch_in_24h",
    "staff.points",
    "orders.average_value",
    "orders.refund_share",
    "warehouse.shipped",
    "orders.exceptions",
)
BY_PERSON = ("orders.approved", "warehouse.picked", "warehouse.packed", "warehouse.shipped", "staff.points")


class Figure(TypedDict):
    """A figure of a day. Numbers are decimal text, so that a snapshot keeps them exactly; None is no reading."""

    metric: str
    numerator: str | None
    denominator: str | None
    value: str | None
    yesterday: str | None
    last_week: str | None
    trend: list[str | None]


class PersonRow(TypedDict):
    """One person's figures of a day, metric → value."""

    employee: int
    name: str
    figures: dict[str, str]


class DayFigures(TypedDict):
    """Everything the daily KPI page and the daily report show of a day."""

    day: str
    shop: int | None
    days: list[str]
    headlines: list[Figure]
    shops: list[dict[str, Any]]
    people: list[PersonRow]


def day_figures(day: date, *, shop: Shop | None = None) -> DayFigures:
    """Return the figures of `day` from the daily readings, of the company or of one shop. Three queries."""
    first = day - timedelta(days=TREND_DAYS - 1)
    readings = _company_readings(first, day, shop)
    return {
        "day": day.isoformat(),
        "shop": shop.pk if shop else None,
        "days": [(first + timedelta(days=number)).isoformat() for number in range(TREND_DAYS)],
        "headlines": [_figure(name, readings.get(name, {}), day) for name in HEADLINES if name in METRICS],
        "shops": _shop_rows(day),
        "people": _person_rows(day),
    }


def value_of(name: str, numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
    """Return a reading as its metric shows it: the quotient where there is a denominator; None of nothing."""
    if denominator is None:
        return numerator
    if not denominator:
        return None
    quotient = numerator / denominator
    return quotient.quantize(Decimal("0.0001") if METRICS[name].unit == "share" else Decimal("0.01"))


def facts_behind(name: str, day: date, *, shop: int | None, employee: int | None) -> list[Fact]:
    """List the documents behind one reading.

    :raises KeyError: if there is no such metric.
    """
    return METRICS[name].facts(day, shop, employee)


def days_with_readings(first: date, last: date) -> set[date]:
    """Return the days of a span that have been read."""
    found = MetricReading.objects.filter(day__gte=first, day__lte=last).values_list("day", flat=True).distinct()
    return set(found)


def person_trend(employee: Employee, first: date, last: date) -> dict[str, dict[date, Decimal]]:
    """Return one person's readings of a span, metric → day → value."""
    trend: dict[str, dict[date, Decimal]] = defaultdict(dict)
    rows = MetricReading.objects.filter(employee=employee, day__gte=first, day__lte=last, metric__in=list(METRICS))
    for row in rows:
        value = value_of(row.metric, row.numerator, row.denominator)
        if value is not None:
            trend[row.metric][row.day] = value
    return dict(trend)


def _company_readings(first: date, last: date, shop: Shop | None) -> dict[str, dict[date, MetricReading]]:
    """Return the headline readings of a span: of the shop where it is measured by shop, else of the company."""
    whole = Q(shop=shop) if shop else Q(shop=None)
    rows = MetricReading.objects.filter(
        whole, employee=None, day__gte=first, day__lte=last, metric__in=HEADLINES
    ).order_by("day")
    readings: dict[str, dict[date, MetricReading]] = defaultdict(dict)
    for row in rows:
        readings[row.metric][row.day] = row
    return readings


def _figure(name: str, readings: dict[date, MetricReading], day: date) -> Figure:
    """Put one headline together."""

    def shown(that_day: date) -> str | None:
        reading = readings.get(that_day)
        return None if reading is None else _text(value_of(name, reading.numerator, reading.denominator))

    today = readings.get(day)
    return {
        "metric": name,
        "numerator": None if today is None else _text(today.numerator),
        "denominator": None if today is None else _text(today.denominator),
        "value": shown(day),
        "yesterday": shown(day - DAY),
        "last_week": shown(day - WEEK),
        "trend": [shown(day - timedelta(days=back)) for back in range(TREND_DAYS - 1, -1, -1)],
    }


def _shop_rows(day: date) -> list[dict[str, Any]]:
    """Return what is measured by shop, a row a shop."""
    names = dict(Shop.objects.values_list("pk", "name"))
    rows: dict[int, dict[str, Any]] = {}
    for reading in MetricReading.objects.filter(day=day, shop__isnull=False, metric__in=HEADLINES):
        if reading.shop_id is None:
            continue
        row = rows.setdefault(reading.shop_id, {"shop": reading.shop_id, "name": names[reading.shop_id], "figures": {}})
        row["figures"][reading.metric] = _text(value_of(reading.metric, reading.numerator, reading.denominator))
    return [rows[pk] for pk in sorted(rows)]


def _person_rows(day: date) -> list[PersonRow]:
    """Return what is measured by person, a row a person, most work first."""
    rows: dict[int, PersonRow] = {}
    readings: Iterable[MetricReading] = (
        MetricReading.objects.filter(day=day, employee__isnull=False, metric__in=BY_PERSON)
        .select_related("employee")
        .order_by("employee__name_pinyin", "employee_id")
    )
    for reading in readings:
        if reading.employee is None:
            continue
        row = rows.setdefault(
            reading.employee.pk, {"employee": reading.employee.pk, "name": reading.employee.name, "figures": {}}
        )
        value = _text(value_of(reading.metric, reading.numerator, reading.denominator))
        if value is not None:
            row["figures"][reading.metric] = value
    return sorted(rows.values(), key=_work, reverse=True)


def _work(row: PersonRow) -> Decimal:
    """Return how much a person did, points aside."""
    return sum((Decimal(value) for name, value in row["figures"].items() if name != "staff.points"), Decimal(0))


def _text(value: Decimal | None) -> str | None:
    """Write a figure without the zeros of its column."""
    return None if value is None else format(value.normalize(), "f")
