"""Attendance follows from presence: who came late, left early, did not come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopops.kit.refusals import Refused
from staff.actions.attendance import correct_attendance, derive_attendance
from staff.actions.leave import approve_leave, ask_leave
from staff.models import Attendance
from staff.states import AttendanceResult, LeaveKind
from tests.factories.duty import a_duty, a_presence, moment
from tests.factories.staff import NOON, EmployeeFactory
from tests.staff.duty.conftest import MONDAY

AFTER = moment("2026-11-24 00:20")


def derived(duty):
    derive_attendance(MONDAY, at=AFTER)
    return Attendance.objects.get(duty=duty)


@pytest.mark.parametrize(
    ("came", "left", "result"),
    [
        ("2026-11-23 07:50", "2026-11-23 17:10", AttendanceResult.NORMAL),
        ("2026-11-23 08:05", "2026-11-23 16:55", AttendanceResult.NORMAL),
        ("2026-11-23 08:05:01", "2026-11-23 17:00", AttendanceResult.LATE),
        ("2026-11-23 08:00", "2026-11-23 16:54:59", AttendanceResult.EARLY),
        ("2026-11-23 08:30", "2026-11-23 12:00", AttendanceResult.LATE_AND_EARLY),
        ("2026-11-23 17:00", "2026-11-23 18:00", AttendanceResult.ABSENT),
    ],
)
def test_five_minutes_off_the_shift_are_in_time_yet_and_a_second_more_is_not(lina, came, left, result):
    duty = a_duty(lina, MONDAY, "early")
    a_presence(lina, "online", came, left)

    assert derived(duty).result == result


def test_a_late_shift_that_ends_at_midnight_is_kept(lina):
    duty = a_duty(lina, MONDAY, "late")
    a_presence(lina, "online", "2026-11-23 15:58", "2026-11-24 00:03")

    found = derived(duty)
    assert (found.result, found.worked_minutes) == (AttendanceResult.NORMAL, 480)


def test_only_online_counts_as_worked_and_not_what_a_supervisor_saw_empty(lina):
    duty = a_duty(lina, MONDAY, "early")
    a_presence(lina, "online", "2026-11-23 08:00", "2026-11-23 12:00")
    a_presence(lina, "away", "2026-11-23 12:00", "2026-11-23 13:00")
    a_presence(lina, "online", "2026-11-23 13:00", "2026-11-23 17:00")
    a_presence(lina, "idle", "2026-11-23 14:00", "2026-11-23 14:30", source="check")

    assert derived(duty).worked_minutes == 8 * 60 - 30


def test_days_and_people_without_any_status_are_not_judged(lina, sunyue):
    a_duty(lina, MONDAY, "early")
    a_duty(sunyue, MONDAY, "early")
    assert derive_attendance(MONDAY, at=AFTER) == 0

    a_presence(lina, "online", "2026-11-23 08:00", "2026-11-23 17:00")
    assert derive_attendance(MONDAY, at=AFTER) == 1
    assert Attendance.objects.get().duty.employee == lina


def test_somebody_whose_status_was_known_before_and_who_does_not_come_is_absent(lina, sunyue):
    duty = a_duty(lina, MONDAY, "early")
    a_presence(lina, "online", "2026-11-20 08:00", "2026-11-20 17:00")
    a_presence(sunyue, "online", "2026-11-23 08:00", "2026-11-23 17:00")

    assert derived(duty).result == AttendanceResult.ABSENT


def test_a_duty_that_runs_is_not_judged_yet(lina):
    a_duty(lina, MONDAY, "early")
    a_presence(lina, "online", "2026-11-23 08:00", None)

    assert derive_attendance(MONDAY, at=moment("2026-11-23 16:59")) == 0


def test_hours_on_leave_are_not_owed(lina, hejie):
    duty = a_duty(lina, MONDAY, "early")
    leave = ask_leave(
        lina,
        LeaveKind.SICK,
        starts_at=moment("2026-11-23 08:00"),
        ends_at=moment("2026-11-23 13:00"),
        reason="发烧",
        by=lina,
        at=NOON,
    )
    approve_leave(leave, by=hejie, at=NOON)
    a_presence(lina, "online", "2026-11-23 13:04", "2026-11-23 17:00")

    assert derived(duty).result == AttendanceResult.NORMAL


def test_deriving_again_gives_the_same_and_keeps_the_correction(lina, hejie):
    duty = a_duty(lina, MONDAY, "early")
    a_presence(lina, "online", "2026-11-23 08:20", "2026-11-23 17:00")
    first = derived(duty)
    correct_attendance(first, AttendanceResult.NORMAL, reason="千牛掉线", by=hejie, at=AFTER)

    again = derived(duty)

    assert (again.pk, again.result, again.corrected_to, again.reason) == (
        first.pk,
        AttendanceResult.LATE,
        AttendanceResult.NORMAL,
        "千牛掉线",
    )


def test_a_correction_wants_a_reason_and_somebody_else(lina, hejie):
    duty = a_duty(hejie, MONDAY, "office")
    a_presence(hejie, "online", "2026-11-23 09:20", "2026-11-23 18:00")
    own = derived(duty)

    with pytest.raises(Refused):
        correct_attendance(own, AttendanceResult.NORMAL, reason="我在", by=hejie, at=AFTER)
    with pytest.raises(Refused):
        correct_attendance(own, AttendanceResult.NORMAL, reason=" ", by=lina, at=AFTER)


def test_a_day_takes_as_many_questions_for_three_people_as_for_one(lina):
    def count(people):
        for person in people:
            a_duty(person, MONDAY, "early")
            a_presence(person, "online", "2026-11-23 08:00", "2026-11-23 17:00")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            derive_attendance(MONDAY, at=AFTER + timedelta(minutes=1))
        return len(asked)

    count([EmployeeFactory(name="王芳")])
    assert count([lina]) == count([EmployeeFactory(name="孙悦"), EmployeeFactory(name="周倩")])
