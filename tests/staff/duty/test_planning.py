"""Planning duties: hours, rest, days of the week, patterns."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from shopops.kit.refusals import Refused
from staff.actions.duty import cancel_duty, change_shift, plan_duty
from staff.actions.roster import copy_week, plan_roster
from staff.models import Duty, Event, RosterPattern, Shift
from staff.queries.duty import on_duty
from staff.states import DutyState
from tests.factories.duty import a_duty, a_shift, moment
from tests.factories.staff import NOON, EmployeeFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


@pytest.fixture
def lina():
    return EmployeeFactory(name="李娜")


@pytest.fixture
def hejie():
    return EmployeeFactory(name="何洁", username="hejie")


def plan(employee, day, code, by):
    return plan_duty(employee, day, a_shift(code), by=by, at=NOON)


def test_loading_shifts_makes_them_once_and_keeps_what_was_changed(capsys):
    call_command("load_shifts")
    Shift.objects.filter(code="late").update(name="夜班")
    call_command("load_shifts", "--json")

    assert '{"shifts": 0, "patterns": 0}' in capsys.readouterr().out
    assert Shift.objects.get(code="late").name == "夜班"
    assert Shift.objects.count() == 5


def test_a_late_shift_runs_until_midnight_and_no_longer(lina, hejie):
    duty = plan(lina, MONDAY, "late", hejie)

    assert (duty.starts_at, duty.ends_at) == (moment("2026-11-23 16:00"), moment("2026-11-24 00:00"))
    assert on_duty(moment("2026-11-23 16:00")).get() == duty
    assert not on_duty(moment("2026-11-24 00:00")).exists()
    assert Event.objects.filter(verb="staff.duty_planned", subject_id=duty.pk, by=hejie).exists()


def test_nobody_is_on_duty_twice_at_a_time(lina, hejie):
    plan(lina, MONDAY, "early", hejie)

    with pytest.raises(Refused, match="2026-11-23"):
        plan(lina, MONDAY, "office", hejie)


def test_a_late_shift_forbids_an_early_one_the_next_morning(lina, hejie):
    plan(lina, MONDAY, "late", hejie)

    with pytest.raises(Refused, match="10"):
        plan(lina, MONDAY + timedelta(days=1), "early", hejie)
    assert plan(lina, MONDAY + timedelta(days=1), "late", hejie)


def test_the_sixth_day_of_a_week_is_refused_but_weekend_duty_is_not(lina, hejie):
    for number in range(5):
        plan(lina, MONDAY + timedelta(days=number), "early", hejie)
    saturday = MONDAY + timedelta(days=5)

    with pytest.raises(Refused, match="5"):
        plan(lina, saturday, "early", hejie)
    assert plan(lina, saturday, "weekend", hejie)


def test_who_has_left_is_not_planned(lina, hejie):
    lina.left_on = MONDAY - timedelta(days=1)
    lina.save()

    with pytest.raises(Refused):
        plan(lina, MONDAY, "early", hejie)


def test_a_pattern_is_planned_for_each_at_their_place_in_the_cycle(lina, hejie):
    a_shift()
    sunyue = EmployeeFactory(name="孙悦")
    pattern = RosterPattern.objects.get(name="早晚班两周一轮")

    made, left_out = plan_roster(
        pattern, [(lina, 0), (sunyue, 7)], first=MONDAY, last=MONDAY + timedelta(days=6), by=hejie, at=NOON
    )

    assert left_out == []
    kinds = {
        person.pk: {duty.shift.code for duty in made if duty.employee_id == person.pk} for person in (lina, sunyue)
    }
    assert kinds in ({lina.pk: {"early"}, sunyue.pk: {"late"}}, {lina.pk: {"late"}, sunyue.pk: {"early"}})
    assert len(made) == 10


def test_a_pattern_leaves_out_days_that_are_taken_and_says_so(lina, hejie):
    a_duty(lina, MONDAY, "office")
    pattern = RosterPattern.objects.get(name="常白班五天")

    made, left_out = plan_roster(pattern, [(lina, 0)], first=MONDAY, last=MONDAY + timedelta(days=6), by=hejie, at=NOON)

    assert (len(made), len(left_out)) == (4, 1)
    assert str(left_out[0]).startswith("11-23")


def test_a_duty_is_taken_off_with_a_reason_and_only_before_it_begins(lina, hejie):
    duty = plan(lina, MONDAY, "early", hejie)

    with pytest.raises(Refused):
        cancel_duty(duty, reason=" ", by=hejie, at=NOON)
    with pytest.raises(Refused):
        cancel_duty(duty, reason="没人", by=hejie, at=duty.starts_at)
    cancel_duty(duty, reason="盘点", by=hejie, at=duty.starts_at - timedelta(seconds=1))

    assert Duty.objects.get().state == DutyState.CANCELLED
    assert plan(lina, MONDAY, "late", hejie)


def test_a_duty_may_change_its_shift_before_it_begins(lina, hejie):
    duty = plan(lina, MONDAY, "early", hejie)

    changed = change_shift(duty, a_shift("late"), by=hejie, at=NOON)

    assert changed.starts_at == moment("2026-11-23 16:00")
    with pytest.raises(Refused):
        change_shift(changed, a_shift("late"), by=hejie, at=NOON)


def test_a_month_of_forty_people_is_planned_in_a_few_questions(hejie, django_assert_max_num_queries):
    a_shift()
    team = [(EmployeeFactory(), number % 14) for number in range(40)]
    pattern = RosterPattern.objects.get(name="早晚班两周一轮")

    with django_assert_max_num_queries(20):
        made, left_out = plan_roster(pattern, team, first=MONDAY, last=MONDAY + timedelta(days=27), by=hejie, at=NOON)

    assert len(made) + len(left_out) == 40 * 20
    assert Event.objects.filter(verb="staff.duty_planned").count() == len(made)


def test_a_week_is_copied_but_for_whom_it_cannot_be(lina, hejie):
    sunyue = EmployeeFactory(name="孙悦")
    for number in range(5):
        plan(lina, MONDAY + timedelta(days=number), "early", hejie)
    plan(sunyue, MONDAY, "late", hejie)
    taken = plan(sunyue, MONDAY + timedelta(days=7), "late", hejie)

    made, left_out = copy_week([lina, sunyue], source=MONDAY, target=MONDAY + timedelta(days=9), by=hejie, at=NOON)

    assert [(one.employee, one.day) for one in made] == [(lina, MONDAY + timedelta(days=7 + n)) for n in range(5)]
    assert [(one.employee, one.day) for one in left_out] == [(sunyue, taken.day)]
    with pytest.raises(Refused):
        copy_week([lina], source=MONDAY, target=MONDAY + timedelta(days=6), by=hejie, at=NOON)
