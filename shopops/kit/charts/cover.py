"""How many people cover each stretch of a day, a row a day: red where nobody does."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString

from .heat import STEPS, step_of
from .marks import TONES, Sheet, Table, box, empty, figure, hit, text
from .scales import labels_that_fit, text_width

GAP = TONES["bad"]


def cover_map(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[int | None]],
    *,
    title: str,
    nobody: str,
    links: Sequence[str] = (),
    short: Sequence[Sequence[bool]] = (),
    desc: str = "",
    width: int = 720,
    paper: bool = False,
) -> SafeString:
    """Draw one square a row and column: red for nobody, darker for more; pale where it is not asked for (None).

    :param columns: where each stretch begins, such as 09:00.
    :param nobody: the words for none.
    :param short: which are too few, though somebody is there; they are red as well.
    :param links: one page a row, when given.
    :raises ValueError: if the values do not fit the names.
    """
    if len(values) != len(rows) or any(len(line) != len(columns) for line in values):
        raise ValueError(f"cover map {title!r} needs {len(rows)} × {len(columns)} values")
    highest = max((value or 0 for line in values for value in line), default=0)

    def words(row: int, column: int) -> str:
        value = values[row][column]
        return "–" if value is None else str(value) if value else nobody

    def draw(sheet: Sheet) -> str:
        if not rows or not columns:
            return empty(sheet)
        left = max(text_width(name, 11) for name in rows) + 10
        slot, height = (sheet.width - left) / len(columns), (sheet.height - 24) / len(rows)
        gap = 1.0 if sheet.narrow else 2.0
        parts = []
        for row, name in enumerate(rows):
            y = row * height
            parts.append(text(left - 8, y + height / 2 + 4, name, anchor="end"))
            for column, place in enumerate(columns):
                x, value = left + column * slot, values[row][column]
                is_gap = value == 0 or bool(short and short[row][column])
                step = step_of(value, highest)
                kind, fill = ("chart-gap", GAP) if is_gap else (f"chart-heat-{step}", STEPS[step])
                parts.append(box(x, y, slot - gap, height - gap, kind=kind, fill=fill, round_by=2))
                if value and not sheet.narrow and slot > text_width(str(value), 10) + 4:
                    middle = x + (slot - gap) / 2
                    colour = "chart-value" if step < len(STEPS) - 2 and not is_gap else "chart-on"
                    parts.append(text(middle, y + height / 2 + 3, str(value), kind=colour, anchor="middle", size=10))
                href = links[row] if links else ""
                said = f"{name} {place} · {words(row, column)}"
                parts.append(hit(sheet, x, y, slot - gap, height - gap, words=said, href=href))
        parts += [
            text(left + column * slot, sheet.height - 6, columns[column])
            for column in labels_that_fit(columns, slot, 11, air=0.6, to_last=False)
        ]
        return "".join(parts)

    lines = [
        (links[row] if links else "", (name, *(words(row, column) for column in range(len(columns)))))
        for row, name in enumerate(rows)
    ]
    tall = max(len(rows), 1) * 24 + 24
    return figure(
        draw,
        title=title,
        desc=desc,
        wide=(width, tall),
        narrow=(360, tall),
        paper=paper,
        table=Table(["", *columns], lines) if rows and columns else None,
    )
