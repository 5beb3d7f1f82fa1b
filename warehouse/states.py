"""Words and steps of the warehouse."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs

DEFECTIVE = "defective"
"""Code of the warehouse for goods that came back defective. Nothing is shipped from there."""


class NoteState(TextChoices):
    """Where a dispatch note is, from release to the carrier."""

    WAITING = "waiting", _("waiting for a wave")
    PICKING = "picking", _("being picked")
    PICKED = "picked", _("picked")
    PACKED = "packed", _("packed and checked")
    SHIPPED = "shipped", _("shipped")
    CANCELLED = "cancelled", _("cancelled")


NOTE_MOVES: Moves = {
    NoteState.WAITING: frozenset({NoteState.PICKING, NoteState.CANCELLED}),
    NoteState.PICKING: frozenset({NoteState.PICKED, NoteState.WAITING, NoteState.CANCELLED}),
    NoteState.PICKED: frozenset({NoteState.PACKED, NoteState.WAITING, NoteState.CANCELLED}),
    NoteState.PACKED: frozenset({NoteState.SHIPPED, NoteState.PICKED, NoteState.CANCELLED}),
    NoteState.SHIPPED: frozenset({NoteState.PACKED}),
}


class WaveState(TextChoices):
    """Where a wave is."""

    OPEN = "open", _("open")
    PICKING = "picking", _("being picked")
    PICKED = "picked", _("picked")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


WAVE_MOVES: Moves = {
    WaveState.OPEN: frozenset({WaveState.PICKING, WaveState.CANCELLED}),
    WaveState.PICKING: frozenset({WaveState.PICKED, WaveState.OPEN, WaveState.CANCELLED}),
    WaveState.PICKED: frozenset({WaveState.DONE}),
    WaveState.DONE: frozenset({WaveState.PICKED}),
}


class WaveKind(TextChoices):
    """What the notes of a wave have in common."""

    SINGLE = "single", _("one piece each")
    SAME_SKU = "same_sku", _("one SKU")
    MIXED = "mixed", _("mixed")


class MoveKind(TextChoices):
    """Why pieces came or went."""

    OPENING = "opening", _("opening stock")
    RECEIPT = "receipt", _("receipt")
    SHIPMENT = "shipment", _("shipment")
    UNSHIPMENT = "unshipment", _("shipment undone")
    RETURN = "return", _("return")
    ADJUSTMENT = "adjustment", _("adjustment")


class ParcelState(TextChoices):
    """What the carrier last said of a parcel."""

    HANDED_OVER = "handed_over", _("handed over")
    COLLECTED = "collected", _("collected")
    IN_TRANSIT = "in_transit", _("in transit")
    OUT_FOR_DELIVERY = "out_for_delivery", _("out for delivery")
    AT_PICKUP_POINT = "at_pickup_point", _("at a pick-up point")
    SIGNED = "signed", _("signed")
    FAILED = "failed", _("delivery failed")
    RETURNED = "returned", _("returned to sender")


ARRIVED = (ParcelState.SIGNED, ParcelState.RETURNED)
"""After these nothing more is awaited of the carrier."""


class ScanResult(TextChoices):
    """What the pack check said to a scanned code."""

    OPENED = "opened", _("parcel opened")
    OK = "ok", _("right")
    DONE = "done", _("all scanned")
    WAYBILL = "waybill", _("waybill taken")
    WRONG = "wrong", _("wrong goods")
    SURPLUS = "surplus", _("one too many")
    STOPPED = "stopped", _("stopped")
    UNKNOWN = "unknown", _("unknown code")
    REFUSED = "refused", _("not now")
    CLEARED = "cleared", _("taken out again")


BLOCKING_SCANS = (ScanResult.WRONG, ScanResult.SURPLUS, ScanResult.UNKNOWN)
"""After these the parcel waits until the piece is taken out again."""


class PrintKind(TextChoices):
    """What was printed."""

    NOTE = "note", _("dispatch note")
    PICK_LIST = "pick_list", _("pick list")
    LABEL = "label", _("label")


declare_verbs(
    {
        "warehouse.stock_received": _("received goods"),
        "warehouse.stock_adjusted": _("corrected the stock"),
        "warehouse.sku_placed": _("chose the bin"),
        "warehouse.note_issued": _("issued the dispatch note"),
        "warehouse.note_resumed": _("let the parcel go on"),
        "warehouse.carrier_set": _("chose the carrier"),
        "warehouse.waybill_set": _("gave the waybill"),
        "warehouse.wave_made": _("made the wave"),
        "warehouse.note_waved": _("put it into a wave"),
        "warehouse.picking_started": _("started picking"),
        "warehouse.picking_finished": _("finished picking"),
        "warehouse.note_picked": _("picked the goods"),
        "warehouse.note_weighed": _("weighed the parcel"),
        "warehouse.wave_settled": _("settled the wave"),
        "warehouse.label_printed": _("printed the label"),
        "warehouse.note_printed": _("printed the dispatch note"),
        "warehouse.pick_list_printed": _("printed the pick list"),
        "warehouse.register_made": _("registered the goods to ship"),
        "warehouse.upload_made": _("made the upload file for the platform"),
        "warehouse.receiver_shown": _("looked at the receiver in full"),
        "warehouse.news": _("the carrier reported"),
        "warehouse.carrier_added": _("added the carrier"),
    }
)
declare_verbs(
    {
        "warehouse.note_packed": _("packed and checked the parcel"),
        "warehouse.note_shipped": _("shipped the parcel"),
    },
    tone="good",
)
declare_verbs(
    {
        "warehouse.note_dropped": _("took it out of the wave"),
        "warehouse.note_unpacked": _("opened the parcel again"),
        "warehouse.supervisor_called": _("called a supervisor"),
        "warehouse.pack_forced": _("passed the parcel by force"),
        "warehouse.shipment_undone": _("took the shipment back"),
        "warehouse.label_reprinted": _("printed the label again"),
        "warehouse.note_reprinted": _("printed the dispatch note again"),
    },
    tone="warn",
)
declare_verbs(
    {
        "warehouse.note_stopped": _("stopped the parcel"),
        "warehouse.note_cancelled": _("cancelled the dispatch note"),
        "warehouse.wave_cancelled": _("cancelled the wave"),
    },
    tone="danger",
)
