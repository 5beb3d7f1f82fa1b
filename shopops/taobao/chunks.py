"""From rows of cells to columns of values: the inner loop of every import."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets import cell_text
from shopops.taobao.addresses import split_addresses
from shopops.taobao.casting import CASTS, NOTHING_OF, Cast, Value, cast_ids, constant, first_filled, keep
from shopops.taobao.columns import ADDRESS_PARTS, FIELDS, ORDINARY, Form
from shopops.taobao.complaints import Complaint, Rejected, Severity, quoted
from shopops.taobao.damage import refuse_numeric, refuse_zeros
from shopops.taobao.extras import extra_texts
from shopops.taobao.values import unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.utils.functional import _StrPromise

    from shopops.kit.spreadsheets import Batch, Cell
    from shopops.taobao.columns import Field
    from shopops.taobao.reports import Report

SUMMARIES = frozenset({"合计", "总计", "汇总", "小计", "共计"})
ROW_START = re.compile(r'"?(?:="?)?[0-9]{10,}"?[,\t]')
COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
UNREADABLE = "\ufffd"
_MISSING = _("the cell is empty")


@dataclass(slots=True)
class Chunk:
    """Consecutive rows of a report that are good, as parallel columns."""

    fields: tuple[str, ...]
    columns: list[list[Value]]
    """One list a field, all of equal length."""
    numbers: list[int]
    """Row numbers as the spreadsheet program shows them."""
    complaints: list[Complaint] = field(default_factory=list)
    """Of good rows (warnings) and of rejected ones."""
    rejected: list[Rejected] = field(default_factory=list)

    def __len__(self) -> int:
        """Return how many good rows there are."""
        return len(self.numbers)

    def column(self, name: str) -> list[Value]:
        """Return one field of all rows."""
        return self.columns[self.fields.index(name)]

    def rows(self, names: Sequence[str] | None = None) -> Iterator[tuple[Value, ...]]:
        """Return the rows as tuples of the named fields, or of all."""
        columns = self.columns if names is None else [self.column(name) for name in names]
        return zip(*columns, strict=True)

    def copy_text(self, names: Sequence[str] | None = None, *, constants: Sequence[str | None] = ()) -> str:
        """Return the rows in the text format of PostgreSQL's COPY, for `copy.write`; quicker than rows.

        :param names: fields in the order of the table's columns; "row" is the row number.
        :param constants: values that every row begins with, before the fields.
        """
        if not self.numbers:
            return ""
        columns = [
            list(map(str, self.numbers)) if name == "row" else copy_column(self.column(name))
            for name in names or self.fields
        ]
        start = "".join(f"{copy_column([value])[0]}\t" for value in constants)
        return start + f"\n{start}".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def copy_column(column: Sequence[Value]) -> list[str]:
    r"""Return a column in COPY's text format: None as \N, and what COPY would take for its own marks escaped."""
    try:
        everything, is_full = "".join(column), True  # type: ignore[arg-type]  # None raises TypeError, as wanted
    except TypeError:
        everything, is_full = "".join(filter(None, column)), False
    if any(special in everything for special in "\\\t\n\r"):
        return [r"\N" if value is None else value.translate(COPY_ESCAPES) for value in column]
    if is_full:
        return column  # type: ignore[return-value]  # no None in it
    return [r"\N" if value is None else value for value in column]


@dataclass(slots=True)
class Draft:
    """What is known of a batch of rows while its columns are read."""

    rows: list[list[Cell]]
    numbers: list[int]
    dropped: set[int] = field(default_factory=set)
    """Places of rows that are no data: blank, the header again, sums."""
    misshapen: set[int] = field(default_factory=set)
    """Places of rows refused because their cells are not where they should be: what is in them means nothing."""
    refusals: dict[int, list[Complaint]] = field(default_factory=dict)
    warnings: list[tuple[int, Complaint]] = field(default_factory=list)
    leftovers: dict[str, dict[int, str]] = field(default_factory=dict)
    """Header → place → raw text of values that could not be read but do not refuse the row."""


