"""The return desk: one box that takes scans, parcels taken in, matched, inspected; and the pool of the ownerless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from catalog.models import Sku
from catalog.queries.skus import skus_called
from service.actions.returned_goods import Found, clear_parcel, count_by_parts, inspect_parcel, put_aside
from service.actions.returns import close_ownerless_parcel, match_parcel, take_parcel_in, unmatch_parcel
from service.forms.aftersales import ArrivalForm, MatchForm, WhyForm, carrier_names
from service.models import ReturnParcel
from service.queries.aftersales import lines_of
from service.queries.returns import (
    TONES,
    Seen,
    briefly,
    desk_figures,
    last_arrivals,
    may_inspect,
    seen_at_desk,
    suggestions_for,
)
from service.states import AFTER_INSPECTION, AfterSaleKind, ReturnState
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.file_kinds import CONTENT_TYPES, PICTURES
from shopops.kit.lists.asking import read_data
from shopops.kit.refusals import Refused
from shopops.kit.templatetags.shown import short_moment
from staff.models import Employee
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import in_drawer

DESK = "service.receive_return"
MOST_PIECES = 4
LONGEST_KEY = 19


@allowed(DESK)
@require_GET
def return_desk(request: HttpRequest) -> HttpResponse:
    """Show the return desk; with `code` in the address, what that code means."""
    code = request.GET.get("code", "")
    panel = _scanned(code) if code.strip() else {"tone": ""}
    return render(
        request,
        "service/returns/desk.html",
        {**panel, "figures": desk_figures(), "recent": last_arrivals(), "carriers": carrier_names()},
    )


@allowed(DESK)
@require_GET
def return_scan(request: HttpRequest) -> JsonResponse:
    """Answer a scan: what the code means, as the desk's panel."""
    return _answer(request, _scanned(request.GET.get("code", "")))


@allowed(DESK)
@require_POST
def return_arrival(request: HttpRequest) -> JsonResponse:
    """Take a parcel in: for a case, or into the pool."""
    form = ArrivalForm(read_data(request.POST), request.FILES)
    try:
        values = checked(form)
        parcel = take_parcel_in(**values, by=actor(request), at=now())
    except Refused as refusal:
        return _refused(refusal)
    said = (
        _("%(waybill)s is in the pool; its owner is looked for.")
        if parcel.case is None
        else _("%(waybill)s is taken in. Inspect it now.")
    )
    return _answer(request, _parcel_panel(parcel, said % {"waybill": parcel.waybill}, "good"))


def _deed(
    do: Callable[[HttpRequest, ReturnParcel, Employee, datetime], str], *, tone: str = "done"
) -> Callable[..., HttpResponseBase]:
    """Return a view that does one thing to a parcel: for the desk's script a new panel, else back to its page."""

    @allowed(DESK)
    @require_POST
    def deed(request: HttpRequest, key: int) -> HttpResponseBase:
        parcel, at_desk = _parcel(key), request.headers.get("X-Desk") == "returns"
        try:
            said = do(request, parcel, actor(request), now())
        except Refused as refusal:
            if at_desk:
                return _refused(refusal)
            messages.error(request, str(refusal))
            return redirect("service:return_parcel", key)
        if at_desk:
            return _answer(request, _parcel_panel(_parcel(key), said, tone))
        messages.success(request, said)
        return redirect("service:return_parcel", key)

    return deed


def _inspect(request: HttpRequest, parcel: ReturnParcel, by: Employee, at: datetime) -> str:
    found = _found(request.POST)
    nothing_more = request.POST.get("nothing_more") == "on"
    note = str(request.POST.get("note", "")).replace("\0", "")[:300]
    inspect_parcel(parcel, found, note=note, nothing_more=nothing_more, by=by, at=at)
    good, defective = (sum(one.good for one in found.values()), sum(one.defective for one in found.values()))
    return _("%(waybill)s: %(good)s pcs back into stock, %(defective)s defective.") % {
        "waybill": parcel.waybill,
        "good": good,
        "defective": defective,
    }


