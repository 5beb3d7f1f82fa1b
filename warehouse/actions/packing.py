"""The pack check: scans are counted once, in order, and anything wrong stops the parcel (ORD-031)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from catalog.models import Sku
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Employee
from staff.queries.people import people_who_may
from warehouse.actions.notes import stop_note
from warehouse.actions.waybills import set_waybill
from warehouse.models import DispatchLine, DispatchNote, Scan
from warehouse.policy import CARTON_G, WEIGHT_TOLERANCE_PERCENT
from warehouse.queries.packing import meaning_of, next_single
from warehouse.states import BLOCKING_SCANS, NOTE_MOVES, NoteState, ScanResult

CLEAR = "OPS-CLEAR"
"""What the station sends, and a printed card says, when the wrong piece has been taken out."""


class ScannedCode(NamedTuple):
    """A scan as the station sends it."""

    uuid: UUID
    sequence: int
    code: str


@dataclass(frozen=True)
class Verdict:
    """What the pack check says to one scan."""

    uuid: UUID
    code: str
    result: ScanResult
    sentence: str
    note_id: int | None


@dataclass
class _Station:
    """What lies open on the packing table while scans are taken."""

    uuid: UUID
    by: Employee
    at: datetime
    note: DispatchNote | None


def take_scans(
    scans: Sequence[ScannedCode], *, station: UUID, note: DispatchNote | None, by: Employee, at: datetime
) -> tuple[list[Verdict], DispatchNote | None]:
    """Take scans in the order of their sequence, each in a transaction of its own, each once however often it is sent.

    :param note: the note open at the station before the first of them.
    :returns: a verdict for each scan, and the note open afterwards.
    """
    table = _Station(station, by, at, note)
    known = {scan.uuid: scan for scan in Scan.objects.filter(uuid__in=[one.uuid for one in scans])}
    verdicts = []
    for one in sorted(scans, key=lambda scan: scan.sequence):
        if one.uuid in known:
            verdicts.append(_again(known[one.uuid], table))
            continue
        before = table.note
        try:
            verdicts.append(_take(one, table))
        except IntegrityError:  # the same scan, sent twice at once: the other one was counted
            table.note = before
            verdicts.append(_again(Scan.objects.get(uuid=one.uuid), table))
    return verdicts, table.note


@transaction.atomic
def put_aside(note: DispatchNote, *, reason: str, by: Employee, at: datetime) -> None:
    """Stop a parcel at the packing table and forget what was scanned; somebody looks into it.

    :raises MoveRefused: if it has been shipped or cancelled.
    """
    stop_note(note, reason=reason, by=by, at=at)
    _forget_scans(note)


@transaction.atomic
def call_supervisor(note: DispatchNote, *, reason: str, by: Employee, at: datetime, url: str = "") -> int:
    """Tell those who may force a parcel through that one waits at the packing table; return how many were told."""
    told = list(people_who_may("warehouse.force_pack"))
    notify(
        told,
        "warehouse.pack_call",
        _("%(who)s needs help packing %(note)s: %(reason)s") % {"who": by, "note": note, "reason": reason},
        at=at,
        url=url,
    )
    record("warehouse.supervisor_called", note, by=by, at=at, reason=reason)
    return len(told)


@transaction.atomic
def force_pack(note: DispatchNote, *, reason: str, by: Employee, at: datetime) -> None:
    """Pass a parcel that the scans did not complete, with a reason.

    :raises Refused: if there is no reason or the parcel is stopped.
    :raises MoveRefused: if it is not picked.
    """
    if not reason.strip():
        raise Refused(_("Passing a parcel by force wants a reason."))
    found = _lock(note)
    if found.stopped_at is not None:
        raise MoveRefused(_("%(note)s is stopped: %(reason)s") % {"note": found, "reason": found.stopped_reason})
    scanned = DispatchLine.objects.filter(note=found).aggregate(pieces=Sum("scanned"))["pieces"] or 0
    move(note, NoteState.PACKED, moves=NOTE_MOVES, packed_by=by, packed_at=at, pack_block="")
    record("warehouse.pack_forced", note, by=by, at=at, reason=reason, changes={"scanned": (scanned, found.pieces)})


@transaction.atomic
def unpack_note(note: DispatchNote, *, reason: str, by: Employee, at: datetime) -> None:
    """Open a packed parcel again; everything is scanned anew.

    :raises MoveRefused: if it is not packed.
    """
    before = move(
        note, NoteState.PICKED, moves=NOTE_MOVES, packed_by=None, packed_at=None, weight_g=None, pack_block=""
    )
    _forget_scans(note)
    record("warehouse.note_unpacked", note, by=by, at=at, reason=reason, changes={"state": (before, note.state)})


@transaction.atomic
def weigh_note(note: DispatchNote, grams: int, *, by: Employee, at: datetime) -> int | None:
    """Write down what a packed parcel weighs, in g; return the expected weight where it differs by too much.

    SKUs without a weight make the expectation worthless, so nothing is compared then.

    :raises Refused: if the parcel is not packed, or the weight is not between 1 g and 100 kg.
    """
    if not 0 < grams <= 100_000:  # noqa: PLR2004 -- 100 kg, more than any parcel
        raise Refused(_("A parcel weighs between 1 g and 100 kg."))
    found = _lock(note)
    if found.state != NoteState.PACKED:
        raise MoveRefused(
            _("%(note)s is “%(state)s”; only packed parcels are weighed.")
            % {"note": found, "state": found.get_state_display()}
        )
    note.weight_g = grams
    note.save(update_fields=["weight_g"])
    expected = expected_weight(found)
    differs = expected is not None and abs(grams - expected) * 100 > expected * WEIGHT_TOLERANCE_PERCENT()
    record(
        "warehouse.note_weighed",
        note,
        by=by,
        at=at,
        changes={"weight_g": (found.weight_g, grams)},
        reason=_("expected %(grams)s g") % {"grams": expected} if differs else "",
    )
    return expected if differs else None


def expected_weight(note: DispatchNote) -> int | None:
    """Return what goods and packaging should weigh in g, or None where a SKU's weight is not known."""
    rows = list(DispatchLine.objects.filter(note=note).values_list("quantity", "sku__weight_g"))
    if not rows or not all(weight for _quantity, weight in rows):
        return None
    return CARTON_G() + sum(quantity * weight for quantity, weight in rows)


