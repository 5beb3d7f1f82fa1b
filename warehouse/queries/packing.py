"""Questions of the pack check: what a code means, and what a note looks like to the packer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from catalog.models import Sku
from warehouse.models import DispatchLine, DispatchNote
from warehouse.states import NoteState, WaveKind


@dataclass(frozen=True)
class Meaning:
    """What a scanned code stands for: a note, or a SKU; at most one of the two."""

    note: DispatchNote | None = None
    sku: Sku | None = None


def meaning_of(code: str) -> Meaning:
    """Look a code up everywhere before anything is done with it.

    A label (note number or waybill) wins over goods: labels are printed by us and cannot be mistaken. Two notes with
    one waybill of different carriers are no answer.
    """
    live = ~Q(state=NoteState.CANCELLED)
    notes = list(DispatchNote.objects.filter(live, number=code.upper())[:1]) or list(
        DispatchNote.objects.filter(live, waybill=code.upper()).order_by("-pk")[:2]
    )
    if len(notes) == 1:
        return Meaning(note=notes[0])
    skus = list(Sku.objects.filter(Q(barcode=code) | Q(code__in={code, code.upper()})).order_by("pk")[:3])
    exact = [sku for sku in skus if sku.barcode == code] or skus
    return Meaning(sku=exact[0]) if len(exact) == 1 else Meaning()


def packing_lines(note: DispatchNote) -> list[DispatchLine]:
    """Return the lines of a note with their SKUs, in the order they were ordered."""
    return list(DispatchLine.objects.filter(note=note).select_related("sku").order_by("pk"))


def next_single(sku: Sku) -> DispatchNote | None:
    """Return the most urgent picked note of a wave of single pieces that wants just this SKU, locked.

    In such a wave the goods come first: scanning a piece finds its parcel. Notes another table holds are passed over.
    """
    return (
        DispatchNote.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .filter(
            state=NoteState.PICKED,
            stopped_at=None,
            only_sku=sku,
            kind=WaveKind.SINGLE,
            wave__kind=WaveKind.SINGLE,
            pack_block="",
        )
        .order_by("ship_by", "pk")
        .first()
    )
