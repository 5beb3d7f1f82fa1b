"""Hours nobody covered, lunch gaps, absences nobody was told of."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.queries.coverage import Span, without
from staff.models import Appointment, Employee
from tests.factories.duty import a_duty, a_presence
from tests.factories.rulebook import at, supervisor
from tests.factories.staff import HIRED, EmployeeFactory, PositionFactory
from tests.service.detectors.rows import found_on

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


def agent(login: str, name: str) -> Employee:
    employee = EmployeeFactory(username=login, name=name)
    Appointment.objects.create(employee=employee, position=PositionFactory(), since=HIRED)
    return employee


@pytest.fixture
def lina(db):
    return agent("lina", "李娜")


@pytest.fixture
def sunyue(db):
    return agent("sunyue", "孙悦")


def hours(day=FRIDAY, **parameters):
    return found_on(
        "uncovered_hours", f"{day}",
        **{"starts": "09:00", "ends": "23:00", "seconds": 60, "fallback_post": "STF-073", **parameters},
    )  # fmt: skip


def test_hours_with_nobody_online_are_of_those_on_duty_then(lina, sunyue):
    a_duty(lina, FRIDAY, "early")
    late = a_duty(sunyue, FRIDAY, "late")
    a_presence(lina, "online", "2026-11-20 08:00", "2026-11-20 17:00")
    a_presence(sunyue, "online", "2026-11-20 16:00", "2026-11-20 20:00")
    a_presence(sunyue, "offline", "2026-11-20 20:00", "2026-11-20 20:30")
    a_presence(sunyue, "online", "2026-11-20 20:30", "2026-11-20 23:30")

    [gap] = hours()

    assert gap.subject[:2] == ("staff.Duty", late.pk)
    assert gap.employee_id == sunyue.pk
    assert gap.happened_at == at("2026-11-20 20:01")
    assert (gap.facts["nobody_from"], gap.facts["nobody_until"]) == (at("2026-11-20 20:00"), at("2026-11-20 20:30"))
    assert gap.facts["gaps"] == "20:00:00–20:30:00"


def test_a_gap_of_a_minute_is_none_and_colleagues_cover_each_other(lina, sunyue):
    a_duty(lina, FRIDAY, "early")
    a_presence(lina, "online", "2026-11-20 08:00", "2026-11-20 12:00")
    a_presence(sunyue, "online", "2026-11-20 12:00:59", "2026-11-20 23:00")

    assert hours() == []


def test_hours_for_which_nobody_was_planned_are_of_the_supervisor(lina):
    boss = supervisor()
    a_duty(lina, FRIDAY, "early")
    a_presence(lina, "online", "2026-11-20 08:00", "2026-11-20 17:00")

    assert [(one.employee_id, one.subject[0]) for one in hours()] == [(boss.pk, "staff.Day")]


def test_a_day_without_any_status_log_is_not_judged(lina):
    a_duty(lina, FRIDAY, "early")

    assert hours() == []


def test_tomorrows_hole_in_the_roster_is_the_supervisors_to_mend(lina):
    boss = supervisor()
    a_duty(lina, SATURDAY, "early")

    [hole] = hours(SATURDAY, now="2026-11-20 15:00")

    assert hole.employee_id == boss.pk
    assert hole.facts["gaps"] == "17:00:00–23:00:00"


def test_the_hole_of_this_evening_is_seen_at_noon_and_gone_when_somebody_is_planned(lina, sunyue):
    supervisor()
    a_duty(lina, FRIDAY, "early")
    a_presence(lina, "online", "2026-11-20 08:00", None)

    [hole] = hours(now="2026-11-20 12:00")
    assert hole.facts["gaps"] == "17:00:00–23:00:00"
    a_duty(sunyue, FRIDAY, "late")
    assert hours(now="2026-11-20 12:00") == []


def test_who_was_an_agent_once_or_is_one_later_does_not_answer_for_a_lunch_gap(lina, sunyue):
    Appointment.objects.filter(employee=sunyue).update(until=date(2026, 11, 19))
    later = agent("zhouqian", "周倩")
    Appointment.objects.filter(employee=later).update(since=SATURDAY)
    for one in (lina, sunyue, later):
        a_duty(one, FRIDAY, "early")
    a_presence(lina, "online", "2026-11-20 08:00", "2026-11-20 12:10")

    found = found_on("lunch_gap", f"{FRIDAY}", lunch_starts="12:00", lunch_ends="13:00", seconds=60)

    assert [one.employee_id for one in found] == [lina.pk]


def test_a_lunch_gap_of_exactly_the_seconds_is_one_and_a_second_less_is_none(lina):
    a_duty(lina, FRIDAY, "early")
    a_presence(lina, "online", "2026-11-20 08:00", "2026-11-20 12:10:01")
    a_presence(lina, "online", "2026-11-20 12:11", "2026-11-20 13:00")
    terms = {"lunch_starts": "12:00", "lunch_ends": "13:00"}

    assert found_on("lunch_gap", f"{FRIDAY}", **terms, seconds=60) == []
    assert len(found_on("lunch_gap", f"{FRIDAY}", **terms, seconds=59)) == 1


def test_a_lunch_gap_is_of_every_agent_on_duty(lina, sunyue):
    for one in (lina, sunyue):
        a_duty(one, FRIDAY, "early")
        a_presence(one, "online", "2026-11-20 08:00", "2026-11-20 12:10")
        a_presence(one, "away", "2026-11-20 12:10", "2026-11-20 12:40")
    agent("zhouqian", "周倩")

    found = found_on(
        "lunch_gap", f"{FRIDAY}", lunch_starts="12:00", lunch_ends="13:00", seconds=60, everybody_on_duty=True
    )

    assert {one.employee_id for one in found} == {lina.pk, sunyue.pk}
    assert len({one.cause for one in found}) == 1


def test_being_idle_for_a_minute_is_no_absence_and_longer_is_one(lina):
    a_duty(lina, FRIDAY, "early")
    a_presence(lina, "idle", "2026-11-20 10:00", "2026-11-20 10:01", source="check")
    a_presence(lina, "idle", "2026-11-20 11:00", "2026-11-20 11:01:01", source="check")
    a_presence(lina, "idle", "2026-11-20 19:00", "2026-11-20 19:30", source="check")
    a_presence(lina, "away", "2026-11-20 14:00", "2026-11-20 14:30")

    [away] = found_on("away_unmarked", f"{FRIDAY}", seconds=60)

    assert away.happened_at == at("2026-11-20 11:01")
    assert away.employee_id == lina.pk
    assert away.subject[2] == "2026-11-20 李娜"


def test_a_gap_of_weekend_duty_is_excused_by_a_stand_in_or_a_colleague_online(lina, sunyue):
    a_duty(lina, SATURDAY, "weekend")
    a_presence(lina, "away", "2026-11-21 10:00", "2026-11-21 10:05")
    a_presence(lina, "away", "2026-11-21 11:00", "2026-11-21 11:05", covered_by=sunyue)
    a_presence(lina, "offline", "2026-11-21 12:00", "2026-11-21 12:05")
    a_presence(sunyue, "online", "2026-11-21 11:59", "2026-11-21 12:30")

    found = found_on("weekend_gap", f"{SATURDAY}", seconds=60)

    assert [one.happened_at for one in found] == [at("2026-11-21 10:01")]
    assert found_on("away_unmarked", f"{SATURDAY}", seconds=60) == []


def minutes(pairs):
    return [
        Span(at(f"2026-11-20 {a // 60:02}:{a % 60:02}"), at(f"2026-11-20 {b // 60:02}:{b % 60:02}")) for a, b in pairs
    ]


SPANS = st.lists(
    st.tuples(st.integers(0, 1400), st.integers(1, 30)).map(lambda one: (one[0], one[0] + one[1])), max_size=12
)


@given(spans=SPANS, holes=SPANS)
def test_cutting_holes_out_leaves_exactly_the_minutes_outside_them(spans, holes):
    left = {minute for a, b in spans for minute in range(a, b)} - {minute for a, b in holes for minute in range(a, b)}

    cut = without(minutes(spans), minutes(holes))
    start = at("2026-11-20 00:00")
    covered = {
        minute
        for span in cut
        for minute in range(
            int((span.start - start).total_seconds() // 60), int((span.end - start).total_seconds() // 60)
        )
    }

    assert covered == left
