"""Pages of duty: they open, post, refuse politely, and ask the database as often for three rows as for one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from staff.actions.leave import ask_leave
from staff.models import Attendance, Duty, DutySwap, Handover, Leave, Meeting, Presence, Problem, WorkReport
from staff.states import AttendanceResult, LeaveKind, LeaveState, PresenceStatus
from tests.factories.duty import a_duty, a_presence, a_shift, moment
from tests.factories.staff import NOON, EmployeeFactory
from tests.staff.duty.conftest import MONDAY

LISTS = (
    "staff:duties",
    "staff:swaps",
    "staff:leaves",
    "staff:attendance",
    "staff:handovers",
    "staff:problems",
    "staff:meetings",
    "staff:work_reports",
)


@pytest.fixture
def leader(client, hejie):
    client.force_login(hejie)
    return client


@pytest.fixture
def agent(client, lina):
    client.force_login(lina)
    return client


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", LISTS)
def test_lists_open_for_agents_and_leaders(client, lina, hejie, name):
    for person in (lina, hejie):
        client.force_login(person)
        assert client.get(reverse(name) + "?tab=all").status_code == 200


@pytest.mark.parametrize("day", ["2026-11-23", "0001-01-01", "9999-12-31", "gestern", ""])
@pytest.mark.parametrize("name", ["staff:roster", "staff:my_roster", "staff:presence", "staff:work_report_new"])
def test_any_day_may_be_asked_for(leader, name, day):
    assert leader.get(f"{reverse(name)}?day={day}&weeks=%00&unit=%00x").status_code == 200


def test_the_roster_takes_as_many_questions_for_three_as_for_one(leader, lina):
    address = f"{reverse('staff:roster')}?day=2026-11-23&unit=all"
    a_duty(lina, MONDAY, "early")
    one = queries(leader, address)
    for name in ("孙悦", "周倩"):
        a_duty(EmployeeFactory(name=name), MONDAY, "late")
    assert queries(leader, address) == one


def test_the_day_of_presence_takes_as_many_questions_for_three_as_for_one(leader, lina):
    address = f"{reverse('staff:presence')}?day=2026-11-23"
    a_duty(lina, MONDAY, "early")
    a_presence(lina, "online", "2026-11-23 08:00", "2026-11-23 17:00")
    one = queries(leader, address)
    for name in ("孙悦", "周倩"):
        person = EmployeeFactory(name=name)
        a_duty(person, MONDAY, "late")
        a_presence(person, "online", "2026-11-23 16:00", "2026-11-24 00:00")
    assert queries(leader, address) == one


def test_a_leader_plans_by_pattern_and_publishes(leader, lina, sunyue):
    a_shift()
    from staff.models import RosterPattern

    pattern = RosterPattern.objects.get(name="常白班五天")
    start, unit = "2026-11-23", f"?unit={lina.unit.code}"
    asked = {"day": start, "pattern": pattern.pk, "first": start, "last": "2026-11-29", f"person-{lina.pk}": "on"}

    leader.post(reverse("staff:roster_plan") + unit, asked)
    assert Duty.objects.filter(employee=lina).count() == 5

    leader.post(reverse("staff:roster_publication") + unit, {"first": start, "last": "2026-11-29"})
    assert lina.notifications.filter(kind="duty").count() == 1


def test_an_agent_neither_plans_nor_decides(agent, lina, sunyue, hejie):
    leave = ask_leave(
        sunyue, LeaveKind.SICK, starts_at=NOON, ends_at=NOON + timedelta(hours=2), reason="x", by=sunyue, at=NOON
    )
    assert agent.post(reverse("staff:duty_planning"), {}).status_code == 403
    assert agent.post(reverse("staff:leave_approval", args=[leave.pk])).status_code == 403
    assert agent.get(leave.get_absolute_url()).status_code == 404


def test_leave_is_asked_for_and_granted_on_its_pages(client, lina, hejie):
    client.force_login(lina)
    client.post(
        reverse("staff:leave_new"),
        {"kind": "sick", "starts_at": "2026-11-23T08:00", "ends_at": "2026-11-23T18:00", "reason": "发烧"},
    )
    leave = Leave.objects.get()
    client.force_login(hejie)
    assert client.get(leave.get_absolute_url()).status_code == 200

    client.post(reverse("staff:leave_approval", args=[leave.pk]), {"answer": "保重"})

    leave.refresh_from_db()
    assert leave.state == LeaveState.APPROVED


def test_a_colleague_is_asked_for_a_swap_on_the_page_of_the_duty(agent, lina, sunyue):
    from django.utils import timezone

    duty = a_duty(lina, timezone.localdate() + timedelta(days=3), "early")
    assert agent.get(reverse("staff:duty", args=[duty.pk])).status_code == 200

    answer = agent.post(reverse("staff:swap_asking", args=[duty.pk]), {"colleague": sunyue.pk, "reason": "看牙"})

    swap = DutySwap.objects.get()
    assert answer.url == reverse("staff:swap", args=[swap.pk])
    assert agent.get(answer.url).status_code == 200


def test_my_status_is_set_by_a_button_and_checked_by_the_leader(client, lina, hejie):
    client.force_login(lina)
    client.post(reverse("staff:presence_status"), {"status": "online"})
    client.force_login(hejie)
    client.post(reverse("staff:presence_check"), {"employee": lina.pk, "reason": "座位没人"})

    assert set(Presence.objects.values_list("status", flat=True)) == {PresenceStatus.ONLINE, PresenceStatus.IDLE}
    assert "李娜" in client.get(reverse("staff:presence")).content.decode()


def test_an_agent_sees_only_their_own_lane(agent, lina, sunyue):
    a_duty(sunyue, MONDAY, "late")
    a_presence(sunyue, "online", "2026-11-23 16:00", "2026-11-24 00:00")

    assert (
        "孙悦 "
        not in agent.get(f"{reverse('staff:presence')}?day=2026-11-23")
        .content.decode()
        .split("<main")[1]
        .split("<form")[0]
    )


def test_attendance_is_corrected_on_its_page(leader, lina):
    duty = a_duty(lina, MONDAY, "early")
    found = Attendance.objects.create(duty=duty, result=AttendanceResult.LATE, read_at=NOON)

    leader.post(reverse("staff:attendance_correction", args=[found.pk]), {"result": "normal", "reason": "掉线"})

    found.refresh_from_db()
    assert found.corrected_to == AttendanceResult.NORMAL
    assert leader.get(reverse("staff:attendance_page", args=[found.pk])).status_code == 200


def test_a_shift_without_open_things_is_handed_over_and_read(client, lina, sunyue, hejie):
    client.force_login(lina)
    address = client.post(reverse("staff:handover_new")).url
    assert client.get(address).status_code == 200
    handover = Handover.objects.get()
    client.post(reverse("staff:handover_offer", args=[handover.pk]), {"receiver": sunyue.pk, "note": "都好"})
    client.force_login(sunyue)
    assert client.get(address).status_code == 200
    client.post(reverse("staff:handover_reading", args=[handover.pk]))

    handover.refresh_from_db()
    assert handover.state == "closed"


def test_a_problem_is_raised_from_any_page(client, lina, hejie):
    client.force_login(lina)
    address = f"{reverse('staff:problem_new')}?about=FH1&url=/roster/"
    assert "FH1" in client.get(address).content.decode()
    client.post(address, {"title": "卡纸", "text": "常卡", "about": "FH1", "url": "/roster/"})
    problem = Problem.objects.get()
    client.force_login(hejie)
    assert "/roster/" in client.get(problem.get_absolute_url()).content.decode()
    client.post(reverse("staff:problem_solution", args=[problem.number]), {"solution": "换了"})
    problem.refresh_from_db()
    assert problem.state == "solved"


def test_a_meeting_is_called_noted_and_closed(leader, lina, hejie):
    asked = {
        "kind": "weekly",
        "unit": hejie.unit_id,
        "title": "周会",
        "starts_at": "2026-11-20T12:00",
        "people": [lina.pk],
    }
    leader.post(reverse("staff:meeting_new"), asked)
    meeting = Meeting.objects.get()
    assert leader.get(meeting.get_absolute_url()).status_code == 200

    address = reverse("staff:meeting_attendance", args=[meeting.pk])
    leader.post(address, {f"state-{lina.pk}": "present", "close": "1"})
    leader.post(reverse("staff:meeting_minutes", args=[meeting.pk]), {"minutes": "一、回顾"})

    meeting.refresh_from_db()
    assert (meeting.closed_at is not None, meeting.minutes_text) == (True, "一、回顾")


def test_a_report_is_handed_in_and_read(client, lina, hejie):
    client.force_login(lina)
    client.post(reverse("staff:work_report_new"), {"kind": "sales_day", "day": "2026-11-19", "text": "平稳"})
    report = WorkReport.objects.get()
    assert client.get(reverse("staff:my_reports")).status_code == 200
    client.force_login(hejie)
    client.post(reverse("staff:work_report_reading", args=[report.pk]), {"remark": "好"})
    report.refresh_from_db()
    assert report.read_by == hejie


@pytest.mark.parametrize(
    "name",
    ["duty_planning", "roster_plan", "roster_copy", "roster_publication", "presence_check", "presence_status"],
)
def test_empty_posts_are_refused_politely(leader, name):
    assert leader.post(reverse(f"staff:{name}"), {}).status_code in {302, 409}


def test_every_worklist_of_duty_answers(lina, hejie):
    from shopops.kit.worklists import WORKLISTS

    a_duty(lina, MONDAY, "early")
    for name in (
        "staff.leave_to_decide",
        "staff.swaps_to_answer",
        "staff.handovers_to_accept",
        "staff.problems_to_solve",
        "staff.lists_to_close",
        "staff.reports_due",
        "staff.reports_to_read",
        "staff.year_plans",
    ):
        for person in (lina, hejie):
            assert WORKLISTS[name].waiting(person.pk, moment("2026-11-23 12:00")).overdue == 0
