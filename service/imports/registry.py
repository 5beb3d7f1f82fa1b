"""Which files customer service imports: one reader a kind, found by what stands in the file.

A reader is registered by its module, and the module named in `service/imports/__init__.py`:

    def recognises(peek: Peek) -> bool:
        return peek.has_columns("退款编号", "退款金额")           # within the first rows of any sheet

    def load(run: Run) -> None:
        for upload in run.uploads:                              # every file of this kind, in one transaction
            for row in rows(upload):
                run.complain(upload.name, row.number, "退款金额", _("…"))            # the row is taken all the same
                run.reject(upload.name, header, row.cells, _("…"), row=row.number)    # the row is left out
                run.step(done, total)
        run.counts |= {"new": 3, "changed": 1, "unchanged": 9}   # "refused" and "rows" are counted by the run

    register_reader(FileKind.REFUNDS, recognises=recognises, load=load)

`load` reads and writes; the frame (`service.imports.running`) opens the transaction, takes it back for a rehearsal,
keeps the log (`FileImport`), complaints and rejected rows, and shows progress. Raise `Refused` to refuse everything
whole: nothing is written then but the log. `run.by`, `run.at`, `run.shop` and `run.batch` say who, when, for which
shop and under which log. Nothing may depend on the order of the files, and importing the same twice changes nothing.

Where people have spreadsheets of their own, give `fields`: unknown headers are then asked for on a form, and kept as a
`ColumnMapping`; `run.mapping` is {name of the field: header of the file} or empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from service.states import FileKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from service.imports.running import Run

HEAD_ROWS = 10
"""A header stands within so many rows."""


@dataclass(frozen=True)
class Upload:
    """A file somebody gave, and what it was called there."""

    path: Path
    name: str


@dataclass(frozen=True)
class Peek:
    """The beginning of a file, for readers to say whether it is theirs."""

    upload: Upload
    form: str
    """"table" (csv, xlsx, xls), "json", "zip" or "text"."""
    sheets: list[list[list[str]]] = field(default_factory=list)
    """The first rows of each sheet, as text; of text without columns too."""
    start: str = ""
    """The first characters of text and JSON."""

    def header(self, *names: str) -> list[str]:
        """Return the first row within the first ten of any sheet that has all these headers; empty if none has."""
        for sheet in self.sheets:
            for row in sheet[:HEAD_ROWS]:
                if set(names) <= set(row):
                    return row
        return []

    def has_columns(self, *names: str) -> bool:
        """Say whether one of the first rows has all these headers."""
        return bool(self.header(*names))


@dataclass(frozen=True)
class Field:
    """A column people may name themselves."""

    name: str
    label: str | _StrPromise
    is_needed: bool = False
    guesses: tuple[str, ...] = ()
    """Headers it usually has."""


@dataclass(frozen=True)
class Reader:
    """How one kind of file is known and loaded."""

    kind: FileKind
    recognises: Callable[[Peek], bool]
    load: Callable[[Run], None]
    fields: tuple[Field, ...] = ()


READERS: dict[str, Reader] = {}


def register_reader(
    kind: FileKind,
    *,
    recognises: Callable[[Peek], bool],
    load: Callable[[Run], None],
    fields: tuple[Field, ...] = (),
) -> None:
    """Say how files of a kind are known and loaded; see the beginning of this module."""
    READERS[kind] = Reader(kind, recognises, load, fields)


def kind_of(peek: Peek) -> FileKind | None:
    """Return the kind of a file; None when no reader knows it."""
    return next((reader.kind for reader in READERS.values() if reader.recognises(peek)), None)
