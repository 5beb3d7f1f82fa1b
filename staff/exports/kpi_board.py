"""The figures of the KPI pages as people read them: value, counts, band, comparisons, drawings, way to the facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shopops.kit.charts import (
    Point,
    Series,
    compact,
    horizontal_bars,
    percent,
    plain,
    sparkline,
    target_bar,
    trend,
    yuan,
)
from shopops.kit.metrics import METRICS, Metric
from staff.exports import figures as daily
from staff.models import Kpi
from staff.queries.figures import parts_in_words, value_of, written
from staff.queries.kpi_bands import Band, band_of, target_of
from staff.queries.kpi_board import PEOPLE_FIGURES, Line
from staff.queries.kpi_board import Compared as Parted
from staff.queries.kpi_changes import Change
from staff.queries.kpi_scores import Parts, is_small
from staff.queries.kpi_spans import Days, Span

ICONS = daily.ICONS | {
    "orders.gross_profit": "coins",
    "orders.review_minutes": "hourglass",
    "warehouse.delivered_in_time": "package-check",
    "orders.approved": "circle-check",
    "warehouse.picked": "shopping-basket",
    "warehouse.packed": "package",
    "warehouse.packed_an_hour": "gauge",
}
BARS_SHOWN = 10
FEWEST_SHOWN = 6
"""What lies before the first reading is left out of a trend, down to so many places."""
TONES = {"good": "good", "warn": "warn", "danger": "bad"}
Link = Callable[[str], str]
"""Gives the address behind a figure of a metric."""
Kpis = Mapping[str, Kpi]


@dataclass(frozen=True)
class Shown:
    """One figure, ready for a page."""

    metric: Metric
    kpi: Kpi | None
    icon: str
    value: str
    parts: str
    is_small: bool
    band: Band | None
    target: str
    before: daily.Compared | None
    earlier: daily.Compared | None
    url: str
    spark: SafeString | str = ""
    bar: SafeString | str = ""


@dataclass(frozen=True)
class ShownLine:
    """A row of a table."""

    line: Line
    url: str
    cells: list[Shown | None]


@dataclass(frozen=True)
class ShownChange:
    """How a figure of somebody moved, in words."""

    change: Change
    now: str
    before: str
    moved: daily.Compared | None
    url: str


def shown(
    name: str, compared: Parted, kpis: Kpis, span: Span, url: str, *, people: int = 1, drawn: bool = False
) -> Shown:
    """Return a figure with its band and comparisons.

    :param people: how many a sum is made of where each answers for their own.
    :param drawn: with a bar over its target.
    """
    metric, parts, kpi = METRICS[name], compared.now, kpis.get(name)
    value = None if parts is None else value_of(name, *parts)
    band = band_of(kpi, parts, span.days, people)
    target = target_of(kpi, parts, span.days, people)
    small = parts is not None and value is not None and is_small(metric, parts[1])
    return Shown(
        metric,
        kpi,
        ICONS.get(name, "hash"),
        written(metric, value),
        parts_in_words(metric, *parts) if parts else "",
        small,
        band,
        "" if target is None else written(metric, target),
        None if small else daily.compared(metric, value, _value(name, compared.before)),
        None if small else daily.compared(metric, value, _value(name, compared.earlier)),
        url,
        bar=_bar(metric, kpi, value, target, band) if drawn and not small else "",
    )


def with_spark(figure: Shown, values: Sequence[Decimal | None]) -> Shown:
    """Return a figure with the line of its trend."""
    tone = TONES.get(figure.band.tone if figure.band else "", "accent")
    return Shown(**{**figure.__dict__, "spark": sparkline(values, title=str(figure.metric.label), tone=tone)})


def shown_lines(
    lines: Sequence[Line], kpis: Kpis, span: Span, page: Callable[[Line], str], facts: Callable[[Line], Link]
) -> tuple[list[Metric], list[ShownLine]]:
    """Return the columns that hold anything, and a row a line."""
    columns = [name for name in PEOPLE_FIGURES if any(name in line.figures for line in lines)]
    rows = [
        ShownLine(
            line,
            page(line),
            [
                shown(name, line.figures[name], kpis, span, facts(line)(name), people=line.people)
                if name in line.figures and line.figures[name].now is not None
                else None
                for name in columns
            ],
        )
        for line in lines
    ]
    return [METRICS[name] for name in columns], rows


def shown_changes(changes: Sequence[Change], url: Callable[[Change], str]) -> list[ShownChange]:
    """Return changes in words."""
    return [
        ShownChange(
            change,
            written(change.metric, now := value_of(change.metric.name, *change.now)),
            written(change.metric, before := value_of(change.metric.name, *change.before)),
            daily.compared(change.metric, now, before),
            url(change),
        )
        for change in changes
    ]


def trend_chart(
    name: str,
    spans: Sequence[Days],
    parts: Sequence[Parts | None],
    kpi: Kpi | None,
    kind: str,
    link: Callable[[Days], str],
) -> SafeString | None:
    """Draw a metric over days, weeks or months with its target; None while there is nothing to draw."""
    metric = METRICS[name]
    values = [_value(name, one) for one in parts]
    known = next((place for place, value in enumerate(values) if value is not None), None)
    if known is None:
        return None
    known = min(known, max(0, len(values) - FEWEST_SHOWN))
    spans, parts, values = spans[known:], parts[known:], values[known:]
    show = _writer(metric)
    targets = [target_of(kpi, one or (Decimal(0), None), days) for days, one in zip(spans, parts, strict=True)]
    has_target = kpi is not None and kpi.target is not None and metric.answers != "self"
    label = str(metric.label)
    return trend(
        [Point(_short(days, kind), value, link(days)) for days, value in zip(spans, values, strict=True)],
        title=label,
        name=label,
        against=Series(_("Target"), targets) if has_target else None,
        show=show,
        axis=percent if metric.unit == "share" else compact,
        size=(1080, 240),
    )


def bars_chart(name: str, lines: Sequence[Line], link: Callable[[Line], str]) -> SafeString | None:
    """Draw one metric of units or people side by side; None when there is nothing to compare."""
    metric = METRICS[name]
    points = [
        Point(line.name, value, link(line))
        for line in lines
        if (one := line.figures.get(name)) and (value := _value(name, one.now)) is not None
    ]
    if len(points) < 2:  # noqa: PLR2004 -- one bar compares nothing
        return None
    points.sort(key=lambda point: point.value or 0, reverse=metric.better != "less")
    tone = "bad" if name == "staff.points" else "accent"
    label = str(metric.label)
    return horizontal_bars(points[:BARS_SHOWN], title=label, name=label, show=_writer(metric), tone=tone, width=520)


def _value(name: str, parts: Parts | None) -> Decimal | None:
    return None if parts is None else value_of(name, *parts)


def _writer(metric: Metric) -> Callable[[object], str]:
    """Return how the values of a metric are written on a chart."""
    if metric.unit == "yuan":
        return yuan  # type: ignore[return-value]  # takes every number a chart has
    return percent if metric.unit == "share" else plain  # type: ignore[return-value]  # the same


def _bar(metric: Metric, kpi: Kpi | None, value: Decimal | None, target: Decimal | None, band: Band | None) -> str:
    """Draw a value over the band that is on target."""
    if kpi is None or kpi.target is None or kpi.floor is None or value is None or target is None:
        return ""
    if kpi.target > kpi.floor:
        share = metric.unit == "share" and max(value, target) <= 1
        edge = Decimal(1) if share else max(value, target) * Decimal("1.1") or Decimal(1)
        good = (target, edge)
        top: Decimal | None = edge
    else:
        good, top = (Decimal(0), target), None
    if good[0] < 0:
        return ""
    return target_bar(
        value,
        target=good,
        title=str(metric.label),
        show=_writer(metric),
        top=top,
        tone=TONES.get(band.tone if band else "", "accent"),
    )


def _short(days: Days, kind: str) -> str:
    """Return the name of a span under a chart: 11-20, or 2026-11."""
    return f"{days[0]:%Y-%m}" if kind == "month" else f"{days[0]:%m-%d}"
