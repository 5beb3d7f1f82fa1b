"""What is measured of complaints, reviews and content buyers, against a day written down by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from service.models import Complaint, Survey
from service.states import ComplaintState, Rating
from shopops.kit.metrics import METRICS
from tests.factories.buyers import a_buyer
from tests.factories.complaints import a_complaint, a_handled_complaint, a_review
from tests.factories.orders import make_order
from tests.factories.staff import NOON, EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def read(name, day=DAY):
    return {
        (one.shop_id, one.employee_id): (one.numerator, one.denominator) for one in METRICS[f"service.{name}"].read(day)
    }


@pytest.fixture
def lina():
    return EmployeeFactory(username="lina", name="李娜")


def test_content_buyers_are_those_of_four_and_five(lina):
    for rating in (5, 4, 3):
        Survey.objects.create(
            buyer=a_buyer(), agent=lina, asked_by=lina, asked_at=NOON, rating=rating, answered_at=NOON
        )
    visited = a_handled_complaint(lina, at=NOON - timedelta(days=2))
    Complaint.objects.filter(pk=visited.pk).update(
        state=ComplaintState.REVISITED, revisited_at=NOON, revisited_by=lina, rating=3, handler=lina
    )

    assert read("satisfaction")[None, lina.pk] == (2, 4)
    assert read("satisfaction")[None, None] == (2, 4)
    assert read("problems_solved")[None, None] == (1, 1)
    assert METRICS["service.satisfaction"].facts(DAY, None, lina.pk).count() == 4


def test_a_complaint_is_answered_in_time_by_its_limit_and_its_minutes_are_counted(lina):
    a_handled_complaint(lina, at=NOON - timedelta(days=1))
    a_complaint(lina, at=NOON - timedelta(days=1))

    assert read("complaints_in_time")[None, None] == (1, 2)
    answered = read("complaint_minutes", DAY - timedelta(days=1))
    assert answered[None, None] == (60, 1)


def test_complaints_are_set_against_the_orders_of_the_day_and_bad_reviews_against_all(lina):
    shop = ShopFactory()
    for _number in range(4):
        make_order(shop=shop)
    a_complaint(lina, shop=shop)
    a_review(shop=shop, reviewed_at=NOON)
    a_review(shop=shop, reviewed_at=NOON, rating=Rating.GOOD, order_number="2810012345678000778")

    assert read("complaint_rate") == {(shop.pk, None): (1, 4), (None, None): (1, 4)}
    assert read("bad_reviews") == {(shop.pk, None): (1, 2), (None, None): (1, 2)}
