"""The page of an order."""

from __future__ import annotations

import pytest
from django.urls import reverse

from orders.actions.exceptions import raise_exception
from orders.actions.marks import add_remark
from orders.actions.merges import merge_orders
from orders.actions.review import approve_order
from orders.actions.screening import screen_orders
from orders.models import Order, OrderException
from orders.states import ExceptionKind, OrderState
from shopops.kit.clock import now
from staff.models import Event
from tests.factories.orders import add_line, make_order, make_rule, stocked_sku
from tests.factories.staff import permission
from tests.orders.pages.reading import english, text_of

pytestmark = pytest.mark.django_db


def test_the_page_of_an_order_shows_everything_and_hides_personal_data(desk, agent):
    english(desk)
    sku = stocked_sku(code="CUP-P", name="304不锈钢保温杯")
    order = make_order({sku: 2}, buyer_message="请尽快", seller_memo="老客户", waybill="")
    add_remark(order, "换颜色", by=agent, at=now())
    make_rule(agent, "加标签", conditions=[], actions=[{"do": "tag", "tag": "新客"}])
    screen_orders([order.pk], at=now())
    page = text_of(desk.get(reverse("orders:order", args=[order.pk])))
    for words in (
        order.number,
        "CUP-P",
        "请尽快",
        "老客户",
        "换颜色",
        "加标签",
        "新客",
        "wrote a remark",
        "张**",
        "138****1234",
    ):
        assert words in page, words
    for hidden in ("13812341234", "张敏", "测试路1号", "tb_zhangmin"):
        assert hidden not in page, hidden


def test_the_history_hides_personal_data_too(desk, agent):
    order = make_order({stocked_sku(): 1})
    values = {"receiver_phone": "13900002222", "address": "文三路9号", "reason": "买家要求"}
    desk.post(reverse("orders:order_address", args=[order.pk]), values)
    order.refresh_from_db()
    assert (order.address, order.receiver_name) == ("文三路9号", "张敏")
    page = text_of(desk.get(reverse("orders:order", args=[order.pk])))
    assert "139****2222" in page
    assert "13900002222" not in page
    assert "文三路9号" not in page


def test_personal_data_are_shown_for_a_reason(desk):
    order = make_order({stocked_sku(): 1})
    url = reverse("orders:order_personal", args=[order.pk])
    assert "13812341234" not in text_of(desk.get(url))
    assert "13812341234" in text_of(desk.post(url, {"reason": "买家来电"}))
    assert Event.objects.get(verb="orders.personal_data_revealed").reason == "买家来电"


def test_the_page_takes_the_same_number_of_queries_for_one_line_and_for_three(desk, queries_of, agent):
    sku = stocked_sku()
    order = make_order({sku: 1})
    url = reverse("orders:order", args=[order.pk])
    desk.get(url)
    one = queries_of(lambda: desk.get(url))
    for _again in range(2):
        add_line(order, stocked_sku(), 1)
        raise_exception(order, ExceptionKind.REFUND, "x", by=agent, at=now())
        merge_orders([order, make_order({sku: 1})], by=agent, at=now())
        OrderException.objects.filter(order=order).update(cleared_at=now())
        Order.objects.filter(pk=order.pk).update(is_blocked=False, troubles=[])
    assert queries_of(lambda: desk.get(url)) == one


@pytest.mark.parametrize("state", [state for state in OrderState.values if state != OrderState.MERGED])
def test_every_state_has_a_page(desk, state):
    order = make_order({stocked_sku(): 1}, state=state)
    text_of(desk.get(reverse("orders:order", args=[order.pk])))
    text_of(desk.get(reverse("orders:order", args=[order.pk]), headers={"HX-Target": "drawer-body"}))


def test_what_is_refused_says_why_and_is_no_error(desk):
    english(desk)
    order = make_order({stocked_sku(0): 1})
    answer = desk.post(reverse("orders:order_approval", args=[order.pk]), follow=True)
    assert "Out of stock" in text_of(answer)


def test_nonsense_is_answered_with_a_sentence_or_a_page_not_found(desk):
    order = make_order({stocked_sku(): 1})
    for name in ("hold", "flag", "tags", "remark", "carrier", "address", "finance", "exception", "split", "price"):
        answer = desk.post(
            reverse(f"orders:order_{name}", args=[order.pk]), {"span": "x", "flag": "99", "line_1": "-1"}
        )
        assert answer.status_code == 302, name
    assert desk.get(reverse("orders:order", args=[999_999_999])).status_code == 404
    clearing = reverse("orders:order_exception_clearing", args=[order.pk, "nonsense"])
    assert desk.post(clearing).status_code == 404
    assert desk.get(reverse("orders:review_desk"), {"order": "9" * 30, "after": "x,y", "tab": "?"}).status_code == 200
    order.refresh_from_db()
    assert order.state == OrderState.REVIEW


# The desk
def test_a_shared_parcel_links_to_its_dispatch_note(desk, agent):
    agent.user_permissions.add(permission("warehouse.view_dispatchnote"))
    order = make_order({stocked_sku(): 1})
    note = approve_order(order, by=agent, at=now())
    assert reverse("warehouse:note", args=[note.number]) in text_of(desk.get(reverse("orders:order", args=[order.pk])))
