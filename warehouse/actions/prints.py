"""The log of what was printed: every sheet, by whom, when, and why again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from staff.actions.events import record, record_many
from staff.models import Employee
from warehouse.models import DispatchNote, PrintedNote, PrintRun, Wave
from warehouse.queries.prints import copies_before, printed_sheets
from warehouse.states import PrintKind


@transaction.atomic
def log_prints(
    kind: PrintKind,
    notes: Sequence[DispatchNote],
    *,
    wave: Wave | None = None,
    reason: str = "",
    job_run: int | None = None,
    by: Employee,
    at: datetime,
) -> list[PrintedNote]:
    """Write down that notes were printed, sheet by sheet, and which copy of each it is.

    Labels printed before are left out unless there is a reason: two parcels with one label is what goes wrong.

    The sheets of a wave bear the numbers of its slots, which stay when a note is dropped; others are counted from 1.

    :param job_run: the job that prints; asked again for the same one, what it logged is returned.
    :raises Refused: if there is nothing to print.
    """
    if job_run is not None and (run := PrintRun.objects.filter(job_run=job_run).first()):
        return printed_sheets(run)
    before = copies_before([note.pk for note in notes], kind)
    numbered = [(note.slot if wave and note.slot else page, note) for page, note in enumerate(notes, start=1)]
    if kind == PrintKind.LABEL and not reason.strip():
        numbered = [(page, note) for page, note in numbered if note.pk not in before]
    if not numbered:
        raise Refused(
            _("These labels have all been printed. Print them again from the page of the wave or note, and say why.")
            if before
            else _("There is nothing to print.")
        )
    run = PrintRun.objects.create(kind=kind, wave=wave, reason=reason[:200], job_run=job_run, by=by, at=at)
    pages = PrintedNote.objects.bulk_create(
        [PrintedNote(run=run, note=note, page=page, copy=before.get(note.pk, 0) + 1) for page, note in numbered],
        batch_size=2000,
    )
    if kind == PrintKind.LABEL:
        keys = [page.note_id for page in pages]
        DispatchNote.objects.filter(pk__in=keys).update(labels_printed=F("labels_printed") + 1)
    record_many(
        _verb(kind, again=bool(reason)),
        ((page.note, {"copy": ("", page.copy)}) for page in pages),
        by=by,
        at=at,
        reason=reason,
    )
    if wave is not None:
        verb = _verb(kind, again=bool(reason))
        record(verb, wave, by=by, at=at, reason=reason, changes={"sheets": ("", len(pages))})
    return pages


@transaction.atomic
def log_pick_list(wave: Wave, *, job_run: int | None = None, by: Employee, at: datetime) -> PrintRun:
    """Write down that the pick list of a wave was printed."""
    run, is_new = PrintRun.objects.get_or_create(
        job_run=job_run, defaults={"kind": PrintKind.PICK_LIST, "wave": wave, "by": by, "at": at}
    )
    if is_new:
        record(_verb(PrintKind.PICK_LIST), wave, by=by, at=at)
    return run


def _verb(kind: PrintKind, *, again: bool = False) -> str:
    """Return the verb of the trail: `warehouse.label_printed`, `warehouse.note_reprinted` and so on."""
    return f"warehouse.{kind.value}_{'reprinted' if again else 'printed'}"
