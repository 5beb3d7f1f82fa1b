"""The return desk: one box that takes scans, parcels taken in, matched, inspected; and the pool of the ownerless."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from service.actions.returns import (
    Found,
    close_ownerless_parcel,
    inspect_parcel,
    match_parcel,
    take_parcel_in,
    unmatch_parcel,
)
from service.filters.aftersales import ReturnFilters
from service.forms.aftersales import ArrivalForm, MatchForm, WhyForm
from service.models import ReturnParcel
from service.queries.aftersales import lines_of
from service.queries.returns import (
    TONES,
    Seen,
    add_return_words,
    briefly,
    desk_figures,
    last_arrivals,
    listed_returns,
    matching_returns,
    seen_at_desk,
    suggestions_for,
)
from service.states import ReturnState
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.file_kinds import CONTENT_TYPES, PICTURES
from shopops.kit.lists import (
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListPage,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from shopops.kit.lists.asking import read_data
from shopops.kit.refusals import Refused
from staff.models import Employee
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import in_drawer

DESK = "service.receive_return"
MOST_PIECES = 4


@allowed(DESK)
@require_GET
def return_desk(request: HttpRequest) -> HttpResponse:
    """Show the return desk; with `code` in the address, what that code means."""
    code = request.GET.get("code", "")
    panel = _scanned(code) if code.strip() else {"tone": ""}
    return render(
        request,
        "service/returns/desk.html",
        {**panel, "figures": desk_figures(), "recent": last_arrivals()},
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


def _deed(do: Callable[[HttpRequest, ReturnParcel, Employee, datetime], str]) -> Callable[..., HttpResponseBase]:
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
            return _answer(request, _parcel_panel(_parcel(key), said, "done"))
        messages.success(request, said)
        return redirect("service:return_parcel", key)

    return deed


def _inspect(request: HttpRequest, parcel: ReturnParcel, by: Employee, at: datetime) -> str:
    found = _found(request.POST)
    nothing_more = request.POST.get("nothing_more") == "on"
    note = str(request.POST.get("note", "")).replace("\0", "")[:300]
    inspect_parcel(parcel, found, note=note, nothing_more=nothing_more, by=by, at=at)
    good, defective = (sum(one[place] for one in found.values()) for place in (0, 1))
    return _("%(waybill)s: %(good)s pcs back into stock, %(defective)s defective.") % {
        "waybill": parcel.waybill,
        "good": good,
        "defective": defective,
    }


def _found(values: Mapping[str, Any]) -> dict[int, Found]:
    """Return line of the case → what came, of the fields `good_<line>` and `defective_<line>`.

    :raises Refused: if a number is none.
    """
    counts: dict[int, dict[str, int]] = {}
    for name, text in values.items():
        kind, _line, key = name.partition("_")
        if kind in {"good", "defective"} and key.isdecimal() and len(key) < 19:  # noqa: PLR2004 -- a key
            counts.setdefault(int(key), {})[kind] = _pieces(str(text))
    return {key: Found(one.get("good", 0), one.get("defective", 0)) for key, one in counts.items()}


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


return_inspection = _deed(_inspect)
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
        "is_page": True,
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
            "when": seen.parcel.received_at.strftime("%m-%d"),
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
    is_ownerless = parcel.state == ReturnState.OWNERLESS
    return {
        "parcel": parcel,
        "case": parcel.case,
        "lines": lines_of(parcel.case) if parcel.case else [],
        "suggestions": suggestions_for(parcel) if is_ownerless else [],
        "said": said,
        "tone": tone,
    }


def _answer(request: HttpRequest, panel: dict[str, Any]) -> JsonResponse:
    html = render_to_string("service/returns/panel.html", panel, request=request)
    return JsonResponse({"html": html, "tone": panel["tone"], "said": panel.get("said", "")})


def _refused(refusal: Refused) -> JsonResponse:
    return JsonResponse({"said": str(refusal), "tone": "danger"}, status=409)


def _chosen(ids: Sequence[int]) -> list[ReturnParcel]:
    return list(ReturnParcel.objects.filter(pk__in=ids).select_related("case").order_by("pk"))


def _close_many(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    return one_by_one(_chosen(ids), lambda parcel: close_ownerless_parcel(parcel, outcome=reason, by=by, at=at))


RETURN_LIST = ListPage(
    name="service.returns",
    title=gettext_lazy("Returned parcels"),
    note=gettext_lazy("Everything that came back: those nobody owns yet, those to be inspected, those done."),
    icon="package-open",
    permission="service.view_returnparcel",
    rows=listed_returns,
    values=(
        "waybill",
        "carrier",
        "state",
        "content",
        "photo",
        "case__number",
        "case__order__number",
        "received_by__name",
        "received_at",
        "settled_at",
    ),
    finish=add_return_words,
    cells="service/returns/cells.html",
    columns=(
        Column("parcel", gettext_lazy("Parcel"), fixed=True, card="full"),
        Column("content", gettext_lazy("Content"), card="full"),
        Column("case", gettext_lazy("Case number"), card="left"),
        Column("state", gettext_lazy("State"), card="right"),
        Column("received", gettext_lazy("Taken in"), sort="received", card="left"),
        Column("settled", gettext_lazy("Inspected"), card="left", shown=False),
    ),
    tabs=(
        Tab("ownerless", gettext_lazy("Ownerless"), Q(state=ReturnState.OWNERLESS), tone="warn"),
        Tab("matched", gettext_lazy("To inspect"), Q(state=ReturnState.MATCHED)),
        Tab("settled", gettext_lazy("Inspected"), Q(state=ReturnState.SETTLED), counted=False),
        Tab("all", gettext_lazy("All"), counted=False),
    ),
    sorts=(Sort("received", "received_at", gettext_lazy("Taken in")),),
    filters=ReturnFilters,
    search=matching_returns,
    search_hint=gettext_lazy("Waybill, case, order, content"),
    opens="service:return_parcel",
    row_name="waybill",
    batch=(
        BatchAction(
            "closing",
            gettext_lazy("Close"),
            run=_close_many,
            form=WhyForm,
            permission=DESK,
            icon="archive",
            says=gettext_lazy("For parcels whose owner was not found: say what became of them."),
            tabs=("ownerless",),
        ),
    ),
    export=Export(
        permission="service.export_aftersales",
        columns=(
            ExportColumn(gettext_lazy("Waybill"), "waybill"),
            ExportColumn(gettext_lazy("Carrier"), "carrier"),
            ExportColumn(gettext_lazy("State"), "state_label"),
            ExportColumn(gettext_lazy("Content"), "content"),
            ExportColumn(gettext_lazy("Case number"), "case__number"),
            ExportColumn(gettext_lazy("Order number"), "case__order__number"),
            ExportColumn(gettext_lazy("Taken in by"), "received_by__name"),
            ExportColumn(gettext_lazy("Taken in at"), "received_at", kind="time"),
            ExportColumn(gettext_lazy("Inspected at"), "settled_at", kind="time"),
        ),
    ),
    template="service/returns/list.html",
    empty=Empty(
        gettext_lazy("No parcels here."),
        gettext_lazy("Scan them at the return desk."),
        gettext_lazy("Return desk"),
        "service:return_desk",
    ),
)
