"""A small heat map: how much of something falls on each hour of each day of the week."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString

from .marks import TONES, Sheet, Table, box, empty, figure, hit, text
from .scales import Number, as_float, labels_that_fit, plain, text_width

# From nothing to the most; charts.css has the same steps as .chart-heat-0 … .chart-heat-5.
STEPS = ("#f3f2ef", "#fdeadf", "#f9cdb3", "#f0a47a", "#dd6f37", "#b93c0a")


def step_of(value: float | None, highest: float) -> int:
    """Choose the colour of a value: 0 for nothing, then five steps of the highest."""
    if not value or value < 0 or not highest:
        return 0
    return min(5, 1 + int(value / highest * 5 * 0.9999))


def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[Number | None]],
    *,
    title: str,
    show: Callable[[Number], str] = plain,
    links: Sequence[Sequence[str]] = (),
    gaps: Sequence[Sequence[bool]] = (),
    said: Sequence[Sequence[str]] = (),
    written: bool = False,
    desc: str = "",
    width: int = 720,
    table: bool = True,
    paper: bool = False,
) -> SafeString:
    """Draw one square a row and column, darker for more. None and negative values are as pale as zero.

    `values[row][column]`, and what else is given by row and column, follow the names.

    :param gaps: red where something is missing, whatever the value.
    :param said: the words of each square, in place of its value.
    :param written: write the values into the squares where there is room.
    :raises ValueError: if the values do not fit the names.
    """
    if len(values) != len(rows) or any(len(line) != len(columns) for line in values):
        raise ValueError(f"heat map {title!r} needs {len(rows)} × {len(columns)} values")
    numbers = [[as_float(value) for value in line] for line in values]
    highest = max((value for line in numbers for value in line if value is not None), default=0.0)
    known = any(value is not None for line in numbers for value in line)

    def cell(row: int, column: int) -> str:
        if said:
            return said[row][column]
        value = values[row][column]
        return "–" if value is None or numbers[row][column] is None else show(value)

    def draw(sheet: Sheet) -> str:
        if not known:
            return empty(sheet)
        left = max(text_width(name, 11) for name in rows) + 10
        slot = (sheet.width - left) / len(columns)
        height = (sheet.height - 24) / len(rows)
        gap = 1.0 if sheet.narrow else 2.0
        parts = []
        for row, name in enumerate(rows):
            y = row * height
            parts.append(text(left - 8, y + height / 2 + 4, name, anchor="end"))
            for column, place in enumerate(columns):
                x = left + column * slot
                step = step_of(numbers[row][column], highest)
                is_gap = bool(gaps) and gaps[row][column]
                kind, fill = ("chart-gap", TONES["bad"]) if is_gap else (f"chart-heat-{step}", STEPS[step])
                parts.append(box(x, y, slot - gap, height - gap, kind=kind, fill=fill, round_by=2))
                if written and not sheet.narrow and numbers[row][column]:
                    tone = "chart-on" if is_gap or step > len(STEPS) - 3 else "chart-value"
                    words = show(values[row][column] or 0)
                    middle = x + (slot - gap) / 2
                    parts.append(text(middle, y + height / 2 + 3, words, kind=tone, anchor="middle", size=10))
                href = links[row][column] if links else ""
                words = f"{name} {place} · {cell(row, column)}"
                parts.append(hit(sheet, x, y, slot - gap, height - gap, words=words, href=href))
        parts += [
            text(left + column * slot + (slot - gap) / 2, sheet.height - 6, columns[column], anchor="middle")
            for column in labels_that_fit(columns, slot, 11, air=0.6, to_last=False)
        ]
        return "".join(parts)

    lines = [("", (name, *(cell(row, column) for column in range(len(columns))))) for row, name in enumerate(rows)]
    tall = max(len(rows), 2) * 26 + 24
    return figure(
        draw,
        title=title,
        desc=desc,
        wide=(width, tall),
        narrow=(360, tall),
        paper=paper,
        table=Table(["", *columns], lines) if table and rows and columns else None,
    )
