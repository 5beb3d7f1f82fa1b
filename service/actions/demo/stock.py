"""The demo shop's stock: deliveries that cover what was sold, shipments, reservations of what is still here."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from random import Random

from catalog.models import Sku
from service.actions.demo.dispatch import Dispatch
from shopops.kit.copying import copy_in
from staff.models import Employee
from warehouse.models import Bin, Reservation, StockBalance, StockMove, Warehouse
from warehouse.states import MoveKind, NoteState

SCARCE = ("YRW-22", "SJT-12", "BWB-32", "MTX-23")
"""SKUs of which the last pieces are promised, so that the desk has orders out of stock."""


def make_stock(
    made: Dispatch,
    *,
    skus: list[Sku],
    bins: dict[int, Bin],
    warehouse: Warehouse,
    keeper: Employee,
    opened_at: datetime,
    at: datetime,
    random: Random,
) -> None:
    """Write balances, the ledger they are the sum of, and the reservations."""
    shipped: dict[int, list[tuple[datetime, int, str, int | None]]] = defaultdict(list)
    reserved: Counter[int] = Counter()
    for note in made.notes:
        for line in made.lines[note.pk]:
            if note.state == NoteState.SHIPPED and note.shipped_at:
                shipped[line.sku_id].append((note.shipped_at, line.quantity, note.number, note.shipped_by_id))
            elif note.state != NoteState.CANCELLED:
                reserved[line.sku_id] += line.quantity
    balances: dict[int, StockBalance] = {}
    moves: list[StockMove] = []
    for sku in skus:
        if sku.is_bundle:
            continue
        spare = 0 if sku.code in SCARCE else random.choice((6, 12, 30, 45, 60, 80, 110, 160))
        balance = StockBalance(warehouse=warehouse, sku=sku, bin=bins.get(sku.pk), reserved=reserved[sku.pk])
        balances[sku.pk] = balance
        moves += _ledger(balance, shipped[sku.pk], reserved[sku.pk] + spare, keeper, opened_at, at)
    copy_in(list(balances.values()))
    for move in moves:
        move.balance_id = move.balance.pk
    copy_in(sorted(moves, key=lambda move: move.at))
    copy_in(
        [
            Reservation(balance_id=balances[line.sku_id].pk, line_id=line.pk, quantity=line.quantity)
            for note in made.notes
            if note.state not in {NoteState.SHIPPED, NoteState.CANCELLED}
            for line in made.lines[note.pk]
        ]
    )


def _ledger(
    balance: StockBalance,
    shipments: list[tuple[datetime, int, str, int | None]],
    left: int,
    keeper: Employee,
    opened_at: datetime,
    at: datetime,
) -> list[StockMove]:
    """Return the moves of one SKU: opening stock, a delivery before it runs out, every shipment."""
    total = sum(quantity for _at, quantity, _note, _by in shipments) + left
    opening = max(1, total * 2 // 5) if total > 40 else total  # noqa: PLR2004 -- small stocks come at once
    moves = []
    on_hand = 0

    def book(kind: MoveKind, quantity: int, moment: datetime, reference: str, by_id: int | None) -> None:
        nonlocal on_hand
        on_hand += quantity
        moves.append(
            StockMove(
                balance=balance,
                kind=kind,
                quantity=quantity,
                on_hand_after=on_hand,
                reference=reference,
                by_id=by_id,
                at=moment,
            )
        )

    if opening:
        book(MoveKind.OPENING, opening, opened_at, "", keeper.pk)
    rest = total - opening
    for moment, quantity, note, by_id in sorted(shipments):
        if rest and on_hand < quantity + 8:
            delivery = min(rest, max(quantity + 8, total // 4))
            book(MoveKind.RECEIPT, delivery, moment - timedelta(hours=5), f"RK{moment:%y%m%d}", keeper.pk)
            rest -= delivery
        book(MoveKind.SHIPMENT, -quantity, moment, note, by_id)
    if rest:
        last = max([opened_at, *(move.at for move in moves)])
        book(MoveKind.RECEIPT, rest, min(at, last + timedelta(hours=2)), f"RK{at:%y%m%d}", keeper.pk)
    balance.on_hand = on_hand
    return moves
