"""Problems go to the superior, one level up when late; meetings and reports are closed and read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shopops.kit.refusals import Refused
from staff.actions.meetings import call_meeting, close_list, note_attendance, write_minutes
from staff.actions.problems import (
    confirm_problem,
    escalate_overdue,
    raise_problem,
    reopen_problem,
    solve_problem,
    withdraw_problem,
)
from staff.actions.work_reports import hand_in_report, read_report
from staff.models import Attendee, MetricReading, Problem
from staff.queries.work_reports import due_reports, week_due
from staff.states import AttendeeState, MeetingKind, ProblemState, WorkReportKind
from tests.factories.clauses import clause
from tests.factories.duty import a_duty, moment
from tests.factories.staff import NOON
from tests.staff.duty.conftest import MONDAY

FRIDAY_NOON = NOON  # 2026-11-20 is a Friday


def a_problem(lina, at=NOON):
    return raise_problem("打印机常卡纸", "影响晚班发货", about="FH1", about_url="/orders/1/", by=lina, at=at)


def test_a_problem_goes_to_the_superior_for_two_working_days(lina, hejie):
    problem = a_problem(lina)

    assert problem.owner == hejie
    assert problem.due_at == moment("2026-11-24 18:00")
    assert problem.number.startswith("WT261120")
    assert problem.spans.get().owner == hejie


def test_a_solution_is_confirmed_or_opened_again_by_who_raised_it(lina, hejie):
    problem = a_problem(lina)
    with pytest.raises(Refused):
        solve_problem(problem, solution="换了", by=lina, at=NOON)
    solve_problem(problem, solution="换了打印机", by=hejie, at=NOON)
    with pytest.raises(Refused):
        confirm_problem(problem, by=hejie, at=NOON)

    reopen_problem(problem, reason="还卡", by=lina, at=NOON + timedelta(days=3))
    problem.refresh_from_db()
    assert (problem.state, problem.due_at) == (ProblemState.RAISED, moment("2026-11-25 18:00"))
    assert problem.spans.count() == 2

    solve_problem(problem, solution="再换", by=hejie, at=NOON + timedelta(days=3))
    confirm_problem(problem, by=lina, at=NOON + timedelta(days=4))
    problem.refresh_from_db()
    assert problem.state == ProblemState.CONFIRMED


def test_exactly_at_its_time_a_problem_stays_and_a_second_later_goes_up(lina, hejie, chenjing):
    problem = a_problem(lina)

    assert escalate_overdue(at=problem.due_at) == 0
    assert escalate_overdue(at=problem.due_at + timedelta(seconds=1)) == 1

    problem.refresh_from_db()
    assert (problem.owner, problem.level) == (chenjing, 1)
    assert [span.owner for span in problem.spans.all()] == [hejie, chenjing]
    assert escalate_overdue(at=problem.due_at - timedelta(hours=1)) == 0


def test_where_nobody_is_above_a_late_problem_stays(lina, hejie):
    problem = a_problem(lina)

    assert escalate_overdue(at=problem.due_at + timedelta(days=1)) == 0


def test_a_problem_links_only_within_the_site_and_may_be_taken_back(lina, hejie):
    for address in ("https://example.com/", "//example.com/"):
        with pytest.raises(Refused):
            raise_problem("x", "y", about_url=address, by=lina, at=NOON)
    problem = a_problem(lina)
    withdraw_problem(problem, by=lina, at=NOON)
    assert Problem.objects.get().state == ProblemState.WITHDRAWN


@pytest.fixture
def meeting(lina, sunyue, hejie):
    return call_meeting(
        MeetingKind.WEEKLY, hejie.unit, title="周会", starts_at=NOON, people=[lina, sunyue], by=hejie, at=NOON
    )


def test_a_list_is_closed_when_everybody_is_noted(meeting, lina, sunyue, hejie):
    with pytest.raises(Refused):
        note_attendance(meeting, {}, by=hejie, at=NOON - timedelta(seconds=1))
    note_attendance(meeting, {lina.pk: (AttendeeState.PRESENT, "")}, by=hejie, at=NOON)
    with pytest.raises(Refused):
        close_list(meeting, by=hejie, at=NOON)
    with pytest.raises(Refused):
        note_attendance(meeting, {sunyue.pk: (AttendeeState.EXCUSED, "")}, by=hejie, at=NOON)
    note_attendance(meeting, {sunyue.pk: (AttendeeState.EXCUSED, "接大客户")}, by=hejie, at=NOON)
    close_list(meeting, by=hejie, at=NOON)

    with pytest.raises(Refused):
        note_attendance(meeting, {lina.pk: (AttendeeState.ABSENT, "")}, by=hejie, at=NOON)
    assert Attendee.objects.get(employee=sunyue).reason == "接大客户"


def test_minutes_may_be_mended_and_are_never_empty(meeting, hejie):
    write_minutes(meeting, "一、回顾", by=hejie, at=NOON)
    for text in (" ", "一、回顾"):
        with pytest.raises(Refused):
            write_minutes(meeting, text, by=hejie, at=NOON)


def test_a_report_keeps_the_figures_of_its_moment_and_is_handed_in_once(lina, hejie):
    MetricReading.objects.create(
        metric="staff.points", version=1, day=date(2026, 11, 19), employee=lina, numerator=-3, read_at=NOON
    )

    report = hand_in_report(WorkReportKind.SALES_DAY, date(2026, 11, 19), text="平稳", by=lina, at=NOON)

    assert [row["name"] for row in report.figures["rows"]] == ["staff.points"]
    with pytest.raises(Refused):
        hand_in_report(WorkReportKind.SALES_DAY, date(2026, 11, 19), text="又一份", by=lina, at=NOON)
    with pytest.raises(Refused):
        hand_in_report(WorkReportKind.SALES_DAY, date(2026, 11, 21), text="明天", by=lina, at=NOON)
    with pytest.raises(Refused):
        hand_in_report(WorkReportKind.WEEK, date(2026, 11, 16), text="本周", by=lina, at=NOON)


def test_the_superior_reads_and_remarks_and_nobody_their_own(lina, hejie):
    report = hand_in_report(WorkReportKind.SALES_DAY, date(2026, 11, 19), text="平稳", by=lina, at=NOON)
    with pytest.raises(Refused):
        read_report(report, by=lina, at=NOON)

    read_report(report, remark="很好", by=hejie, at=NOON)

    report.refresh_from_db()
    assert (report.read_by, report.remark) == (hejie, "很好")


def test_reports_are_owed_only_for_days_on_duty_and_only_where_a_clause_says_so(lina, hejie):
    a_duty(lina, date(2026, 11, 19), "early")
    assert due_reports(lina, at=NOON) == []

    clause("CS-T", detector="staff.missing_sales_report")
    clause("STF-T", detector="staff.late_weekly_summary", parameters={"weekday": 5})

    assert [(one.kind, one.day, one.due_at) for one in due_reports(lina, at=NOON)] == [
        (WorkReportKind.SALES_DAY, date(2026, 11, 19), moment("2026-11-20 00:00")),
        (WorkReportKind.WEEK, date(2026, 11, 16), moment("2026-11-21 00:00")),
    ]


def test_before_a_holiday_the_week_ends_on_its_last_working_day(db):
    assert week_due(MONDAY, {"weekday": 5}) == moment("2026-11-28 00:00")
    assert week_due(date(2026, 9, 28), {"weekday": 5}) == moment("2026-10-01 00:00")
    assert week_due(date(2026, 10, 5), {"weekday": 5}) == moment("2026-10-10 00:00")
