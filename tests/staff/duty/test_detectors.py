"""Detectors of duty: exactly at the limit is in time; who has no duty, is away or is not watched owes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from staff.actions.attendance import correct_attendance, derive_attendance
from staff.actions.leave import approve_leave, ask_leave
from staff.actions.meetings import call_meeting, close_list, note_attendance
from staff.actions.problems import escalate_overdue, raise_problem, solve_problem
from staff.models import Duty, Handover, JobRun, WorkReport
from staff.states import AttendanceResult, AttendeeState, DutyState, HandoverState, LeaveKind, MeetingKind
from tests.factories.duty import a_duty, a_presence, moment
from tests.factories.staff import NOON
from tests.staff.duty.conftest import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
DAY = ("2026-11-23 00:00", "2026-11-24 00:00")


def handed(employee, kind, day, at):
    return WorkReport.objects.create(kind=kind, employee=employee, day=day, text="x", handed_in_at=moment(at))


def kept(duty, came, left):
    a_presence(duty.employee, "online", came, left)
    derive_attendance(duty.day, at=moment("2026-11-24 00:20"))


def test_a_sales_report_at_midnight_is_in_time_and_a_second_later_is_missing(lina, ask):
    a_duty(lina, MONDAY, "late")
    report = handed(lina, "sales_day", MONDAY, "2026-11-24 00:00:00")
    assert ask("staff.missing_sales_report", *DAY) == []

    WorkReport.objects.filter(pk=report.pk).update(handed_in_at=moment("2026-11-24 00:00:01"))
    (found,) = ask("staff.missing_sales_report", *DAY)
    assert (found.employee_id, found.happened_at) == (lina.pk, moment("2026-11-24 00:00"))
    assert found.facts["handed_in_at"]


def test_days_off_and_days_on_leave_owe_no_report(lina, sunyue, hejie, ask):
    a_duty(lina, MONDAY, "early")
    Duty.objects.update(state=DutyState.ON_LEAVE)

    assert ask("staff.missing_sales_report", *DAY) == []
    assert ask("staff.late_daily_figures", "2026-11-23 00:00", "2026-11-25 00:00", working_days=1, time="10:00") == []


def test_two_shifts_of_a_day_owe_one_report(lina, ask):
    a_duty(lina, MONDAY, "early")
    Duty.objects.update(ends_at=moment("2026-11-23 12:00"))
    a_duty(lina, MONDAY, "late")

    assert len(ask("staff.missing_sales_report", *DAY)) == 1


def test_tomorrows_report_is_seen_coming(lina, ask):
    a_duty(lina, MONDAY, "early")

    assert len(ask("staff.missing_sales_report", *DAY, now="2026-11-22 12:00")) == 1


@pytest.mark.parametrize(("handed_at", "count"), [("2026-11-24 10:00", 0), ("2026-11-24 10:00:01", 1)])
def test_figures_are_due_on_the_next_working_day_at_ten(lina, ask, handed_at, count):
    a_duty(lina, MONDAY, "early")
    handed(lina, "figures_day", MONDAY, handed_at)

    found = ask("staff.late_daily_figures", "2026-11-24 00:00", "2026-11-25 00:00", working_days=1, time="10:00")
    assert len(found) == count


def test_figures_of_friday_are_due_on_monday(lina, ask):
    a_duty(lina, date(2026, 11, 20), "early")
    terms = {"working_days": 1, "time": "10:00"}

    assert ask("staff.late_daily_figures", "2026-11-21 00:00", "2026-11-23 09:59", **terms) == []
    assert len(ask("staff.late_daily_figures", "2026-11-23 00:00", "2026-11-24 00:00", **terms)) == 1


@pytest.mark.parametrize(("handed_at", "count"), [("2026-11-28 00:00", 0), ("2026-11-28 00:00:01", 1)])
def test_a_weekly_summary_is_due_when_friday_ends_once_for_all_duties(lina, ask, handed_at, count):
    a_duty(lina, MONDAY, "early")
    a_duty(lina, TUESDAY, "early")
    handed(lina, "week", MONDAY, handed_at)

    found = ask("staff.late_weekly_summary", "2026-11-27 00:00", "2026-11-28 00:00", weekday=5)
    assert len(found) == count


def test_a_week_without_duty_owes_no_summary(lina, ask):
    assert ask("staff.late_weekly_summary", "2026-11-27 00:00", "2026-11-28 00:00", weekday=5) == []


def test_office_hours_kept_late_are_found_and_a_correction_takes_it_back(lina, hejie, ask):
    duty = a_duty(lina, MONDAY, "office")
    kept(duty, "2026-11-23 09:06", "2026-11-23 18:00")

    (found,) = ask("staff.late_arrival", *DAY)
    assert found.facts["attendance"] == AttendanceResult.LATE
    assert ask("staff.shift_missed", *DAY) == []

    correct_attendance(duty.attendance, AttendanceResult.NORMAL, reason="掉线", by=hejie, at=NOON)
    assert ask("staff.late_arrival", *DAY) == []


def test_early_and_late_shifts_have_their_own_rule(lina, ask):
    kept(a_duty(lina, MONDAY, "early"), "2026-11-23 08:00", "2026-11-23 15:00")

    assert ask("staff.late_arrival", *DAY) == []
    assert [one.facts["attendance"] for one in ask("staff.shift_missed", *DAY)] == [AttendanceResult.EARLY]


def handed_over(giver, receiver, read_at):
    return Handover.objects.create(
        giver=giver,
        receiver=receiver,
        state=HandoverState.OFFERED,
        begun_at=moment("2026-11-23 16:40"),
        offered_at=moment("2026-11-23 16:50"),
        read_at=moment(read_at) if read_at else None,
    )


@pytest.mark.parametrize(("read_at", "count"), [("2026-11-23 17:20", 0), ("2026-11-23 17:20:01", 1), ("", 1)])
def test_a_handover_is_read_within_its_minutes(lina, sunyue, ask, read_at, count):
    a_duty(sunyue, MONDAY, "late")
    handed_over(lina, sunyue, read_at)

    assert len(ask("staff.shift_missed", *DAY)) == count


def test_who_is_not_on_duty_need_not_read_a_handover(lina, sunyue, ask):
    handed_over(lina, sunyue, "")

    assert ask("staff.shift_missed", *DAY) == []


LUNCH = {"lunch_starts": "12:00", "lunch_ends": "13:00", "tea_starts": "15:00", "tea_ends": "15:10"}


@pytest.mark.parametrize(("back", "count"), [("2026-11-23 13:00", 0), ("2026-11-23 13:00:01", 1)])
def test_lunch_ends_when_it_ends(lina, ask, back, count):
    a_duty(lina, MONDAY, "office")
    a_presence(lina, "away", "2026-11-23 12:05", back)

    assert len(ask("staff.long_break", *DAY, now="2026-11-23 23:00", **LUNCH)) == count


def test_a_break_off_duty_or_of_the_late_shift_costs_nothing(lina, sunyue, ask):
    a_duty(sunyue, MONDAY, "late")
    a_presence(lina, "away", "2026-11-23 12:05", "2026-11-23 14:00")
    a_presence(sunyue, "away", "2026-11-23 12:05", "2026-11-23 14:00")

    assert ask("staff.long_break", *DAY, now="2026-11-23 23:00", **LUNCH) == []


def test_tea_is_optional_and_ten_minutes(lina, ask):
    a_duty(lina, MONDAY, "office")
    a_presence(lina, "away", "2026-11-23 15:02", "2026-11-23 15:11")

    (found,) = ask("staff.long_break", *DAY, now="2026-11-23 23:00", **LUNCH)
    assert found.happened_at == moment("2026-11-23 15:10")


def test_a_week_of_six_days_is_answered_for_by_who_planned_it(lina, hejie, ask):
    for number in range(6):
        a_duty(lina, MONDAY + timedelta(days=number), "early")
    Duty.objects.update(planned_by=hejie)
    week = ("2026-11-29 00:00", "2026-11-30 00:00")

    (found,) = ask("staff.long_week", *week, days_a_week=5, hours_a_day=8)
    assert (found.employee_id, found.facts["days_planned"]) == (hejie.pk, 6)
    Duty.objects.order_by("-day").first().delete()
    assert ask("staff.long_week", *week, days_a_week=5, hours_a_day=8) == []


def test_weekend_duty_makes_no_week_too_long(lina, hejie, ask):
    for number in range(5):
        a_duty(lina, MONDAY + timedelta(days=number), "early")
    a_duty(lina, MONDAY + timedelta(days=5), "weekend")
    Duty.objects.update(planned_by=hejie)

    assert ask("staff.long_week", "2026-11-29 00:00", "2026-11-30 00:00", days_a_week=5, hours_a_day=8) == []


def met(hejie, people, states, kind=MeetingKind.WEEKLY, closed=None):
    at = moment("2026-11-23 16:00")
    meeting = call_meeting(kind, hejie.unit, title="周会", starts_at=at, people=people, by=hejie, at=NOON)
    seen = {person.pk: (state, "") for person, state in zip(people, states, strict=True)}
    note_attendance(meeting, seen, by=hejie, at=at)
    return close_list(meeting, by=hejie, at=closed or at + timedelta(hours=1))


def test_who_missed_the_meeting_or_came_late_is_found_once_the_list_is_closed(lina, sunyue, hejie, ask):
    a_duty(lina, MONDAY, "early")
    a_duty(sunyue, MONDAY, "late")
    met(hejie, [lina, sunyue], [AttendeeState.ABSENT, AttendeeState.LATE])

    assert [one.employee_id for one in ask("staff.missed_meeting", *DAY)] == sorted([lina.pk, sunyue.pk])
    assert ask("staff.missed_meeting", "2026-11-23 00:00", "2026-11-23 16:59") == []


def test_a_list_closed_the_next_month_is_about_the_day_of_the_meeting(lina, hejie, ask):
    a_duty(lina, MONDAY, "early")
    meeting = met(hejie, [lina], [AttendeeState.ABSENT], closed=moment("2026-12-01 09:00"))

    (missed,) = ask("staff.missed_meeting", *DAY, now="2026-12-01 09:00")
    assert missed.happened_at == meeting.starts_at
    assert ask("staff.missed_meeting", "2026-12-01 00:00", "2026-12-02 00:00") == []
    run = JobRun.objects.get(job="staff.tally_again")
    assert run.params == {"first": "2026-11-23", "last": "2026-11-23", "only": "staff.missed_meeting"}


def test_training_days_off_and_leave_cost_no_meeting(lina, sunyue, hejie, ask):
    a_duty(lina, MONDAY, "early")
    met(hejie, [lina], [AttendeeState.ABSENT], kind=MeetingKind.TRAINING)
    met(hejie, [sunyue], [AttendeeState.ABSENT])
    leave = ask_leave(
        lina, LeaveKind.SICK, starts_at=moment("2026-11-23 15:30"), ends_at=moment("2026-11-23 17:00"),
        reason="头疼", by=lina, at=NOON,
    )  # fmt: skip
    approve_leave(leave, by=hejie, at=NOON)
    met(hejie, [lina], [AttendeeState.ABSENT])

    assert ask("staff.missed_meeting", *DAY) == []


def test_each_level_answers_for_its_own_time_with_a_problem(lina, hejie, chenjing, ask):
    problem = raise_problem("卡纸", "卡", by=lina, at=NOON)
    escalate_overdue(at=problem.due_at + timedelta(hours=1))

    (first,) = ask("staff.problem_unsolved", "2026-11-24 00:00", "2026-11-25 00:00", days=2)
    (second,) = ask("staff.problem_unsolved", "2026-11-26 00:00", "2026-11-27 00:00", days=2)
    assert (first.employee_id, second.employee_id) == (hejie.pk, chenjing.pk)


def test_a_problem_solved_exactly_at_its_time_costs_nothing(lina, hejie, ask):
    problem = raise_problem("卡纸", "卡", by=lina, at=NOON)
    solve_problem(problem, solution="好了", by=hejie, at=problem.due_at)

    assert ask("staff.problem_unsolved", "2026-11-20 00:00", "2026-11-30 00:00", days=2) == []


@pytest.mark.parametrize(
    "name",
    [
        "staff.missing_sales_report",
        "staff.late_daily_figures",
        "staff.late_weekly_summary",
        "staff.late_arrival",
        "staff.shift_missed",
        "staff.long_break",
        "staff.long_week",
        "staff.missed_meeting",
        "staff.problem_unsolved",
    ],
)
def test_a_fresh_installation_charges_nobody(lina, sunyue, hejie, ask, name):
    assert ask(name, "2026-10-01 00:00", "2026-12-01 00:00") == []
