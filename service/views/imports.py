"""Imports of service files: upload with a list of all imports below, the page of one, and the agents' days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from service.actions.sub_accounts import name_sub_account
from service.filters.imports import AgentDayFilters, FileImportFilters
from service.forms.imports import ColumnsForm, NickForm, UploadForm
from service.imports import READERS
from service.imports.uploads import header_of, import_for_real, map_columns, needs_columns, start_imports
from service.models import FileImport
from service.queries.imports import (
    FileImportShown,
    add_agent_day_words,
    add_file_import_words,
    listed_agent_days,
    listed_file_imports,
    matching_agent_days,
    matching_file_imports,
)
from service.states import FileKind, FileState
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists import Column, Empty, Export, ExportColumn, ListPage, Shown, Sort, Tab
from shopops.kit.refusals import Refused
from staff.views.asking import actor, checked

PERMISSION = "service.import_service_files"


def _upload_form(_request: HttpRequest, _shown: Shown) -> Mapping[str, Any]:
    """Put the form for new files above the list."""
    return {"form": UploadForm(), "most_bytes": settings.UPLOAD_MOST_BYTES}


FILE_IMPORT_LIST = ListPage(
    name="service.imports",
    title=_("Imports of customer service"),
    note=_("Chats, figures of agents, status logs, reviews and refunds: drop the files here as they are."),
    icon="file-up",
    permission=PERMISSION,
    rows=listed_file_imports,
    values=(
        *("files", "kind", "state", "is_rehearsal", "started_by__name", "shop__name", "started_at", "finished_at"),
        *("counts", "job_run_id", "complaint_count"),
    ),
    finish=add_file_import_words,
    cells="service/imports/cells.html",
    columns=(
        Column("files", _("Files"), fixed=True, card="full"),
        Column("kind", _("Kind"), card="left"),
        Column("state", _("State"), card="right"),
        Column("rows", _("Rows"), card="full"),
        Column("by", _("By"), card="left"),
        Column("started_at", _("Started at"), sort="started", card="right"),
        Column("took", _("Took"), end=True, card="none"),
    ),
    tabs=(
        Tab("all", _("All"), counted=False),
        Tab("done", _("Imported"), Q(state=FileState.DONE)),
        Tab("columns", _("Columns wanted"), Q(state=FileState.WAITING, job_run=None), tone="warn"),
        Tab("rehearsed", _("Rehearsals"), Q(state=FileState.REHEARSED)),
        Tab("refused", _("Refused"), Q(state=FileState.REFUSED), tone="danger"),
    ),
    sorts=(Sort("started", "started_at", _("Started at")),),
    filters=FileImportFilters,
    search=matching_file_imports,
    search_hint=_("File, number or person"),
    opens="service:file_import",
    row_name="id",
    empty=Empty(
        _("Nothing was imported yet."),
        _("Export the day's conversations from the chat tool and drop the archive above."),
    ),
    template="service/imports/list.html",
    context=_upload_form,
)

_FIGURES = (
    "consulted",
    "received",
    "answered",
    "unanswered",
    "slow",
    "reply_rate",
    "three_minute_rate",
    "first_seconds",
    "average_seconds",
    "answer_ratio",
    "sales",
    "refunds",
)

AGENT_DAY_LIST = ListPage(
    name="service.agent_days",
    title=_("Agents' days on the platform"),
    note=_(
        "The platform's own figures, as they were imported. What ShopOps measures itself stands with the indicators."
    ),
    icon="table",
    permission="service.view_agentday",
    rows=listed_agent_days,
    values=("day", "nick", "employee__name", "shop__name", "batch_id", *_FIGURES),
    finish=add_agent_day_words,
    cells="service/imports/agent_day_cells.html",
    columns=(
        Column("agent", _("Agent"), fixed=True, card="full"),
        Column("day", _("Day"), sort="day", card="left"),
        Column("received", _("Buyers received"), sort="received", end=True, card="right"),
        Column("unanswered", _("Not answered"), sort="unanswered", end=True, card="left"),
        Column("reply_rate", _("Reply rate"), end=True, card="left"),
        Column("three_minute_rate", _("3-minute rate"), end=True, card="left"),
        Column("first_seconds", _("First reply"), sort="first", end=True, card="left"),
        Column("average_seconds", _("Average reply"), end=True, card="left"),
        Column("sales", _("Sales"), sort="sales", end=True, card="right"),
    ),
    tabs=(
        Tab("agents", _("Agents"), ~Q(nick=""), counted=False),
        Tab("shops", _("Whole shops"), Q(nick=""), counted=False),
        Tab("unknown", _("Nobody behind the nick"), Q(employee=None) & ~Q(nick=""), tone="warn"),
    ),
    sorts=(
        Sort("day", "day", _("Day")),
        Sort("received", "received", _("Buyers received")),
        Sort("unanswered", "unanswered", _("Not answered")),
        Sort("first", "first_seconds", _("First reply")),
        Sort("sales", "sales", _("Sales")),
    ),
    filters=AgentDayFilters,
    search=matching_agent_days,
    search_hint=_("Sub-account or name"),
    row_name="nick",
    export=Export(
        permission="service.import_service_files",
        columns=(
            ExportColumn(_("Day"), "day", "day"),
            ExportColumn(_("sub-account"), "nick"),
            ExportColumn(_("Employee"), "employee__name"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("buyers who asked"), "consulted", "count"),
            ExportColumn(_("received"), "received", "count"),
            ExportColumn(_("effectively received"), "answered", "count"),
            ExportColumn(_("not answered"), "unanswered", "count"),
            ExportColumn(_("answered slowly"), "slow", "count"),
            ExportColumn(_("reply rate"), "reply_rate", "share"),
            ExportColumn(_("3-minute rate"), "three_minute_rate", "share"),
            ExportColumn(_("first reply, s"), "first_seconds"),
            ExportColumn(_("average reply, s"), "average_seconds"),
            ExportColumn(_("answers to questions"), "answer_ratio"),
            ExportColumn(_("sales, yuan"), "sales", "money"),
            ExportColumn(_("refunds, yuan"), "refunds", "money"),
        ),
    ),
    empty=Empty(_("No figures of agents yet."), _("Import the daily sheet of customer service.")),
)


@allowed(PERMISSION)
@require_POST
def file_upload(request: HttpRequest) -> HttpResponseBase:
    """Take files and start their import; go to its page, or to the list where there are several."""
    try:
        asked = checked(UploadForm(request.POST, request.FILES))
        logs = start_imports(
            asked["reports"],
            kind=asked["kind"],
            shop=asked["shop"],
            rehearse=asked["rehearse"],
            by=actor(request),
            at=now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _go(request, reverse("service:imports"))
    if len(logs) > 1:
        return _go(request, reverse("service:imports"))
    return _go(request, reverse("service:file_import", args=[logs[0].pk]))


@allowed(PERMISSION)
@require_GET
def file_import(request: HttpRequest, number: int) -> HttpResponse:
    """Show one import: how far it is, which columns it wants, or what came of it."""
    shown = FileImportShown(_batch(number))
    context: dict[str, Any] = {"shown": shown, "batch": shown.batch, "nicks": shown.unknown_agents()}
    if context["nicks"]:
        context["nick_form"] = NickForm(auto_id=False)
    if needs_columns(shown.batch):
        context |= _columns_context(request, shown.batch)
    return render(request, "service/imports/page.html", context)


def _columns_context(request: HttpRequest, batch: FileImport) -> dict[str, Any]:
    """Return what the form for columns shows."""
    kinds = [(kind, FileKind(kind).label) for kind, reader in READERS.items() if reader.fields]
    kind = request.GET.get("kind", batch.kind)
    if kind not in dict(kinds):
        kind = kinds[0][0]
    rows = header_of(batch)
    header = max(rows, key=lambda row: sum(bool(cell) for cell in row), default=[])
    first = next((row for row in rows if sum(map(bool, row)) == sum(map(bool, header))), header)
    form = ColumnsForm(kind=kind, header=first)
    sample = rows[rows.index(first) :][:4] if first in rows else []
    return {"columns_form": form, "kinds": kinds, "kind": kind, "sample": sample}


@allowed(PERMISSION)
@require_GET
def file_import_progress(request: HttpRequest, number: int) -> HttpResponse:
    """Answer the open page of an import: how far it is; once it is over, load the page anew."""
    shown = FileImportShown(_batch(number))
    answer = render(request, "service/imports/progress.html", {"shown": shown, "batch": shown.batch})
    if not shown.is_open:
        answer["HX-Refresh"] = "true"
    return answer


@allowed(PERMISSION)
@require_GET
def file_import_rejected(_request: HttpRequest, number: int) -> HttpResponseBase:
    """Hand over the rows left out, each with the reason, as a spreadsheet."""
    batch = _batch(number)
    if not batch.rejected:
        raise Http404
    name = _now("rejected rows of import %(number)s") % {"number": batch.pk}
    return FileResponse(batch.rejected.open("rb"), as_attachment=True, filename=f"{name}.xlsx")


@allowed(PERMISSION)
@require_POST
def file_import_repetition(request: HttpRequest, number: int) -> HttpResponseBase:
    """Import the files of a rehearsal for real."""
    try:
        batch = import_for_real(_batch(number), by=actor(request), at=now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("service:file_import", number)
    return redirect("service:file_import", batch.pk)


@allowed(PERMISSION)
@require_POST
def file_import_columns(request: HttpRequest, number: int) -> HttpResponseBase:
    """Say which column of an unknown spreadsheet holds what, and import it."""
    batch = _batch(number)
    kind = request.POST.get("kind", "")
    if kind not in READERS or not needs_columns(batch):
        messages.error(request, _now("This import does not wait for columns any more."))
        return redirect("service:file_import", number)
    try:
        rows = header_of(batch)
        form = ColumnsForm(request.POST, kind=kind, header=[cell for row in rows for cell in row])
        asked = checked(form)
        map_columns(batch, form.columns, kind=kind, name=asked["name"], by=actor(request), at=now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("service:file_import", number)


@allowed(PERMISSION)
@require_POST
def file_import_nick(request: HttpRequest, number: int) -> HttpResponseBase:
    """Say who is behind a sub-account that stands in the files."""
    _batch(number)
    try:
        asked = checked(NickForm(request.POST))
        name_sub_account(asked["nick"], asked["employee"], by=actor(request), at=now())
        messages.success(
            request, _now("Noted. The messages are being counted for %(who)s.") % {"who": asked["employee"]}
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("service:file_import", number)


def _batch(number: int) -> FileImport:
    return get_object_or_404(FileImport.objects.select_related("shop", "started_by", "job_run", "mapping"), pk=number)


def _go(request: HttpRequest, url: str) -> HttpResponseBase:
    """Go to an address: told to the script that uploads, or as an ordinary answer."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return redirect(url)
