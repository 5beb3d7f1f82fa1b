"""Questions about waves: what could go into one, what is in one, and how to walk it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from catalog.models import Sku
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from warehouse.models import Carrier, DispatchLine, DispatchNote, StockBalance, Wave
from warehouse.states import NoteState, WaveKind, WaveState

TONES = {
    WaveState.OPEN: "plain",
    WaveState.PICKING: "info",
    WaveState.PICKED: "accent",
    WaveState.DONE: "good",
    WaveState.CANCELLED: "plain",
}


@dataclass(frozen=True)
class Wish:
    """What a new wave should hold.

    :ivar hours: only notes to be shipped within so many hours.
    """

    carrier: Carrier | None = None
    kind: WaveKind | None = None
    sku: Sku | None = None
    shop_id: int | None = None
    hours: int | None = None
    most: int = 20


def waiting_notes() -> QuerySet[DispatchNote]:
    """Return the notes that can go into a wave, the most urgent first."""
    return DispatchNote.objects.filter(state=NoteState.WAITING, stopped_at=None).order_by(
        F("ship_by").asc(nulls_last=True), "pk"
    )


def wished_notes(wish: Wish, *, at: datetime) -> QuerySet[DispatchNote]:
    """Return the waiting notes that fit a wish, the most urgent first, without the limit of the wave."""
    found = waiting_notes()
    if wish.carrier is not None:
        found = found.filter(carrier=wish.carrier)
    if wish.sku is not None:
        found = found.filter(only_sku=wish.sku)
    elif wish.kind == WaveKind.SINGLE:
        found = found.filter(kind=WaveKind.SINGLE)
    elif wish.kind == WaveKind.SAME_SKU:
        found = found.filter(only_sku__isnull=False)
    elif wish.kind == WaveKind.MIXED:
        found = found.filter(kind=WaveKind.MIXED)
    if wish.shop_id is not None:
        found = found.filter(shop_id=wish.shop_id)
    if wish.hours is not None:
        found = found.filter(ship_by__lt=at + timedelta(hours=wish.hours))
    return found


@dataclass(frozen=True)
class Offer:
    """What waits, seen from three sides."""

    waiting: int
    kinds: list[tuple[WaveKind, int]]
    carriers: list[tuple[Carrier | None, int]]
    skus: list[tuple[Sku, int, int]]
    """SKUs that many notes want alone: SKU, notes, pieces."""


def wave_offer() -> Offer:
    """Return how the waiting notes divide by kind, carrier and SKU; five queries."""
    waiting = waiting_notes().order_by()
    kinds = dict(waiting.values_list("kind").annotate(notes=Count("pk")))
    by_carrier = dict(waiting.values_list("carrier").annotate(notes=Count("pk")))
    carriers = Carrier.objects.in_bulk([key for key in by_carrier if key is not None])
    top = list(
        waiting.filter(only_sku__isnull=False)
        .values_list("only_sku")
        .annotate(notes=Count("pk"), all_pieces=Sum("pieces"))
        .order_by("-notes", "only_sku")[:8]
    )
    skus = Sku.objects.in_bulk([row[0] for row in top])
    return Offer(
        waiting=sum(kinds.values()),
        kinds=[(kind, kinds.get(kind, 0)) for kind in (WaveKind.SINGLE, WaveKind.SAME_SKU, WaveKind.MIXED)],
        carriers=sorted(
            ((carriers.get(key), count) for key, count in by_carrier.items()), key=lambda pair: (-pair[1], str(pair[0]))
        ),
        skus=[(skus[key], count, pieces) for key, count, pieces in top],
    )


def listed_waves(_reader: Reader) -> QuerySet[Wave]:
    """Return the rows of the list of waves."""
    return Wave.objects.all()


def matching_waves(text: str) -> Q:
    """Return the condition for the search box: the number of the wave or of a note in it."""
    word = text.strip().upper()
    return Q(number=word) | Q(pk__in=DispatchNote.objects.filter(number=word, wave__isnull=False).values("wave_id"))


def add_wave_counts(rows: list[Row], _reader: Reader) -> None:
    """Put the notes and how far they are on the rows of a page; one query."""
    states, kinds = dict(WaveState.choices), dict(WaveKind.choices)
    found = {
        row["wave"]: row
        for row in DispatchNote.objects.filter(wave_id__in=[row["id"] for row in rows])
        .values("wave")
        .annotate(
            notes=Count("pk"),
            all_pieces=Sum("pieces"),
            packed=Count("pk", filter=Q(state__in=(NoteState.PACKED, NoteState.SHIPPED))),
            shipped=Count("pk", filter=Q(state=NoteState.SHIPPED)),
            stopped=Count("pk", filter=Q(stopped_at__isnull=False) & ~Q(state=NoteState.SHIPPED)),
        )
    }
    for row in rows:
        counts: Mapping[str, Any] = found.get(row["id"], {})
        row |= {key: counts.get(key) or 0 for key in ("notes", "all_pieces", "packed", "shipped", "stopped")}
        row["state_label"], row["kind_label"] = states[row["state"]], kinds[row["kind"]]
        row["tone"] = TONES[row["state"]]
        row["edge"] = "danger" if row["stopped"] else ""


def wave_notes(wave: Wave) -> list[DispatchNote]:
    """Return the notes of a wave in the order of their slots."""
    return list(
        DispatchNote.objects.filter(wave=wave)
        .select_related("carrier", "shop", "packed_by", "shipped_by")
        .annotate(scanned=Sum("lines__scanned"))
        .order_by("slot", "pk")
    )


@dataclass
class PickRow:
    """One stop of the walk: so many pieces of a SKU out of a bin, into these slots."""

    sku: Sku
    bin: str
    pick_order: int
    pieces: int = 0
    slots: list[tuple[int, int]] = field(default_factory=list)
    """(slot, pieces)."""
    has_gift: bool = False


def pick_list(wave: Wave) -> list[PickRow]:
    """Return the stops of a wave in the order of the bins; SKUs without a bin come last. Two queries."""
    lines = (
        DispatchLine.objects.filter(note__wave=wave, note__stopped_at=None)
        .select_related("sku")
        .annotate(slot=F("note__slot"))
        .order_by("note__slot", "pk")
    )
    places = {
        sku: (code, order)
        for sku, code, order in StockBalance.objects.filter(
            warehouse=wave.warehouse_id, sku__in=[line.sku_id for line in lines]
        ).values_list("sku_id", "bin__code", "bin__pick_order")
    }
    return sorted(_stops(lines, places), key=lambda row: (not row.bin, row.pick_order, row.bin, row.sku.code))


def _stops(lines: Iterable[DispatchLine], places: Mapping[int, tuple[str | None, int | None]]) -> Iterable[PickRow]:
    stops: dict[int, PickRow] = {}
    for line in lines:
        code, order = places.get(line.sku_id, (None, None))
        stop = stops.setdefault(line.sku_id, PickRow(line.sku, code or "", order or 0))
        stop.pieces += line.quantity
        slot: int = line.slot  # type: ignore[attr-defined]  # annotated
        if stop.slots and stop.slots[-1][0] == slot:
            stop.slots[-1] = (slot, stop.slots[-1][1] + line.quantity)
        else:
            stop.slots.append((slot, line.quantity))
        stop.has_gift = stop.has_gift or line.is_gift
    return stops.values()
