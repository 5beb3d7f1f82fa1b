"""A line over time with its area, a paler line to compare with, bars on a scale of their own, and a target band."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .marks import (
    BAR,
    FAINT,
    TONES,
    Point,
    Series,
    Sheet,
    Table,
    box,
    curve,
    empty,
    figure,
    hit,
    legend,
    rule,
    runs,
    series_values,
    text,
)
from .scales import Number, Scale, as_float, bounds, compact, labels_that_fit, nice_ticks, plain, text_width, within

BARS_REACH = 0.45  # of the height, so that the bars stay below the line they accompany


@dataclass(frozen=True, slots=True)
class Trend:
    """What a trend shows, ready to be drawn at any width."""

    points: Sequence[Point]
    line: Sequence[float | None]
    against: Sequence[float | None]
    bars: Sequence[float | None]
    band: tuple[float, float] | None
    tips: Sequence[str]
    axis: Callable[[Number], str]
    tone: str
    whole: bool

    @property
    def known(self) -> bool:
        """Tell whether there is anything to draw."""
        return any(value is not None for value in (*self.line, *self.bars, *self.against))

    def draw(self, sheet: Sheet) -> str:
        """Draw everything inside the `<svg>`."""
        if not self.known:
            return empty(sheet)
        low, high = bounds((*self.line, *self.against, *(self.band or ())))
        ticks = nice_ticks(low, high, about=3 if sheet.narrow else 4, whole=self.whole)
        names = [self.axis(tick) for tick in ticks]
        left = max(text_width(name, 11) for name in names) + 10
        right, top, bottom = sheet.width - 10, 10.0, sheet.height - 26
        up = Scale(ticks[0], ticks[-1], bottom, top)
        slot = (right - left) / max(len(self.points), 1)
        across = [left + slot * (index + 0.5) for index in range(len(self.points))]
        parts = [self._band(up, left, right)]
        for tick, name in zip(ticks, names, strict=True):
            kind, stroke = ("chart-zero", FAINT) if tick == 0 and ticks[0] < 0 else ("chart-grid", "#e4e2dd")
            parts += [
                rule(left, up(tick), right, up(tick), kind=kind, stroke=stroke),
                text(left - 8, up(tick) + 4, name, anchor="end"),
            ]
        parts += [
            self._bars(across, slot, top, bottom),
            self._lines(across, up),
            self._labels(sheet, across, slot),
            self._hits(sheet, across, slot, top, bottom),
        ]
        return "".join(parts)

    def _band(self, up: Scale, left: float, right: float) -> str:
        if self.band is None:
            return ""
        lower, upper = up(self.band[0]), up(self.band[1])
        return box(left, upper, right - left, max(lower - upper, 1), kind="chart-band", fill="#e3f1ec") + "".join(
            rule(left, place, right, place, kind="chart-band-edge", stroke="#7fb8a8") for place in {lower, upper}
        )

    def _bars(self, across: Sequence[float], slot: float, top: float, bottom: float) -> str:
        highest = max((abs(value) for value in self.bars if value is not None), default=0.0)
        if not highest:
            return ""
        width = min(slot * 0.55, 26)
        reach = (bottom - top) * BARS_REACH / highest
        return "".join(
            box(x - width / 2, bottom - abs(value) * reach, width, abs(value) * reach, kind="chart-bar", fill=BAR,
                round_by=min(2, width / 4), opacity=0.55)
            for x, value in zip(across, self.bars, strict=True)
            if value
        )  # fmt: skip

    def _lines(self, across: Sequence[float], up: Scale) -> str:
        colour = TONES[self.tone]
        parts = [
            f'<path class="chart-against" d="{curve(run)}" fill="none" stroke="{FAINT}" stroke-width="1.5" '
            f'stroke-dasharray="4 4"/>'
            for run in self._runs(self.against, across, up)
        ]
        base = f"{up(0):.1f}"
        for run in self._runs(self.line, across, up):
            path = curve(run)
            if len(run) == 1:
                parts.append(self._dot(*run[0], colour))
                continue
            parts.append(
                f'<path class="chart-area chart-{self.tone}" '
                f'd="{path}L{run[-1][0]:.1f} {base}L{run[0][0]:.1f} {base}Z" '
                f'fill="{colour}" fill-opacity="0.08"/>'
                f'<path class="chart-line chart-{self.tone}" d="{path}" fill="none" stroke="{colour}" '
                f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>'
            )
        last = max((index for index, value in enumerate(self.line) if value is not None), default=None)
        if last is not None:
            parts.append(self._dot(across[last], up(self.line[last] or 0.0), colour))
        return "".join(parts)

    @staticmethod
    def _runs(values: Sequence[float | None], across: Sequence[float], up: Scale) -> list[list[tuple[float, float]]]:
        return runs(None if value is None else (x, up(value)) for x, value in zip(across, values, strict=False))

    def _dot(self, x: float, y: float, colour: str) -> str:
        return (
            f'<circle class="chart-dot chart-{self.tone}" cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#ffffff" '
            f'stroke="{colour}" stroke-width="2"/>'
        )

    def _labels(self, sheet: Sheet, across: Sequence[float], slot: float) -> str:
        labels = [point.label for point in self.points]
        parts = []
        for index in labels_that_fit(labels, slot, 11):
            half = text_width(labels[index], 11) / 2
            parts.append(text(within(across[index], half, sheet.width - half), sheet.height - 8, labels[index],
                              anchor="middle"))  # fmt: skip
        return "".join(parts)

    def _hits(self, sheet: Sheet, across: Sequence[float], slot: float, top: float, bottom: float) -> str:
        return "".join(
            hit(sheet, x - slot / 2, top, slot, bottom - top, words=words, href=point.href)
            for x, point, words in zip(across, self.points, self.tips, strict=True)
        )


def trend(
    points: Sequence[Point],
    *,
    title: str,
    name: str,
    bars: Series | None = None,
    against: Series | None = None,
    band: tuple[Number, Number] | None = None,
    show: Callable[[Number], str] = plain,
    show_bars: Callable[[Number], str] = plain,
    axis: Callable[[Number], str] = compact,
    tone: str = "accent",
    whole: bool = False,
    desc: str = "",
    size: tuple[int, int] = (720, 240),
    table: bool = True,
    paper: bool = False,
) -> SafeString:
    """Draw a trend: a figure with a wide and a narrow drawing, a key and a table.

    `name` is what the line shows; `bars` stand on a scale of their own; `against` is a dashed line on the line's scale;
    `band` marks where the values should lie. `show` writes values in full, `axis` writes them short. `whole` counts
    things, so the axis has no fractions. `size` is the wide drawing's; `paper` leaves out twin, table and links.

    :raises ValueError: if a series has not as many values as there are points, or a link leads out of the site.
    """
    count = len(points)
    columns = [Series(name, [point.value for point in points]), *(series for series in (against, bars) if series)]
    writers = [show, *([show] if against else []), *([show_bars] if bars else [])]
    rows: list[tuple[str, list[str]]] = []
    for index, point in enumerate(points):
        cells = [
            "–" if as_float(value := column.values[index]) is None or value is None else write(value)
            for column, write in zip(columns, writers, strict=True)
            if index < len(column.values)
        ]
        rows.append((point.href, [point.label, *cells]))
    tips = [
        f"{point.label} · "
        + " · ".join(f"{column.name} {cell}" for column, cell in zip(columns, cells[1:], strict=False))
        for point, (_href, cells) in zip(points, rows, strict=True)
    ]
    picture = Trend(
        points=points,
        line=[as_float(point.value) for point in points],
        against=series_values(against.values, count, against.name) if against else (),
        bars=series_values(bars.values, count, bars.name) if bars else (),
        band=(float(min(band)), float(max(band))) if band else None,
        tips=tips,
        axis=axis,
        tone=tone,
        whole=whole,
    )
    key = legend(
        [
            (f"chart-key-line chart-{tone}", name),
            ("chart-key-against", against.name if against else ""),
            ("chart-key-bar", bars.name if bars else ""),
            ("chart-key-band", _("Target") if band else ""),
        ]
    )
    return figure(
        picture.draw,
        title=title,
        desc=desc,
        wide=size if picture.known else (size[0], 120),
        narrow=(360, 220 if picture.known else 120),
        paper=paper,
        key=key if picture.known else "",
        table=Table([_("Period"), *(column.name for column in columns)], rows) if table and count else None,
    )
