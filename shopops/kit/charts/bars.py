"""Horizontal bars with names and values, bars stacked over the hours of a day, and a value against its target."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .marks import (
    FAINT,
    SERIES,
    TONES,
    Point,
    Series,
    Sheet,
    Table,
    box,
    empty,
    figure,
    hit,
    legend,
    rule,
    series_values,
    text,
)
from .scales import (
    Number,
    Scale,
    as_float,
    bounds,
    compact,
    labels_that_fit,
    nice_ticks,
    plain,
    shortened,
    text_width,
    within,
)

ROW = 31  # height of one horizontal bar with the space around it


def _cell(value: Number | None, show: Callable[[Number], str]) -> str:
    return "–" if value is None or as_float(value) is None else show(value)


def horizontal_bars(
    points: Sequence[Point],
    *,
    title: str,
    name: str,
    show: Callable[[Number], str] = plain,
    tone: str = "accent",
    desc: str = "",
    width: int = 360,
    table: bool = False,
    paper: bool = False,
) -> SafeString:
    """Draw one bar a point, in the order given, with its name before and its value behind it.

    Names and values stand in the drawing, so a table is not needed unless the bars carry links. Negative values are
    drawn to the left of a common zero line.
    """
    shown = [_cell(point.value, show) for point in points]
    values = [as_float(point.value) for point in points]
    low, high = bounds(values)

    def draw(sheet: Sheet) -> str:
        if not points:
            return empty(sheet)
        labels = within(max(text_width(point.label, 12) for point in points), 30, sheet.width * 0.34)
        figures = max(text_width(cell, 11) for cell in shown)
        left, right = labels + 12, sheet.width - figures - 12
        along = Scale(low, high if high > low else low + 1, left, right)
        zero = along(0)
        parts = []
        for index, (point, value, cell) in enumerate(zip(points, values, shown, strict=True)):
            top = index * ROW + 8
            label = shortened(point.label, labels, 12)
            parts += [
                text(0, top + 11, label, kind="chart-name", size=12),
                box(left, top, right - left, 14, kind="chart-track", fill="#efeeea", round_by=2),
            ]
            if value:
                end = along(value)
                weight = 0.55 + 0.45 * abs(value) / max(high, -low)
                parts.append(
                    box(min(zero, end), top, max(abs(end - zero), 1.5), 14, kind=f"chart-fill chart-{tone}",
                        fill=TONES[tone], opacity=weight, round_by=2)
                )  # fmt: skip
            parts.append(text(sheet.width, top + 11, cell, kind="chart-value", anchor="end", size=11))
            words = f"{point.label} · {name} {cell}"
            parts.append(hit(sheet, 0, index * ROW, sheet.width, ROW, words=words, href=point.href))
        if low < 0:
            parts.append(rule(zero, 4, zero, len(points) * ROW - 4, kind="chart-zero", stroke=FAINT))
        return "".join(parts)

    height = max(len(points) * ROW, 60)
    return figure(
        draw,
        title=title,
        desc=desc,
        wide=(width, height),
        narrow=(330, height),
        kind="chart-list",
        paper=paper,
        table=Table(
            [title, name], [(point.href, (point.label, cell)) for point, cell in zip(points, shown, strict=True)]
        )
        if table and points
        else None,
    )


def stacked_bars(
    places: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    axis: Callable[[Number], str] = compact,
    show: Callable[[Number], str] = plain,
    links: Sequence[str] = (),
    desc: str = "",
    size: tuple[int, int] = (720, 220),
    table: bool = True,
    paper: bool = False,
) -> SafeString:
    """Draw one column a place (the hours of a day), made up of one piece a series; negative pieces hang below zero.

    `links` gives one address a place, or none at all.

    :raises ValueError: if a series has not one value a place.
    """
    stacks = [series_values(one.values, len(places), one.name) for one in series]
    positive = [sum(value for value in column if value and value > 0) for column in zip(*stacks, strict=True)]
    negative = [sum(value for value in column if value and value < 0) for column in zip(*stacks, strict=True)]
    known = any(value is not None for stack in stacks for value in stack)
    whole = all(value is None or value == int(value) for stack in stacks for value in stack)
    hrefs = list(links) or [""] * len(places)
    rows = [
        (hrefs[index], (place, *(_cell(one.values[index], show) for one in series)))
        for index, place in enumerate(places)
    ]

    def draw(sheet: Sheet) -> str:
        if not known:
            return empty(sheet)
        ticks = nice_ticks(min(negative), max(positive), about=3 if sheet.narrow else 4, whole=whole)
        names = [axis(tick) for tick in ticks]
        left = max(text_width(label, 11) for label in names) + 10
        right, top, bottom = sheet.width - 4, 10.0, sheet.height - 26
        up = Scale(ticks[0], ticks[-1], bottom, top)
        slot = (right - left) / len(places)
        width = min(slot * 0.68, 34)
        parts = []
        for tick, label in zip(ticks, names, strict=True):
            parts += [rule(left, up(tick), right, up(tick)), text(left - 8, up(tick) + 4, label, anchor="end")]
        for index in range(len(places)):
            x = left + slot * (index + 0.5)
            above = below = 0.0
            for number, stack in enumerate(stacks):
                if not (value := stack[index]):
                    continue
                base = above if value > 0 else below
                first, second = up(base), up(base + value)
                above, below = (base + value, below) if value > 0 else (above, base + value)
                parts.append(
                    box(x - width / 2, min(first, second), width, abs(second - first),
                        kind=f"chart-stack chart-s{number % len(SERIES) + 1}", fill=SERIES[number % len(SERIES)])
                )  # fmt: skip
            place, *cells = rows[index][1]
            words = f"{place} · " + " · ".join(f"{one.name} {cell}" for one, cell in zip(series, cells, strict=True))
            parts.append(hit(sheet, x - slot / 2, top, slot, bottom - top, words=words, href=hrefs[index]))
        parts += [
            text(left + slot * (index + 0.5), sheet.height - 8, places[index], anchor="middle")
            for index in labels_that_fit(places, slot, 11, air=0.6, to_last=False)
        ]
        return "".join(parts)

    key = legend([(f"chart-key-bar chart-s{number % len(SERIES) + 1}", one.name) for number, one in enumerate(series)])
    return figure(
        draw,
        title=title,
        desc=desc,
        wide=size if known else (size[0], 120),
        narrow=(360, 210 if known else 120),
        paper=paper,
        key=key if known else "",
        table=Table([_("Period"), *(one.name for one in series)], rows) if table and places else None,
    )
