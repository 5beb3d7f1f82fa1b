"""Parcels that hold something else, come short, or come before anybody knows of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.actions.aftersales import refuse_after_sale
from service.actions.returned_goods import Found, clear_parcel, clear_parcels, inspect_parcel, put_aside
from service.actions.returns import close_ownerless_parcel, note_return_waybill, take_parcel_in, unmatch_parcel
from service.states import AfterSaleKind, AfterSaleState, ReturnState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Event, Notification
from tests.factories.aftersales import a_signed_order, an_agreed_case, an_arrived_parcel, lina, wangqiang
from tests.factories.orders import stocked_sku
from tests.factories.staff import NOON
from warehouse.models import StockBalance
from warehouse.queries.proof import prove_stock

pytestmark = pytest.mark.django_db
S = AfterSaleState


def on_hand(sku, code: str = "main") -> int:
    return StockBalance.objects.get(sku=sku, warehouse__code=code).on_hand


def test_other_goods_are_put_aside_and_whoever_holds_the_case_hears_of_it():
    case = an_agreed_case()
    parcel = an_arrived_parcel(case)
    with pytest.raises(Refused):
        put_aside(parcel, found=" ", by=wangqiang(), at=NOON)
    put_aside(parcel, found="一双旧拖鞋", by=wangqiang(), at=NOON)
    assert (parcel.state, parcel.found, case.state) == (ReturnState.WRONG, "一双旧拖鞋", S.ARRIVED)
    told = Notification.objects.get(kind="service.wrong_goods_came")
    assert (told.employee, told.url) == (lina(), case.get_absolute_url())
    assert Event.objects.filter(verb="service.wrong_goods_came").count() == 2
    with pytest.raises(MoveRefused):
        inspect_parcel(parcel, {case.lines.get().pk: Found(1, 0)}, by=wangqiang(), at=NOON)


def test_a_parcel_put_aside_is_sent_back_once_the_case_is_refused():
    case = an_agreed_case()
    parcel = an_arrived_parcel(case)
    put_aside(parcel, found="砖头", by=wangqiang(), at=NOON)
    case.refresh_from_db()
    refuse_after_sale(case, reason="退回的不是我们的货", by=lina(), at=NOON)
    close_ownerless_parcel(parcel, outcome="原件寄回 SF123", by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (parcel.state, case.state) == (ReturnState.SETTLED, S.REFUSED)


def test_a_case_waits_for_its_goods_again_when_the_wrong_ones_are_gone():
    case = an_agreed_case()
    parcel = an_arrived_parcel(case)
    put_aside(parcel, found="别家的货", by=wangqiang(), at=NOON)
    close_ownerless_parcel(parcel, outcome="退回快递", by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert case.state == S.ON_THE_WAY
    second = an_arrived_parcel(case)
    put_aside(second, found="又是别家的", by=wangqiang(), at=NOON)
    unmatch_parcel(second, reason="另一单的", by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (second.state, case.state) == (ReturnState.OWNERLESS, S.ON_THE_WAY)


def test_what_we_ourselves_sent_by_mistake_goes_into_the_stock_it_belongs_to():
    case, other = an_agreed_case(), stocked_sku(5)
    sold = case.lines.get().sku
    parcel = an_arrived_parcel(case)
    put_aside(parcel, found="蓝色，卖的是红色", by=wangqiang(), at=NOON)
    with pytest.raises(Refused):
        clear_parcel(parcel, reason="", by=wangqiang(), at=NOON)
    clear_parcel(parcel, reason="我们发错了颜色", by=wangqiang(), at=NOON)
    with pytest.raises(MoveRefused):
        clear_parcel(parcel, reason="再一次", by=wangqiang(), at=NOON)
    before = on_hand(sold)
    inspect_parcel(parcel, {case.lines.get().pk: Found(1, 0, other)}, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (case.state, on_hand(other), on_hand(sold)) == (S.TO_REFUND, 6, before)
    event = Event.objects.get(verb="service.return_inspected", subject_type="service.AfterSale")
    assert f"→ {other}" in str(event.changes)
    assert prove_stock().ok


def test_whoever_holds_the_case_takes_the_other_goods_all_the_same():
    case = an_agreed_case()
    parcel = an_arrived_parcel(case)
    put_aside(parcel, found="蓝色", by=wangqiang(), at=NOON)
    clear_parcels(case, reason="发错颜色，买家同意留货退差", by=lina(), at=NOON)
    parcel.refresh_from_db()
    assert parcel.state == ReturnState.MATCHED
    with pytest.raises(Refused):
        clear_parcels(case, reason="再一次", by=lina(), at=NOON)


def test_what_comes_to_be_repaired_is_what_was_sold():
    case = an_agreed_case(AfterSaleKind.REPAIR)
    with pytest.raises(Refused):
        inspect_parcel(
            an_arrived_parcel(case), {case.lines.get().pk: Found(0, 1, stocked_sku())}, by=wangqiang(), at=NOON
        )


def test_an_inspection_says_what_came():
    case = an_agreed_case()
    parcel = an_arrived_parcel(case)
    for found in ({}, {case.lines.get().pk: Found(0, 0)}):
        with pytest.raises(Refused):
            inspect_parcel(parcel, found, nothing_more=True, by=wangqiang(), at=NOON)
        parcel.refresh_from_db()
    assert parcel.state == ReturnState.MATCHED


def test_two_of_three_pieces_come_back_and_the_third_is_not_paid_for():
    case = an_agreed_case(order=a_signed_order({stocked_sku(): 3}), pieces=3)
    line = case.lines.get()
    inspect_parcel(an_arrived_parcel(case), {line.pk: Found(1, 1)}, nothing_more=True, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    line.refresh_from_db()
    assert (case.state, case.amount, line.quantity) == (S.TO_REFUND, Decimal(200), 2)


def test_a_parcel_that_comes_before_the_request_is_matched_when_the_buyer_names_it():
    parcel = take_parcel_in("YT1000000001", content="围巾", by=wangqiang(), at=NOON)
    case = an_agreed_case()
    note_return_waybill(case, "yt1000000001", by=lina(), at=NOON)
    parcel.refresh_from_db()
    assert (parcel.state, case.state) == (ReturnState.MATCHED, S.ARRIVED)
    inspect_parcel(parcel, {case.lines.get().pk: Found(1, 0)}, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert case.state == S.TO_REFUND