def _found(values: Mapping[str, Any]) -> dict[int, Found]:
    """Return line of the case → what came, of the fields `good_<line>`, `defective_<line>` and `other_<line>`.

    :raises Refused: if a number is none, or a SKU is not known.
    """
    counts: dict[int, dict[str, int]] = {}
    for name, text in values.items():
        kind, _line, key = name.partition("_")
        if kind in {"good", "defective"} and key.isdecimal() and len(key) < LONGEST_KEY:
            counts.setdefault(int(key), {})[kind] = _pieces(str(text))
    others = _others(values)
    return {key: Found(one.get("good", 0), one.get("defective", 0), others.get(key)) for key, one in counts.items()}


def _others(values: Mapping[str, Any]) -> dict[int, Sku]:
    """Return line of the case → the SKU that came in its place, of the fields `other_<line>`.

    :raises Refused: if there is no such SKU.
    """
    codes: dict[int, str] = {}
    for name, text in values.items():
        key, code = name.removeprefix("other_"), str(text).replace("\0", "").strip()[:64]
        if name.startswith("other_") and key.isdecimal() and len(key) < LONGEST_KEY and code:
            codes[int(key)] = code
    found = skus_called(codes.values()) if codes else {}
    if unknown := [code for code in codes.values() if code not in found]:
        raise Refused(_("There is no SKU “%(code)s”.") % {"code": unknown[0][:40]})
    return {key: found[code] for key, code in codes.items()}


def _pieces(text: str) -> int:
    text = text.strip() or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_PIECES):
        raise Refused(_("“%(text)s” is no number of pieces.") % {"text": text[:20]})
    return int(text)


def _match(request: HttpRequest, parcel: ReturnParcel, by: Employee, at: datetime) -> str:
    form = MatchForm(read_data(request.POST))
    checked(form)
    match_parcel(parcel, form.found(), by=by, at=at)
    return _("%(waybill)s belongs to %(case)s now.") % {"waybill": parcel.waybill, "case": parcel.case}


def _unmatch(request: HttpRequest, parcel: ReturnParcel, by: Employee, at: datetime) -> str:
    unmatch_parcel(parcel, reason=checked(WhyForm(read_data(request.POST)))["reason"], by=by, at=at)
    return _("%(waybill)s is in the pool again.") % {"waybill": parcel.waybill}


def _close(request: HttpRequest, parcel: ReturnParcel, by: Employee, at: datetime) -> str:
    close_ownerless_parcel(parcel, outcome=checked(WhyForm(read_data(request.POST)))["reason"], by=by, at=at)
    return _("%(waybill)s is closed.") % {"waybill": parcel.waybill}


def _put_aside(request: HttpRequest, parcel: ReturnParcel, by: Employee, at: datetime) -> str:
    put_aside(parcel, found=checked(WhyForm(read_data(request.POST)))["reason"], by=by, at=at)
    return _("%(waybill)s is put aside; whoever holds the case decides.") % {"waybill": parcel.waybill}


def _clear(request: HttpRequest, parcel: ReturnParcel, by: Employee, at: datetime) -> str:
    clear_parcel(parcel, reason=checked(WhyForm(read_data(request.POST)))["reason"], by=by, at=at)
    return _("%(waybill)s can be inspected.") % {"waybill": parcel.waybill}


def _by_parts(request: HttpRequest, parcel: ReturnParcel, by: Employee, at: datetime) -> str:
    text = request.POST.get("line", "")
    if not (text.isascii() and text.isdecimal() and len(text) < LONGEST_KEY):
        raise Refused(_("That line does not belong to the case."))
    count_by_parts(parcel, int(text), by=by, at=at)
    return _("Count the parts of the bundle one by one.")


return_inspection = _deed(_inspect)
return_wrong_goods = _deed(_put_aside)
return_clearing = _deed(_clear)
return_parts = _deed(_by_parts, tone="info")
return_matching = _deed(_match)
return_unmatching = _deed(_unmatch)
return_closing = _deed(_close)


