"""Figures as people read them: the same words, differences and drawings on the page, in the sheet and on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from shopops.kit.charts import Point, Series, compact, horizontal_bars, percent, sparkline, trend, yuan
from shopops.kit.metrics import METRICS, Metric
from staff.queries.figures import parts_in_words, written
from staff.queries.kpi import BY_PERSON, DayFigures, Figure, PersonRow

SALES, PAID, IN_TIME, SHIPPED = "orders.sales", "orders.paid", "warehouse.dispatch_in_24h", "warehouse.shipped"
BY_SHOP = (SALES, PAID, "orders.average_value", "orders.refund_share", IN_TIME, SHIPPED)
SHIPPERS_SHOWN = 8
ICONS = {
    "orders.sales": "wallet",
    "orders.paid": "shopping-bag",
    "warehouse.dispatch_in_24h": "timer",
    "staff.points": "shield-alert",
    "orders.average_value": "receipt-text",
    "orders.refund_share": "undo-2",
    "warehouse.shipped": "truck",
    "orders.exceptions": "triangle-alert",
}
TONES = {"good": "good", "danger": "bad", "muted": "accent"}
Link = Callable[..., str]
"""Gives the address of the facts behind a figure: link(metric, day=…, shop=…, employee=…)."""


@dataclass(frozen=True)
class Compared:
    """How a figure stands against an earlier one: in words, and whether that is good news."""

    text: str
    tone: str


@dataclass(frozen=True)
class Tile:
    """One headline, ready to be shown."""

    metric: Metric
    icon: str
    value: str
    parts: str
    yesterday: Compared | None
    last_week: Compared | None
    spark: SafeString
    url: str


@dataclass(frozen=True)
class Cell:
    """One figure of a table; `number` is for spreadsheets, `url` leads to its facts."""

    metric: Metric
    number: Decimal | None
    value: str
    url: str = ""


@dataclass(frozen=True)
class Row:
    """A row of figures of a shop or a person."""

    pk: int
    name: str
    cells: list[Cell]


def nowhere(_metric: str, **_query: Any) -> str:
    """Link to nothing: on paper, and on a frozen page."""
    return ""


def number(text: str | None) -> Decimal | None:
    """Return the number of a snapshot."""
    return None if text is None else Decimal(text)


def compared(metric: Metric, value: Decimal | None, before: Decimal | None) -> Compared | None:
    """Return the difference to an earlier value, and whether it is good news."""
    if value is None or before is None:
        return None
    difference = value - before
    if metric.unit == "share":
        difference = difference.quantize(Decimal("0.001"))
    if not difference:
        text = "±0"
    elif metric.unit == "share":
        text = f"{difference * 100:+.1f}pp"
    elif before > 0 and value >= 0:
        text = f"{difference / abs(before) * 100:+.1f}%"
    else:
        text = f"{difference.normalize():+,f}"
    tone = "muted"
    if difference and metric.better != "neither":
        tone = "good" if (difference > 0) == (metric.better == "more") else "danger"
    return Compared(text.replace("-", "−"), tone)


def tiles(figures: DayFigures, link: Link = nowhere) -> list[Tile]:
    """Return the headlines, each with its comparisons, its thirty days and the way to its facts."""
    return [_tile(figure, link(figure["metric"])) for figure in figures["headlines"]]


def parts_of(figure: Figure) -> str:
    """Return what a figure is made of, where it is a quotient."""
    return parts_in_words(METRICS[figure["metric"]], number(figure["numerator"]), number(figure["denominator"]))


def _tile(figure: Figure, url: str) -> Tile:
    metric, value = METRICS[figure["metric"]], number(figure["value"])
    yesterday = compared(metric, value, number(figure["yesterday"]))
    return Tile(
        metric=metric,
        icon=ICONS.get(metric.name, "hash"),
        value=written(metric, value),
        parts=parts_of(figure),
        yesterday=yesterday,
        last_week=compared(metric, value, number(figure["last_week"])),
        spark=sparkline(
            [number(one) for one in figure["trend"]],
            title=str(metric.label),
            tone=TONES[yesterday.tone if yesterday else "muted"],
        ),
        url=url,
    )


def trends(figures: DayFigures) -> dict[str, list[Decimal | None]]:
    """Return the thirty days of every headline."""
    return {figure["metric"]: [number(one) for one in figure["trend"]] for figure in figures["headlines"]}


def sales_chart(figures: DayFigures, link: Link = nowhere, *, paper: bool = False) -> SafeString:
    """Draw thirty days of sales as a line over the orders paid as bars; every day leads to its facts."""
    lines = trends(figures)
    name = str(METRICS[SALES].label)
    points = [
        Point(day[5:], value, link(SALES, day=day)) for day, value in zip(figures["days"], lines[SALES], strict=True)
    ]
    return trend(
        points,
        title=name,
        name=name,
        bars=Series(str(METRICS[PAID].label), lines[PAID]),
        show=yuan,
        axis=compact,
        size=(720, 220) if paper else (1080, 260),
        paper=paper,
    )


def dispatch_chart(figures: DayFigures, link: Link = nowhere, *, paper: bool = False) -> SafeString | None:
    """Draw thirty days of the 24-hour dispatch rate; None while there is none."""
    values = trends(figures).get(IN_TIME, [])
    if not any(value is not None for value in values):
        return None
    name = str(METRICS[IN_TIME].label)
    points = [Point(day[5:], one, link(IN_TIME, day=day)) for day, one in zip(figures["days"], values, strict=True)]
    return trend(points, title=name, name=name, show=percent, axis=percent, tone="good", size=(720, 200), paper=paper)


def shippers_chart(people: Sequence[PersonRow], link: Link = nowhere, *, paper: bool = False) -> SafeString | None:
    """Draw who shipped most; None when nobody shipped."""
    metric = METRICS[SHIPPED]
    points = [
        Point(person["name"], value, link(SHIPPED, employee=person["employee"]))
        for person in people
        if (value := number(person["figures"].get(SHIPPED)))
    ]
    if not points:
        return None
    points.sort(key=lambda point: -(point.value or 0))
    return horizontal_bars(points[:SHIPPERS_SHOWN], title=str(metric.label), name=str(metric.label), paper=paper)


def shop_rows(figures: DayFigures, link: Link = nowhere) -> list[Row]:
    """Return a row a shop with what is measured by shop."""
    return [
        Row(row["shop"], row["name"], [_cell(name, row["figures"], link, shop=row["shop"]) for name in BY_SHOP])
        for row in figures["shops"]
    ]


def person_rows(people: Sequence[PersonRow], link: Link = nowhere) -> list[Row]:
    """Return a row a person with what is measured by person."""
    return [
        Row(
            person["employee"],
            person["name"],
            [_cell(name, person["figures"], link, employee=person["employee"]) for name in BY_PERSON],
        )
        for person in people
    ]


def _cell(name: str, values: Mapping[str, str | None], link: Link, **query: Any) -> Cell:
    metric, value = METRICS[name], number(values.get(name))
    return Cell(metric, value, "" if value is None else written(metric, value), link(name, **query))
