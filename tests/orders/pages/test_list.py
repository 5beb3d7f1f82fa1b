"""The list of orders: tabs, filters, search, batches."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from orders.actions.screening import screen_orders
from orders.models import Order
from orders.queries.listed import found_orders, matching_orders
from orders.states import OrderState
from shopops.kit.clock import now, shop_day, start_of_day
from staff.models import Event
from tests.factories.orders import add_line, make_order, stocked_sku
from tests.orders.pages.reading import english, text_of

pytestmark = pytest.mark.django_db


# The list


def test_the_list_shows_each_state_on_its_tab_with_its_count(desk):
    english(desk)
    sku = stocked_sku()
    make_order({sku: 1})
    make_order({sku: 1}, state=OrderState.HELD, held_until=now() + timedelta(hours=1), hold_reason="等")
    make_order({sku: 1}, state=OrderState.UNPAID)
    page = text_of(desk.get(reverse("orders:order_list"), {"tab": "held"}))
    assert page.count("data-row=") == 1
    assert 'To review<span class="count-badge">1</span>' in page
    assert 'All<span class="count-badge">3</span>' in page


def test_lack_of_stock_has_its_own_tab_and_is_no_exception(desk):
    short = make_order({stocked_sku(0): 1})
    troubled = make_order({stocked_sku(): 1}, city="")
    screen_orders([short.pk, troubled.pk], at=now())
    url = reverse("orders:order_list")
    assert f'data-row="{short.pk}"' in text_of(desk.get(url, {"tab": "short"}))
    page = text_of(desk.get(url, {"tab": "troubled"}))
    assert f'data-row="{troubled.pk}"' in page
    assert f'data-row="{short.pk}"' not in page


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("{number}", True),
        ("tb_zhangmin", True),
        ("张敏", True),
        ("1234", True),
        ("13812341234", True),
        ("YT77", False),
        ("433429491440084", True),
        ("CUP-SEARCH-1", True),
        ("nobody", False),
        ("99999999999999999", False),
    ],
)
def test_the_search_box_finds_orders_by_whatever_people_have(words, finds):
    order = make_order({stocked_sku(code="CUP-SEARCH-1"): 1}, waybill="433429491440084")
    found = Order.objects.filter(matching_orders(words.format(number=order.number)))
    assert list(found) == ([order] if finds else [])


def test_the_search_box_of_the_frame_opens_an_exact_number(agent):
    order = make_order({stocked_sku(): 1})
    [hit] = found_orders(order.number, agent)
    assert (hit.url, hit.exact) == (reverse("orders:order", args=[order.pk]), True)


def test_an_empty_list_says_what_to_do(desk):
    assert reverse("orders:imports") in text_of(desk.get(reverse("orders:order_list")))


def test_filters_stand_in_the_url(desk):
    sku = stocked_sku(code="CUP-F")
    wanted = make_order({sku: 3}, flag=1, tags=["急单"], province="广东省", seller_memo="加急发货", buyer_message="快")
    make_order({stocked_sku(): 1}, buyer_nick="tb_other")
    url = reverse("orders:order_list")
    for query in (
        {"number": f"{wanted.number}，123"},
        {"flag": "1"},
        {"tag": "急单"},
        {"province": "广东"},
        {"memo": "加急"},
        {"message": "快"},
        {"sku": "CUP-F"},
        {"amount_from": "250"},
        {"told": "yes"},
        {"buyer": "tb_zhangmin"},
        {"pieces_from": "2", "pieces_to": "3"},
    ):
        page = text_of(desk.get(url, query))
        assert page.count("data-row=") == 1, query
        assert f'data-row="{wanted.pk}"' in page


def test_a_span_of_days_finds_orders_placed_days_before_and_no_later_ones(desk):
    paid_at = start_of_day(shop_day(now())) - timedelta(days=3) + timedelta(hours=10)
    early = make_order({stocked_sku(): 1}, placed_at=paid_at - timedelta(days=20), paid_at=paid_at)
    late = make_order(
        {stocked_sku(): 1}, placed_at=paid_at + timedelta(hours=30), paid_at=paid_at + timedelta(hours=31)
    )
    day = f"{shop_day(paid_at)}"

    def found(**span: str) -> list[bool]:
        page = text_of(desk.get(reverse("orders:order_list"), span))
        return [f'data-row="{order.pk}"' in page for order in (early, late)]

    assert found(paid_from=day, paid_to=day) == [True, False]
    assert found(paid_from=day) == [True, True]
    assert found(paid_to=day) == [True, False]


def test_the_list_takes_the_same_number_of_queries_for_one_and_for_three(desk, queries_of):
    sku, url = stocked_sku(), reverse("orders:order_list")
    make_order({sku: 1})
    desk.get(url)
    one = queries_of(lambda: desk.get(url))
    for _again in range(2):
        add_line(make_order({sku: 1}), sku, 1)
    assert queries_of(lambda: desk.get(url)) == one
    assert one <= 12


def test_a_batch_previews_then_does_what_it_can_and_tells_the_rest(desk):
    english(desk)
    ready, held = make_order({stocked_sku(): 1}), make_order({stocked_sku(): 1}, state=OrderState.HELD)
    url = reverse("orders:order_list_batches")
    ids = {"action": "approval", "id": [ready.pk, held.pk]}
    preview = text_of(desk.post(url, ids, headers={"HX-Request": "true"}))
    assert "is “on hold”" in preview
    answer = text_of(desk.post(url, {**ids, "confirmed": "1"}, headers={"HX-Request": "true"}))
    assert held.number in answer
    ready.refresh_from_db()
    assert ready.state == OrderState.APPROVED
    assert Event.objects.get(verb="orders.approved").batch is not None


def test_every_batch_action_can_be_done(desk, agent):
    sku = stocked_sku()
    url = reverse("orders:order_list_batches")

    def do(action: str, order: Order, **form: object) -> Order:
        desk.post(url, {"action": action, "id": order.pk, "confirmed": "1", **form}, headers={"HX-Request": "true"})
        order.refresh_from_db()
        return order

    order = make_order({sku: 1})
    assert do("hold", order, span="24", reason="等").state == OrderState.HELD
    assert do("release", order).state == OrderState.REVIEW
    assert do("flag", order, flag="3").flag == 3
    assert do("tag", order, add="急单").tags == ["急单"]
    assert do("tag", order, remove="急单").tags == []
    other = make_order({sku: 1})
    desk.post(url, {"action": "merger", "id": f"{order.pk},{other.pk}", "confirmed": "1"})
    other.refresh_from_db()
    assert other.state == OrderState.MERGED
    assert do("screening", order).state == OrderState.REVIEW


# The page of an order
