"""My files and jobs: what runs, how far it is, what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from shopops.kit.lists import (
    AnyOfFilter,
    Column,
    DaysFilter,
    Empty,
    ListFilters,
    ListPage,
    Sort,
    Tab,
)
from staff.actions.files import take_file
from staff.actions.jobs import retry_job
from staff.models import Employee, JobRun
from staff.queries.history import history_of
from staff.queries.jobs import OPEN, ShownRun, add_words, listed_runs, matching_runs, visible_runs
from staff.states import JobState


class JobFilters(ListFilters):
    """The filters of “my files and jobs”."""

    state = AnyOfFilter(field_name="state", choices=JobState.choices, label=gettext_lazy("State"), first=True)
    asked = DaysFilter(field_name="asked_at", label=gettext_lazy("Started on"), first=True)


JOBS_PAGE = ListPage(
    name="staff.jobs",
    title=gettext_lazy("Files and jobs"),
    note=gettext_lazy("Exports, imports, prints and other work in the background. Files are kept for some weeks."),
    permission=SIGNED_IN,
    icon="folder",
    rows=listed_runs,
    values=(
        "job",
        "state",
        "asker",
        "period",
        "asked_at",
        "started_at",
        "finished_at",
        "done",
        "total",
        "note",
        "sentence",
        "file",
        "file_name",
    ),
    finish=add_words,
    cells="staff/jobs/cells.html",
    columns=(
        Column("job", gettext_lazy("Job"), card="full", fixed=True),
        Column("state", gettext_lazy("State")),
        Column("file", gettext_lazy("File"), card="full"),
        Column("asker", gettext_lazy("Asked by"), permission="staff.view_all_jobs"),
        Column("asked_at", gettext_lazy("Asked at"), sort="asked"),
        Column("took", gettext_lazy("Took"), end=True, card="right"),
    ),
    tabs=(
        Tab("mine", gettext_lazy("Mine"), lambda reader: Q(asked_by=reader.by)),
        Tab("open", gettext_lazy("Not finished"), Q(state__in=OPEN)),
        Tab("failed", gettext_lazy("Failed"), Q(state=JobState.FAILED), tone="danger"),
        Tab("scheduled", gettext_lazy("Scheduled"), Q(asked_by=None), permission="staff.view_all_jobs"),
        Tab("all", gettext_lazy("Everybody's"), permission="staff.view_all_jobs", counted=False),
    ),
    sorts=(Sort("asked", "asked_at", gettext_lazy("Asked at")),),
    filters=JobFilters,
    search=matching_runs,
    search_hint=gettext_lazy("Job, file or person"),
    opens="staff:job",
    empty=Empty(
        gettext_lazy("No jobs here."),
        gettext_lazy("Export a list or import a file: the work and its files appear here."),
    ),
)


@allowed(SIGNED_IN)
@require_GET
def job(request: HttpRequest, number: int) -> HttpResponse:
    """Show one run, as a page or in the drawer."""
    return render(request, "staff/jobs/job.html", _shown(request, number))


@allowed(SIGNED_IN)
@require_GET
def job_progress(request: HttpRequest, number: int) -> HttpResponse:
    """Answer the open page of a run: how far it is, or, once it is over, everything."""
    return render(request, "staff/jobs/progress.html", _shown(request, number))


@allowed(SIGNED_IN)
@require_POST
def job_retrial(request: HttpRequest, number: int) -> HttpResponse:
    """Run a failed job again."""
    run = _run(request, number)
    retry_job(run, by=_employee(request), at=now())
    messages.success(request, _("The job waits to be run again."))
    return redirect(run)


@allowed(SIGNED_IN)
@require_GET
def job_file(request: HttpRequest, number: int) -> HttpResponseBase:
    """Hand over the file of a run to who asked for it, or to who may see everybody's."""
    run = _run(request, number)
    stream = take_file(run, by=_employee(request), at=now())
    return FileResponse(stream, as_attachment=True, filename=run.file_name)


def _shown(request: HttpRequest, number: int) -> dict[str, Any]:
    run = _run(request, number)
    return {"shown": ShownRun(run), "run": run, "history": history_of(run), "at": now()}


def _run(request: HttpRequest, number: int) -> JobRun:
    """Return a run the employee may see; any other does not exist for them."""
    return get_object_or_404(visible_runs(_employee(request)), pk=number)


def _employee(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    return request.user
