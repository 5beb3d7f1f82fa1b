"""Questions about dispatch notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_name
from warehouse.models import DispatchLine, DispatchNote, Parcel, PrintedNote, Scan
from warehouse.policy import LATE_SOON_HOURS
from warehouse.states import NoteState, WaveKind

HERE = (NoteState.WAITING, NoteState.PICKING, NoteState.PICKED, NoteState.PACKED)
"""States of notes whose goods are still in the house."""
TONES = {
    NoteState.WAITING: "plain",
    NoteState.PICKING: "info",
    NoteState.PICKED: "info",
    NoteState.PACKED: "accent",
    NoteState.SHIPPED: "good",
    NoteState.CANCELLED: "plain",
}


def listed_notes(_reader: Reader) -> QuerySet[DispatchNote]:
    """Return the rows of the list of dispatch notes."""
    return DispatchNote.objects.all()


def matching_notes(text: str) -> Q:
    """Return the condition for the search box: numbers of any kind, or the beginning of the receiver's name."""
    word = text.strip()
    found = Q(number=word.upper()) | Q(waybill=word.upper()) | Q(order_numbers__startswith=word)
    if not word.isascii():
        found |= Q(receiver_name__startswith=word)
    return found


def stopped_here() -> Q:
    """Return the condition for stopped parcels that are still in the house."""
    return Q(stopped_at__isnull=False, state__in=HERE)


def late_soon(at: datetime) -> Q:
    """Return the condition for notes whose time to ship is over or nearly so (ORD-014)."""
    return Q(state__in=HERE, ship_by__lt=at + timedelta(hours=LATE_SOON_HOURS()))


def add_note_words(rows: list[Row], reader: Reader) -> None:
    """Put words and tones of state, kind and time on the rows; no query."""
    labels, kinds = dict(NoteState.choices), dict(WaveKind.choices)
    for row in rows:
        stopped = row["stopped_at"] is not None and row["state"] in HERE
        row["state_label"] = labels[row["state"]]
        row["kind_label"] = kinds[row["kind"]]
        row["tone"] = TONES[row["state"]]
        row["receiver"] = mask_name(row["receiver_name"])
        row["is_stopped"] = stopped
        row["is_here"] = row["state"] in HERE
        left = row["ship_by"] - reader.at if row["ship_by"] and row["is_here"] else None
        row["edge"] = "danger" if stopped or (left is not None and left < timedelta(0)) else ""
        if not row["edge"] and left is not None and left < timedelta(hours=LATE_SOON_HOURS()):
            row["edge"] = "warn"


@dataclass(frozen=True)
class ShownNote:
    """A dispatch note with everything its page shows."""

    note: DispatchNote
    lines: list[DispatchLine]
    scans: list[Scan]
    prints: list[PrintedNote]
    parcel: Parcel | None

    @property
    def scanned(self) -> int:
        """Return the pieces scanned so far."""
        return sum(line.scanned for line in self.lines)


def shown_note(note: DispatchNote) -> ShownNote:
    """Return a note with its lines, scans, prints and parcel; a query each."""
    return ShownNote(
        note,
        lines=list(DispatchLine.objects.filter(note=note).select_related("sku").order_by("pk")),
        scans=list(Scan.objects.filter(note=note).select_related("by").order_by("-pk")[:50]),
        prints=list(PrintedNote.objects.filter(note=note).select_related("run", "run__by").order_by("-run__at", "-pk")),
        parcel=Parcel.objects.filter(note=note).select_related("carrier").prefetch_related("trace").first(),
    )


def notes_with_everything() -> QuerySet[DispatchNote]:
    """Return notes with all that their page names, for one query by number."""
    return DispatchNote.objects.select_related(
        "shop", "warehouse", "carrier", "wave", "confirmed_by", "picked_by", "packed_by", "shipped_by"
    )
