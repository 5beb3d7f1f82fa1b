"""Looking at an upload before a parser does: what it is, and whether it is safe to unpack."""

from __future__ import annotations

import html
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_UNPACKED = 800 * 2**20
"""Bytes all parts of a workbook may unpack to; 100,000 rows × 45 columns take about 150 MiB."""
MAX_PARTS = 2_000
MAX_CELLS = 8_000_000
"""Cells from A1 to the last used corner, 177,000 rows of 45: the reader holds them all, empty ones too."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3", "SQLite"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
)
MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|table|meta|style|\?xml|script)", re.IGNORECASE)
UTF8_MARK = b"\xef\xbb\xbf"

# Cells as every spreadsheet program writes them; whatever else may be a cell is looked at one by one.
PLAIN_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})')
PLAIN_ROW = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
CELL_START = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])")
CELL = re.compile(rb"""<(?:[\w.-]+:)?c((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*/?>""")
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,7})([0-9]{1,9})["']""")
ROW_START = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])")
CONSTANT_FORMULA = re.compile(
    rb"""<c\s(?:[^<>]*\s)?r="([A-Z]{1,3})(\d{1,7})"[^<>]*><f>"([^"<]{1,64})"</f>(?:<v\s*/>|<v>0?</v>)?</c>"""
)
BLOCK = 2**20
LONGEST_TAIL = 8 * BLOCK
"""Bytes without a new row after which a part is no sheet a spreadsheet program wrote."""


@dataclass(slots=True)
class PartScan:
    """What one part of a workbook holds."""

    rows: int = 0
    columns: int = 0
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    """(row, column) from 0 → text of a formula `="text"` whose result the writing program did not store."""

    def measure(self, block: bytes) -> None:
        """Widen the measure by the cells of a block.

        :raises Refused: if something looks like a cell and is none.
        """
        columns, rows = PLAIN_COLUMN.findall(block), PLAIN_ROW.findall(block)
        if len(columns) == len(rows) == block.count(b"<c") + block.count(b":c"):
            if columns:
                self.columns = max(self.columns, *map(column_number, set(columns)))
                self.rows = max(self.rows, *map(int, set(rows)))
            return
        cells = CELL.findall(block)
        if len(cells) != len(CELL_START.findall(block)):
            raise broken()
        unplaced = 0
        for attributes in cells:
            if place := REFERENCE.search(attributes):
                self.columns = max(self.columns, column_number(place[1]))
                self.rows = max(self.rows, int(place[2]))
            else:
                unplaced += 1
        if unplaced:  # such cells follow the one before
            rows = ROW_START.split(block)
            self.columns = max(self.columns, *(len(CELL_START.findall(row)) for row in rows))
            self.rows += len(rows)


def kind_of(path: Path) -> str:
    """Return "xlsx", "xls" or "text" by the first bytes, never by the name.

    :raises Refused: if the file is empty or something else altogether.
    """
    with path.open("rb") as file:
        start = file.read(1024)
    if not start.strip(b"\0 \t\r\n"):
        raise Refused(_("The file is empty."))
    if start.startswith(ZIPS):
        return "xlsx"
    if start.startswith(OLE):
        return "xls"
    for signature, name in FOREIGN:
        if start.startswith(signature):
            raise Refused(
                sentence(_("This is a %(kind)s file, not a spreadsheet. Upload a .csv, .xlsx or .xls file."), kind=name)
            )
    if MARKUP.match(start.removeprefix(UTF8_MARK)):
        raise Refused(
            _("This is a web page saved under the name of a spreadsheet. Open it in Excel or WPS and save it as .xlsx.")
        )
    return "text"


def unpack(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part of a packed file unpacked in blocks of `BLOCK` bytes.

    The sizes a packed file claims are believed by nobody here: more than claimed is refused.

    :raises Refused: if the part is damaged, or unpacks to more than it claims.
    """
    file.seek(part.header_offset)
    head = file.read(30)
    file.seek(sum(struct.unpack("<HH", head[26:30])), 1)
    left, claimed = part.compress_size, part.file_size
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise broken()
    inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left and not (inflate and inflate.eof):
        packed = file.read(min(left, 2**16))
        if not packed:
            raise broken()
        left -= len(packed)
        while packed:
            block, packed = (inflate.decompress(packed, BLOCK), inflate.unconsumed_tail) if inflate else (packed, b"")
            claimed -= len(block)
            if claimed < 0:
                raise broken()
            yield block
    if claimed or (inflate and not inflate.eof):
        raise broken()


def too_big() -> Refused:
    """Return the refusal of a workbook that would fill the memory."""
    return Refused(_("The workbook is too big to read. Split it into smaller files, or save it as CSV."))


def broken() -> Refused:
    """Return the refusal of a workbook that no reader understands."""
    return Refused(
        _("The workbook is damaged or was not downloaded completely. Download it again and upload that file.")
    )


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def whole_rows(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces again, cut before a row (or at least before a tag), so that no cell is torn."""
    tail = b""
    for piece in pieces:
        block = tail + piece
        cut = next((at for tag in (b"<row", b"<c ", b"<") if (at := block.rfind(tag)) > 0), 0)
        tail = block[cut:]
        if len(tail) > LONGEST_TAIL:
            raise broken()
        yield block[:cut]
    yield tail


def scan_part(pieces: Iterator[bytes]) -> PartScan:
    """Measure a part and pick up formulas `="text"` that carry no stored result.

    The reader allocates a cell for everything between A1 and the last corner, so that a file of one kilobyte
    naming cell XFD1048576 would end the process.

    :raises Refused: if the sheet has more than `MAX_CELLS` cells to its last corner, or declares a document type.
    """
    scan = PartScan()
    has_markup = False
    for block in whole_rows(pieces):
        if b"<!" in block:
            if b"<!DOCTYPE" in block or b"<!ENTITY" in block:
                raise broken()
            has_markup = True
        scan.measure(block)
        if b"<f>" in block:
            for column, row, text in CONSTANT_FORMULA.findall(block):
                place = int(row) - 1, column_number(column) - 1
                scan.formulas[place] = html.unescape(text.decode("utf-8", "replace"))
    if scan.rows and has_markup:  # could hide cells from the measure
        raise broken()
    if scan.rows * scan.columns > MAX_CELLS:
        raise Refused(
            sentence(
                _(
                    "The sheet reaches to row %(rows)s and column %(columns)s. Delete the empty rows and columns "
                    "behind the data, or split the file."
                ),
                rows=scan.rows,
                columns=scan.columns,
            )
        )
    return scan


def scan_workbook(path: Path) -> dict[str, PartScan]:
    """Return what each part of an xlsx file holds, by lower-case part name (the reader ignores case too).

    :raises Refused: if it is no xlsx file, is damaged, or would unpack to too much.
    """
    try:
        return scan_parts(path)
    except Refused:
        raise
    except Exception as error:  # hostile bytes: the library promises no list of errors
        raise broken() from error


def scan_parts(path: Path) -> dict[str, PartScan]:
    """Return what each part of a packed file holds; anything may be raised for hostile bytes."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise Refused(_("This is a packed file, but not an .xlsx workbook. Save it as .xlsx or .csv."))
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise too_big()
    if len(names) != len(parts) or any(part.flag_bits & 1 for part in parts):
        raise broken()
    with path.open("rb") as file:
        return {part.filename.lower(): scan_part(unpack(file, part)) for part in parts}
