"""Questions of the pack check: what a code means, and what a note looks like to the packer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from catalog.models import Sku
from catalog.queries.attributes import colour_and_size
from staff.models import Employee
from warehouse.models import DispatchLine, DispatchNote, Scan, Wave
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


@dataclass(frozen=True)
class GoodsPoint:
    """Colour, size and quantity of one line."""

    line: DispatchLine
    colour: str
    size: str
    rest: str

    @property
    def left(self) -> int:
        """Return the pieces still to be scanned."""
        return self.line.quantity - self.line.scanned

    @property
    def is_complete(self) -> bool:
        """Say whether every piece has been scanned."""
        return self.left == 0


@dataclass(frozen=True)
class Points:
    """What the packer compares before closing the parcel (ORD-031): six points, the goods' three line by line."""

    goods: list[GoodsPoint]
    remarks: list[tuple[str, str]]
    """(whose, what) of the buyer's message and the seller's memo."""
    gifts: int
    changes: str


def six_points(note: DispatchNote, lines: list[DispatchLine]) -> Points:
    """Return colour, quantity, size, remark, gift and change of a note."""
    goods = []
    for line in lines:
        colour, size, rest = colour_and_size(line.sku.attributes)
        goods.append(GoodsPoint(line, colour, size, rest))
    remarks = []
    if note.buyer_message:
        remarks.append((_("Buyer's message"), note.buyer_message))
    if note.seller_memo:
        remarks.append((_("Seller's memo"), note.seller_memo))
    return Points(goods, remarks, sum(line.quantity for line in lines if line.is_gift), note.changes)


class Progress(NamedTuple):
    """How far the parcels of a wave are."""

    notes: int
    packed: int
    stopped: int


def wave_progress(wave: Wave) -> Progress:
    """Return how many parcels of a wave are packed; one query."""
    packed = Count("pk", filter=Q(state__in=(NoteState.PACKED, NoteState.SHIPPED)))
    stopped = Count("pk", filter=Q(stopped_at__isnull=False))
    found = DispatchNote.objects.filter(wave=wave).aggregate(notes=Count("pk"), packed=packed, stopped=stopped)
    return Progress(**found)


def last_scans(by: Employee, *, most: int = 5) -> list[Scan]:
    """Return the latest scans of a packer, newest first."""
    return list(Scan.objects.filter(by=by).select_related("note").order_by("-pk")[:most])
