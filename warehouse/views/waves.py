"""Making waves, and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.actions.jobs import start_job
from staff.queries.history import history_of
from warehouse.actions.shipping import ship_notes
from warehouse.actions.waves import cancel_wave, finish_picking, make_wave, start_picking
from warehouse.actions.waybills import take_waybills
from warehouse.forms import PickerForm, ReasonForm, ReprintForm, WishForm
from warehouse.models import Wave
from warehouse.policy import WAVE_NOTES
from warehouse.queries.notes import TONES as NOTE_TONES
from warehouse.queries.prints import prints_of_wave
from warehouse.queries.waves import TONES, Wish, pick_list, wave_notes, wave_offer, wished_notes
from warehouse.states import NoteState, WaveKind, WaveState
from warehouse.views.asking import Offer, actor, asks_of, checked, deed, in_drawer

MOST_SHOWN = 60

WAVE_OFFERS: tuple[Offer[Wave], ...] = (
    Offer(
        "picking",
        gettext_lazy("Start picking"),
        "warehouse:wave_picking",
        "warehouse.pick_wave",
        "play",
        when=lambda wave: wave.state == WaveState.OPEN,
        form=PickerForm,
        place="first",
    ),
    Offer(
        "picked",
        gettext_lazy("Picking done"),
        "warehouse:wave_picked",
        "warehouse.pick_wave",
        "check",
        when=lambda wave: wave.state == WaveState.PICKING,
        place="first",
    ),
    Offer(
        "shipment",
        gettext_lazy("Ship the wave"),
        "warehouse:wave_shipment",
        "warehouse.ship_note",
        "truck",
        when=lambda wave: wave.state == WaveState.PICKED,
        says=gettext_lazy(
            "Every packed parcel of the wave that has a waybill is shipped; the others stay and say why."
        ),
    ),
    Offer(
        "waybills",
        gettext_lazy("Take waybills"),
        "warehouse:wave_waybills",
        "warehouse.ship_note",
        "barcode",
        when=lambda wave: wave.state in {WaveState.OPEN, WaveState.PICKING, WaveState.PICKED},
    ),
    Offer(
        "labels",
        gettext_lazy("Print labels"),
        "warehouse:wave_labels",
        "warehouse.print_label",
        "printer",
        when=lambda wave: wave.state != WaveState.CANCELLED,
    ),
    Offer(
        "papers",
        gettext_lazy("Print notes"),
        "warehouse:wave_papers",
        "warehouse.print_note",
        "file-text",
        when=lambda wave: wave.state != WaveState.CANCELLED,
        place="more",
    ),
    Offer(
        "pick_list",
        gettext_lazy("Print pick list"),
        "warehouse:wave_pick_list_print",
        "warehouse.print_note",
        "list-checks",
        when=lambda wave: wave.state in {WaveState.OPEN, WaveState.PICKING, WaveState.PICKED},
    ),
    Offer(
        "reprint",
        gettext_lazy("Print some labels again"),
        "warehouse:wave_reprint",
        "warehouse.print_label",
        "repeat",
        when=lambda wave: wave.state != WaveState.CANCELLED,
        form=ReprintForm,
        says=gettext_lazy("Sheets are counted by slots. Each copy is marked as printed again."),
        place="more",
    ),
    Offer(
        "upload",
        gettext_lazy("Upload file"),
        "warehouse:wave_upload",
        "warehouse.ship_note",
        "file-up",
        when=lambda wave: wave.state in {WaveState.PICKED, WaveState.DONE},
        place="more",
    ),
    Offer(
        "cancellation",
        gettext_lazy("Cancel the wave"),
        "warehouse:wave_cancellation",
        "warehouse.make_wave",
        "ban",
        when=lambda wave: wave.state in {WaveState.OPEN, WaveState.PICKING},
        form=ReasonForm,
        says=gettext_lazy("Its notes wait again."),
        tone="danger",
        place="more",
    ),
)


def wave_of(number: str) -> Wave:
    """Return the wave of that number."""
    found = Wave.objects.filter(number=number).select_related("warehouse", "carrier", "made_by", "picker").first()
    if found is None:
        raise Http404
    return found


def _wish(form: WishForm) -> Wish:
    values = checked(form)
    shop = values["shop"]
    return Wish(
        carrier=values["carrier"],
        kind=WaveKind(values["kind"]) if values["kind"] else None,
        sku=values["sku"],
        shop_id=shop.pk if shop else None,
        hours=values["hours"],
        most=values["most"] or WAVE_NOTES(),
    )


@allowed("warehouse.make_wave")
@require_GET
def new_wave(request: HttpRequest) -> HttpResponse:
    """Show what waits, and which notes the wave wished for would hold."""
    form = WishForm(request.GET)
    at = now()
    wish = _wish(form) if form.is_valid() else Wish(most=WAVE_NOTES())
    found = wished_notes(wish, at=at)
    notes = list(found.select_related("carrier", "shop")[: wish.most])
    offer = wave_offer()
    kept = {name: value for name, value in request.GET.items() if value and name != "sku"}
    return render(
        request,
        "warehouse/waves/new.html",
        {
            "form": form,
            "wish": wish,
            "matching": found.count(),
            "notes": notes[:MOST_SHOWN],
            "chosen": len(notes),
            "hidden": max(0, len(notes) - MOST_SHOWN),
            "pieces": sum(note.pieces for note in notes),
            "offer": offer,
            "kinds": [
                (kind, kind.label, count, f"?{urlencode({**kept, 'kind': kind.value})}") for kind, count in offer.kinds
            ],
            "skus": [
                (sku, count, pieces, f"?{urlencode({**kept, 'kind': 'same_sku', 'sku': sku.pk})}")
                for sku, count, pieces in offer.skus
            ],
            "carriers": [
                (found_carrier, count, f"?{urlencode({**kept, 'carrier': found_carrier.pk})}")
                for found_carrier, count in offer.carriers
                if found_carrier is not None
            ],
            "without_carrier": sum(count for found_carrier, count in offer.carriers if found_carrier is None),
            "at": at,
        },
    )


@allowed("warehouse.make_wave")
@require_POST
def waves(request: HttpRequest) -> HttpResponseBase:
    """Make the wave wished for."""
    at = now()
    wish = _wish(WishForm(request.POST))
    ids = list(wished_notes(wish, at=at).values_list("pk", flat=True)[: wish.most])
    if not ids:
        raise Refused(_("No waiting dispatch note fits."))
    kind = wish.kind or (WaveKind.SAME_SKU if wish.sku else WaveKind.MIXED)
    wave = make_wave(ids, kind=kind, by=actor(request), at=at)
    messages.success(request, _("Wave %(wave)s is made.") % {"wave": wave})
    return redirect("warehouse:wave", wave.number)


@allowed("warehouse.view_wave")
@require_GET
def wave(request: HttpRequest, number: str) -> HttpResponse:
    """Show a wave: its notes in the order of their slots."""
    return _page(request, number)


def _page(request: HttpRequest, number: str) -> HttpResponse:
    found = wave_of(number)
    notes = wave_notes(found)
    for one in notes:
        one.tone = NOTE_TONES[NoteState(one.state)]  # type: ignore[attr-defined]  # for the template
    packed = sum(one.state in {NoteState.PACKED, NoteState.SHIPPED} for one in notes)
    return render(
        request,
        "warehouse/waves/wave.html",
        {
            "wave": found,
            "notes": notes,
            "tone": TONES[WaveState(found.state)],
            "pieces": sum(one.pieces for one in notes),
            "packed": packed,
            "shipped": sum(one.state == NoteState.SHIPPED for one in notes),
            "stopped": [one for one in notes if one.stopped_at and one.state != NoteState.SHIPPED],
            "without_waybill": sum(not one.waybill for one in notes),
            "prints": prints_of_wave(found),
            "history": history_of(found),
            "asks": asks_of(WAVE_OFFERS, found, found.number, actor(request)),
            "in_drawer": in_drawer(request),
            "at": now(),
        },
    )


@allowed("warehouse.view_wave")
@require_GET
def wave_pick_list(request: HttpRequest, number: str) -> HttpResponse:
    """Show where to walk and what to take."""
    found = wave_of(number)
    rows = pick_list(found)
    return render(
        request,
        "warehouse/waves/pick_list.html",
        {
            "wave": found,
            "rows": rows,
            "pieces": sum(row.pieces for row in rows),
            "asks": asks_of(WAVE_OFFERS, found, found.number, actor(request)),
            "in_drawer": in_drawer(request),
        },
    )


def _deed(permission: str, do: Callable[[HttpRequest, Wave], str]) -> Callable[..., HttpResponseBase]:
    return deed(permission, wave_of, do, page=_page, url_name="warehouse:wave")


def _start(request: HttpRequest, found: Wave) -> str:
    picker = checked(PickerForm(request.POST))["picker"]
    start_picking(found, picker=picker, by=actor(request), at=now())
    return _("%(picker)s picks %(wave)s.") % {"picker": picker, "wave": found}


def _finish(request: HttpRequest, found: Wave) -> str:
    count = finish_picking(found, by=actor(request), at=now())
    return ngettext("%(count)s note is picked.", "%(count)s notes are picked.", count) % {"count": count}


def _cancel(request: HttpRequest, found: Wave) -> str:
    cancel_wave(found, reason=str(checked(ReasonForm(request.POST))["reason"]), by=actor(request), at=now())
    return _("%(wave)s is cancelled; its notes wait again.") % {"wave": found}


def _waybills(request: HttpRequest, found: Wave) -> str:
    notes = wave_notes(found)
    refused = take_waybills(notes, by=actor(request), at=now())
    _say_refused(request, refused)
    return "" if refused else _("Every note of the wave has a waybill.")


def _ship(request: HttpRequest, found: Wave) -> str:
    notes = [one.pk for one in wave_notes(found) if one.state != NoteState.SHIPPED]
    refused = ship_notes(notes, by=actor(request), at=now())
    _say_refused(request, refused)
    done = len(notes) - len(refused)
    if not done:
        return ""
    return ngettext("%(count)s parcel is shipped.", "%(count)s parcels are shipped.", done) % {"count": done}


def _say_refused(request: HttpRequest, refused: dict[int, Refused]) -> None:
    """Say why some were left, each reason once, a handful at most."""
    sentences = list(dict.fromkeys(str(refusal) for refusal in refused.values()))
    for text in sentences[:5]:
        messages.warning(request, text)
    if len(sentences) > 5:  # noqa: PLR2004 -- as above
        messages.warning(request, _("… and %(count)s more.") % {"count": len(sentences) - 5})


def _job(name: str) -> Callable[[HttpRequest, Wave], str]:
    def start(request: HttpRequest, found: Wave) -> str:
        start_job(name, by=actor(request), at=now(), wave_id=found.pk)
        return _("The file is being made; it appears at the bottom right.")

    return start


def _reprint(request: HttpRequest, found: Wave) -> str:
    values = checked(ReprintForm(request.POST))
    start_job(
        "warehouse.print_labels",
        by=actor(request),
        at=now(),
        wave_id=found.pk,
        first=values["first"],
        last=values["last"],
        reason=values["reason"],
    )
    return _("The file is being made; it appears at the bottom right.")


wave_picking = _deed("warehouse.pick_wave", _start)
wave_picked = _deed("warehouse.pick_wave", _finish)
wave_cancellation = _deed("warehouse.make_wave", _cancel)
wave_waybills = _deed("warehouse.ship_note", _waybills)
wave_shipment = _deed("warehouse.ship_note", _ship)
wave_labels = _deed("warehouse.print_label", _job("warehouse.print_labels"))
wave_papers = _deed("warehouse.print_note", _job("warehouse.print_notes"))
wave_pick_list_print = _deed("warehouse.print_note", _job("warehouse.print_pick_list"))
wave_upload = _deed("warehouse.ship_note", _job("warehouse.upload_file"))
wave_reprint = _deed("warehouse.print_label", _reprint)
