"""Reading .xls workbooks in a process apart, because a forged one can end the process that reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from shopops.kit.spreadsheets.guards import broken
from shopops.kit.spreadsheets.old_reader import LOCKED
from shopops.kit.spreadsheets.sheets import BATCH, Batch, Sheet
from shopops.kit.spreadsheets.workbooks import leave_out_nul, locked, nothing_to_see

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from shopops.kit.spreadsheets.cells import Cell

READER = Path(__file__).with_name("old_reader.py")


@contextmanager
def reading(path: Path, *place: str) -> Iterator[IO[str]]:
    """Give the reader's output; whoever stops early stops the reader.

    :raises Refused: if the reader did not come to a good end.
    """
    with subprocess.Popen(  # noqa: S603 -- our own program, no shell
        [sys.executable, "-I", str(READER), str(path), *place],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101 -- it is a pipe
            yield process.stdout
            process.stdout.read()
        except ValueError as error:  # the reader ended within a line
            process.kill()
            raise broken() from error
        except BaseException:
            process.kill()
            raise
    if process.returncode == LOCKED:
        raise locked()
    if process.returncode:
        raise broken()


@dataclass(slots=True)
class OldSheet(Sheet):
    """A sheet of an .xls workbook; times come as text."""

    place: int = 0
    """Which of the visible sheets it is."""

    def batches(self, size: int = BATCH) -> Iterator[Batch]:
        """Yield all rows from row 1 of the sheet, each as long as the widest."""
        first = 1
        with reading(self.path, str(self.place)) as lines:
            rows: Iterator[list[Cell]] = map(json.loads, lines)
            ahead = next(rows, None)
            while ahead is not None:
                batch = [ahead, *islice(rows, size - 1)]
                ahead = next(rows, None)
                leave_out_nul(batch)
                yield Batch(first, batch, last=ahead is None)
                first += len(batch)


def open_old_workbook(path: Path) -> list[OldSheet]:
    """Open the visible sheets of an .xls workbook.

    :raises Refused: if it is damaged, protected, or holds no visible sheet.
    """
    with reading(path) as lines:
        names = json.loads(lines.read() or "null")
    if not names:
        raise nothing_to_see()
    return [OldSheet(path, name, place=place) for place, name in enumerate(names)]
