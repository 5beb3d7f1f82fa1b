"""Imports: upload with a list of all imports below, and the page of one, from the progress bar to the rejected rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from orders.actions.imports import import_for_real, start_import
from orders.filters import ImportFilters
from orders.forms import ImportForm
from orders.models import ImportBatch
from orders.queries.imports import ImportShown, add_import_words, listed_imports, matching_imports
from orders.states import ImportState
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists import Column, Empty, ListPage, Shown, Sort, Tab
from shopops.kit.refusals import Refused
from warehouse.views.asking import actor, checked

PERMISSION = "orders.import_orders"


def _upload_form(_request: HttpRequest, _shown: Shown) -> Mapping[str, Any]:
    """Put the form for new files above the list."""
    return {"form": ImportForm()}


IMPORT_LIST = ListPage(
    name="orders.imports",
    title=_("Imports"),
    note=_("Order reports and item reports of the seller centre: drop them here as downloaded."),
    icon="file-up",
    permission=PERMISSION,
    rows=listed_imports,
    values=("files", "state", "is_rehearsal", "started_by__name", "shop__name", "started_at", "finished_at", "counts"),
    finish=add_import_words,
    cells="orders/imports/cells.html",
    columns=(
        Column("files", _("Files"), fixed=True, card="full"),
        Column("state", _("State"), card="left"),
        Column("orders", _("Orders"), card="full"),
        Column("lines", _("Lines"), card="full"),
        Column("by", _("By"), card="left"),
        Column("started_at", _("Started at"), sort="started", card="right"),
        Column("took", _("Took"), end=True, card="none"),
    ),
    tabs=(
        Tab("all", _("All"), counted=False),
        Tab("done", _("Imported"), Q(state=ImportState.DONE)),
        Tab("rehearsed", _("Rehearsals"), Q(state=ImportState.REHEARSED)),
        Tab("refused", _("Refused"), Q(state=ImportState.REFUSED), tone="danger"),
    ),
    sorts=(Sort("started", "started_at", _("Started at")),),
    filters=ImportFilters,
    search=matching_imports,
    search_hint=_("File, number or person"),
    opens="orders:import_batch",
    row_name="id",
    empty=Empty(
        _("Nothing was imported yet."),
        _(
            "Download the order report (订单报表) and the item report (宝贝报表) from the seller centre and drop them "
            "above."
        ),
    ),
    template="orders/imports/list.html",
    context=_upload_form,
)


@allowed(PERMISSION)
@require_POST
def import_upload(request: HttpRequest) -> HttpResponseBase:
    """Take files and start their import; go to its page."""
    try:
        asked = checked(ImportForm(request.POST, request.FILES))
        batch = start_import(
            asked["reports"], shop=asked["shop"], rehearse=asked["rehearse"], by=actor(request), at=now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _go(request, reverse("orders:imports"))
    return _go(request, reverse("orders:import_batch", args=[batch.pk]))


@allowed(PERMISSION)
@require_GET
def import_batch(request: HttpRequest, number: int) -> HttpResponse:
    """Show one import: how far it is, or what came of it."""
    shown = _shown(request, number)
    part = request.GET.get("part", "")
    parts = _parts(shown)
    if part not in {one["key"] for one in parts}:
        part = next((one["key"] for one in parts if one["count"]), parts[0]["key"])
    return render(
        request, "orders/imports/batch.html", {"shown": shown, "batch": shown.batch, "parts": parts, "part": part}
    )


@allowed(PERMISSION)
@require_GET
def import_progress(request: HttpRequest, number: int) -> HttpResponse:
    """Answer the open page of an import: how far it is; once it is over, load the page anew."""
    shown = _shown(request, number)
    answer = render(request, "orders/imports/progress.html", {"shown": shown, "batch": shown.batch})
    if not shown.is_open and not shown.is_screening:
        answer["HX-Refresh"] = "true"
    return answer


@allowed(PERMISSION)
@require_GET
def import_rejected(request: HttpRequest, number: int) -> HttpResponseBase:
    """Hand over the rows left out, each with the reason, as a spreadsheet."""
    batch = _shown(request, number).batch
    if not batch.rejected:
        raise Http404
    name = _now("rejected rows of import %(number)s") % {"number": batch.pk}
    return FileResponse(batch.rejected.open("rb"), as_attachment=True, filename=f"{name}.xlsx")


@allowed(PERMISSION)
@require_POST
def import_repetition(request: HttpRequest, number: int) -> HttpResponseBase:
    """Import the files of a rehearsal for real."""
    rehearsal = _shown(request, number).batch
    try:
        batch = import_for_real(rehearsal, by=actor(request), at=now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("orders:import_batch", number)
    return redirect("orders:import_batch", batch.pk)


def _shown(request: HttpRequest, number: int) -> ImportShown:
    batch = get_object_or_404(
        ImportBatch.objects.select_related("shop", "started_by", "job_run"), pk=number, kind="orders"
    )
    return ImportShown(batch, actor(request))


def _parts(shown: ImportShown) -> list[dict[str, Any]]:
    """Return the tabs of the page: what is new, what changed, what is wrong."""
    orders = shown.orders
    return [
        {"key": "new", "label": _("New"), "count": orders.get("new", 0)},
        {"key": "changed", "label": _("Changed"), "count": shown.batch.sample.get("touched", 0)},
        {"key": "remarks", "label": _("Refused and remarks"), "count": shown.batch.complaint_count},
        {"key": "files", "label": _("Files"), "count": len(shown.batch.files)},
    ]


def _go(request: HttpRequest, url: str) -> HttpResponseBase:
    """Go to an address: told to the script that uploads, or as an ordinary answer."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return redirect(url)
