"""Exceptions, unpaid orders, and who may do what."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from orders.actions.screening import screen_orders
from orders.models import OrderException
from orders.states import OrderState
from shopops.kit.clock import now
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import employee_with, permission
from tests.orders.pages.reading import text_of

pytestmark = pytest.mark.django_db


def test_exceptions_are_listed_by_kind_and_settled_together(desk, queries_of):
    first, second = make_order({stocked_sku(): 1}, city=""), make_order({stocked_sku(): 1}, city="")
    screen_orders([first.pk, second.pk], at=now())
    url = reverse("orders:exception_list")
    assert text_of(desk.get(url, {"tab": "address"})).count("data-row=") == 2
    ids = OrderException.objects.values_list("pk", flat=True)
    desk.post(reverse("orders:exception_list_batches"), {"action": "clearing", "id": list(ids), "confirmed": "1"})
    first.refresh_from_db()
    assert (first.troubles, first.is_blocked) == ([], False)
    assert text_of(desk.get(url, {"tab": "cleared"})).count("data-row=") == 2


def test_the_lists_of_exceptions_and_unpaid_orders_take_a_constant_number_of_queries(desk, queries_of):
    sku = stocked_sku()
    urls = [reverse("orders:exception_list"), reverse("orders:chase_list")]

    def more() -> None:
        screen_orders([make_order({sku: 1}, city="").pk], at=now())
        make_order({sku: 1}, state=OrderState.UNPAID)

    more()
    [desk.get(url) for url in urls]
    one = [queries_of(lambda url=url: desk.get(url)) for url in urls]
    more()
    more()
    assert [queries_of(lambda url=url: desk.get(url)) for url in urls] == one


def test_unpaid_orders_are_taken_and_asked_about(desk):
    order = make_order({stocked_sku(): 1}, state=OrderState.UNPAID)
    fresh = make_order({stocked_sku(): 1}, state=OrderState.UNPAID, placed_at=now())
    url = reverse("orders:chase_list")
    page = text_of(desk.get(url))
    assert f'data-row="{order.pk}"' in page
    assert f'data-row="{fresh.pk}"' not in page
    desk.post(reverse("orders:chase_list_batches"), {"action": "claim", "id": order.pk, "confirmed": "1"})
    assert f'data-row="{order.pk}"' in text_of(desk.get(url, {"tab": "mine"}))
    desk.post(reverse("orders:order_contact", args=[order.pk]), {"result": "will_pay", "note": "今晚"})
    assert f'data-row="{order.pk}"' in text_of(desk.get(url, {"tab": "asked"}))


# Who may


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("approval", "orders.review_order"),
        ("hold", "orders.hold_order"),
        ("flag", "orders.mark_order"),
        ("address", "orders.edit_address"),
        ("split", "orders.split_order"),
        ("merger", "orders.merge_order"),
        ("recall", "orders.close_order"),
        ("closing", "orders.close_order"),
        ("exception", "orders.handle_exceptions"),
        ("personal", "orders.reveal_personal_data"),
        ("price", "orders.change_price"),
        ("contact", "orders.chase_payment"),
    ],
)
def test_each_deed_needs_its_permission(client, name, needed):
    reader = employee_with("orders.view_order", username="zhaomin", name="赵敏")
    client.force_login(reader)
    order = make_order({stocked_sku(): 1}, paid=Decimal(100))
    url = reverse(f"orders:order_{name}", args=[order.pk])
    assert client.post(url, {"reason": "x"}).status_code == 403
    reader.user_permissions.add(permission(needed))
    assert client.post(url, {"reason": "x"}).status_code in {200, 302}


def test_somebody_who_may_only_look_is_offered_nothing(client):
    client.force_login(employee_with("orders.view_order", username="zhaomin", name="赵敏"))
    order = make_order({stocked_sku(): 1})
    page = text_of(client.get(reverse("orders:order", args=[order.pk])))
    assert "ask-hold" not in page
    assert "approval/" not in page
