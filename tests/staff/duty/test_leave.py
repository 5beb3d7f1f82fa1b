"""Leave takes duties off and excuses; nobody decides their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shopops.kit.refusals import Refused
from staff.actions.duty import plan_duty
from staff.actions.leave import approve_leave, ask_leave, refuse_leave, withdraw_leave
from staff.models import Excuse, Offence
from staff.queries.leave import days_of, leave_to_decide, rest_days_left
from staff.states import DutyState, ExcuseKind, LeaveKind, LeaveState, Standing
from tests.factories.clauses import clause
from tests.factories.duty import a_duty, a_shift, moment
from tests.factories.staff import NOON
from tests.staff.duty.conftest import MONDAY


def ask(employee, start="2026-11-23 00:00", end="2026-11-24 00:00", kind=LeaveKind.PERSONAL, at=NOON):
    return ask_leave(
        employee, kind, starts_at=moment(start), ends_at=moment(end), reason="办理证件", by=employee, at=at
    )


def test_approved_leave_takes_the_duties_inside_off_and_is_an_excuse(lina, hejie):
    inside = a_duty(lina, MONDAY, "late")
    outside = a_duty(lina, MONDAY + timedelta(days=1), "late")

    leave = approve_leave(ask(lina), answer="同意", by=hejie, at=NOON)

    inside.refresh_from_db()
    outside.refresh_from_db()
    assert (inside.state, outside.state) == (DutyState.ON_LEAVE, DutyState.PLANNED)
    excuse = Excuse.objects.get()
    assert (excuse.kind, excuse.employee, excuse.entered_by, excuse.confirmed_by) == (
        ExcuseKind.LEAVE,
        lina,
        lina,
        hejie,
    )
    assert leave.excuse == excuse


def test_what_was_found_during_leave_is_excused_when_it_is_approved_later(lina, hejie):
    version = clause("STF-1", excuses=[ExcuseKind.LEAVE])
    offence = Offence.objects.create(
        clause=version.clause, version=version, employee=lina, subject_type="x", subject_id=1, subject_label="x",
        happened_at=moment("2026-11-23 10:00"), day=MONDAY, found_at=NOON,
    )  # fmt: skip

    approve_leave(ask(lina), by=hejie, at=NOON + timedelta(days=5))

    offence.refresh_from_db()
    assert offence.standing == Standing.EXCUSED


def test_nobody_decides_their_own_leave_or_without_the_right(hejie, lina, sunyue):
    with pytest.raises(Refused):
        approve_leave(ask(hejie), by=hejie, at=NOON)
    with pytest.raises(Refused):
        approve_leave(ask(lina), by=sunyue, at=NOON)


def test_refusing_wants_a_reason_and_happens_once(lina, hejie):
    leave = ask(lina)
    with pytest.raises(Refused):
        refuse_leave(leave, reason=" ", by=hejie, at=NOON)
    refuse_leave(leave, reason="人手不足", by=hejie, at=NOON)
    with pytest.raises(Refused):
        approve_leave(leave, by=hejie, at=NOON)


def test_withdrawing_before_it_begins_brings_duties_back_and_the_excuse_ends(lina, hejie):
    duty = a_duty(lina, MONDAY, "late")
    leave = approve_leave(ask(lina), by=hejie, at=NOON)

    withdraw_leave(leave, by=lina, at=NOON + timedelta(hours=1))

    duty.refresh_from_db()
    leave.refresh_from_db()
    assert (duty.state, leave.state) == (DutyState.PLANNED, LeaveState.WITHDRAWN)
    assert Excuse.objects.get().refused_at == NOON + timedelta(hours=1)


def test_coming_back_early_ends_leave_and_excuse_then(lina, hejie):
    first, second = a_duty(lina, MONDAY, "early"), a_duty(lina, MONDAY + timedelta(days=1), "early")
    leave = approve_leave(ask(lina, end="2026-11-25 00:00"), by=hejie, at=NOON)
    back = moment("2026-11-23 20:00")

    withdraw_leave(leave, by=lina, at=back)

    first.refresh_from_db()
    second.refresh_from_db()
    leave.refresh_from_db()
    assert (first.state, second.state) == (DutyState.ON_LEAVE, DutyState.PLANNED)
    assert (leave.state, leave.ends_at, Excuse.objects.get().ends_at) == (LeaveState.APPROVED, back, back)


def test_leave_that_is_over_is_not_withdrawn(lina, hejie):
    leave = approve_leave(ask(lina), by=hejie, at=NOON)

    with pytest.raises(Refused):
        withdraw_leave(leave, by=lina, at=leave.ends_at)


def test_nobody_is_planned_while_on_leave_and_leave_does_not_overlap(lina, hejie):
    approve_leave(ask(lina), by=hejie, at=NOON)

    with pytest.raises(Refused):
        plan_duty(lina, MONDAY, a_shift("early"), by=hejie, at=NOON)
    with pytest.raises(Refused):
        ask(lina, start="2026-11-23 12:00", end="2026-11-23 15:00")


def test_weekend_duty_earns_a_rest_day_that_is_taken_once(lina, hejie):
    duty = a_duty(lina, MONDAY - timedelta(days=8), "weekend")
    assert rest_days_left(lina, at=duty.ends_at - timedelta(seconds=1)) == 0
    assert rest_days_left(lina, at=duty.ends_at) == 1

    ask(lina, kind=LeaveKind.REST)

    assert rest_days_left(lina, at=NOON) == 0
    with pytest.raises(Refused, match="1"):
        ask(lina, start="2026-11-25 00:00", end="2026-11-26 00:00", kind=LeaveKind.REST)


def test_a_span_that_ends_at_midnight_takes_no_day_more():
    assert days_of(moment("2026-11-23 00:00"), moment("2026-11-24 00:00")) == 1
    assert days_of(moment("2026-11-23 14:00"), moment("2026-11-24 12:00")) == 2


def test_leave_waits_for_the_superior_only(lina, hejie, chenjing):
    leave = ask(lina)

    assert leave_to_decide(hejie.pk) == [leave]
    assert leave_to_decide(chenjing.pk) == []