@allowed("service.view_returnparcel")
@require_GET
def return_parcel(request: HttpRequest, key: int) -> HttpResponse:
    """Show a returned parcel with its photo, its case or who it may belong to, and its history."""
    parcel = _parcel(key)
    context = _parcel_panel(parcel, "", "")
    context |= {
        "history": history_of(parcel),
        "tone": TONES[ReturnState(parcel.state)],
        "in_drawer": in_drawer(request),
    }
    return render(request, "service/returns/parcel.html", context)


@allowed("service.view_returnparcel")
@require_GET
def return_photo(request: HttpRequest, key: int) -> HttpResponseBase:  # noqa: ARG001 -- the same for everybody
    """Show the photo of a parcel."""
    parcel = _parcel(key)
    ending = Path(parcel.photo.name or "").suffix.removeprefix(".")
    if ending not in PICTURES:
        raise Http404
    try:
        stream = parcel.photo.open("rb")
    except OSError:
        raise Http404 from None
    return FileResponse(stream, content_type=CONTENT_TYPES[ending])


def _parcel(key: int) -> ReturnParcel:
    found = ReturnParcel.objects.select_related("case", "case__order", "case__buyer", "received_by").filter(pk=key)
    parcel = found.first()
    if parcel is None:
        raise Http404
    return parcel


def _scanned(code: str) -> dict[str, Any]:
    """Return the panel that answers a code."""
    seen = seen_at_desk(code[:100])
    if seen.parcel is not None:
        said = _("Taken in %(when)s by %(who)s already.") % {
            "when": short_moment(seen.parcel.received_at),
            "who": seen.parcel.received_by,
        }
        return _parcel_panel(_parcel(seen.parcel.pk), said, "info")
    if not seen.code:
        return {"tone": ""}
    return {"seen": seen, "cases": briefly(seen.cases), **_verdict(seen)}


def _verdict(seen: Seen) -> dict[str, Any]:
    if len(seen.taking) == 1:
        return {"tone": "good", "said": _("Found."), "one": seen.taking[0], "lines": lines_of(seen.taking[0])}
    if seen.taking:
        return {"tone": "info", "said": _("Several cases fit. Choose one.")}
    if seen.cases:
        return {"tone": "warn", "said": _("No goods are awaited for this case.")}
    if seen.orders:
        return {"tone": "warn", "said": _("The order is known, but there is no case. Take the parcel into the pool.")}
    return {"tone": "warn", "said": _("Nobody knows this number. Say what is in the parcel.")}


def _parcel_panel(parcel: ReturnParcel, said: str, tone: str) -> dict[str, Any]:
    """Return what is shown of a parcel: its goods to inspect, or whose it may be."""
    is_ownerless, case = parcel.state == ReturnState.OWNERLESS, parcel.case
    return {
        "parcel": parcel,
        "case": case,
        "lines": lines_of(case) if case else [],
        "may_inspect": case is not None and may_inspect(case),
        "comes_broken": case is not None and case.kind == AfterSaleKind.REPAIR,
        "is_cuttable": case is not None and case.kind in AFTER_INSPECTION and case.done_at is None,
        "suggestions": suggestions_for(parcel) if is_ownerless else [],
        "said": said,
        "tone": tone,
    }


def _answer(request: HttpRequest, panel: dict[str, Any]) -> JsonResponse:
    """Answer the desk's script: the panel, and the figures and last parcels beside it as they are now."""
    html = render_to_string("service/returns/panel.html", panel, request=request)
    beside = {"figures": desk_figures(), "recent": last_arrivals()}
    side = render_to_string("service/returns/side.html", beside, request=request)
    return JsonResponse({"html": html, "side": side, "tone": panel["tone"], "said": panel.get("said", "")})


def _refused(refusal: Refused) -> JsonResponse:
    return JsonResponse({"said": str(refusal), "tone": "danger"}, status=409)
