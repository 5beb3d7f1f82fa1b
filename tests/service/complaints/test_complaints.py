"""A complaint goes from the apology to the evaluation sheet, and up when nobody answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.actions.complaint_clock import escalate_complaint, escalate_late_complaints, pass_complaint
from service.actions.complaints import (
    answer_complaint,
    archive_complaint,
    register_complaint,
    reopen_complaint,
    resolve_complaint,
    revisit_complaint,
    withdraw_complaint,
)
from service.detectors.complaints import late_complaint
from service.states import ComplaintState, Severity
from shopops.kit.clock import Window
from shopops.kit.detectors import Question
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Employee, Event, Notification
from tests.factories.complaints import a_complaint, a_handled_complaint
from tests.factories.staff import NOON, EmployeeFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lina() -> Employee:
    return EmployeeFactory(username="lina", name="李娜")


@pytest.fixture
def chenjing() -> Employee:
    return EmployeeFactory(username="chenjing", name="陈静")


def late_in(start, end, **parameters):
    return list(late_complaint(Question(Window(start, end), end, parameters)))


def test_a_complaint_is_taken_in_only_after_the_apology(lina):
    with pytest.raises(Refused):
        a_complaint(lina, apologised=False)
    complaint = a_complaint(lina)
    assert complaint.answer_by == NOON + DAY
    assert complaint.apologised_at == NOON


def test_a_complaint_goes_from_receipt_to_the_evaluation_sheet(lina, chenjing):
    complaint = a_handled_complaint(lina)
    resolve_complaint(complaint, by=chenjing, at=NOON + 2 * HOUR)
    archive_complaint(complaint, improvement="打包台加检查灯", by=lina, at=NOON + 3 * HOUR)
    revisit_complaint(complaint, rating=5, evaluation="处理很快", by=lina, at=NOON + 3 * DAY)
    complaint.refresh_from_db()
    assert (complaint.state, complaint.rating) == (ComplaintState.REVISITED, 5)
    assert complaint.improvement == "打包台加检查灯"
    verbs = list(Event.objects.filter(subject_id=complaint.pk, subject_type="service.Complaint").values_list("verb"))
    assert len(verbs) == 8


def test_the_handler_does_not_confirm_the_own_result(lina):
    complaint = a_handled_complaint(lina)
    with pytest.raises(Refused, match=r"confirm|确认"):
        resolve_complaint(complaint, by=lina, at=NOON + 2 * HOUR)


def test_a_result_is_confirmed_only_when_the_buyer_has_an_answer(lina, chenjing):
    complaint = a_handled_complaint(lina, answered=False)
    with pytest.raises(Refused):
        resolve_complaint(complaint, by=chenjing, at=NOON + 2 * HOUR)


def test_steps_are_not_skipped(lina):
    complaint = a_complaint(lina)
    with pytest.raises(MoveRefused):
        archive_complaint(complaint, by=lina, at=NOON)


@pytest.mark.parametrize(("severity", "level"), [(Severity.MINOR, 0), (Severity.GRAVE, 1), (Severity.SEVERE, 2)])
def test_grave_complaints_go_up_at_once(lina, severity, level):
    complaint = a_complaint(lina, severity=severity)
    complaint.refresh_from_db()
    assert complaint.level == level


def test_registering_a_complaint_as_graver_takes_it_up(lina):
    complaint = a_complaint(lina)
    register_complaint(complaint, severity=Severity.GRAVE, by=lina, at=NOON)
    complaint.refresh_from_db()
    assert (complaint.level, complaint.handler) == (1, lina)


def test_a_late_complaint_goes_up_once_at_its_time_and_again_after_the_hours_set(lina):
    complaint = a_complaint(lina)
    assert escalate_late_complaints(at=NOON + DAY) == 0
    assert escalate_late_complaints(at=NOON + DAY + timedelta(minutes=1)) == 1
    assert escalate_late_complaints(at=NOON + DAY + timedelta(minutes=2)) == 0
    assert escalate_late_complaints(at=NOON + DAY + 5 * HOUR) == 1
    assert escalate_late_complaints(at=NOON + 9 * DAY) == 0
    complaint.refresh_from_db()
    assert complaint.level == 2


def test_nobody_goes_above_the_shops_head(lina):
    complaint = a_complaint(lina, severity=Severity.SEVERE)
    with pytest.raises(Refused):
        escalate_complaint(complaint, reason="仍未解决", by=lina, at=NOON)


def test_an_answer_exactly_at_the_limit_is_in_time(lina):
    in_time, late = a_complaint(lina), a_complaint(lina)
    answer_complaint(in_time, result="已退款", by=lina, at=NOON + DAY)
    answer_complaint(late, result="已退款", by=lina, at=NOON + DAY + timedelta(seconds=1))
    found = late_in(NOON, NOON + 2 * DAY, hours=24)
    assert [one.subject[1] for one in found] == [late.pk]
    assert found[0].facts["complaint"].startswith("收到的")


def test_who_had_it_when_the_time_passed_answers_even_if_it_is_passed_on_later(lina, chenjing):
    complaint = a_complaint(lina, handler=lina)
    pass_complaint(complaint, to=chenjing, by=lina, at=NOON + 2 * DAY)
    [found] = late_in(NOON, NOON + 2 * DAY, hours=24)
    assert found.employee_id == lina.pk


def test_who_took_it_over_in_time_answers(lina, chenjing):
    complaint = a_complaint(lina, handler=lina)
    pass_complaint(complaint, to=chenjing, by=lina, at=NOON + HOUR)
    [found] = late_in(NOON, NOON + 2 * DAY, hours=24)
    assert found.employee_id == chenjing.pk
    assert Notification.objects.filter(employee=chenjing).exists()


def test_asked_about_the_future_it_says_what_will_be_late(lina):
    complaint = a_complaint(lina)
    [found] = list(late_complaint(Question(Window(NOON, NOON + 2 * DAY), NOON, {"hours": 24})))
    assert (found.subject[1], found.happened_at) == (complaint.pk, NOON + DAY)


def test_a_complaint_the_buyer_withdrew_in_time_is_not_late(lina):
    complaint = a_complaint(lina)
    withdraw_complaint(complaint, reason="误会", by=lina, at=NOON + HOUR)
    assert late_in(NOON, NOON + 2 * DAY, hours=24) == []


def test_opened_again_it_goes_up_and_keeps_the_first_answer(lina, chenjing):
    complaint = a_handled_complaint(lina)
    resolve_complaint(complaint, by=chenjing, at=NOON + 2 * HOUR)
    reopen_complaint(complaint, reason="又破了", by=lina, at=NOON + DAY)
    complaint.refresh_from_db()
    assert (complaint.state, complaint.level, complaint.resolved_by) == (ComplaintState.HANDLING, 1, None)
    assert complaint.answered_at == NOON + HOUR
