"""Attendance: how duties were kept, worked out from presence; a correction stands beside it with its reason."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import day_window
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Attendance, Duty, Employee, Leave, Presence
from staff.policy.duty import GRACE_MINUTES
from staff.queries.attendance import attendance_url, tracked_people
from staff.states import AttendanceResult, DutyState, LeaveState, PresenceSource, PresenceStatus

_BEFORE = timedelta(hours=2)
"""Whoever is online so long before the shift came for it."""
_THERE = (PresenceStatus.ONLINE, PresenceStatus.AWAY)


class Seen(NamedTuple):
    """A span in which somebody's status was known."""

    status: str
    source: str
    start: datetime
    end: datetime


class Kept(NamedTuple):
    """How a duty was kept."""

    came_at: datetime | None
    left_at: datetime | None
    worked_minutes: int
    result: AttendanceResult


@transaction.atomic
def derive_attendance(day: date, *, at: datetime) -> int:
    """Work out how the duties of a day that are over were kept; return how many.

    Doing it again gives the same from the same presence, and leaves corrections as they are. Days nobody's status is
    known of, and people who never have one, are not judged.
    """
    duties = list(
        Duty.objects.filter(day=day, ends_at__lte=at)
        .exclude(state=DutyState.CANCELLED)
        .select_related("employee")
        .order_by("pk")
    )
    tracked = tracked_people(day)
    judged = [duty for duty in duties if duty.employee_id in tracked or duty.state == DutyState.ON_LEAVE]
    seen = _seen(judged, at=at)
    away = _away(judged)
    grace = timedelta(minutes=GRACE_MINUTES())
    rows = []
    for duty in judged:
        kept = reckon(duty, seen[duty.employee_id], away[duty.employee_id], grace=grace)
        rows.append(Attendance(duty=duty, read_at=at, **kept._asdict()))
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["duty"],
        update_fields=["came_at", "left_at", "worked_minutes", "result", "read_at"],
    )
    return len(rows)


def reckon(duty: Duty, seen: list[Seen], away: list[tuple[datetime, datetime]], *, grace: timedelta) -> Kept:
    """Work out one duty: when somebody came and left, how long they were there, and whether that was in time.

    :param away: spans of approved leave; the hours in them are not owed.
    :param grace: so much off the hours still counts as kept; exactly so much too.
    """
    if duty.state == DutyState.ON_LEAVE:
        return Kept(None, None, 0, AttendanceResult.ON_LEAVE)
    starts, ends = owed(duty, away)
    if starts >= ends:
        return Kept(None, None, 0, AttendanceResult.ON_LEAVE)
    there = [
        one
        for one in seen
        if one.status in _THERE
        and one.source != PresenceSource.CHECK
        and one.start < duty.ends_at
        and one.end > duty.starts_at - _BEFORE
    ]
    if not any(one.end > starts for one in there):
        return Kept(None, None, 0, AttendanceResult.ABSENT)
    came, left = min(one.start for one in there), max(one.end for one in there)
    came = max(came, duty.starts_at - _BEFORE)
    is_late, is_early = came > starts + grace, left < ends - grace
    result = AttendanceResult.NORMAL
    if is_late or is_early:
        both = is_late and is_early
        result = (
            AttendanceResult.LATE_AND_EARLY if both else AttendanceResult.LATE if is_late else AttendanceResult.EARLY
        )
    return Kept(came, left, _minutes(duty, seen), result)


def owed(duty: Duty, away: list[tuple[datetime, datetime]]) -> tuple[datetime, datetime]:
    """Return the hours of a duty that are left when leave at its beginning and end is taken off."""
    starts, ends = duty.starts_at, duty.ends_at
    for begins, over in sorted(away):
        if begins <= starts < over:
            starts = over
        elif starts < begins < ends <= over:
            ends = begins
    return starts, ends


@transaction.atomic
def correct_attendance(
    attendance: Attendance, result: AttendanceResult, *, reason: str, by: Employee, at: datetime
) -> Attendance:
    """Put another result beside what was worked out, such as when the status log was wrong.

    :raises Refused: if it is one's own, no reason is given, or nothing would change.
    """
    locked = Attendance.objects.select_for_update(of=("self",)).select_related("duty__employee").get(pk=attendance.pk)
    if locked.duty.employee_id == by.pk:
        raise Refused(_("Nobody corrects their own attendance."))
    if not reason.strip():
        raise Refused(_("Say why it is corrected."))
    before = AttendanceResult(locked.corrected_to or locked.result)
    if before == result:
        raise Refused(_("Nothing would change."))
    locked.corrected_to, locked.corrected_by, locked.corrected_at = result, by, at
    locked.reason = reason.strip()[:300]
    locked.save(update_fields=["corrected_to", "corrected_by", "corrected_at", "reason"])
    changes = {"result": (before.value, result.value)}
    record("staff.attendance_corrected", locked, by=by, at=at, changes=changes, reason=locked.reason)
    notify(
        [locked.duty.employee],
        "attendance",
        _("%(name)s corrected your attendance of %(day)s: %(reason)s."),
        at=at,
        url=attendance_url(locked.duty.day),
        name=by.name,
        day=locked.duty.day.isoformat(),
        reason=locked.reason[:120],
    )
    return locked


def _minutes(duty: Duty, seen: list[Seen]) -> int:
    """Return the minutes of the duty in which somebody was online, less those in which nobody was there."""
    online = _inside(duty, [one for one in seen if one.status == PresenceStatus.ONLINE])
    idle = _inside(duty, [one for one in seen if one.status == PresenceStatus.IDLE])
    lost = timedelta(0)
    for start, end in idle:
        for begins, over in online:
            lost += max(min(end, over) - max(start, begins), timedelta(0))
    worked = sum((end - start for start, end in online), timedelta(0)) - lost
    return int(worked.total_seconds() // 60)


def _inside(duty: Duty, spans: list[Seen]) -> list[tuple[datetime, datetime]]:
    """Return spans cut to the duty and joined where they overlap."""
    cut = sorted(
        (max(one.start, duty.starts_at), min(one.end, duty.ends_at))
        for one in spans
        if one.start < duty.ends_at and one.end > duty.starts_at
    )
    joined: list[tuple[datetime, datetime]] = []
    for start, end in cut:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _seen(duties: list[Duty], *, at: datetime) -> dict[int, list[Seen]]:
    """Return what is known of the people of some duties around them; one query."""
    found: dict[int, list[Seen]] = defaultdict(list)
    if not duties:
        return found
    first, last = min(one.starts_at for one in duties) - _BEFORE, max(one.ends_at for one in duties)
    rows = Presence.objects.filter(
        employee__in={one.employee_id for one in duties}, starts_at__lt=last, starts_at__gt=first - timedelta(days=3)
    )
    for person, status, source, start, end in rows.values_list(
        "employee_id", "status", "source", "starts_at", "ends_at"
    ):
        over = min(end or at, at)
        if over > start and over > first:
            found[person].append(Seen(status, source, start, over))
    return found


def _away(duties: list[Duty]) -> dict[int, list[tuple[datetime, datetime]]]:
    """Return the approved leave of the people of some duties; one query."""
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    if not duties:
        return found
    span = day_window(duties[0].day)
    rows = Leave.objects.filter(
        employee__in={one.employee_id for one in duties},
        state=LeaveState.APPROVED,
        starts_at__lt=span.end + timedelta(days=1),
        ends_at__gt=span.start,
    )
    for person, starts, ends in rows.values_list("employee_id", "starts_at", "ends_at"):
        found[person].append((starts, ends))
    return found
