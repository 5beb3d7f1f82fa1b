"""Shipping: pieces leave the stock and the parcel belongs to the carrier. And taking it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import MoveRefused, move, move_many
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record, record_many
from staff.models import Employee
from warehouse.actions.balances import move_pieces
from warehouse.actions.waves import lock_waves, settle_waves
from warehouse.models import DispatchLine, DispatchNote, Parcel, Reservation, StockBalance, StockMove
from warehouse.policy import UNDO_HOURS
from warehouse.signals import parcel_shipped, shipment_undone
from warehouse.states import NOTE_MOVES, MoveKind, NoteState, ParcelState


@transaction.atomic
def ship_note(note: DispatchNote, *, by: Employee | None, at: datetime) -> None:
    """Hand one packed parcel to its carrier.

    :raises Refused: if it is not packed, is stopped, or has no carrier or waybill.
    """
    refused = ship_notes([note.pk], by=by, at=at)
    if refused:
        raise refused[note.pk]
    note.refresh_from_db()


@transaction.atomic
def ship_notes(
    note_ids: Sequence[int], *, by: Employee | None, at: datetime, batch: UUID | None = None
) -> dict[int, Refused]:
    """Hand packed parcels to their carriers, those that can be; the others stay as they are.

    Notes are locked before balances, each in the order of their keys.

    :returns: from the id of a note to why it was not shipped.
    """
    lock_waves(note_ids)
    notes = _locked(note_ids)
    refused: dict[int, Refused] = {
        key: Refused(_("There is no such dispatch note.")) for key in set(note_ids) - {note.pk for note in notes}
    }
    leaving: list[DispatchNote] = []
    for note in notes:
        if why := cannot_ship(note):
            refused[note.pk] = why
        else:
            leaving.append(note)
    if not leaving:
        return refused
    _make_parcels(leaving, at=at)
    _take_from_stock(leaving, by=by, at=at)
    move_many(leaving, NoteState.SHIPPED, moves=NOTE_MOVES, shipped_at=at, shipped_by=by)
    record_many(
        "warehouse.note_shipped",
        ((note, {"state": (NoteState.PACKED, NoteState.SHIPPED), "waybill": ("", note.waybill)}) for note in leaving),
        by=by,
        at=at,
        batch=batch,
    )
    settle_waves({note.wave_id for note in leaving if note.wave_id}, by=by, at=at)
    parcel_shipped.send(sender=DispatchNote, notes=leaving, by=by, at=at, batch=batch)
    return refused


def cannot_ship(note: DispatchNote) -> Refused | None:
    """Return why a note cannot be shipped, or None."""
    if note.state != NoteState.PACKED:
        return MoveRefused(
            sentence(
                _("%(note)s is “%(state)s”; only packed parcels are shipped."),
                note=note.number,
                state=note.get_state_display(),
            )
        )
    if note.stopped_at is not None:
        return MoveRefused(sentence(_("%(note)s is stopped: %(reason)s"), note=note.number, reason=note.stopped_reason))
    if note.carrier_id is None or not note.waybill:
        return Refused(sentence(_("%(note)s has no carrier or no waybill yet."), note=note.number))
    return None


@transaction.atomic
def undo_shipment(note: DispatchNote, *, reason: str, by: Employee | None, at: datetime) -> None:
    """Take a shipment back: the pieces are in stock and reserved again, the parcel is packed and here.

    :raises Refused: if there is no reason, the time for it is over, or the carrier has the parcel.
    """
    if not reason.strip():
        raise Refused(_("Taking a shipment back wants a reason."))
    lock_waves([note.pk])
    [found] = _locked([note.pk])
    if found.state != NoteState.SHIPPED or found.shipped_at is None:
        raise MoveRefused(
            sentence(
                _("%(note)s is “%(state)s”; there is no shipment to take back."),
                note=found.number,
                state=found.get_state_display(),
            )
        )
    if at - found.shipped_at > timedelta(hours=UNDO_HOURS()):
        raise Refused(
            sentence(_("%(note)s was shipped more than %(hours)s hours ago."), note=found.number, hours=UNDO_HOURS())
        )
    parcel = Parcel.objects.select_for_update().filter(note=found).first()
    if parcel is not None and parcel.state != ParcelState.HANDED_OVER:
        raise Refused(
            sentence(
                _("The carrier has parcel %(waybill)s already: %(state)s."),
                waybill=parcel.waybill,
                state=parcel.get_state_display(),
            )
        )
    if parcel is not None:
        parcel.delete()
    _put_back_into_stock(found, by=by, at=at, reason=reason)
    move(note, NoteState.PACKED, moves=NOTE_MOVES, shipped_at=None, shipped_by=None)
    record(
        "warehouse.shipment_undone",
        note,
        by=by,
        at=at,
        reason=reason,
        changes={"state": (NoteState.SHIPPED, NoteState.PACKED)},
    )
    settle_waves({found.wave_id} if found.wave_id else set(), by=by, at=at)
    shipment_undone.send(sender=DispatchNote, notes=[note], by=by, at=at, reason=reason)


def _locked(note_ids: Iterable[int]) -> list[DispatchNote]:
    return list(
        DispatchNote.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=list(note_ids))
        .select_related("carrier")
        .order_by("pk")
    )


def _make_parcels(notes: list[DispatchNote], *, at: datetime) -> None:
    try:
        with transaction.atomic():
            Parcel.objects.bulk_create(
                [
                    Parcel(note=note, carrier=note.carrier, waybill=note.waybill, shipped_at=at, last_news_at=at)
                    for note in notes
                ],
                batch_size=2000,
            )
    except IntegrityError:
        twice = Parcel.objects.filter(waybill__in=[note.waybill for note in notes]).select_related("note").first()
        raise Refused(
            sentence(
                _("Waybill %(waybill)s has been shipped already with %(note)s."),
                waybill=twice.waybill if twice else "",
                note=twice.note if twice else "",
            )
        ) from None


def _take_from_stock(notes: list[DispatchNote], *, by: Employee | None, at: datetime) -> None:
    numbers = {note.pk: note.number for note in notes}
    held = list(
        Reservation.objects.filter(line__note_id__in=numbers)
        .order_by("balance_id", "pk")
        .values_list("pk", "balance_id", "quantity", "line__note_id")
    )
    on_hand = {balance.pk: balance.on_hand for balance in _lock({row[1] for row in held})}
    moves: list[StockMove] = []
    gone: dict[int, int] = {}
    for _pk, balance_id, quantity, note_id in held:
        on_hand[balance_id] -= quantity
        gone[balance_id] = gone.get(balance_id, 0) - quantity
        moves.append(
            StockMove(
                balance_id=balance_id,
                kind=MoveKind.SHIPMENT,
                quantity=-quantity,
                on_hand_after=on_hand[balance_id],
                reference=numbers[note_id],
                by=by,
                at=at,
            )
        )
    StockMove.objects.bulk_create(moves, batch_size=5000)
    Reservation.objects.filter(pk__in=[row[0] for row in held]).delete()
    move_pieces(on_hand=gone, reserved=gone)


def _put_back_into_stock(note: DispatchNote, *, by: Employee | None, at: datetime, reason: str) -> None:
    lines = list(DispatchLine.objects.filter(note=note).order_by("pk"))
    wanted = StockBalance.objects.filter(warehouse=note.warehouse_id, sku_id__in={line.sku_id for line in lines})
    balances = {balance.sku_id: balance for balance in _lock(wanted.values_list("pk", flat=True))}
    back: dict[int, int] = {}
    moves, reservations = [], []
    for line in lines:
        balance = balances[line.sku_id]
        balance.on_hand += line.quantity
        back[balance.pk] = back.get(balance.pk, 0) + line.quantity
        moves.append(
            StockMove(
                balance=balance,
                kind=MoveKind.UNSHIPMENT,
                quantity=line.quantity,
                on_hand_after=balance.on_hand,
                reference=note.number,
                reason=reason[:300],
                by=by,
                at=at,
            )
        )
        reservations.append(Reservation(balance=balance, line=line, quantity=line.quantity))
    StockMove.objects.bulk_create(moves)
    Reservation.objects.bulk_create(reservations)
    move_pieces(on_hand=back, reserved=back)


def _lock(balance_ids: Iterable[int]) -> list[StockBalance]:
    return list(StockBalance.objects.select_for_update(no_key=True).filter(pk__in=list(balance_ids)).order_by("pk"))
