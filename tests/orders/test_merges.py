"""Orders of one buyer share a parcel, and can be taken apart again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.actions.closing import recall_order
from orders.actions.exceptions import raise_exception
from orders.actions.merges import merge_chosen, merge_orders, merge_proposals, unmerge_order
from orders.actions.review import approve_order
from orders.models import Order
from orders.queries.merges import mergeable_with, proposed_mergers
from orders.states import ExceptionKind, OrderState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Shop
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON
from warehouse.models import DispatchNote

pytestmark = pytest.mark.django_db


def everything() -> list[dict]:
    """Return every order with every line, as the database has them."""
    return [
        {**row, "lines": list(Order.objects.get(pk=row["id"]).lines.order_by("key").values())}
        for row in Order.objects.order_by("pk").values()
    ]


def test_merged_orders_go_out_in_one_parcel_and_each_keeps_its_own_state(lina):
    cup, cloth = stocked_sku(), stocked_sku()
    first, second = make_order({cup: 1}, buyer_message="快点"), make_order({cloth: 2}, seller_memo="送赠品")
    leader = merge_orders([second, first], by=lina, at=NOON)
    assert leader == first
    second.refresh_from_db()
    assert (second.state, second.merged_into) == (OrderState.MERGED, first)
    note = approve_order(leader, by=lina, at=NOON)
    assert note.order_numbers == f"{first.number} {second.number}"
    assert (note.pieces, note.buyer_message, note.seller_memo) == (3, "快点", "送赠品")
    assert {line.sku_id: line.quantity for line in note.lines.all()} == {cup.pk: 1, cloth.pk: 2}
    second.refresh_from_db()
    assert (second.state, second.note, second.merged_into) == (OrderState.APPROVED, note, first)


def test_recalling_merged_orders_leaves_them_merged(lina):
    sku = stocked_sku()
    first, second = make_order({sku: 1}), make_order({sku: 2})
    leader = merge_orders([first, second], by=lina, at=NOON)
    approve_order(leader, by=lina, at=NOON)
    recall_order(leader, reason="买家要改地址", by=lina, at=NOON)
    second.refresh_from_db()
    assert (leader.state, second.state, second.note) == (OrderState.REVIEW, OrderState.MERGED, None)
    assert approve_order(leader, by=lina, at=NOON).pieces == 3


def test_a_refund_on_a_merged_order_keeps_the_whole_parcel_back(lina):
    sku = stocked_sku()
    first, second = make_order({sku: 1}), make_order({sku: 1})
    merge_orders([first, second], by=lina, at=NOON)
    raise_exception(second, ExceptionKind.REFUND, "", by=None, at=NOON)
    with pytest.raises(MoveRefused):
        approve_order(first, by=lina, at=NOON)
    unmerge_order(second, by=lina, at=NOON)
    assert approve_order(first, by=lina, at=NOON).pieces == 1


@pytest.mark.parametrize(
    "values",
    [
        {"buyer_nick": "tb_other"},
        {"receiver_phone": "13900001111"},
        {"address": "别的路2号"},
        {"state": OrderState.HELD},
        {"buyer_nick": ""},
    ],
)
def test_orders_that_do_not_belong_together_are_not_merged(lina, values):
    with pytest.raises(Refused):
        merge_orders(
            [
                make_order(
                    **{"buyer_nick": values.get("buyer_nick", "tb_zhangmin")} if values.get("buyer_nick") == "" else {}
                ),
                make_order(**values),
            ],
            by=lina,
            at=NOON,
        )


def test_orders_of_two_shops_are_not_merged(lina):
    other = Shop.objects.create(name="云杉生活馆")
    with pytest.raises(Refused):
        merge_orders([make_order(), make_order(shop=other)], by=lina, at=NOON)


def test_one_order_is_no_merger(lina):
    with pytest.raises(Refused):
        merge_orders([make_order()], by=lina, at=NOON)


def test_a_third_order_joins_those_merged_before(lina):
    first, second = make_order(), make_order()
    merge_orders([first, second], by=lina, at=NOON)
    third = make_order()
    assert merge_orders([third, first], by=lina, at=NOON) == first
    third.refresh_from_db()
    assert third.merged_into == first


def test_proposals_group_what_belongs_together(lina):
    first, second = make_order(), make_order()
    make_order(buyer_nick="tb_alone")
    assert proposed_mergers(10) == [[first.pk, second.pk]]
    assert list(mergeable_with(first)) == [second]
    assert merge_proposals(by=lina, at=NOON) == (1, {})
    assert proposed_mergers(10) == []


def test_merge_chosen_merges_group_by_group_and_says_who_is_left(lina):
    pair, alone = [make_order(), make_order()], make_order(buyer_nick="tb_alone")
    assert list(merge_chosen([order.pk for order in [*pair, alone]], by=lina, at=NOON)) == [alone.pk]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.integers(1, 9), min_size=2, max_size=5), data=st.data())
def test_unmerging_everything_is_the_inverse_of_merging(lina, pieces, data):
    Order.objects.filter(merged_into__isnull=False).update(merged_into=None, state=OrderState.CLOSED)
    DispatchNote.objects.all().delete()
    Order.objects.all().delete()
    sku = stocked_sku(0)
    orders = [make_order({sku: count}) for count in pieces]
    before = everything()
    merge_orders(data.draw(st.permutations(orders)), by=lina, at=NOON)
    merged = list(Order.objects.filter(state=OrderState.MERGED))
    assert len(merged) == len(orders) - 1
    for order in data.draw(st.permutations(merged)):
        unmerge_order(order, by=lina, at=NOON)
    assert everything() == before
