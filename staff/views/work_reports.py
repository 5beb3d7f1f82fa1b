"""Work reports: what I owe, writing one with the figures of the day, reading those of one's people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.lists import (
    AnyOfFilter,
    BatchAction,
    Column,
    DaysFilter,
    Empty,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    OneOfFilter,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from shopops.kit.refusals import Refused
from staff.actions.work_reports import hand_in_report, read_report
from staff.forms.problems import RemarkForm, WorkReportForm
from staff.models import Duty, Employee, WorkReport
from staff.queries.duty import week_of
from staff.queries.history import history_of
from staff.queries.work_reports import (
    DETECTORS_OF,
    SEES_ALL,
    add_report_words,
    due_of,
    due_reports,
    figures_of,
    listed_reports,
    matching_reports,
    may_see_report,
    report_of_duty,
    report_url,
    terms_today,
)
from staff.states import WorkReportKind
from staff.views.asking import actor, checked
from staff.views.roster import near_day

SHOWN = 30


def _people() -> Iterable[tuple[Any, Any]]:
    """Return everybody as choices; reports of those who left are still looked up."""
    return Employee.objects.order_by("-is_active", "pk").values_list("pk", "name")


class WorkReportFilters(ListFilters):
    """The filters of work reports."""

    employee = OneOfFilter(field_name="employee_id", choices=_people, label=_("Employee"), first=True)
    kind = AnyOfFilter(field_name="kind", choices=WorkReportKind.choices, label=_("Kind"), first=True)
    day = DaysFilter(field_name="day", dates=True, label=_("Of"), first=True)


def _read(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(WorkReport.objects.filter(pk__in=ids), lambda one: read_report(one, by=by, at=at))


WORK_REPORTS_PAGE = ListPage(
    name="staff.work_reports",
    title=_("Work reports"),
    note=_("Sales reports, figures of conversations, weekly summaries: handed in, read, remarked upon."),
    icon="scroll-text",
    permission=SIGNED_IN,
    rows=listed_reports,
    values=(
        "kind",
        "employee_id",
        "employee__name",
        "day",
        "text",
        "plan",
        "handed_in_at",
        "read_by__name",
        "read_at",
        "remark",
    ),
    finish=add_report_words,
    cells="staff/work_reports/cells.html",
    columns=(
        Column("report", _("Work report"), fixed=True, card="full"),
        Column("person", _("Employee"), card="left"),
        Column("handed", _("Handed in"), sort="handed", card="right"),
        Column("text", _("Text"), card="full"),
        Column("read", _("Read by"), card="left"),
    ),
    tabs=(
        Tab("unread", _("To be read"), Q(read_at=None), sort="-handed"),
        Tab("mine", _("Mine"), lambda reader: Q(employee=reader.by)),
        Tab("read", _("Read already"), Q(read_at__isnull=False)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("day", "day", _("Of")), Sort("handed", "handed_in_at", _("Handed in"))),
    filters=WorkReportFilters,
    search=matching_reports,
    search_hint=_("Person or words"),
    opens="staff:work_report",
    row_name="employee__name",
    batch=(
        BatchAction(
            "reading",
            _("Mark as read"),
            run=_read,
            permission="staff.read_reports",
            icon="check",
            tone="primary",
            tabs=("unread",),
        ),
    ),
    export=Export(
        permission=SEES_ALL,
        columns=(
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("Employee"), "employee__name"),
            ExportColumn(_("Of"), "day", kind="day"),
            ExportColumn(_("Handed in"), "handed_in_at", kind="time"),
            ExportColumn(_("Text of the report"), "text"),
            ExportColumn(_("Plan of next week"), "plan"),
            ExportColumn(_("Read by"), "read_by__name"),
            ExportColumn(_("Superior's words"), "remark"),
        ),
    ),
    template="staff/work_reports/list.html",
    empty=Empty(_("No reports here."), _("Who owes which report until when stands in the rulebook.")),
)


@allowed(SIGNED_IN)
@require_GET
def my_reports(request: HttpRequest) -> HttpResponse:
    """Show what one owes, and what one has handed in."""
    reader, at = actor(request), now()
    mine = WorkReport.objects.filter(employee=reader).select_related("read_by").order_by("-day", "-pk")
    context = {"due": due_reports(reader, at=at), "mine": mine[:SHOWN], "at": at}
    return render(request, "staff/work_reports/mine.html", context)


@allowed(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def work_report_new(request: HttpRequest) -> HttpResponseBase:
    """Write a report; the figures of the day or week stand beside it and are kept with it."""
    reader, at = actor(request), now()
    asked_kind = request.GET.get("kind", "")
    kind = WorkReportKind(asked_kind if asked_kind in WorkReportKind.values else WorkReportKind.SALES_DAY)
    day = min(near_day(request, shop_day(at)), shop_day(at))
    if kind == WorkReportKind.WEEK:
        day = week_of(day)
    last = min(day + timedelta(days=6), shop_day(at)) if kind == WorkReportKind.WEEK else day
    start = {"kind": kind, "day": day}
    form = WorkReportForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = hand_in_report(
                WorkReportKind(asked["kind"]), asked["day"], text=asked["text"], plan=asked["plan"], by=reader, at=at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("Handed in."))
            return redirect(report_url(made))
    context = {
        "form": form,
        "kind": kind,
        "day": day,
        "last": last,
        "is_week": kind == WorkReportKind.WEEK,
        "figures": figures_of(reader, day, last, at=at),
        "due_at": due_of(kind, day, terms_today(shop_day(at)).get(DETECTORS_OF[kind], {})),
        "at": at,
    }
    return render(request, "staff/work_reports/new.html", context)


@allowed(SIGNED_IN)
@require_GET
def work_report(request: HttpRequest, number: int) -> HttpResponse:
    """Show a report with the figures it was handed in with."""
    found = _of(request, number)
    reader = actor(request)
    kind = WorkReportKind(found.kind)
    due_at = due_of(kind, found.day, terms_today(found.day).get(DETECTORS_OF[kind], {}))
    context = {
        "report": found,
        "figures": found.figures.get("rows", []),
        "due_at": due_at,
        "in_time": None if due_at is None else found.handed_in_at <= due_at,
        "may_read": found.employee_id != reader.pk and reader.has_perm(SEES_ALL),
        "form": RemarkForm(initial={"remark": found.remark}),
        "story": history_of(found),
    }
    return render(request, "staff/work_reports/report.html", context)


@allowed(SIGNED_IN)
@require_GET
def duty_report(request: HttpRequest, number: int, kind: str) -> HttpResponseBase:
    """Lead to the report a duty owes: what was handed in; else its author to writing it, others to the list.

    What an offence about a report that is missing or late shows as its document (CS-016, DATA-021, STF-123).
    """
    if kind not in WorkReportKind.values:
        raise Http404
    of_duty = get_object_or_404(Duty, pk=number)
    reader, asked = actor(request), WorkReportKind(kind)
    day, handed_in = report_of_duty(of_duty, asked)
    if handed_in is not None and may_see_report(handed_in, reader):
        return redirect(report_url(handed_in))
    if of_duty.employee_id == reader.pk:
        return redirect(f"{reverse('staff:work_report_new')}?{urlencode({'kind': kind, 'day': day.isoformat()})}")
    if not reader.has_perm(SEES_ALL):
        return redirect("staff:duty", number)
    days = {"day_from": day.isoformat(), "day_to": day.isoformat()}
    wanted = {"tab": "all", "employee": of_duty.employee_id, "kind": kind, **days}
    return redirect(f"{reverse('staff:work_reports')}?{urlencode(wanted)}")


@allowed("staff.read_reports")
@require_POST
def work_report_reading(request: HttpRequest, number: int) -> HttpResponseBase:
    """Say that one has read it, with a remark."""
    remark = checked(RemarkForm(request.POST))["remark"]
    read_report(_of(request, number), remark=remark, by=actor(request), at=now())
    messages.success(request, _now("Noted that you have read it."))
    return redirect("staff:work_report", number)


def _of(request: HttpRequest, number: int) -> WorkReport:
    """Return a report one may see."""
    found = get_object_or_404(WorkReport.objects.select_related("employee", "read_by"), pk=number)
    if not may_see_report(found, actor(request)):
        raise Http404
    return found
