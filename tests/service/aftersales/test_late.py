"""Requests answered late and refunds paid late, each charged to whoever had it in hand (ORD-022, CS-028)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from service.actions.aftersales import agree_after_sale, dispute_after_sale, settle_dispute, withdraw_after_sale
from service.actions.refunds import confirm_refund, note_platform_payment
from service.actions.returned_goods import Found, inspect_parcel
from service.models import FileImport
from service.states import AfterSaleKind, FileKind
from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Question
from tests.factories.aftersales import a_case, an_agreed_case, an_arrived_parcel, lina, wangqiang
from tests.factories.staff import NOON
from tests.service.aftersales.test_refund_list import bring, row

pytestmark = pytest.mark.django_db
ANSWERED, PAID = "service.after_sale_answered_late", "service.refund_paid_late"
HOUR = timedelta(hours=1)


def missed(name: str, day: date, **parameters) -> list[tuple[str, int, datetime]]:
    question = Question(day_window(day), NOON + timedelta(days=30), parameters)
    return [(one.subject[2], one.employee_id, one.happened_at) for one in DETECTORS[name].find(question)]


@pytest.mark.parametrize(("late", "found"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_a_request_answered_exactly_in_time_is_no_miss(late, found):
    case, due = a_case(), NOON + 24 * HOUR
    assert missed(ANSWERED, due.date()) == [(case.number, lina().pk, due)]
    agree_after_sale(case, by=wangqiang(), at=due + late)
    assert missed(ANSWERED, due.date()) == ([(case.number, wangqiang().pk, due)] if found else [])
    assert missed(ANSWERED, NOON.date()) == []


def test_what_the_buyer_withdrew_in_time_owed_no_answer_but_what_the_platform_ended_later_did():
    early, late = a_case(pieces=1), a_case(pieces=1)
    withdraw_after_sale(early, by=lina(), at=NOON + HOUR)
    note_platform_payment(late, Decimal(100), by=lina(), at=NOON + 48 * HOUR)
    assert [number for number, *_rest in missed(ANSWERED, date(2026, 11, 21))] == [late.number]


def test_a_list_imported_after_the_hours_shows_nobodys_miss(tmp_path):
    from tests.factories.aftersales import a_signed_order

    bring(tmp_path, row(a_signed_order()), at=NOON + timedelta(days=3))
    assert FileImport.objects.get().kind == FileKind.REFUNDS
    assert missed(ANSWERED, NOON.date()) == []


@pytest.mark.parametrize(("late", "found"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_a_refund_is_paid_within_the_hours_of_the_answer(late, found):
    case, due = an_agreed_case(AfterSaleKind.REFUND, amount=Decimal(10)), NOON + 48 * HOUR
    assert missed(PAID, due.date()) == [(case.number, lina().pk, due)]
    confirm_refund(case, by=wangqiang(), at=due + late)
    assert bool(missed(PAID, due.date())) is found


def test_the_hours_of_a_return_begin_with_the_inspection_and_a_dispute_stops_them():
    case = an_agreed_case()
    assert missed(PAID, (NOON + 48 * HOUR).date()) == []
    inspect_parcel(an_arrived_parcel(case), {case.lines.get().pk: Found(1, 0)}, by=wangqiang(), at=NOON + 24 * HOUR)
    case.refresh_from_db()
    due = NOON + 72 * HOUR
    assert missed(PAID, due.date()) == [(case.number, lina().pk, due)]
    dispute_after_sale(case, reason="买家申请介入", by=lina(), at=NOON + 30 * HOUR)
    settle_dispute(case, for_buyer=True, reason="支持买家", by=lina(), at=NOON + 90 * HOUR)
    assert missed(PAID, due.date()) == []
