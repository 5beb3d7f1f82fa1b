"""The list of dispatch notes, and what can be done to many of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import (
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListPage,
    Reader,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from staff.actions.jobs import start_job
from staff.models import Employee
from warehouse.actions.notes import cancel_note, resume_note, set_carrier, stop_note
from warehouse.actions.shipping import cannot_ship, ship_notes
from warehouse.actions.waves import make_wave
from warehouse.actions.waybills import take_waybills
from warehouse.filters import NoteFilters
from warehouse.forms import CarrierForm, ReasonForm
from warehouse.models import Carrier, DispatchNote
from warehouse.queries.notes import add_note_words, late_soon, listed_notes, matching_notes, stopped_here
from warehouse.states import NoteState

ALL_AT_ONCE = 20_000


def _wave(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    """Put the ticked notes into one wave, in the order of the list."""
    waiting = set(
        DispatchNote.objects.filter(pk__in=ids, state=NoteState.WAITING, stopped_at=None).values_list("pk", flat=True)
    )
    make_wave([key for key in ids if key in waiting], by=by, at=at)
    return {key: _("does not wait for a wave") for key in ids if key not in waiting}


def _not_waiting(ids: Sequence[int], _reader: Reader) -> Refusals:
    found = DispatchNote.objects.filter(pk__in=ids).exclude(state=NoteState.WAITING, stopped_at=None)
    return dict.fromkeys(found.values_list("pk", flat=True), _("does not wait for a wave"))


def _ship(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return {key: refusal.sentence for key, refusal in ship_notes(ids, by=by, at=at).items()}


def _not_shippable(ids: Sequence[int], _reader: Reader) -> Refusals:
    found = {note.pk: cannot_ship(note) for note in DispatchNote.objects.filter(pk__in=ids)}
    return {key: refusal.sentence for key, refusal in found.items() if refusal is not None}


def _give_carrier(ids: Sequence[int], *, by: Employee, at: datetime, carrier: Carrier) -> Refusals:
    return one_by_one(_notes(ids), lambda note: set_carrier(note, carrier, by=by, at=at))


def _give_waybills(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    refused = take_waybills(_notes(ids), by=by, at=at)
    return {key: refusal.sentence for key, refusal in refused.items()}


def _stop(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    return one_by_one(_notes(ids), lambda note: stop_note(note, reason=reason, by=by, at=at))


def _resume(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(_notes(ids), lambda note: resume_note(note, by=by, at=at))


def _cancel(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    return one_by_one(_notes(ids), lambda note: cancel_note(note, reason=reason, by=by, at=at))


def _job(name: str) -> Callable[..., Refusals]:
    """Return a batch action that hands all the ticked notes to one job."""

    def start(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
        start_job(name, by=by, at=at, note_ids=list(ids))
        return {}

    return start


def _notes(ids: Sequence[int]) -> list[DispatchNote]:
    return list(DispatchNote.objects.filter(pk__in=ids).select_related("carrier").order_by("pk"))


def _state_word(row: dict[str, Any]) -> str:
    return f"{row['state_label']} · {row['stopped_reason']}" if row["is_stopped"] else str(row["state_label"])


NOTE_LIST = ListPage(
    name="warehouse.note_list",
    title=_("Dispatch notes"),
    note=_("What is to be shipped, from the release of the order until the carrier has the parcel."),
    permission="warehouse.view_dispatchnote",
    icon="package",
    rows=listed_notes,
    values=(
        "number",
        "state",
        "kind",
        "order_numbers",
        "receiver_name",
        "province",
        "city",
        "pieces",
        "summary",
        "confirmed_at",
        "ship_by",
        "shipped_at",
        "carrier__name",
        "waybill",
        "wave__number",
        "slot",
        "labels_printed",
        "stopped_at",
        "stopped_reason",
        "shop__name",
    ),
    finish=add_note_words,
    cells="warehouse/notes/cells.html",
    columns=(
        Column("number", _("Dispatch note"), fixed=True, card="full"),
        Column("goods", _("Goods"), card="full"),
        Column("pieces", _("Pieces"), end=True, card="none"),
        Column("receiver", _("Receiver"), card="left"),
        Column("carrier", _("Carrier and waybill"), card="full"),
        Column("wave", _("Wave"), card="none"),
        Column("state", _("State"), card="left"),
        Column("ship_by", _("Ship by"), sort="due", card="right"),
        Column("confirmed_at", _("Confirmed at"), sort="confirmed", shown=False),
        Column("shipped_at", _("Shipped at"), sort="shipped", shown=False),
        Column("shop", _("Shop"), shown=False),
        Column("prints", _("Labels"), end=True, shown=False),
    ),
    tabs=(
        Tab("waiting", _("Waiting"), Q(state=NoteState.WAITING, stopped_at=None)),
        Tab("picking", _("Being picked"), Q(state=NoteState.PICKING, stopped_at=None)),
        Tab("picked", _("To pack"), Q(state=NoteState.PICKED, stopped_at=None)),
        Tab("packed", _("To ship"), Q(state=NoteState.PACKED, stopped_at=None)),
        Tab("late", _("Late or soon late"), lambda reader: late_soon(reader.at), tone="warn"),
        Tab("stopped", _("Stopped"), stopped_here(), tone="danger"),
        Tab("shipped", _("Shipped"), Q(state=NoteState.SHIPPED, shipped_at__isnull=False), sort="shipped"),
        Tab("cancelled", _("Cancelled"), Q(state=NoteState.CANCELLED), counted=False, sort="confirmed"),
        Tab("all", _("All"), counted=False, sort="confirmed"),
    ),
    sorts=(
        Sort("due", "ship_by", _("Ship by"), ascending=True, nullable=True),
        Sort("confirmed", "confirmed_at", _("Confirmed at")),
        Sort("shipped", "shipped_at", _("Shipped at"), nullable=True),
    ),
    filters=NoteFilters,
    search=matching_notes,
    search_hint=_("Dispatch note, order, waybill or receiver"),
    opens="warehouse:note",
    opens_by="number",
    row_tone="edge",
    summary=lambda rows: [(_("Pieces"), str(sum(row["pieces"] for row in rows)))],
    batch=(
        BatchAction(
            "wave",
            _("Make a wave"),
            run=_wave,
            skips=_not_waiting,
            permission="warehouse.make_wave",
            icon="layers",
            tone="primary",
            tabs=("waiting", "late", "all"),
            says=_("The ticked notes go into one wave, in the order of the list; each gets a slot."),
            chunk=500,
        ),
        BatchAction(
            "shipment",
            _("Ship"),
            run=_ship,
            skips=_not_shippable,
            permission="warehouse.ship_note",
            icon="truck",
            tone="primary",
            tabs=("packed", "late", "all"),
            chunk=500,
        ),
        BatchAction(
            "carrier",
            _("Choose carrier"),
            run=_give_carrier,
            form=CarrierForm,
            permission="warehouse.ship_note",
            icon="route",
            tabs=("waiting", "picking", "picked", "packed", "late", "all"),
        ),
        BatchAction(
            "waybills",
            _("Take waybills"),
            run=_give_waybills,
            permission="warehouse.ship_note",
            icon="barcode",
            says=_("Notes without a waybill get the next number of their carrier's range."),
            tabs=("waiting", "picking", "picked", "packed", "late", "all"),
        ),
        BatchAction(
            "labels",
            _("Print labels"),
            run=_job("warehouse.print_labels"),
            permission="warehouse.print_label",
            icon="printer",
            chunk=ALL_AT_ONCE,
        ),
        BatchAction(
            "papers",
            _("Print notes"),
            run=_job("warehouse.print_notes"),
            permission="warehouse.print_note",
            icon="file-text",
            chunk=ALL_AT_ONCE,
        ),
        BatchAction(
            "upload",
            _("Upload file"),
            run=_job("warehouse.upload_file"),
            permission="warehouse.ship_note",
            icon="file-up",
            tabs=("shipped", "all"),
            says=_("Makes the file with order number, carrier and waybill that the seller centre takes."),
            chunk=ALL_AT_ONCE,
        ),
        BatchAction(
            "stop",
            _("Stop"),
            run=_stop,
            form=ReasonForm,
            permission="warehouse.stop_note",
            icon="octagon-alert",
            tone="danger",
            tabs=("waiting", "picking", "picked", "packed", "late", "all"),
        ),
        BatchAction(
            "resumption",
            _("Resume"),
            run=_resume,
            permission="warehouse.stop_note",
            icon="play",
            tabs=("stopped",),
        ),
        BatchAction(
            "cancellation",
            _("Cancel"),
            run=_cancel,
            form=ReasonForm,
            permission="warehouse.stop_note",
            icon="ban",
            tone="danger",
            tabs=("waiting", "stopped", "all"),
            says=_("Their pieces are free again, and the orders go back to review."),
            typed_count=True,
        ),
    ),
    export=Export(
        permission="warehouse.export_dispatch",
        columns=(
            ExportColumn(_("Dispatch note"), "number"),
            ExportColumn(_("Orders"), "order_numbers"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("State"), _state_word),
            ExportColumn(_("Goods"), "summary"),
            ExportColumn(_("Pieces"), "pieces", kind="count"),
            ExportColumn(_("Receiver"), "receiver_name"),
            ExportColumn(_("Province"), "province"),
            ExportColumn(_("City"), "city"),
            ExportColumn(_("Carrier"), "carrier__name"),
            ExportColumn(_("Waybill"), "waybill"),
            ExportColumn(_("Wave"), "wave__number"),
            ExportColumn(_("Confirmed at"), "confirmed_at", kind="time"),
            ExportColumn(_("Ship by"), "ship_by", kind="time"),
            ExportColumn(_("Shipped at"), "shipped_at", kind="time"),
        ),
    ),
    template="warehouse/list.html",
    empty=Empty(
        _("No dispatch notes here."),
        _("They appear when orders are approved and their goods are in stock."),
    ),
)
