"""Reading CSV and tab-separated text of any size in constant memory."""

from __future__ import annotations

import codecs
import csv
import io
import re
import threading
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets.sheets import BATCH, Batch, ReadNotes, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shopops.kit.spreadsheets.cells import Cell

BLOCK = 2**16
LONGEST_FIELD = 131_072
"""Characters of one cell; four times what a spreadsheet program can hold."""
PROOF_OF_UTF8 = 12
"""Characters beyond ASCII read as UTF-8 before the first error, from which on it is UTF-8 with a damaged place;
GB18030 text does not happen to be valid UTF-8 for so long."""
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = ",\t;|"
QUOTED = re.compile(r'"[^"]*"')

_met = threading.local()


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """Put U+FFFD for one unreadable byte, and count it for the sheet being read by this thread."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    _met.errors = getattr(_met, "errors", 0) + 1
    return "\ufffd", error.start + 1


codecs.register_error("shopops.stand_in", _stand_in)


def encoding_of(path: Path) -> str:
    """Return "utf-8-sig", "utf-16" or "gb18030".

    A byte-order mark decides; else the whole file must be UTF-8 (read in blocks up to the first error), or it is
    GB18030, the platform's own encoding and a superset of GBK and GB2312.
    """
    with path.open("rb") as file:
        start = file.read(4)
        for mark, encoding in MARKS:
            if start.startswith(mark):
                return encoding
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        beyond_ascii = 0
        try:
            while block := file.read(BLOCK):
                text = decoder.decode(block)
                if beyond_ascii < PROOF_OF_UTF8 and not text.isascii():
                    beyond_ascii += sum(character > "\x7f" for character in text)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode("utf-8", "ignore")
            beyond_ascii += sum(character > "\x7f" for character in good)
            return "utf-8-sig" if beyond_ascii >= PROOF_OF_UTF8 else "gb18030"
    return "utf-8-sig"


class _WithoutNul(io.BufferedReader):
    """A file that leaves out NUL bytes; in UTF-8 and GB18030 they are never part of another character."""

    def __init__(self, raw: io.RawIOBase, notes: ReadNotes) -> None:
        super().__init__(raw)
        self.notes = notes

    def read1(self, size: int = -1, /) -> bytes:
        """Read the next block."""
        block = super().read1(size)
        while b"\0" in block:
            self.notes.nul_characters += block.count(b"\0")
            block = block.replace(b"\0", b"") or super().read1(size)
        return block


def delimiter_of(lines: list[str]) -> str:
    """Return what separates the cells: what occurs most often in the first line that has any of it, outside quotes."""
    for line in lines:
        bare = QUOTED.sub("", line)
        delimiter = max(DELIMITERS, key=bare.count)
        if delimiter in bare:
            return delimiter
    return DELIMITERS[0]


@dataclass(slots=True)
class TextSheet(Sheet):
    """A CSV or tab-separated file."""

    delimiter: str = ","

    def batches(self, size: int = BATCH) -> Iterator[Batch]:
        """Yield all rows from the top.

        :raises Refused: if a quotation mark is opened and not closed within `LONGEST_FIELD` characters.
        """
        notes = self.notes
        notes.unreadable_bytes = notes.nul_characters = 0
        with self.path.open("rb", buffering=0) as raw:
            source = io.BufferedReader(raw) if self.encoding == "utf-16" else _WithoutNul(raw, notes)
            text = io.TextIOWrapper(source, encoding=self.encoding, errors="shopops.stand_in", newline="")
            text._CHUNK_SIZE = BLOCK  # type: ignore[attr-defined]  # the only way to read bigger blocks
            reader = csv.reader(text, delimiter=self.delimiter)
            first, lines = 1, 0
            rows: list[list[Cell]] = []
            try:
                _met.errors = 0
                ahead = next(reader, None)
                while ahead is not None:
                    rows = [ahead, *islice(reader, size - 1)]  # type: ignore[list-item]  # list is invariant
                    several_lines = reader.line_num - lines != len(rows)
                    lines = reader.line_num
                    ahead = next(reader, None)
                    notes.unreadable_bytes += _met.errors
                    if self.encoding == "utf-16":
                        leave_out_nul(rows, notes)
                    yield Batch(first, rows, several_lines=several_lines, last=ahead is None)
                    first += len(rows)
                    rows = []
                    _met.errors = 0
            except csv.Error as error:
                raise Refused(
                    sentence(
                        _(
                            "Somewhere after row %(row)s a cell has no end: a quotation mark is opened and never "
                            "closed. Download the file again."
                        ),
                        row=first + len(rows) - 1,
                    )
                ) from error


def leave_out_nul(rows: list[list[Cell]], notes: ReadNotes) -> None:
    """Remove NUL characters from rows whose bytes could not be looked at."""
    for row in rows:
        for place, cell in enumerate(row):
            if isinstance(cell, str) and "\0" in cell:
                notes.nul_characters += cell.count("\0")
                row[place] = cell.replace("\0", "")


def open_text(path: Path, *, name: str) -> TextSheet:
    """Open a text file as one sheet."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        delimiter = delimiter_of([file.readline(LONGEST_FIELD) for _line in range(5)])
    with path.open("rb") as raw:
        raw.seek(-min(2, path.stat().st_size), 2)
        end = raw.read().replace(b"\0", b"")[-1:]
    cut_short = end not in {b"\n", b"\r"}
    return TextSheet(path, name, encoding=encoding, notes=ReadNotes(cut_short=cut_short), delimiter=delimiter)
