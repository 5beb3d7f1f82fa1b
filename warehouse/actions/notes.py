"""Dispatch notes after they are issued: cancel, stop, resume, choose the carrier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import MoveRefused, move
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee
from warehouse.actions.balances import release_reservations
from warehouse.actions.issuing import (
    Issued,
    NoteRequest,
    OutOfStock,
    Shortage,
    Wanted,
    issue_note,
    issue_notes,
)
from warehouse.actions.waves import lock_waves, settle_waves
from warehouse.models import Carrier, DispatchNote
from warehouse.signals import note_cancelled, note_resumed, note_stopped
from warehouse.states import NOTE_MOVES, NoteState

__all__ = [
    "RECEIVER_FIELDS",
    "Issued",
    "NoteRequest",
    "OutOfStock",
    "Shortage",
    "Wanted",
    "cancel_note",
    "issue_note",
    "issue_notes",
    "resume_note",
    "set_carrier",
    "stop_note",
]


@transaction.atomic
def cancel_note(note: DispatchNote, *, by: Employee | None, at: datetime, reason: str) -> None:
    """Cancel a note that has not been shipped; its pieces are free again, and it leaves its wave.

    :raises MoveRefused: if it has been shipped or cancelled.
    """
    lock_waves([note.pk])
    wave = DispatchNote.objects.values_list("wave_id", flat=True).get(pk=note.pk)
    before = move(note, NoteState.CANCELLED, moves=NOTE_MOVES, wave=None, slot=None, stopped_at=None, stopped_reason="")
    release_reservations([note.pk])
    record("warehouse.note_cancelled", note, by=by, at=at, reason=reason, changes={"state": (before, note.state)})
    settle_waves({wave} if wave else set(), by=by, at=at)
    note_cancelled.send(sender=DispatchNote, notes=[note], by=by, at=at, reason=reason)


@transaction.atomic
def stop_note(note: DispatchNote, *, reason: str, by: Employee | None, at: datetime) -> None:
    """Stop a parcel wherever it is (refund asked, address changed…): nobody can pick, pack or ship it until resumed.

    A note that is stopped already keeps its first reason and gets this one besides.

    :raises MoveRefused: if it has been shipped or cancelled.
    """
    found = _locked(note)
    if found.state in {NoteState.SHIPPED, NoteState.CANCELLED}:
        raise MoveRefused(sentence(_("%(note)s is “%(state)s” and cannot be stopped."), **_named(found)))
    reasons = [one for one in found.stopped_reason.split("；") if one]
    if reason not in reasons:
        reasons.append(reason)
    before = found.stopped_reason
    note.stopped_reason = "；".join(reasons)[:200]
    note.stopped_at = found.stopped_at or at
    note.save(update_fields=["stopped_reason", "stopped_at"])
    record(
        "warehouse.note_stopped",
        note,
        by=by,
        at=at,
        reason=reason,
        changes={"stopped_reason": (before, note.stopped_reason)},
    )
    note_stopped.send(sender=DispatchNote, notes=[note], by=by, at=at, reason=reason)


@transaction.atomic
def resume_note(
    note: DispatchNote, *, by: Employee | None, at: datetime, reason: str = "", changes: Mapping[str, str] | None = None
) -> None:
    """Let a stopped parcel go on; what it was stopped for stays visible to the packer (ORD-031).

    :param changes: new values of the receiver's fields, when the stop was about the address.
    :raises MoveRefused: if it is not stopped.
    """
    found = _locked(note)
    if found.stopped_at is None:
        raise MoveRefused(sentence(_("%(note)s is not stopped."), **_named(found)))
    written: dict[str, tuple[str, str]] = {"stopped_reason": (found.stopped_reason, "")}
    for name, value in (changes or {}).items():
        if name not in RECEIVER_FIELDS:
            raise ValueError(name)
        if getattr(found, name) != value:
            written[name] = (getattr(found, name), value)
            setattr(note, name, value)
    told = "；".join(filter(None, (found.changes, found.stopped_reason)))
    note.changes, note.stopped_reason, note.stopped_at = told[:300], "", None
    note.save(update_fields=["changes", "stopped_reason", "stopped_at", *(set(written) & RECEIVER_FIELDS)])
    record("warehouse.note_resumed", note, by=by, at=at, reason=reason, changes=written)
    note_resumed.send(sender=DispatchNote, notes=[note], by=by, at=at, reason=reason)


@transaction.atomic
def set_carrier(note: DispatchNote, carrier: Carrier, *, by: Employee | None, at: datetime) -> None:
    """Choose who carries the parcel; a waybill of another carrier is dropped.

    :raises MoveRefused: if it has been shipped or cancelled.
    """
    found = _locked(note)
    if found.state in {NoteState.SHIPPED, NoteState.CANCELLED}:
        raise MoveRefused(sentence(_("%(note)s is “%(state)s”; its carrier stays."), **_named(found)))
    if found.carrier_id == carrier.pk:
        return
    before = found.carrier
    dropped = {"waybill": (found.waybill, "")} if found.waybill else {}
    note.carrier, note.waybill = carrier, ""
    note.save(update_fields=["carrier", "waybill"])
    record("warehouse.carrier_set", note, by=by, at=at, changes={"carrier": (before, carrier), **dropped})


RECEIVER_FIELDS = frozenset(
    {"receiver_name", "receiver_phone", "province", "city", "district", "address", "postcode", "seller_memo"}
)


def _locked(note: DispatchNote) -> DispatchNote:
    return DispatchNote.objects.select_for_update(no_key=True, of=("self",)).select_related("carrier").get(pk=note.pk)


def _named(note: DispatchNote) -> dict[str, object]:
    return {"note": note.number, "state": note.get_state_display()}
