"""Waves: notes picked in one walk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.moves import MoveRefused, move, move_many
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record, record_many
from staff.models import Employee
from warehouse.actions.balances import next_ids
from warehouse.models import DispatchLine, DispatchNote, Wave
from warehouse.states import NOTE_MOVES, WAVE_MOVES, NoteState, WaveKind, WaveState


@transaction.atomic
def make_wave(note_ids: Sequence[int], *, kind: WaveKind = WaveKind.MIXED, by: Employee, at: datetime) -> Wave:
    """Put waiting notes into a new wave, in the order given: that is the order of the slots.

    :raises Refused: if none of the notes waits any more, or they are of different warehouses.
    """
    found = {
        note.pk: note
        for note in DispatchNote.objects.select_for_update(no_key=True)
        .filter(pk__in=list(note_ids), state=NoteState.WAITING, stopped_at=None)
        .order_by("pk")
    }
    notes = [found[key] for key in dict.fromkeys(note_ids) if key in found]
    if not notes:
        raise Refused(_("None of these dispatch notes waits for a wave."))
    if len({note.warehouse_id for note in notes}) > 1:
        raise Refused(_("A wave is walked in one warehouse; these dispatch notes are of several."))
    carriers = {note.carrier_id for note in notes}
    [key] = next_ids(Wave, 1)
    wave = Wave.objects.create(
        pk=key,
        number=f"BC{shop_day(at):%y%m%d}{key:05}",
        warehouse_id=notes[0].warehouse_id,
        kind=kind,
        carrier_id=next(iter(carriers)) if len(carriers) == 1 else None,
        made_by=by,
        made_at=at,
    )
    move_many(notes, NoteState.PICKING, moves=NOTE_MOVES, wave=wave)
    for slot, note in enumerate(notes, start=1):
        note.slot = slot
    DispatchNote.objects.bulk_update(notes, ["slot"], batch_size=500)
    record("warehouse.wave_made", wave, by=by, at=at, changes={"notes": ("", len(notes))})
    record_many(
        "warehouse.note_waved",
        ((note, {"wave": ("", wave.number), "slot": ("", note.slot)}) for note in notes),
        by=by,
        at=at,
    )
    return wave


@transaction.atomic
def start_picking(wave: Wave, *, picker: Employee, by: Employee, at: datetime) -> None:
    """Give a wave to somebody who picks it.

    :raises MoveRefused: if it is not open.
    """
    before = move(wave, WaveState.PICKING, moves=WAVE_MOVES, picker=picker)
    record(
        "warehouse.picking_started", wave, by=by, at=at, changes={"state": (before, wave.state), "picker": ("", picker)}
    )


@transaction.atomic
def finish_picking(wave: Wave, *, by: Employee, at: datetime) -> int:
    """Say that everything of a wave lies in its slots; return how many notes were picked.

    Notes that were stopped in the meantime lie in their slots too; the pack check tells them apart.

    :raises MoveRefused: if the wave is not being picked.
    """
    if wave.state == WaveState.OPEN:
        start_picking(wave, picker=by, by=by, at=at)
    before = move(wave, WaveState.PICKED, moves=WAVE_MOVES, picked_at=at)
    picked = [note for note in _locked_notes(wave) if note.state == NoteState.PICKING]
    picker = wave.picker or by
    move_many(picked, NoteState.PICKED, moves=NOTE_MOVES, picked_by=picker, picked_at=at)
    record("warehouse.picking_finished", wave, by=by, at=at, changes={"state": (before, wave.state)})
    record_many(
        "warehouse.note_picked",
        ((note, {"state": (NoteState.PICKING, NoteState.PICKED)}) for note in picked),
        by=picker,
        at=at,
    )
    settle_waves({wave.pk}, by=by, at=at)
    return len(picked)


@transaction.atomic
def drop_note(note: DispatchNote, *, reason: str, by: Employee, at: datetime) -> None:
    """Take one note out of its wave; it waits for another one (剔出).

    :raises Refused: if there is no reason, or it is in no wave.
    :raises MoveRefused: if it is packed already.
    """
    if not reason.strip():
        raise Refused(_("Dropping a dispatch note from its wave wants a reason."))
    lock_waves([note.pk])
    found = DispatchNote.objects.select_for_update(no_key=True).get(pk=note.pk)
    if found.wave_id is None:
        raise MoveRefused(sentence(_("%(note)s is in no wave."), note=found.number))
    wave = found.wave_id
    _take_out(found, by=by, at=at, reason=reason)
    note.refresh_from_db()
    settle_waves({wave}, by=by, at=at)


@transaction.atomic
def cancel_wave(wave: Wave, *, reason: str, by: Employee, at: datetime) -> None:
    """Give up a wave that has not been picked; its notes wait again.

    :raises MoveRefused: if it has been picked.
    """
    before = move(wave, WaveState.CANCELLED, moves=WAVE_MOVES)
    for note in _locked_notes(wave):
        _take_out(note, by=by, at=at, reason=reason)
    record("warehouse.wave_cancelled", wave, by=by, at=at, reason=reason, changes={"state": (before, wave.state)})


def lock_waves(note_ids: Iterable[int]) -> None:
    """Lock the waves these notes are in: a wave is always locked before its notes."""
    list(
        Wave.objects.select_for_update(no_key=True)
        .filter(pk__in=DispatchNote.objects.filter(pk__in=list(note_ids)).values("wave_id"))
        .order_by("pk")
        .values("pk")
    )


def settle_waves(wave_ids: Iterable[int], *, by: Employee | None, at: datetime) -> None:
    """Close waves whose last note has left, and open those again that got one back. Call it in the transaction."""
    left = Count("notes", filter=~Q(notes__state=NoteState.SHIPPED))
    for wave in Wave.objects.filter(pk__in=list(wave_ids)).annotate(all_notes=Count("notes"), left=left).order_by("pk"):
        if wave.state in {WaveState.OPEN, WaveState.PICKING} and not wave.all_notes:
            to = WaveState.CANCELLED
        elif wave.state == WaveState.PICKED and not wave.left:
            to = WaveState.DONE
        elif wave.state == WaveState.DONE and wave.left:
            to = WaveState.PICKED
        else:
            continue
        before = move(wave, to, moves=WAVE_MOVES)
        record("warehouse.wave_settled", wave, by=by, at=at, changes={"state": (before, to)})


def _take_out(note: DispatchNote, *, by: Employee | None, at: datetime, reason: str) -> None:
    wave = note.wave
    move(note, NoteState.WAITING, moves=NOTE_MOVES, wave=None, slot=None, picked_by=None, picked_at=None, pack_block="")
    DispatchLine.objects.filter(note=note, scanned__gt=0).update(scanned=0)
    record("warehouse.note_dropped", note, by=by, at=at, reason=reason, changes={"wave": (wave, "")})


def _locked_notes(wave: Wave) -> list[DispatchNote]:
    return list(
        DispatchNote.objects.select_for_update(no_key=True, of=("self",))
        .filter(wave=wave)
        .select_related("wave")
        .order_by("pk")
    )
