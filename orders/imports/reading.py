"""Reading uploads: every report of every file as text for its staging table, what is wrong onto one list."""

from __future__ import annotations

import gc
import hashlib
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from orders.imports.staging import Stage, stage_of, staged_text
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets.writing import LONGEST_CELL, sheet_name
from shopops.taobao.columns import REASON, ReportKind
from shopops.taobao.complaints import Complaint, Severity
from shopops.taobao.detect import label
from shopops.taobao.reports import Report, open_reports
from shopops.taobao.sold_list import REMARK, MadeSheet

if TYPE_CHECKING:
    import xlsxwriter
    from django.utils.functional import _StrPromise

MOST_COMPLAINTS = 1000
"""Complaints kept; the rest are counted."""
WANTED = (ReportKind.ORDERS, ReportKind.LINES)
BLOCK = 2**20
MOST_AHEAD = 24 * 2**20
"""Bytes read and not yet written."""
BYTES_OF_A_ROW = 300
"""A guess, for the progress bar."""


@dataclass(frozen=True)
class Upload:
    """A file somebody gave, and what it was called there."""

    path: Path
    name: str


@dataclass
class Complaints:
    """What is wrong, the first thousand of it, and how much in all."""

    kept: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def add(
        self, file: str, row: int, column: str, text: str | _StrPromise, *, refused: bool = False, more: int = 0
    ) -> None:
        """Note one complaint; row 0 is the whole file. `more` counts others of its kind that are not kept."""
        self.count += 1 + more
        if len(self.kept) < MOST_COMPLAINTS:
            self.kept.append({"file": file, "row": row, "column": column, "text": str(text), "refused": refused})

    def join(self, other: Complaints) -> None:
        """Take over all of another list."""
        self.count += other.count
        self.kept += other.kept[: max(0, MOST_COMPLAINTS - len(self.kept))]

    def take(self, complaints: Iterable[Complaint]) -> None:
        """Note what the reader complains of."""
        for one in complaints:
            self.add(one.file, one.row, one.column, one.message, refused=one.severity is Severity.REFUSE)


class RejectedRows:
    """The spreadsheet of the rows left out: one sheet a report, the original columns and the reason."""

    def __init__(self, path: Path) -> None:
        """Write to `path` once there is a row."""
        self.path = path
        self.count = 0
        self._workbook: xlsxwriter.Workbook | None = None
        self._sheet: Any = None
        self._report: Report | None = None
        self._row = 0
        self._names: set[str] = set()

    def add(self, report: Report, cells: Sequence[str], reason: str) -> None:
        """Write one row."""
        if self._workbook is None:
            import xlsxwriter  # noqa: PLC0415 -- web workers do without

            self._workbook = xlsxwriter.Workbook(
                self.path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
            )
        if self._report is not report:
            self._begin(report)
        self._write([*cells[: len(report.header)], *[""] * (len(report.header) - len(cells)), reason])
        self.count += 1

    def close(self) -> Path | None:
        """Finish the file; None if no row was rejected."""
        if self._workbook is None:
            return None
        self._workbook.close()
        return self.path

    def _begin(self, report: Report) -> None:
        assert self._workbook is not None  # noqa: S101 -- made before
        self._report, self._row = report, 0
        stem = Path(report.name).stem
        name = sheet_name(stem)
        while name.lower() in self._names:
            name = sheet_name(f"{len(self._names) + 1} {stem}")
        self._names.add(name.lower())
        self._sheet = self._workbook.add_worksheet(name)
        self._sheet.set_column(0, len(report.header) - 1, 18)
        self._sheet.set_column(len(report.header), len(report.header), 60)
        self._sheet.freeze_panes(1, 0)
        self._write([*report.header, REASON])

    def _write(self, cells: Sequence[str]) -> None:
        for place, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(self._row, place, cell[:LONGEST_CELL])
        self._row += 1


def fingerprint(upload: Upload) -> dict[str, Any]:
    """Return name, size and SHA-256 of a file."""
    digest = hashlib.sha256()
    size = 0
    with upload.path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            size += len(block)
    return {"name": upload.name, "sha256": digest.hexdigest(), "bytes": size, "reports": [], "rows": 0}


def digest_of(files: Iterable[dict[str, Any]]) -> str:
    """Return what tells uploads of the same files apart from others, in whatever order they were given."""
    return hashlib.sha256("".join(sorted(str(one["sha256"]) for one in files)).encode()).hexdigest()


@dataclass
class Source:
    """A report to read, the file it stands in, and the plan of its table."""

    report: Report
    facts: dict[str, Any]
    stage: Stage
    complaints: Complaints = field(default_factory=Complaints)


