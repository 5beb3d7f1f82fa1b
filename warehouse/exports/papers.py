"""PDF of the warehouse: labels of 100 × 180 mm, dispatch notes and pick lists on A4."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from shopops.kit.barcodes import code128
from shopops.kit.pdf import render_pdf, render_pdf_batch
from staff.models import Employee
from warehouse.models import DispatchLine, DispatchNote, PrintedNote, PrintRun, Wave
from warehouse.queries.packing import Points, six_points
from warehouse.queries.prints import lines_of
from warehouse.queries.waves import pick_list

LABELS_A_DOCUMENT = 20
"""More take memory, fewer repeat the fonts."""
NOTES_A_DOCUMENT = 10


@dataclass(frozen=True)
class Sheet:
    """One note as it is printed."""

    page: PrintedNote
    note: DispatchNote
    barcode: SafeString
    points: Points

    @property
    def is_again(self) -> bool:
        """Say whether this is a second copy."""
        return self.page.copy > 1


def label_pdf(run: PrintRun, sheets: Sequence[PrintedNote], *, done: Callable[[int], None] | None = None) -> bytes:
    """Make the labels of a print run, a cover sheet before them, in the order of the slots."""

    def documents() -> Iterator[str]:
        yield render_to_string("warehouse/paper/cover.html", cover_of(run, sheets))
        for start in range(0, len(sheets), LABELS_A_DOCUMENT):
            part = sheets[start : start + LABELS_A_DOCUMENT]
            yield render_to_string("warehouse/paper/labels.html", {"sheets": printable(part), "run": run})
            if done is not None:
                done(start + len(part))

    return render_pdf_batch(documents())


def note_pdf(run: PrintRun, sheets: Sequence[PrintedNote], *, done: Callable[[int], None] | None = None) -> bytes:
    """Make dispatch notes on A4, one a sheet."""

    def documents() -> Iterator[str]:
        for start in range(0, len(sheets), NOTES_A_DOCUMENT):
            part = sheets[start : start + NOTES_A_DOCUMENT]
            yield render_to_string("warehouse/paper/notes.html", {"sheets": printable(part), "run": run})
            if done is not None:
                done(start + len(part))

    return render_pdf_batch(documents())


def pick_list_pdf(wave: Wave, *, by: Employee, at: datetime) -> bytes:
    """Make the pick list of a wave in the order of the bins."""
    rows = pick_list(wave)
    return render_pdf(
        render_to_string(
            "warehouse/paper/pick_list.html",
            {
                "wave": wave,
                "rows": rows,
                "pieces": sum(row.pieces for row in rows),
                "notes": DispatchNote.objects.filter(wave=wave, stopped_at=None).count(),
                "barcode": code128(wave.number, height=32),
                "by": by,
                "at": at,
            },
        )
    )


def printable(sheets: Sequence[PrintedNote]) -> list[Sheet]:
    """Return sheets with barcodes and goods; two queries."""
    notes = {
        note.pk: note
        for note in DispatchNote.objects.filter(pk__in=[sheet.note_id for sheet in sheets]).select_related(
            "carrier", "shop", "warehouse", "wave"
        )
    }
    lines: dict[int, list[DispatchLine]] = lines_of(list(notes.values()))
    return [
        Sheet(
            sheet,
            notes[sheet.note_id],
            code128(notes[sheet.note_id].waybill or notes[sheet.note_id].number, height=30, words=True),
            six_points(notes[sheet.note_id], lines[sheet.note_id]),
        )
        for sheet in sheets
    ]


def cover_of(run: PrintRun, sheets: Sequence[PrintedNote]) -> dict[str, object]:
    """Return what the cover sheet says: how many labels, of which wave, first and last, of which carriers."""
    carriers: dict[str, int] = {}
    keys = [sheet.note_id for sheet in sheets]
    for name in DispatchNote.objects.filter(pk__in=keys).values_list("carrier__name", flat=True):
        carriers[name or "—"] = carriers.get(name or "—", 0) + 1
    return {
        "run": run,
        "count": len(sheets),
        "first": sheets[0],
        "last": sheets[-1],
        "copies": sum(sheet.copy > 1 for sheet in sheets),
        "carriers": sorted(carriers.items(), key=lambda pair: -pair[1]),
        "barcode": code128(run.wave.number, height=40, words=True) if run.wave else "",
    }
