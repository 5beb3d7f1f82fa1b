"""Attendance: how duties were kept, as lists show it."""

from __future__ import annotations

from datetime import date

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse

from shopops.kit.clock import day_window
from shopops.kit.lists import Reader, Row
from staff.models import Attendance, Employee, Presence, Shift
from staff.models.duty import hours_in_words
from staff.queries.people import matching_people
from staff.states import AttendanceResult, PresenceSource

SEES_ALL = "staff.view_attendance"
TONES = {
    AttendanceResult.NORMAL: "good",
    AttendanceResult.LATE: "warn",
    AttendanceResult.EARLY: "warn",
    AttendanceResult.LATE_AND_EARLY: "warn",
    AttendanceResult.ABSENT: "danger",
    AttendanceResult.ON_LEAVE: "info",
}


def attendance_url(day: date) -> str:
    """Return the list of attendance of a day."""
    return f"{reverse('staff:attendance')}?tab=all&day={day:%Y-%m-%d}..{day:%Y-%m-%d}"


def tracked_people(day: date) -> set[int]:
    """Return whose status was known on the day or before, if anybody's was on the day; two queries."""
    start, end = day_window(day)
    known = Presence.objects.exclude(source=PresenceSource.CHECK).filter(starts_at__lt=end)
    if not known.filter(Q(ends_at=None) | Q(ends_at__gt=start)).exists():
        return set()
    return set(known.values_list("employee_id", flat=True).distinct())


def listed_attendance(reader: Reader) -> QuerySet[Attendance]:
    """Return the rows of the list of attendance: one's own, or everybody's; `holds` is the result that counts."""
    holds = Coalesce(NullIf(F("corrected_to"), Value("")), F("result"), output_field=CharField())
    rows = Attendance.objects.annotate(holds=holds)
    return rows if reader.by.has_perm(SEES_ALL) else rows.filter(duty__employee=reader.by)


def matching_attendance(text: str) -> Q:
    """Return the condition for the search box: person or words of the reason."""
    people = Employee.objects.filter(matching_people(text)).values("pk")
    return Q(duty__employee__in=people) | Q(reason__icontains=text.strip())


def add_attendance_words(rows: list[Row], _reader: Reader) -> None:
    """Put shift and result in words on the rows of a page."""
    results = dict(AttendanceResult.choices)
    shifts = {shift.pk: str(shift) for shift in Shift.objects.all()}
    for row in rows:
        row["shift"] = shifts.get(row["duty__shift_id"], "")
        row["hours"] = hours_in_words(row["duty__starts_at"], row["duty__ends_at"])
        row["result_label"], row["tone"] = results[row["holds"]], TONES[AttendanceResult(row["holds"])]
        row["first_label"] = results[row["result"]] if row["corrected_to"] else ""
        minutes = row["worked_minutes"]
        row["worked"] = f"{minutes // 60}:{minutes % 60:02}"
