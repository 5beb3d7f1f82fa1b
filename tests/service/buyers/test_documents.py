"""Customers' documents leave the same day; money taken by hand is handed in the same day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from orders.actions.slips import make_slip, note_slip_lost, take_slip_in
from orders.detectors import slip_not_settled
from service.actions.documents import hand_document, mail_document_back, pass_document_on, receive_document
from service.detectors.complaints import documents_overnight
from shopops.kit.clock import Window, day_window, shop_day, time_on
from shopops.kit.detectors import Question
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Employee, Offence
from staff.queries.evidence import lateness
from tests.factories.staff import NOON, EmployeeFactory, OrgUnitFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MIDNIGHT = day_window(shop_day(NOON)).end


@pytest.fixture
def lina() -> Employee:
    return EmployeeFactory(username="lina", name="李娜")


@pytest.fixture
def qianjin() -> Employee:
    return EmployeeFactory(username="qianjin", name="钱进")


def found_by(detect, *, back=0, **parameters):
    start, end = day_window(shop_day(NOON) + back * DAY)
    return list(detect(Question(Window(start, end), end, parameters)))


def test_documents_that_leave_exactly_at_midnight_are_in_time(lina):
    in_time, late = receive_document(title="授权书", by=lina, at=NOON), receive_document(title="发票", by=lina, at=NOON)
    pass_document_on(in_time, to=OrgUnitFactory(), by=lina, at=MIDNIGHT)
    mail_document_back(late, waybill="SF1", by=lina, at=MIDNIGHT + timedelta(seconds=1))
    [found] = found_by(documents_overnight, time="24:00")
    assert (found.subject[1], found.employee_id, found.happened_at) == (late.pk, lina.pk, MIDNIGHT)
    assert found_by(documents_overnight, back=1, time="24:00") == []


def test_who_kept_documents_overnight_answers_even_if_a_colleague_has_them_now(lina, qianjin):
    document = receive_document(title="授权书", by=lina, at=NOON)
    hand_document(document, to=qianjin, by=lina, at=NOON + DAY)
    [found] = found_by(documents_overnight)
    assert found.employee_id == lina.pk


def test_documents_that_are_not_in_order_are_not_passed_on(lina):
    document = receive_document(title="授权书", is_qualified=False, by=lina, at=NOON)
    with pytest.raises(Refused):
        pass_document_on(document, to=OrgUnitFactory(), by=lina, at=NOON)


def a_slip(by, **values):
    return make_slip(**{"amount": Decimal(50), "way": "现金", "at": NOON, **values}, by=by)


def test_money_is_taken_in_by_somebody_else_and_once(lina, qianjin):
    slip = a_slip(lina)
    with pytest.raises(Refused):
        take_slip_in(slip, by=lina, at=NOON)
    take_slip_in(slip, by=qianjin, at=NOON)
    with pytest.raises(MoveRefused):
        take_slip_in(slip, by=qianjin, at=NOON)


def test_money_handed_in_exactly_at_midnight_is_in_time(lina, qianjin):
    in_time, late = a_slip(lina), a_slip(lina)
    take_slip_in(in_time, by=qianjin, at=MIDNIGHT)
    take_slip_in(late, by=qianjin, at=MIDNIGHT + timedelta(seconds=1))
    assert [one.subject[1] for one in found_by(slip_not_settled, time="24:00")] == [late.pk]


def test_a_clause_may_ask_for_the_money_earlier(lina):
    slip = a_slip(lina)
    [found] = found_by(slip_not_settled, time="20:00")
    assert (found.subject[1], found.happened_at) == (slip.pk, time_on(shop_day(NOON), "20:00"))


def test_a_mislaid_slip_is_found_on_the_day_it_was_missed(lina, qianjin):
    slip = a_slip(lina)
    take_slip_in(slip, by=qianjin, at=NOON)
    note_slip_lost(slip, reason="抽屉里没有", by=lina, at=NOON + DAY)
    assert found_by(slip_not_settled) == []
    assert [one.subject[1] for one in found_by(slip_not_settled, back=1)] == [slip.pk]


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-1)])
def test_a_slip_is_about_some_money(lina, amount):
    with pytest.raises(Refused):
        a_slip(lina, amount=amount)


def test_evidence_says_how_long_documents_stayed_too_long():
    facts = {"deadline": MIDNIGHT.isoformat(), "went_out_at": (MIDNIGHT + timedelta(hours=5)).isoformat()}
    charged = Offence(facts=facts, happened_at=MIDNIGHT, found_at=NOON + 9 * DAY)
    with translation.override("en"):
        assert lateness(charged).startswith("5 h")
