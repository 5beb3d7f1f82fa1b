"""The day's figures as managers read them: each with yesterday, the same weekday before, and its thirty days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import Max, Q

from shopops.kit.metrics import METRICS, FactRows
from staff.models import Employee, MetricReading, Shop
from staff.queries.figures import value_of

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
    version: int
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
    """Return the figures of `day` from the daily readings, of the company or of one shop.

    A shop has the headlines that are measured by shop, and no rows of people. Three queries at most.
    """
    first = day - timedelta(days=TREND_DAYS - 1)
    readings = _company_readings(first, day, shop)
    headlines = [name for name in HEADLINES if name in METRICS and (shop is None or METRICS[name].by_shop)]
    return {
        "day": day.isoformat(),
        "shop": shop.pk if shop else None,
        "days": [(first + timedelta(days=number)).isoformat() for number in range(TREND_DAYS)],
        "headlines": [_figure(name, readings.get(name, {}), day) for name in headlines],
        "shops": [] if shop else _shop_rows(day),
        "people": [] if shop else _person_rows(day),
    }


def facts_behind(name: str, day: date, *, shop: int | None, employee: int | None) -> FactRows:
    """Return the documents behind one reading.

    :raises KeyError: if there is no such metric.
    """
    return METRICS[name].facts(day, shop, employee)


def reading_of(name: str, day: date, *, shop: int | None, employee: int | None) -> MetricReading | None:
    """Return one reading; None while the day has not been read, or there was nothing to measure."""
    return MetricReading.objects.filter(metric=name, day=day, shop=shop, employee=employee).first()


def reading_times(first: date, last: date) -> dict[date, datetime]:
    """Return when each day of a span was read last; days never read are missing."""
    found = MetricReading.objects.filter(day__gte=first, day__lte=last).values("day").annotate(at=Max("read_at"))
    return dict(found.values_list("day", "at"))


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
        "version": METRICS[name].version if today is None else today.version,
        "numerator": None if today is None else _text(today.numerator),
        "denominator": None if today is None else _text(today.denominator),
        "value": shown(day),
        "yesterday": shown(day - DAY),
        "last_week": shown(day - WEEK),
        "trend": [shown(day - timedelta(days=back)) for back in range(TREND_DAYS - 1, -1, -1)],
    }


def _shop_rows(day: date) -> list[dict[str, Any]]:
    """Return what is measured by shop, a row a shop."""
    rows: dict[int, dict[str, Any]] = {}
    readings = MetricReading.objects.filter(day=day, shop__isnull=False, metric__in=HEADLINES).select_related("shop")
    for reading in readings:
        if reading.shop is None:
            continue
        row = rows.setdefault(reading.shop.pk, {"shop": reading.shop.pk, "name": reading.shop.name, "figures": {}})
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
