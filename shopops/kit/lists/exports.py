"""Carrying a list away: exactly the rows of the filter, in its order, into a spreadsheet, in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopops.kit.clock import shop_day
from shopops.kit.jobs import Progress, job
from shopops.kit.lists.asking import Selection
from shopops.kit.lists.batches import page_and_reader
from shopops.kit.lists.declarations import Export, ExportColumn, ListPage, Row
from shopops.kit.refusals import Refused
from shopops.kit.spreadsheets import Column, csv_lines, xlsx_writer

FORMATS = ("xlsx", "csv")
PIECE = 2000
"""Rows read at a time: the memory an export takes does not grow with the list."""


@job("lists.export", label=gettext_lazy("Export"))
def export_job(progress: Progress, *, page: str, query: str, kind: str) -> dict[str, Any]:
    """Write the rows of `query` into a file for the person who asked."""
    found, reader = page_and_reader(page, progress)
    export = found.export
    if export is None or not reader.may(export.permission):
        raise Refused(_("You may no longer export this list."))
    asked = Selection.of_query(found, reader, query)
    if asked.complaints:
        raise Refused(_("One of the filters is not understood; nothing was exported."))
    columns = [column for column in export.columns if reader.may(column.permission)]
    name = f"{found.title}_{shop_day(reader.at):%Y-%m-%d}_{reader.by}.{kind}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{kind}"
        rows = _told(exported_rows(found, export, asked), progress, asked.rows.count())
        count = write_rows(path, kind, str(found.title), columns, rows)
        progress.keep_file(path, name)
    return {"rows": count}


def exported_rows(page: ListPage, export: Export, asked: Selection) -> Iterator[Row]:
    """Give every row of the selection, read piece by piece behind a cursor."""
    names = dict.fromkeys(("id", *page.values, *export.values, *asked.order.sort.names))
    cursor = ""
    while True:
        rows = asked.order.read(asked.rows, names, PIECE, cursor=cursor) or []
        cursor = asked.order.cursor(rows[-1]) if rows else ""
        finish = export.finish or page.finish
        if finish and rows:
            finish(rows, asked.reader)
        yield from rows
        if len(rows) < PIECE:
            return


def write_rows(path: Path, kind: str, title: str, columns: Sequence[ExportColumn], rows: Iterator[Row]) -> int:
    """Write the rows as xlsx or csv; return how many."""
    count = 0
    cells = _cells_of(columns)
    if kind == "csv":

        def values() -> Iterator[Sequence[Any]]:
            nonlocal count
            for row in rows:
                count += 1
                yield cells(row)

        with path.open("wb") as stream:
            stream.writelines(csv_lines([str(column.label) for column in columns], values()))
        return count
    with xlsx_writer(path, [Column(str(column.label), column.kind) for column in columns], sheet=title) as write_row:
        for row in rows:
            count += 1
            write_row(cells(row))
    return count


def _cells_of(columns: Sequence[ExportColumn]) -> Callable[[Row], Sequence[Any]]:
    """Return a function that reads all columns of a row."""
    keys = [column.value for column in columns if isinstance(column.value, str)]
    if len(keys) == len(columns) > 1:
        return itemgetter(*keys)
    return lambda row: [column.of(row) for column in columns]


def _told(rows: Iterator[Row], progress: Progress, total: int) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        if number % 500 == 1:
            progress.step(number, total)
        yield row
    progress.step(total, total)
