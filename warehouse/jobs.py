"""Work of the warehouse in the background."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopops.kit.clock import now, shop_day
from shopops.kit.jobs import Progress, job
from shopops.kit.refusals import Refused
from staff.actions.events import notify
from staff.models import Employee
from staff.queries.people import people_who_may
from warehouse.actions.prints import log_pick_list, log_prints
from warehouse.actions.registers import log_register, log_upload
from warehouse.exports.papers import label_pdf, note_pdf, pick_list_pdf
from warehouse.exports.register import write_register
from warehouse.exports.uploads import write_upload
from warehouse.imports.traces import TraceImport, import_traces
from warehouse.models import DispatchNote, Wave
from warehouse.queries.prints import notes_to_print
from warehouse.queries.proof import prove_stock
from warehouse.queries.register import day_register, shipped_on
from warehouse.states import PrintKind


@job("warehouse.prove_stock", label=gettext_lazy("Proof of the stock"))
def prove_stock_job(_progress: Progress, *, day: str = "") -> dict[str, Any]:
    """Prove that balances, ledger and reservations agree, and tell those who may correct stock if they do not."""
    proof = prove_stock()
    if not proof.ok:
        wrong = len(proof.ledger_differences) + len(proof.reservation_differences)
        notify(
            people_who_may("warehouse.adjust_stock"),
            "warehouse.stock_wrong",
            _("The stock does not add up: %(count)s balances differ from their ledger or reservations.")
            % {"count": wrong},
            at=now(),
            url=reverse("warehouse:proof"),
        )
    return {**proof.as_json(), "day": day}


@job("warehouse.print_labels", label=gettext_lazy("Labels"), queue="high")
def print_labels(
    progress: Progress,
    *,
    note_ids: list[int] | None = None,
    wave_id: int | None = None,
    first: int = 1,
    last: int | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """Print labels of a wave in the order of its slots, or of some notes; `first` to `last` are some of the slots."""
    wave, notes = _notes(note_ids, wave_id)
    if wave is not None and last is not None:
        notes = [note for note in notes if first <= (note.slot or 0) <= last]
    sheets = log_prints(
        PrintKind.LABEL,
        notes,
        wave=wave,
        reason=reason,
        job_run=progress.run_id,
        by=_person(progress),
        at=progress.started_at,
    )
    pdf = label_pdf(sheets[0].run, sheets, done=lambda count: progress.step(count, len(sheets)))
    _keep(progress, pdf, f"{_('Labels')}_{wave or sheets[0].note.number}_{len(sheets)}.pdf")
    return {"sheets": len(sheets)}


@job("warehouse.print_notes", label=gettext_lazy("Dispatch notes on paper"), queue="high")
def print_notes(
    progress: Progress, *, note_ids: list[int] | None = None, wave_id: int | None = None, reason: str = ""
) -> dict[str, Any]:
    """Print dispatch notes on A4."""
    wave, notes = _notes(note_ids, wave_id)
    sheets = log_prints(
        PrintKind.NOTE,
        notes,
        wave=wave,
        reason=reason,
        job_run=progress.run_id,
        by=_person(progress),
        at=progress.started_at,
    )
    pdf = note_pdf(sheets[0].run, sheets, done=lambda count: progress.step(count, len(sheets)))
    _keep(progress, pdf, f"{_('Dispatch notes')}_{wave or sheets[0].note.number}_{len(sheets)}.pdf")
    return {"sheets": len(sheets)}


@job("warehouse.print_pick_list", label=gettext_lazy("Pick list"), queue="high")
def print_pick_list(progress: Progress, *, wave_id: int) -> dict[str, Any]:
    """Print the pick list of a wave."""
    wave = Wave.objects.select_related("warehouse", "carrier", "picker").get(pk=wave_id)
    person = _person(progress)
    pdf = pick_list_pdf(wave, by=person, at=progress.started_at)
    log_pick_list(wave, job_run=progress.run_id, by=person, at=progress.started_at)
    _keep(progress, pdf, f"{_('Pick list')}_{wave.number}.pdf")
    return {"url": reverse("warehouse:wave", args=[wave.number])}


@job("warehouse.upload_file", label=gettext_lazy("Upload file for the seller centre"))
def upload_file(
    progress: Progress,
    *,
    note_ids: list[int] | None = None,
    wave_id: int | None = None,
    day: str = "",
    form: str = "csv",
) -> dict[str, Any]:
    """Write the file that tells the platform what was shipped: of some notes, a wave, or a day."""
    notes = DispatchNote.objects.all()
    if note_ids is not None:
        name, notes = str(len(note_ids)), notes.filter(pk__in=note_ids)
    elif wave_id is not None:
        wave = Wave.objects.get(pk=wave_id)
        name, notes = wave.number, notes.filter(wave=wave)
    else:
        name, notes = day, notes.filter(shipped_on(_day(day)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload.{form}"
        count = write_upload(path, notes, form=form)
        if not count:
            raise Refused(_("None of these has been shipped; there is nothing to upload."))
        progress.keep_file(path, f"{_('Shipped')}_{name}.{form}")
    log_upload(count, name=name, by=_person(progress), at=progress.started_at)
    return {"rows": count}


@job("warehouse.register", label=gettext_lazy("Register of goods to ship"))
def register_file(progress: Progress, *, day: str) -> dict[str, Any]:
    """Write the register of a day as a workbook, and that it was registered (ORD-030)."""
    register = day_register(_day(day))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        count = write_register(path, register)
        progress.keep_file(path, f"{_('Register')}_{day}.xlsx")
    log_register(register, by=_person(progress), at=progress.started_at)
    return {"rows": count}


@job("warehouse.import_traces", label=gettext_lazy("Import of traces"))
def import_traces_job(progress: Progress, *, files: list[list[str]]) -> dict[str, Any]:
    """Import uploaded files of traces: pairs of the name in the store and the name the person gave."""
    result = TraceImport()
    person = _person(progress)
    for kept, name in files:
        path = Path(default_storage.path(kept))
        try:
            import_traces(path, name=name, by=person, at=progress.started_at, into=result, progress=progress)
        except FileNotFoundError:
            raise Refused(_("The uploaded file %(name)s is gone; upload it again.") % {"name": name}) from None
    for kept, _name in files:
        default_storage.delete(kept)
    return {**result.as_json(), "url": reverse("warehouse:traces")}


def _notes(note_ids: list[int] | None, wave_id: int | None) -> tuple[Wave | None, list[DispatchNote]]:
    if wave_id is not None:
        wave = Wave.objects.get(pk=wave_id)
        return wave, notes_to_print(list(wave.notes.values_list("pk", flat=True)))
    return None, notes_to_print(note_ids or [])


def _person(progress: Progress) -> Employee:
    return Employee.objects.get(pk=progress.asked_by_id or 0)


def _day(text: str) -> date:
    return date.fromisoformat(text) if text else shop_day(now())


def _keep(progress: Progress, pdf: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.pdf"
        path.write_bytes(pdf)
        progress.keep_file(path, name)
