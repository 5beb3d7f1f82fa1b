"""Files people upload: looked at, sorted by kind, kept until they are imported in the background."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orders.actions.imports import shown_name
from service.imports.registry import HEAD_ROWS, READERS, Peek, Upload, kind_of
from service.imports.running import Step, run_import
from service.models import ColumnMapping, FileImport
from service.states import FILE_MOVES, FileKind, FileState
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets import cell_text, open_spreadsheet
from shopops.taobao.chats import form_of, start_of
from staff.actions.events import record
from staff.actions.jobs import start_job
from staff.models import Employee, Shop

JOB = "service.import_files"
MOST_FILES = 40
KEPT_FOR = timedelta(days=7)
"""How long the files of a rehearsal, or of work that never ended, are kept."""


def peek_into(upload: Upload) -> Peek:
    """Look at the beginning of a file.

    :raises Refused: if it is empty or no file anybody reads here.
    """
    form = form_of(upload.path)
    if form == "zip":
        return Peek(upload, form)
    start = start_of(upload.path) if form in {"json", "text"} else ""
    if form == "json":
        return Peek(upload, form, start=start)
    try:
        sheets = [
            [[cell_text(cell).strip() for cell in row] for row in sheet.head(HEAD_ROWS)]
            for sheet in open_spreadsheet(upload.path, name=upload.name)
        ]
    except Refused:
        if form == "table":
            raise
        sheets = []
    return Peek(upload, form, sheets, start)


def start_imports(
    files: Sequence[File[bytes]],
    *,
    kind: str = "",
    shop: Shop | None = None,
    rehearse: bool = False,
    by: Employee,
    at: datetime,
) -> list[FileImport]:
    """Keep uploaded files and import them in the background, one log a kind; return the logs.

    Spreadsheets nobody knows wait for somebody to say which column holds what.

    :param kind: what all of them are; by default each file is looked at.
    :raises Refused: if there are no files, or too many or too big ones.
    """
    if not files:
        raise Refused(_("Choose at least one file."))
    if len(files) > MOST_FILES:
        raise Refused(sentence(_("Import at most %(most)s files at once."), most=MOST_FILES))
    if sum(file.size or 0 for file in files) > settings.UPLOAD_MOST_BYTES:
        most = settings.UPLOAD_MOST_BYTES // 2**20
        raise Refused(sentence(_("The files are too big: at most %(most)s MB together."), most=most))
    forget_old_uploads(at=at)
    logs: dict[tuple[str, int | None, bool], FileImport] = {}
    with transaction.atomic():
        for number, file in enumerate(files):
            name = shown_name(file.name)
            stored = default_storage.save(f"imports/uploads/service-{at:%Y%m%d%H%M%S}-{number}", file)
            found, mapping, is_known = _sorted(Upload(Path(default_storage.path(stored)), name), kind)
            key = (found, mapping.pk if mapping else None, is_known)
            if key not in logs or not is_known:
                logs[key] = FileImport.objects.create(
                    kind=found, shop=shop, mapping=mapping, is_rehearsal=rehearse, started_by=by, started_at=at
                )
            logs[key].files.append({"name": name, "stored": stored, "bytes": file.size})
            logs[key].save(update_fields=["files"])
            if is_known and logs[key].job_run is None:
                _start(logs[key], by=by, at=at)
    return list(logs.values())


def _sorted(upload: Upload, kind: str) -> tuple[str, ColumnMapping | None, bool]:
    """Return the kind of a file, the mapping kept for its columns, and whether it can be read as it is."""
    wanted = kind or FileKind.CHATS
    try:
        peek = peek_into(upload)
    except Refused:
        return wanted, None, True  # the import says why
    found = kind_of(peek)
    if found and (not kind or found == kind):
        return found, None, True
    for mapping in ColumnMapping.objects.filter(**({"kind": kind} if kind else {})).order_by("-kept_at", "-pk"):
        if peek.has_columns(*mapping.columns.values()):
            return mapping.kind, mapping, True
    is_table = peek.form == "table" or any(len(row) > 2 for sheet in peek.sheets for row in sheet)  # noqa: PLR2004
    return wanted, None, not is_table or not READERS[wanted].fields


def header_of(batch: FileImport) -> list[list[str]]:
    """Return the rows of an unknown spreadsheet in which its header may stand: those with several cells."""
    for upload in kept_uploads(batch):
        for sheet in peek_into(upload).sheets:
            rows = [row for row in sheet if sum(bool(cell) for cell in row) > 1]
            if rows:
                return rows
    return []


def needs_columns(batch: FileImport) -> bool:
    """Say whether an import waits for somebody to say which column holds what."""
    return batch.state == FileState.WAITING and batch.job_run_id is None and bool(batch.files)


@transaction.atomic
def map_columns(
    batch: FileImport, columns: Mapping[str, str], *, kind: str, name: str, by: Employee, at: datetime
) -> FileImport:
    """Say which column of an unknown spreadsheet holds what, keep that under a name, and import the file.

    :raises Refused: if a column that is needed is missing, or the import does not wait for that.
    """
    batch = FileImport.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not needs_columns(batch):
        raise Refused(_("This import does not wait for columns any more."))
    reader = READERS.get(kind)
    if reader is None or not reader.fields:
        raise Refused(_("Choose what the file holds."))
    chosen = {field.name: columns[field.name] for field in reader.fields if columns.get(field.name)}
    missing = [str(field.label) for field in reader.fields if field.is_needed and field.name not in chosen]
    if missing:
        raise Refused(sentence(_("Say which column holds: %(names)s."), names=", ".join(missing)))
    name = name.strip()[:60]
    if not name:
        raise Refused(_("Give the columns a name, so that they are known next time."))
    mapping, is_new = ColumnMapping.objects.update_or_create(
        kind=kind, name=name, defaults={"columns": chosen, "kept_by": by, "kept_at": at}
    )
    record("service.mapping_kept", mapping, by=by, at=at, changes={"columns": (None, chosen)} if is_new else None)
    batch.kind, batch.mapping = kind, mapping
    batch.save(update_fields=["kind", "mapping"])
    return _start(batch, by=by, at=at)


@transaction.atomic
def import_for_real(rehearsal: FileImport, *, by: Employee, at: datetime) -> FileImport:
    """Import the files of a rehearsal, which are still kept; return the log of that.

    :raises Refused: if it was no rehearsal, or the files are gone.
    """
    rehearsal = FileImport.objects.select_for_update(of=("self",)).get(pk=rehearsal.pk)
    if rehearsal.state != FileState.REHEARSED or not all(one.get("stored") for one in rehearsal.files):
        raise Refused(_("The files of this rehearsal are not kept any more. Upload them again."))
    batch = FileImport.objects.create(
        kind=rehearsal.kind, shop=rehearsal.shop, mapping=rehearsal.mapping, started_by=by, started_at=at
    )
    batch.files = [{name: one[name] for name in ("name", "stored", "bytes")} for one in rehearsal.files]
    batch.save(update_fields=["files"])
    rehearsal.files = [{**one, "stored": ""} for one in rehearsal.files]
    rehearsal.save(update_fields=["files"])
    return _start(batch, by=by, at=at)


def import_stored(batch: FileImport, *, at: datetime, step: Step) -> FileImport:
    """Import the kept files of a log and forget them (those of a rehearsal stay a while). The worker's part."""
    uploads = kept_uploads(batch)
    if batch.state in {FileState.WAITING, FileState.READING}:
        if len(uploads) < len(batch.files):
            words = _now("The uploaded files are not there any more. Upload them again.")
            if batch.state == FileState.WAITING:
                move(batch, FileState.READING, moves=FILE_MOVES)
            move(batch, FileState.REFUSED, moves=FILE_MOVES, sentence=words, finished_at=at)
            return batch
        run_import(batch, uploads, at=at, step=step)
    if batch.state in {FileState.DONE, FileState.REFUSED}:
        forget_uploads([batch])
    return batch


