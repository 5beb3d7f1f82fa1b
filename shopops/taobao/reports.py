"""Opening a file of the seller centre and reading it chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets import BATCH, cell_text, open_spreadsheet
from shopops.taobao.chunks import Chunk, ChunkReader
from shopops.taobao.columns import ADDRESS_PARTS, FIELDS, REASON, Field, ReportKind, header_key
from shopops.taobao.complaints import Complaint
from shopops.taobao.detect import Detected, detect, header_cells, unknown_report, wrong_kind
from shopops.taobao.sold_list import is_sold_list, sold_list_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from django.utils.translation import gettext_lazy as _

from shopops.kit.spreadsheets import Sheet

__all__ = ["Chunk", "Report", "open_mapped_report", "open_report", "open_reports"]


@dataclass(slots=True)
class Report:
    """One known report in one sheet of a file. Nothing but its first rows has been read yet."""

    name: str
    """The file's name as the person gave it."""
    sheet: Sheet
    kind: ReportKind
    header_row: int
    header: list[str]
    """As in the file, stripped."""
    columns: dict[str, list[int]]
    """Field → places of its columns in the file, the first listed synonym first."""
    unknown: list[int]
    """Places of the columns no field claims; kept in `extra`."""
    shop_names: dict[str, int] = field(default_factory=dict)
    """Shop → rows, of the chunks read so far."""
    problems: list[Complaint] = field(default_factory=list)
    """Complaints about the whole file (row 0), of the chunks read so far."""
    rows_read: int = 0
    """Rows that held something, taken or refused, of the chunks read so far."""
    rows_refused: int = 0

    @property
    def encoding(self) -> str:
        """Return "utf-8-sig", "gb18030", "utf-16", or "" for a workbook."""
        return self.sheet.encoding

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of a chunk's columns, in order; the same for every report of a kind."""
        return fields_of(self.kind)

    @property
    def present(self) -> frozenset[str]:
        """Return the fields the file has; the others are empty in every row and say nothing about the order."""
        parts = ADDRESS_PARTS if self.columns.keys() & {"address", "changed_address"} else ()
        return frozenset((*self.columns, *parts, "extra"))

    def header_of(self, name: str) -> str:
        """Return the header a field has in this file, or its first synonym if it has none."""
        if places := self.columns.get(name):
            return self.header[places[0]]
        return next((known.headers[0] for known in FIELDS[self.kind] if known.name == name), name)

    def chunks(self, size: int = BATCH) -> Iterator[Chunk]:
        """Yield the rows in chunks, in order. Memory is one chunk (and the sheet, for a workbook).

        Damaged ids are looked for in every chunk before it is yielded, so in the first `size` rows before anything is
        yielded; one pass over the file, no second. A caller that writes while reading must be ready to roll back.

        :raises Refused: if the ids are damaged, or rows are swallowed by a cell whose quotation mark is not closed.
        """
        self.rows_read = self.rows_refused = 0
        self.shop_names.clear()
        self.problems.clear()
        reader = ChunkReader(self)
        for batch in self.sheet.batches(size):
            chunk = reader.read(batch)
            self.rows_read += len(chunk) + len(chunk.rejected)
            self.rows_refused += len(chunk.rejected)
            if len(chunk) or chunk.rejected or chunk.complaints:
                yield chunk
        self.problems.extend(reader.closing_complaints())


def fields_of(kind: ReportKind) -> tuple[str, ...]:
    """Return the names of the columns a chunk of such a report has."""
    names = tuple(known.name for known in FIELDS[kind])
    return (*names, *(ADDRESS_PARTS if "address" in names else ()), "extra")


def places_of(fields: tuple[Field, ...], header: list[str]) -> dict[str, list[int]]:
    """Return field → places of its columns. A header serves one field; of equal headers the first counts."""
    by_key: dict[str, int] = {}
    for place, name in enumerate(header):
        by_key.setdefault(header_key(name), place)
    found: dict[str, list[int]] = {}
    for known in fields:
        places = [by_key[key] for key in map(header_key, known.headers) if key in by_key]
        if places:
            found[known.name] = places
    return found


def report_of(name: str, sheet: Sheet, detected: Detected) -> Report:
    """Return the report a sheet was found to be."""
    columns = places_of(FIELDS[detected.kind], detected.header)
    claimed = {places[0] for places in columns.values()}
    unknown = [place for place, name in enumerate(detected.header) if place not in claimed and name != REASON]
    return Report(name, sheet, detected.kind, detected.row, detected.header, columns, unknown)


def open_reports(path: Path, *, name: str) -> list[Report]:
    """Open every known report of a file: one of a text file, one for each known sheet of a workbook.

    :param name: the name the person gave the file. What the file is follows from its headers.
    :raises Refused: if it cannot be read, or holds no known report; the sentence says which columns were found.
    """
    sheets = sold_list_sheets(path) if is_sold_list(path) else open_spreadsheet(path, name=name)
    heads = [sheet.head() for sheet in sheets]
    reports = [
        report_of(name, sheet, detected)
        for sheet, head in zip(sheets, heads, strict=True)
        if (detected := detect(head)) is not None
    ]
    if not reports:
        raise unknown_report([head for head in heads if any(any(map(cell_text, row)) for row in head)])
    return reports


def open_report(path: Path, *, name: str, kind: ReportKind | None = None) -> Report:
    """Open the first known report of a file, or the first of one kind.

    :raises Refused: if there is none.
    """
    reports = open_reports(path, name=name)
    for report in reports:
        if kind is None or report.kind == kind:
            return report
    raise wrong_kind(reports[0].kind, kind or reports[0].kind)


def open_mapped_report(path: Path, *, name: str, kind: ReportKind, headers: Mapping[str, str]) -> Report:
    """Open the first sheet that has the columns somebody named, as a report of one kind.

    :param headers: field → header of its column, as somebody chose them; other columns by their usual headers.
    :raises Refused: if no sheet has them.
    """
    for sheet in open_spreadsheet(path, name=name):
        for number, row in enumerate(sheet.head(), start=1):
            header = header_cells(row)
            if not set(headers.values()) <= set(header):
                continue
            report = report_of(name, sheet, Detected(kind, number, header))
            chosen = {field: [header.index(column)] for field, column in headers.items()}
            taken = {places[0] for places in chosen.values()}
            others = {field: places for field, places in report.columns.items() if places[0] not in taken}
            report.columns = {**others, **chosen}
            report.unknown = [place for place in report.unknown if place not in taken]
            return report
    raise Refused(
        sentence(
            _("%(name)s has no sheet with the columns %(columns)s."), name=name, columns=", ".join(headers.values())
        )
    )
