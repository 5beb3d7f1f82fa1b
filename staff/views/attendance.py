"""Attendance: the list, and the page on which a leader corrects what was worked out."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from shopops.kit.lists import (
    AnyOfFilter,
    Column,
    DaysFilter,
    Empty,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    Sort,
    Tab,
)
from staff.actions.attendance import correct_attendance
from staff.forms.duty import CorrectionForm
from staff.models import Attendance
from staff.queries.attendance import (
    SEES_ALL,
    TONES,
    add_attendance_words,
    listed_attendance,
    matching_attendance,
)
from staff.queries.history import history_of
from staff.states import AttendanceResult
from staff.views.asking import actor, checked

LATE = Q(holds__in=(AttendanceResult.LATE, AttendanceResult.EARLY, AttendanceResult.LATE_AND_EARLY))


class AttendanceFilters(ListFilters):
    """The filters of attendance."""

    result = AnyOfFilter(field_name="holds", choices=AttendanceResult.choices, label=_("Result"), first=True)
    day = DaysFilter(field_name="duty__day", dates=True, label=_("Day"), first=True)


ATTENDANCE_PAGE = ListPage(
    name="staff.attendance",
    title=_("Attendance"),
    note=_("Worked out each night from duties and statuses; a correction stands beside it."),
    icon="user-check",
    permission=SIGNED_IN,
    rows=listed_attendance,
    values=(
        "duty__day",
        "duty__employee__name",
        "duty__shift_id",
        "duty__starts_at",
        "duty__ends_at",
        "came_at",
        "left_at",
        "worked_minutes",
        "result",
        "corrected_to",
        "corrected_by__name",
        "reason",
        "holds",
    ),
    finish=add_attendance_words,
    cells="staff/attendance/cells.html",
    columns=(
        Column("person", _("Employee"), fixed=True, card="left"),
        Column("result", _("Result"), card="right"),
        Column("duty", _("Duty"), sort="day", card="full"),
        Column("came", _("Came at"), card="left"),
        Column("left", _("Left at"), card="left"),
        Column("worked", _("Online"), end=True, card="right"),
        Column("reason", _("Correction"), card="full"),
    ),
    tabs=(
        Tab("missed", _("Not as planned"), Q(holds=AttendanceResult.ABSENT) | LATE, tone="danger"),
        Tab("kept", _("As planned"), Q(holds=AttendanceResult.NORMAL)),
        Tab("leave", _("On leave"), Q(holds=AttendanceResult.ON_LEAVE)),
        Tab("corrected", _("With a correction"), ~Q(corrected_to="")),
        Tab("mine", _("Mine"), lambda reader: Q(duty__employee=reader.by)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("day", "duty__starts_at", _("Day")),
        Sort("person", "duty__employee__name_pinyin", _("Employee"), ascending=True),
    ),
    filters=AttendanceFilters,
    search=matching_attendance,
    search_hint=_("Person or words"),
    opens="staff:attendance_page",
    row_name="duty__employee__name",
    export=Export(
        permission=SEES_ALL,
        columns=(
            ExportColumn(_("Day"), "duty__day", kind="day"),
            ExportColumn(_("Employee"), "duty__employee__name"),
            ExportColumn(_("Shift"), "shift"),
            ExportColumn(_("From"), "duty__starts_at", kind="time"),
            ExportColumn(_("Until"), "duty__ends_at", kind="time"),
            ExportColumn(_("Came at"), "came_at", kind="time"),
            ExportColumn(_("Left at"), "left_at", kind="time"),
            ExportColumn(_("Online, minutes"), "worked_minutes", kind="count"),
            ExportColumn(_("Result"), "result_label"),
            ExportColumn(_("Correction"), "reason"),
        ),
    ),
    empty=Empty(_("No attendance here."), _("It is worked out each night for duties of people whose status is known.")),
)


@allowed(SIGNED_IN)
@require_GET
def attendance_page(request: HttpRequest, number: int) -> HttpResponse:
    """Show how a duty was kept, with its correction."""
    found = _of(request, number)
    reader = actor(request)
    holds = AttendanceResult(found.corrected_to or found.result)
    context = {
        "attendance": found,
        "duty": found.duty,
        "holds": holds.label,
        "tone": TONES[holds],
        "may_correct": reader.has_perm("staff.correct_attendance") and found.duty.employee_id != reader.pk,
        "form": CorrectionForm(initial={"result": holds}),
        "story": history_of(found, found.duty),
    }
    return render(request, "staff/attendance/attendance.html", context)


@allowed("staff.correct_attendance")
@require_POST
def attendance_correction(request: HttpRequest, number: int) -> HttpResponseBase:
    """Correct an attendance."""
    asked = checked(CorrectionForm(request.POST))
    result = AttendanceResult(asked["result"])
    correct_attendance(_of(request, number), result, reason=asked["reason"], by=actor(request), at=now())
    messages.success(request, _now("Corrected."))
    return redirect("staff:attendance_page", number)


def _of(request: HttpRequest, number: int) -> Attendance:
    """Return an attendance one may see."""
    whole = Attendance.objects.select_related("duty__employee", "duty__shift", "corrected_by")
    found = get_object_or_404(whole, pk=number)
    reader = actor(request)
    if found.duty.employee_id != reader.pk and not reader.has_perm(SEES_ALL):
        raise Http404
    return found