def _lock(note: DispatchNote) -> DispatchNote:
    return DispatchNote.objects.select_for_update(no_key=True).get(pk=note.pk)


def _forget_scans(note: DispatchNote) -> None:
    DispatchLine.objects.filter(note=note, scanned__gt=0).update(scanned=0)
    if note.pack_block:
        note.pack_block = ""
        note.save(update_fields=["pack_block"])


def _again(scan: Scan, table: _Station) -> Verdict:
    """Answer a scan that was taken before, without counting it."""
    if scan.note_id is not None and (table.note is None or table.note.pk != scan.note_id):
        table.note = DispatchNote.objects.get(pk=scan.note_id)
    return Verdict(scan.uuid, scan.code, ScanResult(scan.result), scan.get_result_display(), scan.note_id)


@transaction.atomic
def _take(one: ScannedCode, table: _Station) -> Verdict:
    code = one.code.strip()[:100]
    if table.note is not None:
        table.note = _lock(table.note)
    result, said = _judge(code, table)
    note = table.note
    if note is not None and result in BLOCKING_SCANS and note.state == NoteState.PICKED:
        note.pack_block = code
        note.save(update_fields=["pack_block"])
    Scan.objects.create(
        uuid=one.uuid,
        station=table.uuid,
        sequence=one.sequence,
        note=note,
        code=code,
        result=result,
        by=table.by,
        at=table.at,
    )
    return Verdict(one.uuid, code, result, said, note.pk if note else None)


