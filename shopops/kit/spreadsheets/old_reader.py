"""A program of its own: print an .xls workbook as lines of JSON, within limits of memory and time.

The reader believes what an .xls file claims about its own size, and ends the process when the memory for it is
refused. So it runs apart (see `old_workbooks`), and only this process ends.

    python old_reader.py PATH           → one line: the names of the visible sheets
    python old_reader.py PATH PLACE     → one line a row of the sheet at that place among them
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from datetime import datetime

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MEMORY = 2 * 2**30
"""Bytes; the biggest sheet of the format, 65,536 × 256 cells, takes a quarter."""
SECONDS = 60
LOCKED = 3
"""Exit status for a workbook that wants a password."""


def plain(cell: object) -> object:
    """Return what JSON can hold: text, numbers and truth as they are, times as text."""
    if isinstance(cell, (str, float, bool)) or cell is None:
        return cell
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)


def main() -> int:
    """Print what is asked for; return the exit status."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # not every system knows each of them
            resource.setrlimit(limit, (most, most))
    path, *places = sys.argv[1:]
    try:
        workbook = CalamineWorkbook.from_path(path)
    except PasswordError:
        return LOCKED
    out = sys.stdout
    visible = [
        (index, sheet.name)
        for index, sheet in enumerate(workbook.sheets_metadata)
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]
    if not places:
        out.write(json.dumps([name for _index, name in visible]))
        return 0
    sheet = workbook.get_sheet_by_index(visible[int(places[0])][0])
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        out.write(json.dumps(left + [plain(cell) for cell in row]))
        out.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
