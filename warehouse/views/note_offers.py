"""What can be done with a dispatch note, state by state."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from warehouse.actions.notes import RECEIVER_FIELDS
from warehouse.forms import CarrierForm, ReasonForm, ResumeForm, WaybillForm, WeightForm
from warehouse.models import DispatchNote
from warehouse.queries.notes import HERE
from warehouse.states import NoteState
from warehouse.views.asking import Offer


def _here(note: DispatchNote) -> bool:
    return note.state in HERE


def _goes(note: DispatchNote, state: NoteState) -> bool:
    return note.state == state and note.stopped_at is None


def _carried(note: DispatchNote) -> dict[str, Any]:
    return {"carrier": note.carrier_id, "waybill": note.waybill}


def _receiver(note: DispatchNote) -> dict[str, Any]:
    return {name: getattr(note, name) for name in RECEIVER_FIELDS}


NOTE_OFFERS: tuple[Offer[DispatchNote], ...] = (
    Offer(
        "resumption",
        _("Let it go on"),
        "warehouse:note_resumption",
        "warehouse.stop_note",
        "play",
        when=lambda note: _here(note) and note.stopped_at is not None,
        form=ResumeForm,
        initial=_receiver,
        says=_("Correct the receiver if that is what it was stopped for."),
        place="first",
    ),
    Offer(
        "shipment",
        _("Ship"),
        "warehouse:note_shipment",
        "warehouse.ship_note",
        "truck",
        when=lambda note: _goes(note, NoteState.PACKED),
        place="first",
    ),
    Offer(
        "next_waybill",
        _("Take next waybill"),
        "warehouse:note_next_waybill",
        "warehouse.ship_note",
        "barcode",
        when=lambda note: _here(note) and note.carrier_id is not None and not note.waybill,
    ),
    Offer(
        "waybill",
        _("Carrier and waybill"),
        "warehouse:note_waybill",
        "warehouse.ship_note",
        "route",
        when=_here,
        form=WaybillForm,
        initial=_carried,
    ),
    Offer(
        "carrier",
        _("Carrier only"),
        "warehouse:note_carrier",
        "warehouse.ship_note",
        "truck",
        when=_here,
        form=CarrierForm,
        initial=_carried,
        place="more",
    ),
    Offer(
        "weight",
        _("Weigh"),
        "warehouse:note_weight",
        "warehouse.pack_note",
        "scale",
        when=lambda note: note.state == NoteState.PACKED,
        form=WeightForm,
        initial=lambda note: {"grams": note.weight_g},
    ),
    Offer(
        "reopening",
        _("Open again"),
        "warehouse:note_reopening",
        "warehouse.pack_note",
        "package-open",
        when=lambda note: note.state == NoteState.PACKED,
        form=ReasonForm,
        says=_("Everything is scanned anew."),
        place="more",
    ),
    Offer(
        "passing",
        _("Pass by force"),
        "warehouse:note_passing",
        "warehouse.force_pack",
        "shield-alert",
        when=lambda note: _goes(note, NoteState.PICKED),
        form=ReasonForm,
        says=_("The parcel counts as packed without every piece having been scanned."),
        place="more",
    ),
    Offer(
        "dropping",
        _("Drop from wave"),
        "warehouse:note_dropping",
        "warehouse.pick_wave",
        "package-minus",
        when=lambda note: note.wave_id is not None and note.state in {NoteState.PICKING, NoteState.PICKED},
        form=ReasonForm,
        place="more",
    ),
    Offer(
        "undoing",
        _("Take shipment back"),
        "warehouse:note_shipment_undoing",
        "warehouse.undo_shipment",
        "undo-2",
        when=lambda note: note.state == NoteState.SHIPPED,
        form=ReasonForm,
        says=_("The pieces are in stock and reserved again. Only until the carrier has collected the parcel."),
    ),
    Offer(
        "label",
        _("Print label"),
        "warehouse:note_label",
        "warehouse.print_label",
        "printer",
        when=lambda note: note.state != NoteState.CANCELLED and not note.labels_printed,
    ),
    Offer(
        "label_again",
        _("Print label again"),
        "warehouse:note_label",
        "warehouse.print_label",
        "printer",
        when=lambda note: note.state != NoteState.CANCELLED and note.labels_printed > 0,
        form=ReasonForm,
        says=_("The copy is marked as printed again."),
    ),
    Offer(
        "paper",
        _("Print note"),
        "warehouse:note_paper",
        "warehouse.print_note",
        "file-text",
        when=lambda note: note.state != NoteState.CANCELLED,
        place="more",
    ),
    Offer(
        "stop",
        _("Stop"),
        "warehouse:note_stop",
        "warehouse.stop_note",
        "octagon-alert",
        when=_here,
        form=ReasonForm,
        says=_("Nobody can pick, pack or ship it until it is resumed."),
        tone="danger",
    ),
    Offer(
        "cancellation",
        _("Cancel note"),
        "warehouse:note_cancellation",
        "warehouse.stop_note",
        "ban",
        when=_here,
        form=ReasonForm,
        says=_("Its pieces are free again, and the order goes back to review."),
        tone="danger",
        place="more",
    ),
)
