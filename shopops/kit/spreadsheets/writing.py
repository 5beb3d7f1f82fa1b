"""Writing xlsx and csv row by row, in constant memory, safe to open in a spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Literal

from shopops.kit.spreadsheets.cells import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "money", "count", "time", "day", "share"]
Value = str | int | float | Decimal | date | datetime | bool | None

FORMATS: dict[Kind, str] = {
    "text": "@",
    "money": "#,##0.00",
    "count": "0",
    "time": "yyyy-mm-dd hh:mm",
    "day": "yyyy-mm-dd",
    "share": "0.0%",
}
WIDTHS: dict[Kind, int] = {"text": 22, "money": 12, "count": 8, "time": 17, "day": 12, "share": 9}
MOST_DIGITS = 15
"""Digits a spreadsheet program keeps of a number; longer numbers are written as text."""
LONGEST_CELL = 32_767
LONGEST_SHEET_NAME = 31
ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet program compute a cell of a CSV file."""
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Column:
    """A column to write."""

    title: str
    kind: Kind = "text"
    width: int | None = None


def local(moment: datetime) -> datetime:
    """Return Shanghai's wall clock; a moment without zone is taken for that already."""
    return moment.astimezone(SHANGHAI).replace(tzinfo=None) if moment.tzinfo else moment


def plain_text(value: Value) -> str:
    """Return a value as the text a CSV cell holds."""
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return cell_text(value)


def harmless(text: str) -> str:
    """Return text that a spreadsheet program shows instead of computing.

    An apostrophe before the text is the common convention; numbers such as -3.50 stay as they are.
    """
    if text.startswith(ACTIVE) and not is_number(text):
        return f"'{text}"
    return text


def is_number(text: str) -> bool:
    """Tell whether text is a plain number such as -3.50."""
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


WriteRow = Callable[[Sequence[Value]], None]


@contextmanager
def xlsx_writer(target: Path | BinaryIO, columns: Sequence[Column], *, sheet: str = "Sheet1") -> Iterator[WriteRow]:
    """Write a workbook of one sheet row by row; the header is frozen and can be filtered.

    Text is always written as text (ids keep their digits, `=…` is not computed), in constant memory. Values that do
    not fit their column's kind are written as text.
    """
    with xlsx_book(target) as add_sheet:
        yield add_sheet(sheet, columns)


@contextmanager
def xlsx_book(target: Path | BinaryIO) -> Iterator[Callable[[str, Sequence[Column]], WriteRow]]:
    """Write a workbook of several sheets as `xlsx_writer` does: `add_sheet(name, columns)` returns its `write_row`."""
    import xlsxwriter  # noqa: PLC0415 -- web workers do without

    workbook = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": FORMATS["time"],
        },
    )
    # The same rows make the same file, so that a report can be compared with its snapshot.
    workbook.set_properties({"created": datetime(2020, 1, 1, tzinfo=UTC)})
    sheets: list[tuple[Worksheet, int]] = []
    rows: list[int] = []

    def add_sheet(name: str, columns: Sequence[Column]) -> WriteRow:
        worksheet = workbook.add_worksheet(sheet_name(name))
        formats = [workbook.add_format({"num_format": FORMATS[column.kind]}) for column in columns]
        bold = workbook.add_format({"bold": True, "bg_color": "#F2F3F5", "bottom": 1, "num_format": "@"})
        for place, column in enumerate(columns):
            worksheet.set_column(place, place, column.width or WIDTHS[column.kind])
            worksheet.write_string(0, place, column.title[:LONGEST_CELL], bold)
        worksheet.freeze_panes(1, 0)
        mine, write_text = len(sheets), worksheet.write_string
        sheets.append((worksheet, len(columns)))
        rows.append(0)

        def write_row(values: Sequence[Value]) -> None:
            rows[mine] = number = rows[mine] + 1
            for place, value in enumerate(values):
                if value.__class__ is str and len(value) <= LONGEST_CELL:
                    if value:
                        write_text(number, place, value, formats[place])
                elif value is not None:
                    write_cell(worksheet, number, place, value, formats[place])

        return write_row

    try:
        yield add_sheet
        for (worksheet, width), number in zip(sheets, rows, strict=True):
            if width:
                worksheet.autofilter(0, 0, number, width - 1)
    finally:
        workbook.close()


def write_cell(worksheet: Worksheet, row: int, place: int, value: Value, style: Format) -> None:
    """Write one value in its own type."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        worksheet.write_string(row, place, value[:LONGEST_CELL], style)
    elif isinstance(value, bool):
        worksheet.write_boolean(row, place, value)
    elif isinstance(value, datetime):
        worksheet.write_datetime(row, place, local(value), style)
    elif isinstance(value, date):
        worksheet.write_datetime(row, place, value, style)
    elif isinstance(value, int) and len(str(abs(value))) > MOST_DIGITS:
        worksheet.write_string(row, place, str(value), style)
    else:
        worksheet.write_number(row, place, value, style)


def sheet_name(name: str) -> str:
    """Return a name a spreadsheet program accepts for a sheet."""
    cleaned = "".join("_" if character in "[]:*?/\\" else character for character in name).strip("'")
    return cleaned[:LONGEST_SHEET_NAME] or "Sheet1"


def csv_lines(
    header: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    encoding: str = "utf-8-sig",
    batch: int = 500,
    protect_digits: bool = True,
) -> Iterator[bytes]:
    """Yield a CSV file in pieces of `batch` rows, for a streamed answer.

    Text that a spreadsheet program would compute gets an apostrophe. UTF-8 begins with a byte-order mark, without
    which Excel shows Chinese as rubbish.

    :param protect_digits: wrap text of more than 15 digits as `="…"`, so that a spreadsheet program keeps them all.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([harmless(title) for title in header])
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    mark = b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b""
    yield mark + buffer.getvalue().encode(codec, "replace")
    cell = protected_cell if protect_digits else safe_cell
    rows = iter(rows)
    while lines := [list(map(cell, row)) for row in islice(rows, batch)]:
        buffer.seek(0)
        buffer.truncate()
        writer.writerows(lines)
        yield buffer.getvalue().encode(codec, "replace")


def safe_cell(value: Value) -> str:
    """Return a value as text of a CSV cell that nothing computes."""
    text = plain_text(value)
    return harmless(text) if isinstance(value, str) else text


def protected_cell(value: Value) -> str:
    """Return a value as text of a CSV cell: digits kept, nothing computed."""
    if (
        isinstance(value, (str, int))
        and len(text := plain_text(value)) > MOST_DIGITS
        and text.isascii()
        and text.isdigit()
    ):
        return f'="{text}"'
    return safe_cell(value)
