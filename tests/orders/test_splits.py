"""A split loses no piece and no money, and can be taken back."""

from __future__ import annotations

import pytest
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.actions.review import approve_order
from orders.actions.splits import split_by_stock, split_order, unsplit_order
from orders.models import Order, OrderLine
from orders.states import OrderState
from shopops.kit.refusals import Refused
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON
from tests.orders.test_merges import everything

pytestmark = pytest.mark.django_db


def pieces_of(number: str) -> dict[str, int]:
    """Return the pieces of each line over all parts of an order."""
    rows = OrderLine.objects.filter(order__number=number).values("key").annotate(n=Sum(F("quantity") - F("away")))
    return {row["key"]: row["n"] for row in rows}


def test_split_order_makes_a_part_with_the_pieces_and_leaves_the_money(lina):
    cup, cloth = stocked_sku(), stocked_sku()
    order = make_order({cup: 3, cloth: 1})
    [cups, cloths] = order.lines.order_by("pk")
    part = split_order(order, {cups.pk: 2, cloths.pk: 0}, by=lina, at=NOON)
    assert str(part) == f"{order.number}-2"
    assert (part.paid, part.total, part.pieces, part.state, part.receiver_name) == (0, 0, 2, OrderState.REVIEW, "张敏")
    assert (order.paid, order.pieces, order.parts) == (400, 2, 2)
    assert (order.troubles, part.troubles) == ([], [])
    assert approve_order(part, by=lina, at=NOON).pieces == 2
    assert approve_order(order, by=lina, at=NOON).pieces == 2


def test_split_by_stock_lets_go_what_is_there(lina):
    cup, cloth = stocked_sku(2), stocked_sku(0)
    order = make_order({cup: 3, cloth: 1})
    part = split_by_stock(order, by=lina, at=NOON)
    assert pieces_of(order.number) == {"1": 3, "2": 1}
    assert (order.pieces, part.pieces, order.is_short, part.is_short) == (2, 2, False, True)
    assert approve_order(order, by=lina, at=NOON).pieces == 2


def test_split_by_stock_is_refused_when_everything_or_nothing_is_there(lina):
    with pytest.raises(Refused):
        split_by_stock(make_order({stocked_sku(): 1}), by=lina, at=NOON)
    with pytest.raises(Refused):
        split_by_stock(make_order({stocked_sku(0): 1}), by=lina, at=NOON)


@pytest.mark.parametrize("count", [0, 3, 4, -1])
def test_a_split_that_moves_nothing_or_too_much_is_refused(lina, count):
    order = make_order({stocked_sku(): 3})
    with pytest.raises(Refused):
        split_order(order, {order.lines.get().pk: count}, by=lina, at=NOON)


def test_a_line_of_another_order_cannot_be_split_off(lina):
    order, other = make_order({stocked_sku(): 3}), make_order({stocked_sku(): 3})
    with pytest.raises(Refused):
        split_order(order, {other.lines.get().pk: 1}, by=lina, at=NOON)


def test_a_part_is_not_split_again_and_the_first_part_is_not_taken_back(lina):
    order = make_order({stocked_sku(): 5})
    part = split_order(order, {order.lines.get().pk: 3}, by=lina, at=NOON)
    with pytest.raises(Refused):
        split_order(part, {part.lines.get().pk: 1}, by=lina, at=NOON)
    with pytest.raises(Refused):
        unsplit_order(order, by=lina, at=NOON)


def test_a_part_that_was_approved_is_not_taken_back(lina):
    order = make_order({stocked_sku(): 5})
    part = split_order(order, {order.lines.get().pk: 3}, by=lina, at=NOON)
    approve_order(part, by=lina, at=NOON)
    with pytest.raises(Refused):
        unsplit_order(part, by=lina, at=NOON)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quantities=st.lists(st.integers(1, 6), min_size=1, max_size=4), data=st.data())
def test_splits_conserve_pieces_and_taking_them_all_back_is_their_inverse(lina, quantities, data):
    Order.objects.all().delete()
    order = make_order({stocked_sku(9): count for count in quantities})
    before, pieces = everything(), pieces_of(order.number)
    parts = []
    for _round in range(data.draw(st.integers(1, 3))):
        lines = list(order.lines.order_by("pk"))
        going = {line.pk: data.draw(st.integers(0, line.here)) for line in lines}
        if not 0 < sum(going.values()) < sum(line.here for line in lines):
            continue
        parts.append(split_order(order, going, by=lina, at=NOON))
        assert pieces_of(order.number) == pieces
        assert sum(Order.objects.values_list("pieces", flat=True)) == sum(quantities)
        assert sum(Order.objects.values_list("paid", flat=True)) == order.paid
        assert not Order.objects.exclude(troubles=[]).exclude(is_short=True).exists()
    for part in data.draw(st.permutations(parts)):
        unsplit_order(part, by=lina, at=NOON)
    after = everything()
    assert [row | {"troubles": [], "is_short": False} for row in after] == [
        row | {"troubles": [], "is_short": False} for row in before
    ]
