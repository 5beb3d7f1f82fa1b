"""Meetings: the list, calling one, noting who was there, the minutes."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

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
from shopops.kit.refusals import Refused
from staff.actions.meetings import call_meeting, close_list, note_attendance, write_minutes
from staff.forms.problems import MeetingForm, MinutesForm
from staff.models import Meeting
from staff.queries.history import history_of
from staff.queries.meetings import (
    ATTENDEE_TONES,
    SEES_ALL,
    add_meeting_words,
    listed_meetings,
    matching_meetings,
    may_see_meeting,
    whole_meetings,
)
from staff.states import AttendeeState, MeetingKind
from staff.views.asking import actor, checked


class MeetingFilters(ListFilters):
    """The filters of meetings."""

    kind = AnyOfFilter(field_name="kind", choices=MeetingKind.choices, label=_("Kind"), first=True)
    starts = DaysFilter(field_name="starts_at", label=_("Starts at"), first=True)


MEETINGS_PAGE = ListPage(
    name="staff.meetings",
    title=_("Meetings"),
    note=_("Weekly and monthly meetings and training; absence counts when the list is closed (CS-075)."),
    icon="users",
    permission=SIGNED_IN,
    rows=listed_meetings,
    values=(
        "kind",
        "unit_id",
        "title",
        "starts_at",
        "called_by__name",
        "closed_at",
        "invited",
        "came",
        "missed",
    ),
    finish=add_meeting_words,
    cells="staff/meetings/cells.html",
    columns=(
        Column("meeting", _("Meeting"), fixed=True, card="full"),
        Column("starts", _("Starts at"), sort="starts", card="left"),
        Column("came", _("Were there"), end=True, card="right"),
        Column("list", _("List"), card="left"),
        Column("called", _("Called by"), card="left"),
    ),
    tabs=(
        Tab("open", _("List open"), Q(closed_at=None)),
        Tab("closed", _("List closed"), Q(closed_at__isnull=False)),
        Tab("mine", _("Called by me"), lambda reader: Q(called_by=reader.by)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("starts", "starts_at", _("Starts at")),),
    filters=MeetingFilters,
    search=matching_meetings,
    search_hint=_("Subject or person"),
    opens="staff:meeting",
    row_name="title",
    export=Export(
        permission=SEES_ALL,
        columns=(
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("Subject"), "title"),
            ExportColumn(_("Unit"), "unit"),
            ExportColumn(_("Starts at"), "starts_at", kind="time"),
            ExportColumn(_("Invited"), "invited", kind="count"),
            ExportColumn(_("Were there"), "came", kind="count"),
            ExportColumn(_("Were not there"), "missed", kind="count"),
            ExportColumn(_("Called by"), "called_by__name"),
        ),
    ),
    template="staff/meetings/list.html",
    empty=Empty(_("No meetings here."), _("A leader calls the weekly and monthly meetings of a unit.")),
)


@allowed("staff.call_meeting")
@require_http_methods(["GET", "POST"])
def meeting_new(request: HttpRequest) -> HttpResponseBase:
    """Call a meeting."""
    reader = actor(request)
    start = {"unit": reader.unit_id, "people": list(reader.unit.members.all()) if reader.unit else []}
    form = MeetingForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = call_meeting(
                MeetingKind(asked["kind"]),
                asked["unit"],
                title=asked["title"],
                starts_at=asked["starts_at"],
                people=list(asked["people"]),
                by=reader,
                at=now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("Called; those invited are told."))
            return redirect(made)
    return render(request, "staff/meetings/new.html", {"form": form})


@allowed(SIGNED_IN)
@require_GET
def meeting(request: HttpRequest, number: int) -> HttpResponse:
    """Show a meeting with who was there."""
    found = _of(request, number)
    reader, at = actor(request), now()
    may_note = reader.has_perm("staff.call_meeting")
    has_begun = found.starts_at <= at
    context = {
        "meeting": found,
        "attendees": [(one, ATTENDEE_TONES[AttendeeState(one.state)]) for one in found.attendees.all()],
        "states": [one for one in AttendeeState if one != AttendeeState.INVITED],
        "has_begun": has_begun,
        "may_note": may_note and has_begun and found.closed_at is None,
        "may_write": may_note or found.called_by_id == reader.pk,
        "minutes_form": MinutesForm(initial={"minutes": found.minutes_text}),
        "story": history_of(found),
    }
    return render(request, "staff/meetings/meeting.html", context)


@allowed("staff.call_meeting")
@require_POST
def meeting_attendance(request: HttpRequest, number: int) -> HttpResponseBase:
    """Note who was there; with `close` the list is closed too."""
    found = _of(request, number)
    seen = {}
    for one in found.attendees.all():
        state = request.POST.get(f"state-{one.employee_id}", "")
        if state in AttendeeState.values:
            reason = request.POST.get(f"reason-{one.employee_id}", "")[:200].replace("\0", "")
            seen[one.employee_id] = (AttendeeState(state), reason)
    at, by = now(), actor(request)
    note_attendance(found, seen, by=by, at=at)
    if request.POST.get("close"):
        close_list(found, by=by, at=at)
        messages.success(request, _now("The list is closed."))
    else:
        messages.success(request, _now("Noted."))
    return redirect("staff:meeting", number)


@allowed("staff.call_meeting")
@require_POST
def meeting_minutes(request: HttpRequest, number: int) -> HttpResponseBase:
    """Write the minutes."""
    text = checked(MinutesForm(request.POST))["minutes"]
    write_minutes(_of(request, number), text, by=actor(request), at=now())
    messages.success(request, _now("Kept."))
    return redirect("staff:meeting", number)


def _of(request: HttpRequest, number: int) -> Meeting:
    """Return a meeting one may see."""
    found = get_object_or_404(whole_meetings(), pk=number)
    if not may_see_meeting(found, actor(request)):
        raise Http404
    return found