def kept_uploads(batch: FileImport) -> list[Upload]:
    """Return the files of an import that are still kept."""
    found = [Upload(Path(default_storage.path(one["stored"])), one["name"]) for one in batch.files if one.get("stored")]
    return [upload for upload in found if upload.path.is_file()]


def forget_uploads(batches: Iterable[FileImport]) -> None:
    """Delete the uploaded files of imports that are over."""
    for batch in batches:
        names = [one["stored"] for one in batch.files if one.get("stored")]
        if names:
            batch.files = [{name: value for name, value in one.items() if name != "stored"} for one in batch.files]
            batch.save(update_fields=["files"])
            for name in names:
                default_storage.delete(name)


def forget_old_uploads(*, at: datetime) -> None:
    """Delete the files of rehearsals nobody imported, and of sheets nobody said the columns of, for a week."""
    old = FileImport.objects.filter(started_at__lt=at - KEPT_FOR, files__0__has_key="stored")
    forget_uploads(old.exclude(state=FileState.READING).exclude(state=FileState.WAITING, job_run__isnull=False))


def _start(batch: FileImport, *, by: Employee, at: datetime) -> FileImport:
    """Start the work of a log."""
    values: dict[str, Any] = {"batch_id": batch.pk}
    batch.job_run = start_job(JOB, by=by, at=at, **values)
    batch.save(update_fields=["job_run"])
    return batch
