"""The finance desk: what waits, what was answered, and by whom it may be answered."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from orders.actions.finance import ask_finance
from orders.models import Order, OrderException, Payment
from orders.states import ExceptionKind, OrderState
from shopops.kit.clock import now
from staff.models import Employee, Event
from tests.factories.orders import make_order, stocked_sku
from tests.orders.views.conftest import said, text_of

pytestmark = pytest.mark.django_db
LIST = reverse("orders:finance")


def asked(by: Employee | None, question: str = "线下转账，请查是否到账", *, hours: float = 1, **values) -> Payment:
    order = make_order({stocked_sku(): 1}, **values)
    return ask_finance(order, question, by=by, at=now() - timedelta(hours=hours))


def answer(desk, payment: Payment, confirmed: str, **values):
    posted = {"confirmed": confirmed, "amount": str(payment.amount), "answer": ""} | values
    return desk.post(reverse("orders:payment_answer", args=[payment.pk]), posted, follow=True)


def test_the_list_shows_what_waits_and_marks_what_waits_too_long(desk, lina):
    asked(lina, "刚问的")
    late = asked(None, "YS-1 ¥3.00 < ¥10.00", hours=5)
    page = text_of(desk.get(LIST))
    assert "刚问的" in page
    assert "YS-1 sold for ¥3.00, lowest price ¥10.00" in page
    assert "waits for 5 hours" in page
    assert f'href="{reverse("orders:payment", args=[late.pk])}"' in page


def test_the_list_and_the_page_ask_as_few_questions_with_three_as_with_one(desk, lina, queries_of):
    first = asked(lina)
    addresses = (LIST, reverse("orders:payment", args=[first.pk]))
    for address in addresses:
        desk.get(address)
    one = [queries_of(lambda to=address: text_of(desk.get(to))) for address in addresses]
    asked(lina)
    asked(lina)
    assert [queries_of(lambda to=address: text_of(desk.get(to))) for address in addresses] == one
    assert max(one) <= 16


def test_only_who_answers_for_finance_gets_in(stranger, lina):
    payment = asked(lina)
    assert stranger.get(LIST).status_code == 403
    assert stranger.get(reverse("orders:payment", args=[payment.pk])).status_code == 403
    assert answer(stranger, payment, "yes").status_code == 403
    payment.refresh_from_db()
    assert payment.answered_at is None


def test_a_yes_sends_the_order_back_to_review(desk, lina, chenjing):
    payment = asked(lina)
    response = answer(desk, payment, "yes", answer="工行尾号 3321 已到")
    payment.refresh_from_db()
    assert said(response) == [f"{payment.order} is confirmed."]
    assert (payment.is_confirmed, payment.answer, payment.answered_by) == (True, "工行尾号 3321 已到", chenjing)
    assert Order.objects.get(pk=payment.order_id).state == OrderState.REVIEW
    page = text_of(response)
    assert "工行尾号 3321 已到" in page
    assert 'name="confirmed"' not in page


def test_a_no_wants_a_remark_and_leaves_an_exception(desk, lina):
    payment = asked(lina)
    address = reverse("orders:payment_answer", args=[payment.pk])
    refused = desk.post(address, {"confirmed": "no", "amount": "100", "answer": " "})
    assert (refused.status_code, "A no wants a reason." in refused.content.decode()) == (409, True)
    answer(desk, payment, "no", answer="未到账")
    trouble = OrderException.objects.get(order=payment.order_id, cleared_at=None)
    assert (trouble.kind, trouble.reason, trouble.is_blocking) == (ExceptionKind.PRICE, "未到账", True)


def test_another_sum_than_was_asked_about_wants_a_remark_and_is_kept_with_the_event(desk, lina):
    payment = asked(lina)
    address = reverse("orders:payment_answer", args=[payment.pk])
    refused = desk.post(address, {"confirmed": "yes", "amount": "80", "answer": ""})
    assert "Another sum than was asked about wants a remark." in refused.content.decode()
    answer(desk, payment, "yes", amount="80", answer="手续费 20 由店铺承担")
    payment.refresh_from_db()
    assert payment.amount == Decimal(80)
    event = Event.objects.get(verb="orders.finance_confirmed")
    assert event.changes["amount"] == ["100.00", "80"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"confirmed": "perhaps", "amount": "1"}, "Answer: "),
        ({"confirmed": "yes", "amount": "viel"}, "Arrived, yuan: "),
        ({"confirmed": "yes", "amount": "-1"}, "Arrived, yuan: "),
        ({}, "Answer: "),
    ],
)
def test_bad_answers_are_refused_in_words(desk, lina, values, sentence):
    payment = asked(lina)
    response = desk.post(reverse("orders:payment_answer", args=[payment.pk]), values)
    assert response.status_code == 409
    assert sentence in response.content.decode()


def test_who_asked_does_not_answer(desk, chenjing):
    payment = asked(chenjing)
    assert "somebody else answers for finance" in text_of(desk.get(reverse("orders:payment", args=[payment.pk])))
    assert answer(desk, payment, "yes").status_code == 409


def test_two_answers_at_once_are_one(desk, lina):
    payment = asked(lina)
    answer(desk, payment, "yes")
    assert "Somebody else has answered this meanwhile." in answer(desk, payment, "yes").content.decode()


def test_many_are_confirmed_at_once_and_the_others_say_why_not(desk, lina, chenjing):
    mine, first, second = asked(chenjing), asked(lina), asked(lina)
    data = {"action": "confirmation", "id": f"{mine.pk},{first.pk},{second.pk}", "answer": ""}
    preview = text_of(desk.post(f"{LIST}batches/", data))
    assert "was asked by yourself" in preview
    result = text_of(desk.post(f"{LIST}batches/", data | {"confirmed": "1"}))
    assert "<b>2</b>succeeded" in result
    assert Payment.objects.filter(is_confirmed=True).count() == 2


def test_many_are_denied_with_one_reason(desk, lina):
    first, second = asked(lina), asked(lina)
    data = {"action": "denial", "id": f"{first.pk},{second.pk}", "answer": "均未到账", "confirmed": "1"}
    text_of(desk.post(f"{LIST}batches/", data))
    assert OrderException.objects.filter(reason="均未到账").count() == 2


def test_the_drawer_shows_the_same_without_the_frame(desk, lina):
    payment = asked(lina)
    address = reverse("orders:payment", args=[payment.pk])
    page = text_of(desk.get(address, headers={"HX-Request": "true", "HX-Target": "drawer-body"}))
    assert "<html" not in page
    assert 'name="confirmed"' in page


def test_a_question_that_does_not_exist_is_not_found(desk):
    assert desk.get(reverse("orders:payment", args=[99])).status_code == 404
