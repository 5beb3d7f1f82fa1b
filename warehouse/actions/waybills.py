"""Waybill numbers: typed, scanned, or taken from what the carrier gave us."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record, record_many
from staff.models import Employee
from warehouse.models import Carrier, DispatchNote, WaybillRange
from warehouse.queries.carriers import fits_pattern
from warehouse.states import NoteState

_WAYBILL = re.compile(r"[0-9A-Za-z-]{5,40}")


@transaction.atomic
def set_waybill(
    note: DispatchNote, waybill: str, *, by: Employee | None, at: datetime, carrier: Carrier | None = None
) -> bool:
    """Give a note its waybill number, typed or scanned; False when it does not look like one of its carrier's.

    A number that does not fit is taken all the same: carriers open new ranges faster than anybody lists them.

    :param carrier: chosen together with the number; the note's own if None.
    :raises Refused: if the note has left or has no carrier, the number is no number, or another note bears it.
    """
    found = DispatchNote.objects.select_for_update(no_key=True, of=("self",)).get(pk=note.pk)
    if found.state in {NoteState.SHIPPED, NoteState.CANCELLED}:
        raise MoveRefused(
            sentence(
                _("%(note)s is “%(state)s”; its waybill stays."), note=found.number, state=found.get_state_display()
            )
        )
    waybill = waybill.strip().upper()
    if not _WAYBILL.fullmatch(waybill):
        raise Refused(sentence(_("“%(waybill)s” is not a waybill number."), waybill=waybill[:40]))
    chosen = carrier or found.carrier
    if chosen is None:
        raise Refused(sentence(_("%(note)s: choose a carrier first."), note=found.number))
    if chosen == found.carrier and waybill == found.waybill:
        return fits_pattern(chosen, waybill)
    before = {"waybill": (found.waybill, waybill)}
    if chosen != found.carrier:
        before["carrier"] = (str(found.carrier or ""), str(chosen))
    note.carrier, note.waybill = chosen, waybill
    try:
        with transaction.atomic():
            note.save(update_fields=["carrier", "waybill"])
    except IntegrityError:
        note.carrier, note.waybill = found.carrier, found.waybill
        raise Refused(
            sentence(_("Waybill %(waybill)s of %(carrier)s is on another parcel."), waybill=waybill, carrier=chosen)
        ) from None
    record("warehouse.waybill_set", note, by=by, at=at, changes=before)
    return fits_pattern(chosen, waybill)


@transaction.atomic
def take_waybills(notes: Sequence[DispatchNote], *, by: Employee | None, at: datetime) -> dict[int, Refused]:
    """Give each note that has a carrier and no waybill yet the next number of its carrier's ranges.

    The ranges are locked while numbers are taken, so nobody gets the same number twice.

    :returns: from the id of a note to why it got none.
    """
    found = list(
        DispatchNote.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=[note.pk for note in notes])
        .select_related("carrier")
        .order_by("pk")
    )
    refused: dict[int, Refused] = {}
    wanting: dict[int, list[DispatchNote]] = {}
    for note in found:
        if note.state in {NoteState.SHIPPED, NoteState.CANCELLED}:
            refused[note.pk] = MoveRefused(
                sentence(
                    _("%(note)s is “%(state)s”; its waybill stays."), note=note.number, state=note.get_state_display()
                )
            )
        elif note.carrier_id is None:
            refused[note.pk] = Refused(sentence(_("%(note)s: choose a carrier first."), note=note.number))
        elif not note.waybill:
            wanting.setdefault(note.carrier_id, []).append(note)
    given: list[DispatchNote] = []
    for carrier_id in sorted(wanting):
        group = wanting[carrier_id]
        numbers = _next_numbers(carrier_id, len(group))
        for note, number in zip(group, numbers, strict=False):
            note.waybill = number
            given.append(note)
        for note in group[len(numbers) :]:
            refused[note.pk] = Refused(
                sentence(_("%(carrier)s has no waybill numbers left in its ranges."), carrier=note.carrier)
            )
    DispatchNote.objects.bulk_update(given, ["waybill"], batch_size=500)
    record_many("warehouse.waybill_set", ((note, {"waybill": ("", note.waybill)}) for note in given), by=by, at=at)
    numbers_of = {note.pk: note.waybill for note in found}
    for note in notes:
        note.waybill = numbers_of.get(note.pk, note.waybill)
    return refused


def _next_numbers(carrier_id: int, count: int) -> list[str]:
    """Take up to `count` numbers, skipping those that somebody typed by hand."""
    taken: list[str] = []
    ranges = (
        WaybillRange.objects.select_for_update()
        .filter(carrier_id=carrier_id, next_number__lte=F("last_number"))
        .order_by("pk")
    )
    for one in ranges:
        while len(taken) < count and one.next_number <= one.last_number:
            stop = min(one.last_number, one.next_number + count - len(taken) - 1)
            numbers = [f"{one.prefix}{number:0{one.digits}}" for number in range(one.next_number, stop + 1)]
            used = set(
                DispatchNote.objects.filter(carrier_id=carrier_id, waybill__in=numbers)
                .exclude(state=NoteState.CANCELLED)
                .values_list("waybill", flat=True)
            )
            taken += [number for number in numbers if number not in used]
            one.next_number = stop + 1
        one.save(update_fields=["next_number"])
        if len(taken) == count:
            break
    return taken
