"""Bundles of which only a part comes back: claimed by components, counted at the desk, refunded by their share."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orders.states import OrderState
from service.actions.aftersales import refuse_after_sale
from service.actions.returned_goods import Found, count_by_parts, inspect_parcel
from service.models import AfterSale, PartClaim, ReturnClaim
from service.queries.claimable import claimable_lines
from service.queries.shares import parts_with_shares
from service.states import AfterSaleKind, AfterSaleState
from shopops.kit.refusals import Refused
from tests.factories.aftersales import a_case, an_agreed_case, an_arrived_parcel, lina, wangqiang
from tests.factories.catalog import make_bundle
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON
from warehouse.models import StockBalance
from warehouse.queries.proof import prove_stock

pytestmark = pytest.mark.django_db
S = AfterSaleState


def on_hand(sku, code: str) -> int:
    found = StockBalance.objects.filter(sku=sku, warehouse__code=code).first()
    return found.on_hand if found else 0


def bought(bundles: int = 2):
    """Return an order of bundles at ¥100, each of a coat that costs ¥60 and two gloves that cost ¥20."""
    coat, glove = stocked_sku(20, cost=Decimal(60)), stocked_sku(20, cost=Decimal(20))
    bundle = make_bundle({coat: 1, glove: 2})
    return make_order({bundle: bundles}, state=OrderState.SIGNED), coat, glove


def test_the_price_of_a_bundle_is_split_by_what_its_parts_cost():
    order, coat, glove = bought(1)
    bundle = order.lines.get().sku_id
    assert {part.sku: part.share for part in parts_with_shares([bundle])[bundle]} == {
        coat: Decimal("0.6"),
        glove: Decimal("0.2"),
    }
    coat.cost = None
    coat.save()
    evenly = parts_with_shares([bundle])[bundle]
    assert sum(part.share * part.each for part in evenly) == pytest.approx(1)
    assert evenly[0].share == evenly[1].share


def test_one_glove_of_a_bundle_comes_back_and_its_share_is_refunded():
    order, _coat, glove = bought()
    [line] = claimable_lines(order)
    part = next(one for one in line.parts if one.part.sku == glove)
    assert (part.left, part.share) == (4, Decimal(20))
    case = an_agreed_case(order=order, lines={}, parts={(line.line.pk, glove.pk): 1}, amount=part.share)
    inspect_parcel(an_arrived_parcel(case), {case.lines.get().pk: Found(0, 1)}, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (case.state, case.amount) == (S.TO_REFUND, Decimal(20))
    assert (on_hand(glove, "main"), on_hand(glove, "defective")) == (20, 1)
    [after] = claimable_lines(order)
    assert (after.left, {one.part.sku: one.left for one in after.parts}[glove]) == (1, 3)
    assert prove_stock().ok


def test_a_part_is_claimed_no_oftener_than_it_was_bought_in_bundles_and_by_itself():
    order, coat, glove = bought()
    line = order.lines.get()
    a_case(order=order, pieces=1)
    a_case(order=order, lines={}, parts={(line.pk, glove.pk): 2}, amount=Decimal(40))
    with pytest.raises(Refused, match="4"):
        a_case(order=order, lines={}, parts={(line.pk, glove.pk): 1}, amount=Decimal(20))
    with pytest.raises(Refused):
        a_case(order=order, pieces=1)
    a_case(order=order, lines={}, parts={(line.pk, coat.pk): 1}, amount=Decimal(60))
    with pytest.raises(Refused):
        a_case(order=order, lines={}, parts={(line.pk, stocked_sku().pk): 1}, amount=Decimal(1))


def test_what_a_refused_case_claimed_of_a_bundle_is_free_again():
    order, _coat, glove = bought(1)
    line = order.lines.get()
    case = a_case(order=order, lines={}, parts={(line.pk, glove.pk): 2}, amount=Decimal(40))
    with pytest.raises(Refused):
        a_case(order=order, pieces=1)
    refuse_after_sale(case, reason="已使用", by=lina(), at=NOON)
    a_case(order=order, pieces=1)


def test_a_bundle_that_comes_incomplete_is_counted_by_its_parts_at_the_desk():
    order, coat, glove = bought(1)
    case = an_agreed_case(order=order, amount=Decimal(100))
    parcel = an_arrived_parcel(case)
    count_by_parts(parcel, case.lines.get().pk, by=wangqiang(), at=NOON)
    lines = {line.sku: line for line in case.lines.all()}
    assert {sku: line.quantity for sku, line in lines.items()} == {coat: 1, glove: 2}
    inspect_parcel(parcel, {lines[coat].pk: Found(1, 0)}, nothing_more=True, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (case.state, case.amount) == (S.TO_REFUND, Decimal(60))
    assert (on_hand(coat, "main"), on_hand(glove, "main")) == (21, 20)
    claims = dict(PartClaim.objects.values_list("sku_id", "claimed"))
    assert (claims[coat.pk], claims[glove.pk], ReturnClaim.objects.get().claimed) == (1, 0, 0)
    assert prove_stock().ok


def test_only_a_bundle_that_is_awaited_is_counted_by_its_parts():
    case = an_agreed_case()
    parcel = an_arrived_parcel(case)
    with pytest.raises(Refused):
        count_by_parts(parcel, case.lines.get().pk, by=wangqiang(), at=NOON)
    with pytest.raises(Refused):
        count_by_parts(parcel, 987654, by=wangqiang(), at=NOON)
    other = an_agreed_case(AfterSaleKind.EXCHANGE, order=bought(1)[0], instead=None)
    line = other.lines.get()
    line.instead = stocked_sku()
    line.save()
    with pytest.raises(Refused):
        count_by_parts(an_arrived_parcel(other), line.pk, by=wangqiang(), at=NOON)


class AnyClaims(TestCase):
    """Whatever is claimed in whichever order, no piece is claimed twice."""

    @settings(max_examples=25, deadline=None)
    @given(
        wishes=st.lists(
            st.tuples(st.sampled_from(["whole", "coat", "glove", "give_up"]), st.integers(1, 3)), max_size=8
        )
    )
    def test_no_part_is_claimed_oftener_than_it_was_bought(self, wishes):
        order, coat, glove = bought(2)
        line = order.lines.get()
        have = {coat.pk: 2, glove.pk: 4}
        each = {coat.pk: 1, glove.pk: 2}
        claimed: list[tuple[AfterSale, dict[int, int]]] = []
        for what, count in wishes:
            if what == "give_up":
                if claimed:
                    case, gone = claimed.pop()
                    refuse_after_sale(case, reason="不符合", by=lina(), at=NOON)
                    have = {sku: pieces + gone.get(sku, 0) for sku, pieces in have.items()}
                continue
            sku = {"coat": coat.pk, "glove": glove.pk}.get(what)
            wants = {sku: count} if sku else {key: each[key] * count for key in have}
            fits = all(have[key] >= pieces for key, pieces in wants.items())
            chosen = {"lines": {}, "parts": {(line.pk, sku): count}} if sku else {"pieces": count}
            try:
                case = a_case(order=order, amount=Decimal(1), **chosen)
            except Refused:
                assert not fits
                continue
            assert fits
            claimed.append((case, wants))
            have = {key: pieces - wants.get(key, 0) for key, pieces in have.items()}
        left = {one.part.sku.pk: one.left for one in claimable_lines(order)[0].parts}
        assert left == have
