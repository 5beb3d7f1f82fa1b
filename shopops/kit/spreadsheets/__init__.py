"""Spreadsheets in and out: any uploaded csv, xlsx or xls read tolerant, xlsx and csv written row by row.

In: `for sheet in open_spreadsheet(path, name="orders.csv")`, then `for batch in sheet.batches()`.

Out: `with xlsx_writer(path, [Column("订单编号"), Column("金额", "money")]) as write_row`, then `write_row([…])`;
several sheets with `xlsx_book`; or `StreamingHttpResponse(csv_lines(header, rows))`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopops.kit.spreadsheets.cells import Cell, cell_text
from shopops.kit.spreadsheets.guards import kind_of
from shopops.kit.spreadsheets.old_workbooks import open_old_workbook
from shopops.kit.spreadsheets.sheets import BATCH, Batch, ReadNotes, Sheet
from shopops.kit.spreadsheets.texts import open_text
from shopops.kit.spreadsheets.workbooks import open_workbook
from shopops.kit.spreadsheets.writing import Column, csv_lines, xlsx_book, xlsx_writer

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BATCH",
    "Batch",
    "Cell",
    "Column",
    "ReadNotes",
    "Sheet",
    "cell_text",
    "csv_lines",
    "open_spreadsheet",
    "xlsx_book",
    "xlsx_writer",
]


def open_spreadsheet(path: Path, *, name: str) -> list[Sheet]:
    """Open an uploaded file: one sheet for a text file, the visible sheets of a workbook.

    What it is follows from its bytes. Opening costs one pass over a workbook's packed bytes or a text file's bytes
    up to the first that is not UTF-8; no row is read.

    :param name: the name the person gave the file; used for the sheet of a text file.
    :raises Refused: with a sentence to show, if it is empty, damaged, protected, hostile or no spreadsheet.
    """
    kind = kind_of(path)
    if kind == "text":
        return [open_text(path, name=name)]
    if kind == "xls":
        return list(open_old_workbook(path))
    return list(open_workbook(path))
