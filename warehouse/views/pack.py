"""The packing table: one page that takes scans, and what it asks the server."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import allowed
from shopops.kit.barcodes import code128
from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.models import Employee
from warehouse.actions.notes import cancel_note
from warehouse.actions.packing import (
    CLEAR,
    ScannedCode,
    Verdict,
    call_supervisor,
    put_aside,
    take_scans,
    weigh_note,
)
from warehouse.forms import ReasonForm, WeightForm
from warehouse.models import DispatchNote
from warehouse.queries.notes import notes_with_everything
from warehouse.queries.packing import last_scans, packing_lines, six_points, wave_progress
from warehouse.states import NoteState, ScanResult
from warehouse.views.asking import actor, checked

MOST_SCANS = 100
LONGEST_CODE = 200
TONES = {
    ScanResult.OPENED: "info",
    ScanResult.OK: "good",
    ScanResult.DONE: "done",
    ScanResult.WAYBILL: "done",
    ScanResult.CLEARED: "info",
    ScanResult.REFUSED: "warn",
    ScanResult.WRONG: "danger",
    ScanResult.SURPLUS: "danger",
    ScanResult.UNKNOWN: "danger",
    ScanResult.STOPPED: "stop",
}
"""The colour and the sound of each answer; `danger` and `stop` block the parcel."""


@allowed("warehouse.pack_note")
@require_GET
def pack(request: HttpRequest) -> HttpResponse:
    """Show the packing table, with a parcel open if one is named."""
    found = _note(request.GET.get("note", ""))
    return render(
        request,
        "warehouse/pack/table.html",
        {
            **_panel(found, None, by=actor(request)),
            "recent": last_scans(actor(request)),
            "clear": CLEAR,
            "clear_barcode": code128(CLEAR, height=34),
        },
    )


@allowed("warehouse.pack_note")
@require_POST
def pack_scans(request: HttpRequest) -> JsonResponse:
    """Take some scans in their order; what was taken before is answered again and not counted."""
    by, at = actor(request), now()
    try:
        station, number, scans = _scans(request)
    except (ValueError, TypeError, KeyError, AttributeError):
        return JsonResponse({"said": _("The scans were not understood. Load the page again.")}, status=400)
    verdicts, found = take_scans(scans, station=station, note=_note(number), by=by, at=at)
    last = verdicts[-1] if verdicts else None
    return JsonResponse(
        {
            "results": [
                {
                    "uuid": str(one.uuid),
                    "code": one.code,
                    "result": one.result,
                    "label": str(one.result.label),
                    "tone": TONES[one.result],
                    "said": one.sentence,
                }
                for one in verdicts
            ],
            **_answer(request, found, last),
        }
    )


def _deed(
    do: Callable[[HttpRequest, DispatchNote, Employee, datetime], tuple[str, DispatchNote | None]],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return a view for one of the table's buttons: it answers the script with a sentence and the new panel."""

    @allowed("warehouse.pack_note")
    @require_POST
    def deed(request: HttpRequest) -> HttpResponse:
        found = _note(request.POST.get("note", ""))
        if found is None:
            return JsonResponse({"said": _("No parcel is open."), "tone": "danger"}, status=409)
        try:
            said, left = do(request, found, actor(request), now())
        except Refused as refusal:
            return JsonResponse({"said": str(refusal), "tone": "danger"}, status=409)
        return JsonResponse({"said": said, "tone": "good", **_answer(request, left, None)})

    return deed


def _reason(request: HttpRequest) -> str:
    return str(checked(ReasonForm(request.POST))["reason"])


def _aside(request: HttpRequest, found: DispatchNote, by: Employee, at: datetime) -> tuple[str, DispatchNote | None]:
    put_aside(found, reason=_reason(request), by=by, at=at)
    return _("%(note)s is put aside.") % {"note": found}, None


def _call(request: HttpRequest, found: DispatchNote, by: Employee, at: datetime) -> tuple[str, DispatchNote | None]:
    url = reverse("warehouse:note", args=[found.number])
    told = call_supervisor(found, reason=_reason(request), by=by, at=at, url=url)
    return _("%(count)s supervisors have been told.") % {"count": told}, found


def _cancel(request: HttpRequest, found: DispatchNote, by: Employee, at: datetime) -> tuple[str, DispatchNote | None]:
    cancel_note(found, reason=_reason(request), by=by, at=at)
    return _("%(note)s is cancelled; put the goods back.") % {"note": found}, None


def _weigh(request: HttpRequest, found: DispatchNote, by: Employee, at: datetime) -> tuple[str, DispatchNote | None]:
    grams = checked(WeightForm(request.POST))["grams"]
    expected = weigh_note(found, grams, by=by, at=at)
    if expected is not None:
        raise Refused(
            _("%(grams)s g is kept, but %(expected)s g was expected. Open the parcel and look again.")
            % {"grams": grams, "expected": expected}
        )
    return _("%(grams)s g is kept.") % {"grams": grams}, found


pack_putting_aside = _deed(_aside)
pack_call = _deed(_call)
pack_cancellation = _deed(_cancel)
pack_weight = _deed(_weigh)


def _scans(request: HttpRequest) -> tuple[UUID, str, Sequence[ScannedCode]]:
    """Read the posted scans.

    :raises ValueError: and its like, if they are not what the page sends.
    """
    sent: Any = json.loads(request.body)
    scans = [
        ScannedCode(UUID(one["uuid"]), int(one["sequence"]), str(one["code"]).replace("\0", "")[:LONGEST_CODE])
        for one in sent["scans"]
    ]
    if len(scans) > MOST_SCANS or any(not 0 <= one.sequence < 2**31 or not one.code.strip() for one in scans):
        raise ValueError(len(scans))
    return UUID(sent["station"]), str(sent.get("note") or ""), scans


def _note(number: str) -> DispatchNote | None:
    return notes_with_everything().filter(number=number).first() if number else None


def _answer(request: HttpRequest, found: DispatchNote | None, last: Verdict | None) -> dict[str, Any]:
    fresh = _note(found.number) if found is not None else None
    html = render_to_string("warehouse/pack/panel.html", _panel(fresh, last, by=actor(request)), request=request)
    open_note = fresh is not None and (fresh.state == NoteState.PICKED or not fresh.waybill)
    return {"note": fresh.number if fresh is not None and open_note else "", "html": html}


def _panel(found: DispatchNote | None, last: Verdict | None, *, by: Employee) -> dict[str, Any]:
    """Return what the panel shows of the open parcel and of the last answer."""
    context: dict[str, Any] = {"note": found, "tone": TONES[last.result] if last else "", "last": last}
    if found is None:
        return context
    lines = packing_lines(found)
    scanned = sum(line.scanned for line in lines)
    if found.stopped_at is not None:
        context["tone"] = "stop"
    elif found.pack_block:
        context["tone"] = "danger"
    elif last is None:
        context["tone"] = "done" if found.state == NoteState.PACKED else "info"
    return context | {
        "points": six_points(found, lines),
        "scanned": found.pieces if found.state in {NoteState.PACKED, NoteState.SHIPPED} else scanned,
        "is_blocked": found.stopped_at is not None or bool(found.pack_block),
        "is_packed": found.state == NoteState.PACKED,
        "progress": wave_progress(found.wave) if found.wave else None,
        "may_force": by.has_perm("warehouse.force_pack"),
    }
