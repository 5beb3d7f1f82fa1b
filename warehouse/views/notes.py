"""The page of a dispatch note and what can be done there."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.masking import mask_address, mask_name, mask_phone
from staff.actions.events import record
from staff.actions.jobs import start_job
from staff.queries.history import history_of
from warehouse.actions.notes import RECEIVER_FIELDS, cancel_note, resume_note, set_carrier, stop_note
from warehouse.actions.packing import force_pack, unpack_note, weigh_note
from warehouse.actions.shipping import ship_note, undo_shipment
from warehouse.actions.waves import drop_note
from warehouse.actions.waybills import set_waybill, take_waybills
from warehouse.forms import CarrierForm, ReasonForm, ResumeForm, WaybillForm, WeightForm
from warehouse.models import DispatchNote
from warehouse.queries.notes import HERE, TONES, notes_with_everything, shown_note
from warehouse.queries.packing import six_points
from warehouse.states import NoteState
from warehouse.views.asking import actor, asks_of, checked, deed, in_drawer
from warehouse.views.note_offers import NOTE_OFFERS


def note_of(number: str) -> DispatchNote:
    """Return the note of that number, with what its page names."""
    found = notes_with_everything().filter(number=number).first()
    if found is None:
        raise Http404
    return found


@allowed("warehouse.view_dispatchnote")
@require_GET
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Show a dispatch note, as a page or in the drawer."""
    return _page(request, number)


def _page(request: HttpRequest, number: str) -> HttpResponse:
    found = note_of(number)
    shown = shown_note(found)
    return render(
        request,
        "warehouse/notes/note.html",
        {
            "note": found,
            "shown": shown,
            "tone": TONES[NoteState(found.state)],
            "is_here": found.state in HERE,
            "points": six_points(found, shown.lines),
            "receiver": mask_name(found.receiver_name),
            "phone": mask_phone(found.receiver_phone),
            "address": mask_address(f"{found.province} {found.city} {found.district} {found.address}"),
            "history": history_of(*filter(None, (found, shown.parcel))),
            "at": now(),
            "asks": asks_of(NOTE_OFFERS, found, found.number, actor(request)),
            "in_drawer": in_drawer(request),
        },
    )


@allowed("warehouse.print_label")
@require_GET
def note_receiver(request: HttpRequest, number: str) -> HttpResponse:
    """Show the receiver in full; that somebody looked is kept."""
    found = note_of(number)
    record("warehouse.receiver_shown", found, by=actor(request), at=now())
    return render(request, "warehouse/notes/receiver.html", {"note": found})


def _deed(permission: str, do: Callable[[HttpRequest, DispatchNote], str]) -> Callable[..., HttpResponseBase]:
    return deed(permission, note_of, do, page=_page, url_name="warehouse:note")


def _reason(request: HttpRequest) -> str:
    return str(checked(ReasonForm(request.POST))["reason"])


def _set_carrier(request: HttpRequest, found: DispatchNote) -> str:
    carrier = checked(CarrierForm(request.POST))["carrier"]
    set_carrier(found, carrier, by=actor(request), at=now())
    return _("%(note)s goes with %(carrier)s.") % {"note": found, "carrier": carrier}


def _set_waybill(request: HttpRequest, found: DispatchNote) -> str:
    values = checked(WaybillForm(request.POST))
    fits = set_waybill(found, values["waybill"], carrier=values["carrier"], by=actor(request), at=now())
    if fits:
        return _("Waybill %(waybill)s is kept.") % {"waybill": found.waybill}
    messages.warning(
        request,
        _("Waybill %(waybill)s is kept, though it does not look like one of %(carrier)s. Check the carrier.")
        % {"waybill": found.waybill, "carrier": found.carrier},
    )
    return ""


def _take_waybill(request: HttpRequest, found: DispatchNote) -> str:
    refused = take_waybills([found], by=actor(request), at=now())
    if refused:
        raise refused[found.pk]
    return _("Waybill %(waybill)s is kept.") % {"waybill": found.waybill}


def _stop(request: HttpRequest, found: DispatchNote) -> str:
    stop_note(found, reason=_reason(request), by=actor(request), at=now())
    return _("%(note)s is stopped.") % {"note": found}


def _resume(request: HttpRequest, found: DispatchNote) -> str:
    values = checked(ResumeForm(request.POST))
    changes = {name: values[name] for name in RECEIVER_FIELDS if name in values}
    resume_note(found, by=actor(request), at=now(), reason=values["reason"], changes=changes)
    return _("%(note)s goes on.") % {"note": found}


def _cancel(request: HttpRequest, found: DispatchNote) -> str:
    cancel_note(found, reason=_reason(request), by=actor(request), at=now())
    return _("%(note)s is cancelled; its pieces are free again.") % {"note": found}


def _drop(request: HttpRequest, found: DispatchNote) -> str:
    drop_note(found, reason=_reason(request), by=actor(request), at=now())
    return _("%(note)s waits for another wave.") % {"note": found}


def _force(request: HttpRequest, found: DispatchNote) -> str:
    force_pack(found, reason=_reason(request), by=actor(request), at=now())
    return _("%(note)s is passed.") % {"note": found}


def _unpack(request: HttpRequest, found: DispatchNote) -> str:
    unpack_note(found, reason=_reason(request), by=actor(request), at=now())
    return _("%(note)s is open again.") % {"note": found}


def _ship(request: HttpRequest, found: DispatchNote) -> str:
    ship_note(found, by=actor(request), at=now())
    return _("%(note)s is shipped.") % {"note": found}


def _undo(request: HttpRequest, found: DispatchNote) -> str:
    undo_shipment(found, reason=_reason(request), by=actor(request), at=now())
    return _("The shipment of %(note)s is taken back.") % {"note": found}


def _weigh(request: HttpRequest, found: DispatchNote) -> str:
    grams = checked(WeightForm(request.POST))["grams"]
    expected = weigh_note(found, grams, by=actor(request), at=now())
    if expected is None:
        return _("%(grams)s g is kept.") % {"grams": grams}
    messages.warning(
        request,
        _("%(grams)s g is kept, but %(expected)s g was expected. Open the parcel and look again.")
        % {"grams": grams, "expected": expected},
    )
    return ""


def _print(name: str) -> Callable[[HttpRequest, DispatchNote], str]:
    def start(request: HttpRequest, found: DispatchNote) -> str:
        reason = str(request.POST.get("reason", ""))[:200]
        start_job(name, by=actor(request), at=now(), note_ids=[found.pk], reason=reason)
        return _("The PDF is being made; it appears at the bottom right.")

    return start


note_carrier = _deed("warehouse.ship_note", _set_carrier)
note_waybill = _deed("warehouse.ship_note", _set_waybill)
note_next_waybill = _deed("warehouse.ship_note", _take_waybill)
note_stop = _deed("warehouse.stop_note", _stop)
note_resumption = _deed("warehouse.stop_note", _resume)
note_cancellation = _deed("warehouse.stop_note", _cancel)
note_dropping = _deed("warehouse.pick_wave", _drop)
note_passing = _deed("warehouse.force_pack", _force)
note_reopening = _deed("warehouse.pack_note", _unpack)
note_shipment = _deed("warehouse.ship_note", _ship)
note_shipment_undoing = _deed("warehouse.undo_shipment", _undo)
note_weight = _deed("warehouse.pack_note", _weigh)
note_label = _deed("warehouse.print_label", _print("warehouse.print_labels"))
note_paper = _deed("warehouse.print_note", _print("warehouse.print_notes"))
