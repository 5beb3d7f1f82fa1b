"""Small drawings: the spark line of a figure tile, and a value against its target."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString, mark_safe

from .marks import TONES, Sheet, at, box, curve, drawing, rule, runs, text
from .scales import Number, Scale, as_float, nice_ticks, plain, text_width, within


def sparkline(
    values: Sequence[Number | None], *, title: str, tone: str = "accent", size: tuple[int, int] = (240, 48)
) -> SafeString:
    """Draw a line without axes that fills whatever width it is given; empty without two values to join.

    The lowest value lies near the bottom: a spark line shows movement, not size.
    """
    known = [value for value in map(as_float, values) if value is not None]
    if len(known) < 2:  # noqa: PLR2004 - a line has two ends
        return mark_safe("")
    width, height = size
    low, high = min(known), max(known)
    up = Scale(low, high, height - 6, 6) if high > low else Scale(0, 1, height / 2, height / 2)
    step = width / max(len(values) - 1, 1)
    places = [
        None if (value := as_float(raw)) is None else (index * step, up(value)) for index, raw in enumerate(values)
    ]
    colour = TONES[tone]
    parts = []
    for run in runs(places):
        path = curve(run)
        parts.append(
            f'<path class="chart-area chart-{tone}" d="{path}L{at(run[-1][0])} {height}L{at(run[0][0])} {height}Z" '
            f'fill="{colour}" fill-opacity="0.08"/>'
            f'<path class="chart-line chart-{tone}" d="{path}" fill="none" stroke="{colour}" stroke-width="1.5" '
            f'stroke-linecap="round" stroke-linejoin="round" vector-effect="non-scaling-stroke"/>'
        )
    return mark_safe(
        drawing(Sheet(width, height), "".join(parts), title=title, desc="", kind="chart-spark", stretch=True)
    )


def target_bar(
    value: Number | None,
    *,
    target: tuple[Number, Number],
    title: str,
    show: Callable[[Number], str] = plain,
    top: Number | None = None,
    tone: str = "",
    size: tuple[int, int] = (300, 46),
) -> SafeString:
    """Draw a value as a bar over the band in which it should lie.

    `target` is (lowest, highest) of the band; `top` is the end of the scale when it is known (1 for a rate). Without a
    `tone` the bar is good inside the band and warns outside.
    """
    number = as_float(value)
    low, high = sorted(map(float, target))
    ticks = nice_ticks(min(0.0, low, number or 0.0), max(high, number or 0.0) * 1.05, about=4)
    end = float(top) if top is not None else ticks[-1]
    width, height = size
    cell = "–" if number is None or value is None else show(value)
    right = width - text_width(cell, 12) - 12
    along = Scale(ticks[0], end, 0, right)
    inside = number is not None and low <= number <= high
    tone = tone or ("good" if inside else "warn")
    zero = along(0.0)
    first, last = (within(along(edge), 0, right) for edge in (low, high))
    parts = [
        box(0, 8, right, 14, kind="chart-track", fill="#efeeea", round_by=2),
        box(first, 4, max(last - first, 2), 22, kind="chart-band", fill="#cfe5de", round_by=2),
    ]
    if number is not None:
        reach = within(along(number), 0, right)
        parts.append(
            box(min(zero, reach), 10, max(abs(reach - zero), 1.5), 10, kind=f"chart-fill chart-{tone}",
                fill=TONES[tone], round_by=2)
        )  # fmt: skip
    edge_names = [show(edge) for edge in dict.fromkeys(target) if ticks[0] < float(edge) < end]
    edge_places = [along(float(edge)) for edge in dict.fromkeys(target) if ticks[0] < float(edge) < end]
    for name, place in zip(edge_names, edge_places, strict=True):
        half = text_width(name, 10) / 2
        parts += [
            rule(place, 4, place, 30, kind="chart-band-edge", stroke="#7fb8a8"),
            text(within(place, half, right - half), 42, name, anchor="middle", size=10),
        ]
    parts.append(text(width, 20, cell, kind="chart-value", anchor="end", size=12))
    desc = f"{cell} / {show(target[0])} – {show(target[1])}"
    return mark_safe(drawing(Sheet(width, height), "".join(parts), title=title, desc=desc, kind="chart-target"))
