"""One sheet of a file somebody uploaded, whatever its container."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shopops.kit.spreadsheets.cells import Cell

BATCH = 1000
"""Rows read at a time; more do not fit into the processor's cache, and take up to 1.5× as long a row."""


@dataclass(slots=True)
class ReadNotes:
    """What was met while reading: filled as the batches go by."""

    unreadable_bytes: int = 0
    """Places where bytes are no character of the encoding; U+FFFD stands in the cell instead."""
    nul_characters: int = 0
    """NUL characters left out of the text (no database keeps them)."""
    cut_short: bool = False
    """The file does not end with a line end: its last row may have been cut."""


@dataclass(slots=True)
class Batch:
    """Consecutive rows; the rows of a text file may differ in length."""

    first: int
    """Number of the first row as a spreadsheet program shows it (the top row of the sheet is 1)."""
    rows: list[list[Cell]]
    several_lines: bool = True
    """False when it is sure that no cell holds a line break."""
    last: bool = False
    """No rows follow."""


@dataclass(slots=True)
class Sheet:
    """A sheet that can be read from the top as often as wanted."""

    path: Path
    name: str
    encoding: str = ""
    notes: ReadNotes = field(default_factory=ReadNotes)

    def batches(self, size: int = BATCH) -> Iterator[Batch]:
        """Yield all rows from the top, `size` at a time; blank rows are kept, so numbers stay true."""
        raise NotImplementedError

    def head(self, count: int = 30) -> list[list[Cell]]:
        """Return the first rows."""
        for batch in islice(self.batches(count), 1):
            return batch.rows
        return []