def _judge(code: str, table: _Station) -> tuple[ScanResult, str]:
    note = table.note
    if code == CLEAR:
        if note is not None and note.pack_block:
            note.pack_block = ""
            note.save(update_fields=["pack_block"])
        return ScanResult.CLEARED, _("Go on.")
    if note is not None and note.pack_block:
        return ScanResult.REFUSED, _("Take %(code)s out first.") % {"code": note.pack_block}
    meaning = meaning_of(code)
    if meaning.note is not None:
        return _open(meaning.note, table)
    if meaning.sku is not None:
        return _count(meaning.sku, table)
    if note is not None and note.state == NoteState.PACKED and not note.waybill:
        return _as_waybill(code, note, table)
    return ScanResult.UNKNOWN, _("Nothing here is called %(code)s.") % {"code": code}


def _open(found: DispatchNote, table: _Station) -> tuple[ScanResult, str]:
    note = table.note
    if note is not None and note.pk != found.pk and note.state == NoteState.PICKED:
        done = DispatchLine.objects.filter(note=note).aggregate(pieces=Sum("scanned"))["pieces"] or 0
        if done:
            return ScanResult.REFUSED, _("%(note)s is not finished: %(done)s of %(pieces)s.") % {
                "note": note,
                "done": done,
                "pieces": note.pieces,
            }
    found = _lock(found)
    table.note = found
    if found.stopped_at is not None:
        return ScanResult.STOPPED, found.stopped_reason
    if found.state == NoteState.PICKED:
        return ScanResult.OPENED, _("Scan the goods: %(pieces)s pieces.") % {"pieces": found.pieces}
    if found.state == NoteState.PACKED and not found.waybill:
        return ScanResult.OPENED, _("Packed. Scan the waybill.")
    return ScanResult.REFUSED, _("%(note)s is “%(state)s”.") % {"note": found, "state": found.get_state_display()}


def _count(sku: Sku, table: _Station) -> tuple[ScanResult, str]:
    note = table.note
    if note is None or note.state != NoteState.PICKED:
        note = next_single(sku)
        if note is None:
            return ScanResult.REFUSED, _("Scan the label of a parcel first.")
        table.note = note
    if note.stopped_at is not None:
        return ScanResult.STOPPED, note.stopped_reason
    lines = list(DispatchLine.objects.filter(note=note).order_by("pk"))
    mine = [line for line in lines if line.sku_id == sku.pk]
    if not mine:
        return ScanResult.WRONG, _("%(sku)s does not belong into this parcel.") % {"sku": sku}
    line = next((one for one in mine if one.scanned < one.quantity), None)
    if line is None:
        return ScanResult.SURPLUS, _("%(sku)s is complete with %(pieces)s.") % {
            "sku": sku,
            "pieces": sum(one.quantity for one in mine),
        }
    DispatchLine.objects.filter(pk=line.pk).update(scanned=F("scanned") + 1)
    done = sum(one.scanned for one in lines) + 1
    return _complete(note, table) if done == note.pieces else (ScanResult.OK, f"{sku.name} {sku.attributes}".strip())


def _complete(note: DispatchNote, table: _Station) -> tuple[ScanResult, str]:
    before = move(note, NoteState.PACKED, moves=NOTE_MOVES, packed_by=table.by, packed_at=table.at)
    record("warehouse.note_packed", note, by=table.by, at=table.at, changes={"state": (before, note.state)})
    if note.waybill:
        return ScanResult.DONE, _("Complete: %(pieces)s pieces.") % {"pieces": note.pieces}
    return ScanResult.DONE, _("Complete. Scan the waybill.")


def _as_waybill(code: str, note: DispatchNote, table: _Station) -> tuple[ScanResult, str]:
    try:
        fits = set_waybill(note, code, by=table.by, at=table.at)
    except Refused as refusal:
        return ScanResult.REFUSED, str(refusal)
    if fits:
        return ScanResult.WAYBILL, _("Waybill %(code)s.") % {"code": note.waybill}
    return ScanResult.WAYBILL, _("Waybill %(code)s taken, though it does not look like one of %(carrier)s.") % {
        "code": note.waybill,
        "carrier": note.carrier,
    }
