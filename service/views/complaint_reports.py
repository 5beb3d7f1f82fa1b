"""Regular reports on complaints: the list, making one, and the page where the superior reads it (CS-034, CS-035)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from service.actions.complaint_reports import read_complaint_report, report_on_complaints
from service.exports.complaints import charts_of, figures_of, improvements_of
from service.filters.complaints import ComplaintReportFilters
from service.forms.complaints import ComplaintReportForm, ReadForm
from service.models import ComplaintReport
from service.queries.analysis import analyse, analysis_of
from service.queries.complaint_reports import add_report_words, first_words, listed_reports, matching_reports, next_span
from service.views.complaint_analysis import span_asked
from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.lists import Column, Empty, Export, ExportColumn, ListPage, Reader, Sort, Tab
from shopops.kit.lists.asking import read_data
from shopops.kit.refusals import Refused
from staff.actions.jobs import start_job
from staff.queries.history import history_of
from staff.queries.superiors import superiors_of
from staff.views.asking import actor, checked
from warehouse.views.asking import Offer, asks_of, deed, in_drawer

HANDLE = "service.handle_complaint"
VIEW = "service.view_complaint"


def _to_me(reader: Reader) -> Q:
    return Q(told=reader.by, read_at=None)


REPORT_LIST = ListPage(
    name="service.complaint_reports",
    title=_("Reports on complaints"),
    note=_("Whoever handles complaints reports on them regularly; the superior reads and answers."),
    icon="file-text",
    permission=VIEW,
    rows=listed_reports,
    values=("number", "first", "last", "findings", "made_by__name", "made_at", "told__name", "read_at", "answer"),
    finish=add_report_words,
    cells="service/complaints/report_cells.html",
    columns=(
        Column("report", _("Report on complaints"), fixed=True, card="full"),
        Column("findings", _("Main findings"), card="full"),
        Column("made", _("Made"), sort="made", card="left"),
        Column("told", _("Reported to"), card="left"),
        Column("answer", _("What the superior says"), card="full"),
    ),
    tabs=(
        Tab("all", _("All"), counted=False),
        Tab("unread", _("Not read yet"), Q(read_at=None), tone="warn"),
        Tab("tome", _("For me to read"), _to_me, tone="warn"),
    ),
    sorts=(Sort("made", "made_at", _("Made")),),
    filters=ComplaintReportFilters,
    search=matching_reports,
    search_hint=_("Report no., name, words"),
    opens="service:complaint_report_page",
    opens_by="number",
    row_name="number",
    row_tone="edge",
    export=Export(
        permission=HANDLE,
        columns=(
            ExportColumn(_("Report on complaints"), "number"),
            ExportColumn(_("First day"), "first", kind="day"),
            ExportColumn(_("Last day"), "last", kind="day"),
            ExportColumn(_("Main findings"), "findings"),
            ExportColumn(_("Made by"), "made_by__name"),
            ExportColumn(_("Made"), "made_at", kind="time"),
            ExportColumn(_("Reported to"), "told__name"),
            ExportColumn(_("Read by the superior at"), "read_at", kind="time"),
            ExportColumn(_("What the superior says"), "answer"),
        ),
    ),
    template="service/complaints/reports.html",
    empty=Empty(
        _("No reports yet."),
        _("The first is made from the analysis of complaints."),
        _("Report on complaints"),
        "service:complaint_report_new",
    ),
)

REPORT_OFFERS: tuple[Offer[ComplaintReport], ...] = (
    Offer(
        "reading",
        _("Note as read"),
        "service:complaint_report_reading",
        VIEW,
        "check-check",
        when=lambda report: report.read_at is None,
        form=ReadForm,
        says=_("Only who is addressed does so; the maker is told."),
        place="first",
    ),
    Offer(
        "print",
        _("Report as PDF"),
        "service:complaint_report_print",
        VIEW,
        "printer",
        when=lambda _report: True,
    ),
)


def _report(number: str) -> ComplaintReport:
    found = ComplaintReport.objects.select_related("made_by", "told").filter(number=number).first()
    if found is None:
        raise Http404
    return found


@allowed(HANDLE)
@require_http_methods(["GET", "POST"])
def complaint_report_new(request: HttpRequest) -> HttpResponseBase:
    """Make a report: the days, what stands out, what is proposed, and to whom it goes."""
    at, by = now(), actor(request)
    today = shop_day(at)
    if request.method == "POST":
        form = ComplaintReportForm(read_data(request.POST))
        if form.is_valid():
            try:
                made = report_on_complaints(**form.cleaned_data, by=by, at=at)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _now("%(name)s has been told.") % {"name": made.told})
                return redirect(made)
        first, last = span_asked(request.POST.get("first", ""), request.POST.get("last", ""), today)
        found = analyse(first, last, at=at)
    else:
        first, last = next_span(today)
        if request.GET.get("first") or request.GET.get("last"):
            first, last = span_asked(request.GET.get("first", ""), request.GET.get("last", ""), today)
        found = analyse(first, last, at=at)
        superior = superiors_of([by]).get(by.pk)
        form = ComplaintReportForm(
            initial={"first": first, "last": last, "findings": first_words(found), "to": superior}
        )
    return render(request, "service/complaints/report_new.html", {"form": form, "figures": figures_of(found)})


@allowed(VIEW)
@require_GET
def complaint_report_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show a report: its figures and drawings as they were, what stands out, and what the superior says."""
    return _page(request, number)


def _page(request: HttpRequest, number: str) -> HttpResponse:
    report = _report(number)
    found = analysis_of(report.rows)
    offers = [one for one in REPORT_OFFERS if one.key != "reading" or report.told_id == actor(request).pk]
    return render(
        request,
        "service/complaints/report.html",
        {
            "report": report,
            "analysis": found,
            "figures": figures_of(found),
            "charts": charts_of(found),
            "improvements": improvements_of(found),
            "history": history_of(report),
            "asks": asks_of(offers, report, report.number, actor(request)),
            "in_drawer": in_drawer(request),
        },
    )


def _read(request: HttpRequest, found: ComplaintReport) -> str:
    read_complaint_report(found, **checked(ReadForm(request.POST)), by=actor(request), at=now())
    return _now("Noted as read.")


def _print(request: HttpRequest, found: ComplaintReport) -> str:
    start_job("service.complaint_report", by=actor(request), at=now(), report_id=found.pk)
    return _now("The file is being made; it appears at the bottom right.")


complaint_report_reading = deed(VIEW, _report, _read, page=_page, url_name="service:complaint_report_page")
complaint_report_print = deed(VIEW, _report, _print, page=_page, url_name="service:complaint_report_page")
