"""Daily reports: the list of snapshots, one of them as a page, and its files."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from staff.actions.reports import DAILY, ask_for
from staff.exports.report import Report, changed_since
from staff.exports.report_paper import report_context
from staff.models import Employee, ReportSnapshot
from staff.queries.reports import open_run, snapshots, version_after, version_before
from staff.views.kpi import asked_day

DAY = timedelta(days=1)
A_PAGE = 30
REPORT_JOB = "staff.daily_report"
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@allowed("staff.view_reportsnapshot")
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """List the daily reports there are, newest first."""
    page = Paginator(snapshots(DAILY), A_PAGE).get_page(request.GET.get("page"))
    yesterday = shop_day(now()) - DAY
    day = asked_day(request, yesterday)
    return render(
        request,
        "staff/reports/reports.html",
        {"page": page, "day": day, "yesterday": yesterday, "today": yesterday + DAY, "run": open_run(REPORT_JOB, day)},
    )


@allowed("staff.view_reportsnapshot")
@require_POST
def report_making(request: HttpRequest) -> HttpResponse:
    """Make the report of a day now, in the background."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- has the permission, says the decorator
    run = ask_for(REPORT_JOB, asked_day(request, shop_day(now()) - DAY), by=request.user, at=now())
    messages.success(request, _("The report is being made; it appears here and among your files."))
    return redirect(f"{request.path.removesuffix('making/')}?day={run.params['day']}")


@allowed("staff.view_reportsnapshot")
@require_GET
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Show a report from its snapshot alone, and what changed since the version before."""
    snapshot = get_object_or_404(ReportSnapshot, number=number)
    before = version_before(snapshot)
    context = report_context(Report(snapshot), paper=False)
    context |= {
        "before": before,
        "after": version_after(snapshot),
        "changes": changed_since(before, snapshot) if before else [],
        "run": open_run(REPORT_JOB, snapshot.day),
    }
    return render(request, "staff/reports/report.html", context)


@allowed("staff.view_reportsnapshot")
@require_GET
def report_file(_request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
    """Hand out a file of a report, as the worker made it."""
    snapshot = get_object_or_404(ReportSnapshot, number=number)
    file = getattr(snapshot, kind) if kind in MEDIA_TYPES else None
    if not file or not file.storage.exists(file.name):
        raise Http404
    name = _("Daily report %(day)s v%(version)s.%(kind)s") % {
        "day": snapshot.day.isoformat(),
        "version": snapshot.version,
        "kind": kind,
    }
    return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=MEDIA_TYPES[kind])
