"""Leave: who is away, who waits for an answer, how many rest days are left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from shopops.kit.clock import shop_day
from shopops.kit.lists import Reader, Row
from staff.models import Duty, Employee, Leave
from staff.policy.duty import REST_DAY_LIFE
from staff.queries.people import matching_people
from staff.queries.superiors import superiors_of
from staff.states import AttendanceResult, DutyState, LeaveKind, LeaveState, ShiftKind

TONES = {
    LeaveState.ASKED: "warn",
    LeaveState.APPROVED: "good",
    LeaveState.REFUSED: "danger",
    LeaveState.WITHDRAWN: "plain",
}
SEES_ALL = "staff.view_leave"


def days_of(starts_at: datetime, ends_at: datetime) -> int:
    """Return how many days a span touches; midnight at its end touches none more."""
    return (shop_day(ends_at - timedelta(seconds=1)) - shop_day(starts_at)).days + 1


def rest_days_left(employee: Employee, *, at: datetime) -> int:
    """Return the rest days earned by weekend duty of the last year less those taken or asked for (STF-098)."""
    since = at - timedelta(days=REST_DAY_LIFE)
    earned = Duty.objects.filter(
        employee=employee,
        shift__kind=ShiftKind.WEEKEND,
        state=DutyState.PLANNED,
        ends_at__lte=at,
        starts_at__gt=since,
    )
    missed = Q(attendance__corrected_to="", attendance__result=AttendanceResult.ABSENT) | Q(
        attendance__corrected_to=AttendanceResult.ABSENT
    )
    taken = Leave.objects.filter(
        employee=employee,
        kind=LeaveKind.REST,
        state__in=(LeaveState.ASKED, LeaveState.APPROVED),
        starts_at__gt=since,
    )
    spans = taken.values_list("starts_at", "ends_at")
    return earned.exclude(missed).count() - sum(days_of(starts, ends) for starts, ends in spans)


def on_leave(at: datetime) -> QuerySet[Leave]:
    """Return the approved leave that runs at a moment."""
    running = Leave.objects.filter(state=LeaveState.APPROVED, starts_at__lte=at, ends_at__gt=at)
    return running.select_related("employee", "stand_in").order_by("employee__name_pinyin", "pk")


def leave_to_decide(employee: int) -> list[Leave]:
    """Return the applications for which somebody is the superior; three queries."""
    waiting = list(
        Leave.objects.filter(state=LeaveState.ASKED)
        .exclude(employee=employee)
        .select_related("employee")
        .order_by("starts_at", "pk")
    )
    above = superiors_of([one.employee for one in waiting]) if waiting else {}
    return [one for one in waiting if (head := above[one.employee_id]) is not None and head.pk == employee]


def listed_leave(reader: Reader) -> QuerySet[Leave]:
    """Return the rows of the list of leave: one's own, or everybody's."""
    rows = Leave.objects.all()
    return rows if reader.by.has_perm(SEES_ALL) else rows.filter(employee=reader.by)


def may_see_leave(leave: Leave, reader: Employee) -> bool:
    """Say whether somebody may read an application."""
    return leave.employee_id == reader.pk or reader.has_perm(SEES_ALL)


def matching_leave(text: str) -> Q:
    """Return the condition for the search box: person or words of the reason."""
    people = Employee.objects.filter(matching_people(text)).values("pk")
    return Q(employee__in=people) | Q(reason__icontains=text.strip())


def add_leave_words(rows: list[Row], _reader: Reader) -> None:
    """Put kind, state and days in words on the rows of a page."""
    kinds, states = dict(LeaveKind.choices), dict(LeaveState.choices)
    for row in rows:
        row["kind_label"], row["state_label"] = kinds[row["kind"]], states[row["state"]]
        row["tone"] = TONES[LeaveState(row["state"])]
        row["days"] = days_of(row["starts_at"], row["ends_at"])


def undecidable(ids: Iterable[int], reader: Reader) -> dict[int, Any]:
    """Return which of some applications this person cannot decide, with the reason."""
    refused: dict[int, Any] = {}
    for leave in Leave.objects.filter(pk__in=list(ids)):
        if leave.state != LeaveState.ASKED:
            refused[leave.pk] = _("was decided already")
        elif leave.employee_id == reader.by.pk:
            refused[leave.pk] = _("it is your own")
    return refused