class ChunkReader:
    """Turns batches of one report's rows into chunks."""

    def __init__(self, report: Report) -> None:
        """Start at the top of the report."""
        self.report = report
        self.known = FIELDS[report.kind]
        self.key = next(known for known in self.known if known.needed)
        self.width = len(report.header)
        self.is_text = bool(report.sheet.encoding)
        self.batches = 0
        self.suspects: list[str] = []
        strict = [known for known in self.known if known.needed or known.strict or known.form is Form.STATUS]
        self.least_width = 1 + max(places[0] for known in strict if (places := report.columns.get(known.name)))

    def complaint(
        self, draft: Draft, place: int, column: int | None, value: str, message: _StrPromise, severity: Severity
    ) -> None:
        """Note a complaint about a row, located."""
        header = self.report.header[column] if column is not None else ""
        made = Complaint(
            self.report.name, self.report.sheet.name, draft.numbers[place], header, value, message, severity
        )
        if severity is Severity.REFUSE:
            draft.refusals.setdefault(place, []).append(made)
        else:
            draft.warnings.append((place, made))

    def read(self, batch: Batch) -> Chunk:
        """Read the rows of a batch.

        :raises Refused: if the ids are damaged, or a cell swallows the rows behind it.
        """
        skipped = max(0, self.report.header_row - batch.first + 1)
        rows = batch.rows[skipped:]
        draft = Draft(rows, list(range(batch.first + skipped, batch.first + skipped + len(rows))))
        if not rows:
            return Chunk((*self.names(), "extra"), [[] for _name in (*self.names(), "extra")], [])
        if self.is_text and batch.several_lines:
            self.refuse_swallowed(draft)
        cells = self.columns_of(draft, last=batch.last)
        self.batches += 1
        columns = [self.field_column(draft, known, cells) for known in self.known]
        if self.is_text and self.report.sheet.notes.unreadable_bytes:
            self.complain_of_bytes(draft, cells)
        names = [known.name for known in self.known]
        if "address" in names:
            columns.extend(self.address_columns(columns[names.index("address")], columns, names))
        columns.append(self.extra_column(draft, cells))
        return self.chunk(draft, columns)

    def names(self) -> tuple[str, ...]:
        """Return the names of the columns but for `extra`."""
        names = tuple(known.name for known in self.known)
        return (*names, *(ADDRESS_PARTS if "address" in names else ()))

    def columns_of(self, draft: Draft, *, last: bool) -> list[list[Cell]]:
        """Turn rows into columns; rows longer or shorter than the header are mended or refused."""
        width = self.width
        if set(map(len, draft.rows)) != {width}:
            cut_short = last and self.report.sheet.notes.cut_short
            for place, row in enumerate(draft.rows):
                if len(row) != width:
                    end = cut_short and place == len(draft.rows) - 1
                    draft.rows[place] = self.mended(draft, place, row, end=end)
        flat = list(chain.from_iterable(draft.rows))
        return [flat[place::width] for place in range(width)]

    def mended(self, draft: Draft, place: int, row: list[Cell], *, end: bool) -> list[Cell]:
        """Return a row as long as the header, with a complaint if more than empty cells was lost or made up."""
        width = self.width
        if len(row) > width:
            if self.is_text and any(cell_text(cell).strip() for cell in row[width:]):
                draft.misshapen.add(place)
                message = sentence(
                    _(
                        "the row has %(found)s cells and the header %(expected)s: a comma or a quotation mark is out "
                        "of place"
                    ),
                    found=len(row),
                    expected=width,
                )
                self.complaint(draft, place, None, "", message, Severity.REFUSE)
            return row[:width]
        texts = list(map(cell_text, row))
        is_torn = end or len(row) < self.least_width or any('"' in text for text in texts)
        if is_torn and any(map(str.strip, texts)):
            draft.misshapen.add(place)
            message = sentence(_("the row ends after %(found)s of %(expected)s cells"), found=len(row), expected=width)
            self.complaint(draft, place, None, "", message, Severity.REFUSE)
        return row + [""] * (width - len(row))

    def texts(self, column: list[Cell]) -> list[str]:
        """Return the cells of a column as text."""
        if self.is_text or set(map(type, column)) == {str}:
            return column  # type: ignore[return-value]  # all str
        return [cell if type(cell) is str else cell_text(cell) for cell in column]

    def field_column(self, draft: Draft, known: Field, cells: list[list[Cell]]) -> list[Value]:
        """Read the column of one field, and note what is wrong in it."""
        places = self.report.columns.get(known.name)
        if not places:
            return constant(NOTHING_OF[known.form], len(draft.rows))
        if known.form is Form.ID:
            cast = self.id_column(draft, places[0], cells)
        else:
            casts = [CASTS[known.form](self.texts(cells[place])) for place in places]
            cast = casts[0] if len(casts) == 1 else first_filled(casts)
        if known is self.key:
            self.drop_what_is_no_data(draft, cast)
        header = self.report.header[places[0]]
        severity = Severity.REFUSE if known.needed or known.strict else Severity.WARN
        for place, message in cast.bad.items():
            if place in draft.dropped or place in draft.misshapen:
                continue
            text = cell_text(draft.rows[place][places[0]])
            self.complaint(draft, place, places[0], quoted(text), message, severity)
            if severity is Severity.WARN:
                draft.leftovers.setdefault(header, {})[place] = text
        if known.needed and not all(cast.values):
            for place, value in enumerate(cast.values):
                if not value and place not in draft.dropped | draft.misshapen and place not in cast.bad:
                    self.complaint(draft, place, places[0], "", _MISSING, Severity.REFUSE)
        return cast.values

    def id_column(self, draft: Draft, place: int, cells: list[list[Cell]]) -> Cast:
        """Read a column of ids, and refuse the file if they are damaged.

        :raises Refused: if so.
        """
        header = self.report.header[place]
        if not self.is_text:
            refuse_numeric(cells[place], column=header)
        cast = cast_ids(self.texts(cells[place]), column=header)
        ids: list[str] = cast.values  # type: ignore[assignment]  # an id is never None
        numbers = draft.numbers
        if "" in ids:
            numbers = [number for number, text in zip(numbers, ids, strict=True) if text]
            ids = [text for text in ids if text]
        if ids and refuse_zeros(ids, column=header, rows=numbers):
            self.suspects.append(header)
        return cast

    def drop_what_is_no_data(self, draft: Draft, cast: Cast) -> None:
        """Drop rows without a readable key that are no data: blank ones, the header again, sums, a remark below."""
        if all(cast.values):
            return
        for place, value in enumerate(cast.values):
            if value:
                continue
            texts = [unwrapped(cell_text(cell)) for cell in draft.rows[place]]
            filled = [text for text in texts if text]
            is_remark = len(filled) == 1 and not any(map(str.isdigit, filled[0]))
            if filled and not is_remark and filled[0].rstrip(":：") not in SUMMARIES and texts != self.report.header:
                continue
            draft.dropped.add(place)
            draft.refusals.pop(place, None)
            if filled and texts != self.report.header:
                message = sentence(_("“%(value)s” is no data and was left out"), value=quoted(filled[0]))
                self.complaint(draft, place, None, quoted(filled[0]), message, Severity.WARN)

    def refuse_swallowed(self, draft: Draft) -> None:
        """Refuse a file in which a quotation mark is opened and not closed: the rows behind it are inside the cell.

        :raises Refused: if so.
        """
        for place, row in enumerate(draft.rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and "\n" in cell and self.swallows(cell):
                    header = self.report.header[column] if column < self.width else ""
                    raise Refused(
                        sentence(
                            _(
                                "In row %(row)s, column %(column)s, a quotation mark is opened and not closed, so that "
                                "the rows behind it are inside that cell. Download the file again."
                            ),
                            row=draft.numbers[place],
                            column=header,
                        )
                    )

    def swallows(self, cell: str) -> bool:
        """Tell whether a line within a cell looks like a row: it begins with an id and has as many cells."""
        least = max(2, self.width - 2)
        return any(
            ROW_START.match(line) and max(line.count(","), line.count("\t")) >= least for line in cell.split("\n")[1:]
        )

    def complain_of_bytes(self, draft: Draft, cells: list[list[Cell]]) -> None:
        """Note the cells in which bytes could not be read."""
        for column, texts in enumerate(cells):
            if any(UNREADABLE in cell for cell in texts if isinstance(cell, str)):
                for place, cell in enumerate(texts):
                    if isinstance(cell, str) and UNREADABLE in cell:
                        message = sentence(
                            _("“%(value)s” holds bytes that are no characters of %(encoding)s"),
                            value=quoted(cell),
                            encoding=self.report.encoding.removesuffix("-sig").upper(),
                        )
                        self.complaint(draft, place, column, quoted(cell), message, Severity.WARN)

    def address_columns(
        self, addresses: list[Value], columns: list[list[Value]], names: Sequence[str]
    ) -> list[list[Value]]:
        """Split the address, or the changed one where there is one."""
        if "changed_address" in names:
            changed = columns[names.index("changed_address")]
            if any(changed):
                addresses = [new or old for new, old in zip(changed, addresses, strict=True)]
        return split_addresses(addresses)  # type: ignore[arg-type, return-value]  # text is never None

    def extra_column(self, draft: Draft, cells: list[list[Cell]]) -> list[Value]:
        """Write the columns no field claims, and the values that could not be read, as JSON."""
        names: list[str] = []
        columns: list[list[str]] = []
        for place in self.report.unknown:
            name = self.report.header[place] or f"#{place + 1}"
            values: list[str] = CASTS[Form.TEXT](self.texts(cells[place])).values  # type: ignore[assignment]
            ordinary = ORDINARY.get(name)
            if ordinary and not ordinary.isdisjoint(values):
                values = ["" if value in ordinary else value for value in values]
            names.append(name if name not in names else f"{name} #{place + 1}")
            columns.append(values)
        for name, raw in draft.leftovers.items():
            names.append(name)
            columns.append([raw.get(place, "") for place in range(len(draft.rows))])
        return extra_texts(names, columns, len(draft.rows))  # type: ignore[return-value]  # list is invariant

    def chunk(self, draft: Draft, columns: list[list[Value]]) -> Chunk:
        """Sort the rows into good and rejected ones."""
        report = self.report
        fields = (*self.names(), "extra")
        gone = draft.dropped | draft.refusals.keys()
        numbers = draft.numbers
        if gone:
            kept = [place not in gone for place in range(len(numbers))]
            columns = [keep(column, kept) for column in columns]
            numbers = [number for number, take in zip(numbers, kept, strict=True) if take]
        rejected = [
            Rejected(draft.numbers[place], [cell_text(cell) for cell in draft.rows[place]], reasons)
            for place, reasons in sorted(draft.refusals.items())
        ]
        complaints = [complaint for _place, complaint in draft.warnings if _place not in draft.refusals]
        complaints.extend(reason for row in rejected for reason in row.reasons)
        complaints.sort(key=lambda complaint: complaint.row)
        if "shop_name" in report.columns:
            for name, rows in Counter(columns[fields.index("shop_name")]).items():
                if name:
                    report.shop_names[name] = report.shop_names.get(name, 0) + rows
        return Chunk(fields, columns, numbers, complaints, rejected)

    def closing_complaints(self) -> list[Complaint]:
        """Return what can only be said of the whole file, after its last row."""
        report, notes = self.report, self.report.sheet.notes
        found: list[_StrPromise] = []
        if self.batches == 1:
            found.extend(
                sentence(
                    _("All numbers in column %(column)s end in zeros. If Excel saved the file, they are damaged."),
                    column=column,
                )
                for column in self.suspects
            )
        if notes.nul_characters:
            found.append(sentence(_("%(count)s NUL characters were left out of the file."), count=notes.nul_characters))
        return [Complaint(report.name, report.sheet.name, 0, "", "", text, Severity.WARN) for text in found]
