"""The review desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from orders.actions.marks import add_remark
from orders.actions.screening import screen_orders
from orders.models import DeskSeat
from orders.queries.freshness import stamp_of
from orders.states import OrderState
from shopops.kit.clock import now
from tests.factories.orders import add_line, make_order, make_rule, stocked_sku
from tests.factories.staff import EmployeeFactory
from tests.orders.pages.reading import english, text_of

pytestmark = pytest.mark.django_db


def test_the_desk_shows_the_most_urgent_first_and_goes_on_after_it(desk):
    english(desk)
    sku = stocked_sku()
    later = make_order({sku: 1}, ship_by=now() + timedelta(hours=9))
    sooner = make_order({sku: 1}, ship_by=now() + timedelta(hours=2))
    url = reverse("orders:review_desk")
    page = text_of(desk.get(url))
    assert sooner.number in page
    assert "No. <b>1</b> / 2" in page
    onwards = f"{url}?tab=ready&after={sooner.ship_by.isoformat().replace('+', '%2B')},{sooner.pk}"
    answer = desk.post(
        reverse("orders:order_approval", args=[sooner.pk]),
        {"seen": stamp_of(sooner.pk), "next": onwards, "stay": url},
        follow=True,
    )
    page = text_of(answer)
    assert later.number in page
    assert "No. <b>1</b> / 1" in page
    sooner.refresh_from_db()
    assert sooner.state == OrderState.APPROVED


def test_an_order_that_changed_meanwhile_stays_on_the_desk_with_a_sentence(desk, agent):
    english(desk)
    order = make_order({stocked_sku(): 1})
    seen, url = stamp_of(order.pk), reverse("orders:review_desk")
    add_remark(order, "先别发", by=EmployeeFactory(username="sunyue", name="孙悦"), at=now())
    answer = desk.post(
        reverse("orders:order_approval", args=[order.pk]),
        {"seen": seen, "next": url, "stay": f"{url}?order={order.pk}"},
        follow=True,
    )
    page = text_of(answer)
    assert "孙悦" in page
    assert "has changed since you opened it" in page
    order.refresh_from_db()
    assert order.state == OrderState.REVIEW


def test_two_people_at_the_desk_get_different_orders(desk, agent):
    sku = stocked_sku()
    first = make_order({sku: 1}, ship_by=now() + timedelta(hours=1))
    second = make_order({sku: 1}, ship_by=now() + timedelta(hours=2))
    colleague = EmployeeFactory(username="sunyue", name="孙悦")
    DeskSeat.objects.create(employee=colleague, order=first, since=now())
    page = text_of(desk.get(reverse("orders:review_desk")))
    assert second.number in page
    page = text_of(desk.get(reverse("orders:review_desk"), {"order": first.pk}))
    assert "孙悦" in page


def test_an_empty_desk_says_so(desk):
    english(desk)
    assert "Everything is reviewed" in text_of(desk.get(reverse("orders:review_desk")))


def test_the_desk_takes_at_most_12_queries_however_many_lines_there_are(desk, queries_of, agent):
    sku = stocked_sku()
    make_rule(agent, is_on=True, conditions=[[("amount_at_least", "9999")]])
    order = make_order({sku: 1})
    screen_orders([order.pk], at=now())
    url = reverse("orders:review_desk")
    desk.get(url)
    one = queries_of(lambda: desk.get(url))
    for _again in range(2):
        add_line(order, stocked_sku(), 1)
        make_order({sku: 1})
    assert queries_of(lambda: desk.get(url)) == one
    assert one <= 12


def test_the_desk_offers_to_merge_and_to_match(desk):
    english(desk)
    sku = stocked_sku(code="CUP-M")
    order, other = make_order({sku: 1}), make_order({sku: 1})
    order.lines.update(sku=None, code="旧编码")
    page = text_of(desk.get(reverse("orders:review_desk"), {"order": order.pk}))
    assert other.number in page
    line = order.lines.get()
    desk.post(reverse("orders:order_line_matching", args=[order.pk, line.pk]), {"sku": "CUP-M", "remember": "on"})
    desk.post(reverse("orders:order_merger", args=[order.pk]), {"with": other.pk})
    other.refresh_from_db()
    assert (order.lines.get().sku, other.merged_into_id) == (sku, order.pk)


# Exceptions and unpaid orders
