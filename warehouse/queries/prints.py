"""Questions about what was printed."""

from __future__ import annotations

from django.db.models import Count, Max, Min, Q, QuerySet

from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from warehouse.models import DispatchLine, DispatchNote, PrintedNote, PrintRun, Wave
from warehouse.states import NoteState, PrintKind


def prints_of_wave(wave: Wave) -> list[PrintRun]:
    """Return the print runs of a wave, newest first."""
    return list(PrintRun.objects.filter(wave=wave).select_related("by").annotate(sheets=Count("pages")).order_by("-at"))


def listed_prints(_reader: Reader) -> QuerySet[PrintRun]:
    """Return the rows of the print log."""
    return PrintRun.objects.annotate(is_again=Q(reason__gt=""))


def matching_prints(text: str) -> Q:
    """Return the condition for the search box: a wave, or a note that was printed."""
    word = text.strip().upper()
    return Q(wave__number=word) | Q(pk__in=PrintedNote.objects.filter(note__number=word).values("run_id"))


def add_print_words(rows: list[Row], _reader: Reader) -> None:
    """Put the sheets and the kind in words on the rows; one query."""
    labels = dict(PrintKind.choices)
    sheets = {
        row["run"]: row
        for row in PrintedNote.objects.filter(run_id__in=[row["id"] for row in rows])
        .values("run")
        .annotate(count=Count("pk"), first=Min("note__number"), last=Max("note__number"))
    }
    for row in rows:
        row["kind_label"] = labels[row["kind"]]
        row |= {"count": 0, "first": "", "last": "", **sheets.get(row["id"], {})}


def copies_before(note_ids: list[int], kind: PrintKind) -> dict[int, int]:
    """Return how often each note has been printed before; notes never printed do not appear."""
    return dict(
        PrintedNote.objects.filter(note_id__in=note_ids, run__kind=kind)
        .values_list("note_id")
        .annotate(copies=Count("pk"))
    )


def printed_sheets(run: PrintRun) -> list[PrintedNote]:
    """Return the sheets of a print run in their order, with what is on them."""
    return list(
        PrintedNote.objects.filter(run=run)
        .select_related("note", "note__carrier", "note__shop", "note__warehouse", "note__wave")
        .order_by("page")
    )


def notes_to_print(note_ids: list[int]) -> list[DispatchNote]:
    """Return the notes to print: those of a wave in the order of its slots, the others by their numbers.

    Cancelled and stopped ones are left out: a label in hand is half a shipment.
    """
    return list(
        DispatchNote.objects.filter(pk__in=note_ids, stopped_at=None)
        .exclude(state=NoteState.CANCELLED)
        .order_by("wave_id", "slot", "pk")
    )


def lines_of(notes: list[DispatchNote]) -> dict[int, list[DispatchLine]]:
    """Return the lines of many notes with their SKUs; one query."""
    found: dict[int, list[DispatchLine]] = {note.pk: [] for note in notes}
    for line in DispatchLine.objects.filter(note_id__in=found).select_related("sku").order_by("pk"):
        found[line.note_id].append(line)
    return found
