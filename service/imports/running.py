"""The frame of every import of customer service: log, transaction, complaints, rejected rows, progress."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.db import DataError, transaction
from django.utils.translation import gettext_lazy as _

from orders.imports.reading import Complaints
from service.actions.silence import end_silent_conversations
from service.imports.registry import READERS, Upload
from service.models import FileImport
from service.states import FILE_MOVES, FileKind, FileState
from shopops.kit.clock import now
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets.writing import LONGEST_CELL, sheet_name
from shopops.taobao.columns import REASON
from staff.actions.events import record
from staff.actions.late_facts import days_to_tally_again
from staff.models import Employee, Shop

if TYPE_CHECKING:
    import xlsxwriter
    from django.utils.functional import _StrPromise

Step = Callable[[int, int, str], None]
BLOCK = 2**20
MOST_REJECTED = 50_000
"""Rows given back as a spreadsheet, a file; all are counted."""


@dataclass
class Run:
    """What a reader is given: the files, who and when, and where to put what is wrong."""

    batch: FileImport
    uploads: Sequence[Upload]
    at: datetime
    rejected_path: Path
    told: Step | None = None
    counts: dict[str, Any] = field(default_factory=dict)
    complaints: Complaints = field(default_factory=Complaints)
    refused: int = 0
    first_day: date | None = None
    """The earliest day something came in about: the reader says it, and the days since are tallied and read again."""
    _workbook: xlsxwriter.Workbook | None = None
    _sheets: dict[str, tuple[Any, int]] = field(default_factory=dict)

    @property
    def by(self) -> Employee | None:
        """Who imports; nobody on the command line."""
        return self.batch.started_by

    @property
    def shop(self) -> Shop | None:
        """Return the shop that was chosen for all rows, if one was."""
        return self.batch.shop

    @property
    def mapping(self) -> dict[str, str]:
        """Return which header holds which field, where somebody has said so."""
        return dict(self.batch.mapping.columns) if self.batch.mapping else {}

    @property
    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(upload.path.stat().st_size for upload in self.uploads)

    def step(self, done: int, total: int, words: str = "") -> None:
        """Say how far the work is; cheap to call often."""
        if self.told:
            self.told(done, max(total, 1), words)

    def complain(
        self, file: str, row: int, column: str, text: str | _StrPromise, *, refused: bool = False, more: int = 0
    ) -> None:
        """Note what is wrong; row 0 is the whole file."""
        self.complaints.add(file, row, column, text, refused=refused, more=more)

    def reject(
        self,
        file: str,
        header: Sequence[str],
        cells: Sequence[str],
        reason: str | _StrPromise,
        *,
        row: int,
        column: str = "",
    ) -> None:
        """Leave a row out: complain, and write it with the reason to the spreadsheet of rejected rows."""
        self.refused += 1
        self.complain(file, row, column, reason, refused=True)
        upload = next((one.name for one in self.uploads if file.startswith(f"{one.name}/")), file)
        sheet, place = self._sheet(upload, header)
        if place > MOST_REJECTED:
            return
        words = str(reason) if file == upload else f"{file.removeprefix(upload)[1:]}: {reason}"
        for number, cell in enumerate([*cells[: len(header)], *[""] * (len(header) - len(cells)), words]):
            if cell:
                sheet.write_string(place, number, cell[:LONGEST_CELL])
        self._sheets[upload] = (sheet, place + 1)

    def close(self) -> Path | None:
        """Finish the spreadsheet of rejected rows; None if there are none."""
        if self._workbook is None:
            return None
        self._workbook.close()
        return self.rejected_path

    def _sheet(self, file: str, header: Sequence[str]) -> tuple[Any, int]:
        if file in self._sheets:
            return self._sheets[file]
        if self._workbook is None:
            import xlsxwriter  # noqa: PLC0415 -- web workers do without

            self._workbook = xlsxwriter.Workbook(
                self.rejected_path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
            )
        sheet = self._workbook.add_worksheet(sheet_name(f"{len(self._sheets) + 1} {Path(file).stem}"))
        sheet.set_column(0, len(header), 22)
        sheet.freeze_panes(1, 0)
        for number, name in enumerate([*header, REASON]):
            sheet.write_string(0, number, str(name)[:LONGEST_CELL])
        self._sheets[file] = (sheet, 1)
        return self._sheets[file]


def import_files(
    uploads: Sequence[Upload],
    *,
    kind: FileKind,
    shop: Shop | None = None,
    rehearse: bool = False,
    by: Employee | None,
    at: datetime,
    step: Step | None = None,
) -> FileImport:
    """Import files of one kind; return the log. Where one is refused, nothing is written but the log."""
    batch = FileImport.objects.create(
        kind=kind,
        shop=shop,
        is_rehearsal=rehearse,
        started_by=by,
        started_at=at,
        files=[{"name": upload.name} for upload in uploads],
    )
    return run_import(batch, uploads, at=at, step=step)


def run_import(batch: FileImport, uploads: Sequence[Upload], *, at: datetime, step: Step | None = None) -> FileImport:
    """Do an import whose log is there already. One that was interrupted begins anew; a finished one is left alone."""
    if batch.state == FileState.WAITING:
        move(batch, FileState.READING, moves=FILE_MOVES)
    if batch.state != FileState.READING:
        return batch
    with tempfile.TemporaryDirectory() as folder:
        files = [fingerprint(upload) for upload in uploads]
        different = {one["sha256"]: upload for one, upload in zip(reversed(files), reversed(uploads), strict=True)}
        read = [upload for upload in uploads if upload in different.values()]
        run = Run(batch, read, at, Path(folder) / "rejected.xlsx", step)
        known = [{**one, **facts} for one, facts in zip(batch.files, files, strict=True)]
        digest = hashlib.sha256("".join(sorted(one["sha256"] for one in files)).encode()).hexdigest()
        for upload in uploads:
            if upload not in read:
                run.complain(upload.name, 0, "", _("The same file was given twice; it is read once."))
        try:
            _load(run)
        except Refused as refusal:
            run.close()
            run.complain("", 0, "", str(refusal), refused=True)
            move(
                batch,
                FileState.REFUSED,
                moves=FILE_MOVES,
                files=known,
                digest=digest,
                finished_at=now(),
                sentence=str(refusal),
                complaints=run.complaints.kept,
                complaint_count=run.complaints.count,
            )
            return batch
        if path := run.close():
            with path.open("rb") as stream:
                batch.rejected.save(f"{batch.pk}-rejected.xlsx", File(stream), save=False)
        move(
            batch,
            FileState.REHEARSED if batch.is_rehearsal else FileState.DONE,
            moves=FILE_MOVES,
            files=known,
            digest=digest,
            finished_at=now(),
            counts={**run.counts, "refused": run.refused},
            complaints=run.complaints.kept,
            complaint_count=run.complaints.count,
            rejected=batch.rejected.name or "",
        )
        if run.first_day and not batch.is_rehearsal:
            end_silent_conversations(at=at)
            days_to_tally_again(run.first_day, at=at)
    return batch


def _load(run: Run) -> None:
    """Let the reader read and write, in one transaction; a rehearsal takes it back at the end.

    :raises Refused: as the reader does, or if the files hold what no table keeps.
    """
    batch = run.batch
    try:
        with transaction.atomic():
            READERS[batch.kind].load(run)
            if batch.is_rehearsal:
                transaction.set_rollback(True)
            else:
                record(
                    "service.file_imported",
                    batch,
                    by=run.by,
                    at=run.at,
                    changes={name: (None, value) for name, value in run.counts.items() if isinstance(value, int)},
                )
    except DataError as error:
        words = str(error).splitlines()[0] if str(error) else ""
        raise Refused(
            sentence(_("The files hold a value no table keeps (%(words)s). Nothing was imported."), words=words)
        ) from error


def fingerprint(upload: Upload) -> dict[str, Any]:
    """Return name, size and SHA-256 of a file."""
    digest = hashlib.sha256()
    size = 0
    with upload.path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            size += len(block)
    return {"name": upload.name, "sha256": digest.hexdigest(), "bytes": size}