class ReadAhead:
    """Reads the reports of an upload in a thread of its own, some megabytes ahead of whoever writes them.

    Order reports come before item reports, so that the orders are written while their lines are still being read.
    The thread uses no database. What goes wrong in it is raised where the next piece is asked for.
    """

    def __init__(self, uploads: Sequence[Upload], rejected: RejectedRows) -> None:
        """Plan to read these files."""
        self.files: list[dict[str, Any]] = []
        self.complaints = Complaints()
        """Of files, and after the end of all rows too."""
        self.refused: dict[ReportKind, int] = dict.fromkeys(WANTED, 0)
        self.read = 0
        """Bytes of the files read so far, estimated."""
        self._uploads = uploads
        self._rejected = rejected
        self._sources: list[Source] = []
        self._queue: deque[Source | bytes | BaseException | None] = deque()
        self._queued = 0
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, args=(translation.get_language(),), name="read-ahead")

    def __enter__(self) -> Self:
        """Begin to read. The search for cycles is off meanwhile: rows have none, and it takes a fifth of the time."""
        self._collecting = gc.isenabled()
        gc.disable()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop reading."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join()
        if self._collecting:
            gc.enable()

    def stages(self, kind: ReportKind) -> Iterator[tuple[Stage, Iterator[bytes]]]:
        """Yield the plan of each report of a kind with its texts, which must be taken before the next is asked for.

        :raises Refused: if a file cannot be read or is damaged: then the upload is refused whole.
        """
        while self._peek() is not None:
            source = self._queue[0]
            if not isinstance(source, Source) or source.stage.kind is not kind:
                return
            self._take()
            yield source.stage, self._texts()

    def finish(self) -> None:
        """Put together what is wrong, file by file, once everything was taken."""
        for source in sorted(self._sources, key=lambda one: one.stage.table):
            self.complaints.join(source.complaints)

    def _texts(self) -> Iterator[bytes]:
        """Yield the texts up to the next report."""
        while isinstance(self._peek(), bytes):
            text = self._take()
            assert isinstance(text, bytes)  # noqa: S101 -- just looked at
            yield text

    def _peek(self) -> Source | bytes | None:
        """Wait for the next piece and return it; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._queue))
            piece = self._queue[0]
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def _take(self) -> Source | bytes | BaseException | None:
        """Take the next piece away."""
        with self._changed:
            piece = self._queue.popleft()
            self._queued -= len(piece) if isinstance(piece, bytes) else 0
            self._changed.notify_all()
        return piece

    def _put(self, piece: Source | bytes | BaseException | None) -> None:
        """Add a piece as soon as there is room for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._queued < MOST_AHEAD)
            if self._stopped:
                raise _Stopped
            self._queue.append(piece)
            self._queued += len(piece) if isinstance(piece, bytes) else 0
            self._changed.notify_all()

    def _run(self, language: str | None) -> None:
        """Read everything. The thread's work."""
        with translation.override(language):
            try:
                self._open()
                for kind in WANTED:
                    for source in self._sources:
                        if source.stage.kind is kind:
                            self._read(source)
                self._put(None)
            except _Stopped:
                pass
            except BaseException as error:  # noqa: BLE001 -- raised again by the one who waits
                with self._changed:
                    self._queue.append(error)
                    self._changed.notify_all()

    def _open(self) -> None:
        """Look at every file: what it is, and whether another one is the same."""
        seen: dict[str, str] = {}
        for upload in self._uploads:
            facts = fingerprint(upload)
            self.files.append(facts)
            if facts["sha256"] in seen:
                words = _("The same file as “%(name)s”; read once.")
                self.complaints.add(upload.name, 0, "", sentence(words, name=seen[facts["sha256"]]))
                continue
            seen[facts["sha256"]] = upload.name
            with _named(upload.name):
                wanted = _wanted(upload)
                if isinstance(wanted[0].sheet, MadeSheet):
                    self.complaints.add(upload.name, 0, "", REMARK)
                for report in wanted:
                    facts["reports"].append(report.kind.value)
                    self._sources.append(Source(report, facts, stage_of(report, len(self._sources))))

    def _read(self, source: Source) -> None:
        """Read one report."""
        report, stage = source.report, source.stage
        self._put(source)
        size, rows_guessed = source.facts["bytes"], max(source.facts["bytes"] / BYTES_OF_A_ROW, 1)
        before = self.read
        with _named(report.name):
            for chunk in report.chunks():
                stage.rows += len(chunk)
                source.complaints.take(chunk.complaints)
                for row in chunk.rejected:
                    self._rejected.add(report, row.cells, "; ".join(str(reason) for reason in row.reasons))
                if len(chunk):
                    self._put(staged_text(stage, chunk))
                self.read = before + int(size * min(0.99, report.rows_read / rows_guessed))
        self.read = before + size
        source.complaints.take(report.problems)
        stage.shop_names = dict(report.shop_names)
        self.refused[report.kind] += report.rows_refused
        source.facts["rows"] += report.rows_read


class FileRefused(Refused):
    """A refusal of the whole upload because of one file."""

    def __init__(self, file: str, why: str | _StrPromise) -> None:
        """Say which file."""
        super().__init__(sentence(_("%(name)s: %(why)s"), name=file, why=why))
        self.file = file


class _Stopped(Exception):  # noqa: N818 -- nobody waits for the rows any more
    """The reading is not wanted any more."""


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say in a refusal which file it is about."""
    try:
        yield
    except Refused as refusal:
        raise FileRefused(name, refusal.sentence) from refusal


def _wanted(upload: Upload) -> list[Report]:
    """Return the reports of a file that belong here.

    :raises Refused: if there is none.
    """
    reports = open_reports(upload.path, name=upload.name)
    wanted = [report for report in reports if report.kind in WANTED]
    if not wanted:
        words = _(
            "This is a file of the kind “%(kind)s”. Here belong the order report (订单报表) and the item report "
            "(宝贝报表)."
        )
        raise Refused(sentence(words, kind=label(reports[0].kind)))
    return wanted
