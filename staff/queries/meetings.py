"""Meetings: which are called, who was there."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from shopops.kit.lists import Reader, Row
from staff.models import Employee, Meeting, OrgUnit
from staff.queries.people import matching_people
from staff.states import AttendeeState, MeetingKind

SEES_ALL = "staff.view_meeting"
ATTENDEE_TONES = {
    AttendeeState.INVITED: "plain",
    AttendeeState.PRESENT: "good",
    AttendeeState.LATE: "warn",
    AttendeeState.ABSENT: "danger",
    AttendeeState.EXCUSED: "info",
}


def whole_meetings() -> QuerySet[Meeting]:
    """Return meetings with what their page shows."""
    return Meeting.objects.select_related("unit", "called_by").prefetch_related("attendees__employee")


def may_see_meeting(meeting: Meeting, reader: Employee) -> bool:
    """Say whether somebody may read a meeting."""
    if meeting.called_by_id == reader.pk or reader.has_perm(SEES_ALL):
        return True
    return any(one.employee_id == reader.pk for one in meeting.attendees.all())


def lists_to_close(employee: int) -> QuerySet[Meeting]:
    """Return the meetings somebody called whose list is open."""
    return Meeting.objects.filter(called_by=employee, closed_at=None).order_by("starts_at", "pk")


def listed_meetings(reader: Reader) -> QuerySet[Meeting]:
    """Return the rows of the list of meetings: those one was invited to or called, or everybody's."""
    there = Q(attendees__state__in=(AttendeeState.PRESENT, AttendeeState.LATE))
    rows = Meeting.objects.annotate(
        invited=Count("attendees"),
        came=Count("attendees", filter=there),
        missed=Count("attendees", filter=Q(attendees__state=AttendeeState.ABSENT)),
    )
    if reader.by.has_perm(SEES_ALL):
        return rows
    mine = Meeting.objects.filter(attendees__employee=reader.by).values("pk")
    return rows.filter(Q(called_by=reader.by) | Q(pk__in=mine))


def matching_meetings(text: str) -> Q:
    """Return the condition for the search box: subject, or who called it."""
    people = Employee.objects.filter(matching_people(text)).values("pk")
    return Q(title__icontains=text.strip()) | Q(called_by__in=people)


def add_meeting_words(rows: list[Row], _reader: Reader) -> None:
    """Put kind and unit in words on the rows of a page."""
    kinds = dict(MeetingKind.choices)
    units = {unit.pk: str(unit) for unit in OrgUnit.objects.all()}
    for row in rows:
        row["kind_label"], row["unit"] = kinds[row["kind"]], units.get(row["unit_id"], "")
