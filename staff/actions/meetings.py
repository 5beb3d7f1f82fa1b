"""Meetings and training: call them, note who was there, close the list, write the minutes (CS-074, CS-075)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify, record
from staff.actions.late_facts import decided_late
from staff.models import Attendee, Employee, Meeting, OrgUnit
from staff.states import ATTENDEE_MOVES, AttendeeState, MeetingKind


@transaction.atomic
def call_meeting(
    kind: MeetingKind,
    unit: OrgUnit,
    *,
    title: str,
    starts_at: datetime,
    people: Sequence[Employee],
    by: Employee,
    at: datetime,
) -> Meeting:
    """Call a meeting and tell those invited.

    :raises Refused: if it has no subject, or nobody is invited.
    """
    if not title.strip():
        raise Refused(_("Say what the meeting is about."))
    if not people:
        raise Refused(_("Invite somebody."))
    meeting = Meeting.objects.create(
        kind=kind, unit=unit, title=title.strip()[:120], starts_at=starts_at, called_by=by, called_at=at
    )
    Attendee.objects.bulk_create(Attendee(meeting=meeting, employee=person) for person in people)
    record("staff.meeting_called", meeting, by=by, at=at)
    notify(
        [person for person in people if person.pk != by.pk],
        "meeting",
        _("%(name)s invites you: %(title)s."),
        at=at,
        url=meeting.get_absolute_url(),
        name=by.name,
        title=meeting.title,
    )
    return meeting


@transaction.atomic
def note_attendance(
    meeting: Meeting, seen: Mapping[int, tuple[AttendeeState, str]], *, by: Employee, at: datetime
) -> int:
    """Note who was there; it may be mended until the list is closed. Returns how many changed.

    :param seen: employee → state and reason.
    :raises Refused: if it has not begun, the list is closed, or somebody is excused without a reason.
    """
    locked = _open(meeting)
    if locked.starts_at > at:
        raise Refused(_("The meeting has not begun."))
    count = 0
    for one in locked.attendees.select_for_update(of=("self",)).select_related("employee"):
        if one.employee_id not in seen:
            continue
        state, reason = seen[one.employee_id]
        reason = reason.strip()[:200]
        if state == AttendeeState.EXCUSED and not reason:
            raise Refused(sentence(_("Say why %(name)s is excused."), name=one.employee))
        if state not in {one.state, AttendeeState.INVITED}:
            move(one, state, moves=ATTENDEE_MOVES, reason=reason)
            count += 1
        elif one.reason != reason:
            one.reason = reason
            one.save(update_fields=["reason"])
    if count:
        record("staff.attendance_noted", locked, by=by, at=at, changes={"attendees": (None, count)})
    return count


@transaction.atomic
def close_list(meeting: Meeting, *, by: Employee, at: datetime) -> Meeting:
    """Close the list of who was there; only now absence counts, on the day of the meeting (CS-075).

    :raises Refused: if it is closed, has not begun, or somebody is not noted.
    """
    locked = _open(meeting)
    if locked.starts_at > at:
        raise Refused(_("The meeting has not begun."))
    if count := locked.attendees.filter(state=AttendeeState.INVITED).count():
        raise Refused(sentence(_("Of %(count)s people nothing is noted yet."), count=count))
    locked.closed_at = at
    locked.save(update_fields=["closed_at"])
    record("staff.list_closed", locked, by=by, at=at)
    if locked.kind in {MeetingKind.WEEKLY, MeetingKind.MONTHLY}:
        decided_late("staff.missed_meeting", locked.starts_at, at=at)
    return locked


@transaction.atomic
def write_minutes(meeting: Meeting, text: str, *, by: Employee, at: datetime) -> Meeting:
    """Keep the minutes of a meeting; they may be mended later, which its history shows.

    :raises Refused: if nothing is said.
    """
    locked = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if not text.strip():
        raise Refused(_("Write the minutes."))
    if locked.minutes_text == text.strip():
        raise Refused(_("Nothing would change."))
    locked.minutes_text = text.strip()
    locked.save(update_fields=["minutes_text"])
    record("staff.minutes_written", locked, by=by, at=at)
    return locked


def _open(meeting: Meeting) -> Meeting:
    locked = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if locked.closed_at is not None:
        raise Refused(_("The list is closed."))
    return locked
