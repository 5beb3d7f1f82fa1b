"""Pages of orders: what they show, what they let pass, and that they stay as fast with many rows as with one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from orders.actions.exceptions import raise_exception
from orders.actions.marks import add_remark
from orders.actions.merges import merge_orders
from orders.actions.review import approve_order
from orders.actions.screening import screen_orders
from orders.models import DeskSeat, Order, OrderException
from orders.queries.freshness import stamp_of
from orders.queries.listed import found_orders, matching_orders
from orders.states import ExceptionKind, OrderState
from shopops.kit.clock import now, shop_day, start_of_day
from staff.models import Employee, Event
from tests.factories.orders import add_line, make_order, make_rule, stocked_sku
from tests.factories.staff import EmployeeFactory, employee_with, permission

pytestmark = pytest.mark.django_db

EVERYTHING = (
    "orders.view_order", "orders.review_order", "orders.hold_order", "orders.mark_order", "orders.merge_order",
    "orders.split_order", "orders.edit_address", "orders.close_order", "orders.chase_payment", "orders.change_price",
    "orders.reveal_personal_data", "orders.export_orders", "orders.match_goods", "orders.handle_exceptions",
    "orders.view_orderexception",
)  # fmt: skip


@pytest.fixture
def agent() -> Employee:
    """客服 李娜, who may do everything an agent may."""
    return employee_with(*EVERYTHING, username="lina", name="李娜")


@pytest.fixture
def desk(client, agent):
    """A browser in which 李娜 is logged in."""
    client.force_login(agent)
    return client


@pytest.fixture(autouse=True)
def in_english():
    """Read the pages in English, so that the tests can name what stands there."""
    with translation.override("en"):
        yield


def text_of(response) -> str:
    """Return a page as text."""
    assert response.status_code == 200, response.content[:500]
    return response.content.decode()


def english(client) -> None:
    """Choose English as the person's language."""
    client.cookies["django_language"] = "en"


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


def test_a_shared_parcel_links_to_its_dispatch_note(desk, agent):
    agent.user_permissions.add(permission("warehouse.view_dispatchnote"))
    order = make_order({stocked_sku(): 1})
    note = approve_order(order, by=agent, at=now())
    assert reverse("warehouse:note", args=[note.number]) in text_of(desk.get(reverse("orders:order", args=[order.pk])))
