"""What a cell can hold, and how it reads as text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

Cell = str | float | int | bool | datetime | date | time | timedelta | None
"""A cell as read: always `str` from a text file; from a workbook also numbers, times and nothing."""

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- a wall clock, as in the file
"""Day 0 of a spreadsheet program's day numbers (its 29 February 1900, which never was, included)."""


def cell_text(cell: Cell) -> str:  # noqa: PLR0911 -- one a type
    """Return a cell as the text a person would type: whole numbers without point, times to the second."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        if cell.microsecond >= 500_000:  # noqa: PLR2004 -- half a second: the program stores days as binary fractions
            cell += timedelta(seconds=1)
        return cell.replace(microsecond=0, tzinfo=None).isoformat(sep=" ")
    if isinstance(cell, timedelta):
        return cell_text(EPOCH + cell) if cell.days else str(cell - timedelta(microseconds=cell.microseconds))
    if isinstance(cell, time):
        return cell.replace(microsecond=0).isoformat()
    return str(cell)
