"""Issuing dispatch notes: with all their stock, or not at all."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from shopops.kit.clock import shop_day
from shopops.kit.copying import copy_rows
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record_rows
from staff.models import Employee
from warehouse.actions.balances import lock_balances, move_pieces, next_ids
from warehouse.models import DispatchLine, DispatchNote, Reservation, StockBalance, Warehouse
from warehouse.queries.stock import main_warehouse, parts_of
from warehouse.states import DEFECTIVE, WaveKind


class Wanted(NamedTuple):
    """Pieces of a SKU (or bundle) to be sent."""

    sku_id: int
    quantity: int
    title: str = ""
    is_gift: bool = False


class Shortage(NamedTuple):
    """What is missing: pieces wanted by one order, and pieces it could have had."""

    sku_code: str
    wanted: int
    available: int


@dataclass(frozen=True)
class NoteRequest:
    """What a dispatch note is asked for with.

    :param key: whatever the asker tells its requests apart by; comes back in the answer.
    :param order_numbers: the numbers of the orders in the parcel, separated by blanks.
    :param ship_by: when it turns amber (ORD-014).
    :param changes: what was changed after the buyer placed the order (shown to the packer, ORD-031).
    :param promised_at: the platform's own deadline, where it gives one (a stricter one wins over ORD-015).
    :param warehouse_id: who ships; the main warehouse if None.
    """

    key: Hashable
    shop_id: int
    order_numbers: str
    receiver_name: str
    receiver_phone: str
    province: str
    city: str
    district: str
    address: str
    postcode: str
    buyer_message: str
    seller_memo: str
    ship_by: datetime | None
    carrier_id: int | None
    wanted: Sequence[Wanted]
    changes: str = ""
    warehouse_id: int | None = None
    promised_at: datetime | None = None


class WrittenNote(NamedTuple):
    """What the asker needs to know of a note that was issued."""

    pk: int
    number: str
    ship_by: datetime | None


@dataclass(frozen=True)
class Issued:
    """The answer to many requests: notes of those that were whole, shortages of the others."""

    notes: dict[Hashable, WrittenNote] = field(default_factory=dict)
    short: dict[Hashable, list[Shortage]] = field(default_factory=dict)


class OutOfStock(Refused):
    """Not everything that is wanted is there; `shortages` says what."""

    def __init__(self, shortages: list[Shortage]) -> None:
        """Make a sentence with the numbers."""
        self.shortages = shortages
        listed = "；".join(f"{one.sku_code} {one.wanted} > {max(one.available, 0)}" for one in shortages)
        super().__init__(sentence(_("Out of stock (wanted > available): %(listed)s"), listed=listed))


def issue_note(request: NoteRequest, *, by: Employee | None, at: datetime) -> DispatchNote:
    """Issue one dispatch note and reserve its pieces.

    :raises OutOfStock: if a piece is missing; nothing is reserved then.
    """
    issued = issue_notes([request], by=by, at=at)
    if request.key in issued.short:
        raise OutOfStock(issued.short[request.key])
    return DispatchNote.objects.get(pk=issued.notes[request.key].pk)


@transaction.atomic
def issue_notes(
    requests: Sequence[NoteRequest], *, by: Employee | None, at: datetime, batch: UUID | None = None
) -> Issued:
    """Issue many dispatch notes: in the order given, whole requests or nothing.

    The balances are locked once, in the order of their keys, so that two batches never wait for each other in a
    circle; what each request gets is decided here and written in a handful of statements.

    :raises Refused: if a request wants nothing, or there is no warehouse yet.
    """
    plans = _plans(requests)
    balances: dict[int, dict[int, StockBalance]] = {
        warehouse: {
            balance.sku_id: balance
            for balance in lock_balances(
                warehouse, {sku for plan in plans if plan.warehouse_id == warehouse for sku in plan.pieces}
            )
        }
        for warehouse in sorted({plan.warehouse_id for plan in plans})
    }
    free = {key: {sku: one.available for sku, one in found.items()} for key, found in balances.items()}
    granted: list[_Plan] = []
    missing: list[_Plan] = []
    for plan in plans:
        stock = free[plan.warehouse_id]
        if all(stock.get(sku, 0) >= pieces for sku, pieces in plan.pieces.items()):
            for sku, pieces in plan.pieces.items():
                stock[sku] -= pieces
            granted.append(plan)
        else:
            plan.found = {sku: stock.get(sku, 0) for sku in plan.pieces}
            missing.append(plan)
    notes = _write_notes(granted, balances, by=by, at=at, batch=batch) if granted else {}
    return Issued(notes, _shortages(missing))


@dataclass
class _Plan:
    """A request with its bundles taken apart."""

    request: NoteRequest
    warehouse_id: int
    lines: list[Wanted]
    pieces: dict[int, int]
    found: dict[int, int] = field(default_factory=dict)


def _plans(requests: Iterable[NoteRequest]) -> list[_Plan]:
    requests = list(requests)
    home = main_warehouse()
    named = {request.warehouse_id for request in requests if request.warehouse_id}
    if named and Warehouse.objects.filter(pk__in=named, code=DEFECTIVE).exists():
        raise Refused(_("Nothing is shipped from the warehouse for defective goods."))
    parts = parts_of(wanted.sku_id for request in requests for wanted in request.wanted)
    plans = []
    for request in requests:
        warehouse = request.warehouse_id or (home.pk if home else None)
        if warehouse is None:
            raise Refused(_("There is no warehouse yet: receive goods first, or run load_carriers."))
        if not request.wanted or any(wanted.quantity < 1 for wanted in request.wanted):
            raise Refused(sentence(_("%(orders)s: nothing to send."), orders=request.order_numbers))
        lines: dict[tuple[int, bool], Wanted] = {}
        pieces: dict[int, int] = {}
        for wanted in request.wanted:
            for sku, each in parts.get(wanted.sku_id, [(wanted.sku_id, 1)]):
                count = wanted.quantity * each
                pieces[sku] = pieces.get(sku, 0) + count
                had = lines.get((sku, wanted.is_gift))
                lines[sku, wanted.is_gift] = Wanted(
                    sku, count + (had.quantity if had else 0), had.title if had else wanted.title, wanted.is_gift
                )
        plans.append(_Plan(request, warehouse, list(lines.values()), pieces))
    return plans


def _write_notes(
    plans: list[_Plan],
    balances: Mapping[int, Mapping[int, StockBalance]],
    *,
    by: Employee | None,
    at: datetime,
    batch: UUID | None,
) -> dict[Hashable, WrittenNote]:
    skus = Sku.objects.only("code", "name", "attributes").in_bulk({sku for plan in plans for sku in plan.pieces})
    day = shop_day(at)
    written: dict[Hashable, WrittenNote] = {}
    notes, lines, reservations = [], [], []
    taken: dict[int, int] = {}
    line_ids = iter(next_ids(DispatchLine, sum(len(plan.lines) for plan in plans)))
    for plan, key in zip(plans, next_ids(DispatchNote, len(plans)), strict=True):
        request = plan.request
        number = f"FH{day:%y%m%d}{key:06}"
        written[request.key] = WrittenNote(key, number, request.ship_by)
        notes.append(_note_row(key, number, plan, _summary(plan, skus), by, at))
        for wanted in plan.lines:
            line = next(line_ids)
            balance = balances[plan.warehouse_id][wanted.sku_id].pk
            taken[balance] = taken.get(balance, 0) + wanted.quantity
            title = (wanted.title or skus[wanted.sku_id].name)[:200]
            lines.append((line, key, wanted.sku_id, title, wanted.quantity, wanted.is_gift))
            reservations.append((balance, line, wanted.quantity))
    copy_rows(DispatchNote, _NOTE_COLUMNS, notes)
    copy_rows(DispatchLine, ("id", "note_id", "sku_id", "title", "quantity", "is_gift"), lines)
    copy_rows(Reservation, ("balance_id", "line_id", "quantity"), reservations)
    move_pieces(reserved=taken)
    told = [(note.pk, note.number) for note in written.values()]
    record_rows("warehouse.note_issued", DispatchNote, told, by=by, at=at, batch=batch)
    return written


_NOTE_COLUMNS = (
    "id",
    "number",
    "shop_id",
    "warehouse_id",
    "order_numbers",
    "receiver_name",
    "receiver_phone",
    "province",
    "city",
    "district",
    "address",
    "postcode",
    "buyer_message",
    "seller_memo",
    "changes",
    "pieces",
    "kind",
    "only_sku_id",
    "summary",
    "confirmed_at",
    "confirmed_by_id",
    "ship_by",
    "promised_at",
    "carrier_id",
)


def _note_row(
    key: int, number: str, plan: _Plan, summary: str, by: Employee | None, at: datetime
) -> tuple[object, ...]:
    """Return the values of `_NOTE_COLUMNS`: ten thousand notes are issued at a time, and instances cost too much."""
    request = plan.request
    return (
        key,
        number,
        request.shop_id,
        plan.warehouse_id,
        request.order_numbers[:500],
        request.receiver_name[:60],
        request.receiver_phone[:40],
        request.province[:30],
        request.city[:40],
        request.district[:40],
        request.address[:300],
        request.postcode[:10],
        request.buyer_message[:500],
        request.seller_memo[:500],
        request.changes[:300],
        sum(plan.pieces.values()),
        _kind(plan).value,
        next(iter(plan.pieces)) if len(plan.pieces) == 1 else None,
        summary,
        at,
        by.pk if by else None,
        request.ship_by,
        request.promised_at,
        request.carrier_id,
    )


def _shortages(plans: list[_Plan]) -> dict[Hashable, list[Shortage]]:
    codes = dict(
        Sku.objects.filter(pk__in={sku for plan in plans for sku in plan.pieces}).values_list("pk", "code")
        if plans
        else ()
    )
    return {
        plan.request.key: [
            Shortage(codes.get(sku, str(sku)), pieces, plan.found[sku])
            for sku, pieces in plan.pieces.items()
            if plan.found[sku] < pieces
        ]
        for plan in plans
    }


def _kind(plan: _Plan) -> WaveKind:
    if len(plan.pieces) > 1:
        return WaveKind.MIXED
    return WaveKind.SINGLE if sum(plan.pieces.values()) == 1 else WaveKind.SAME_SKU


def _summary(plan: _Plan, skus: Mapping[int, Sku]) -> str:
    words = []
    for line in plan.lines:
        sku = skus[line.sku_id]
        words.append(f"{sku.name} {sku.attributes}".strip() + f" ×{line.quantity}")
    return "；".join(words)[:300]
