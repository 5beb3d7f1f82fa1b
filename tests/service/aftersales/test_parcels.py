"""Parcels that came back, disputes, causes: what happens to a case besides its money and goods."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from service.actions.aftersales import (
    agree_after_sale,
    change_after_sale,
    dispute_after_sale,
    finish_after_sale,
    pass_after_sale,
    settle_dispute,
    withdraw_after_sale,
)
from service.actions.causes import confirm_cause
from service.actions.refunds import confirm_refund
from service.actions.returned_goods import Found, inspect_parcel
from service.actions.returns import (
    close_ownerless_parcel,
    match_parcel,
    note_return_waybill,
    take_parcel_in,
    unmatch_parcel,
)
from service.models import ReturnParcel
from service.queries.causes import Cost
from service.states import AfterSaleKind, AfterSaleState, Cause, ReturnState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from tests.factories.aftersales import (
    a_case,
    an_agreed_case,
    an_arrived_parcel,
    lina,
    wangqiang,
)
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON, EmployeeFactory
from warehouse.models import StockBalance, Warehouse

pytestmark = pytest.mark.django_db
S = AfterSaleState


def on_hand(sku, code: str) -> int:
    return StockBalance.objects.get(sku=sku, warehouse__code=code).on_hand


def test_a_parcel_nobody_knows_waits_in_the_pool_until_its_owner_names_the_waybill():
    with pytest.raises(Refused):
        take_parcel_in("SF1", by=wangqiang(), at=NOON)
    parcel = take_parcel_in("sf1", content="灰色羊毛围巾一条", by=wangqiang(), at=NOON)
    with pytest.raises(Refused):
        take_parcel_in("SF1", content="又一次", by=wangqiang(), at=NOON)
    case = an_agreed_case()
    note_return_waybill(case, "SF1", by=lina(), at=NOON)
    parcel.refresh_from_db()
    assert (parcel.state, parcel.case, case.state) == (ReturnState.MATCHED, case, S.ARRIVED)


def test_a_parcel_matched_by_mistake_goes_back_into_the_pool():
    parcel = take_parcel_in("SF2", content="围巾", by=wangqiang(), at=NOON)
    case = an_agreed_case()
    match_parcel(parcel, case, by=wangqiang(), at=NOON)
    unmatch_parcel(parcel, reason="不是这一单", by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (parcel.state, parcel.case, case.state) == (ReturnState.OWNERLESS, None, S.ON_THE_WAY)
    close_ownerless_parcel(parcel, outcome="原路退回", by=wangqiang(), at=NOON)
    with pytest.raises(MoveRefused):
        close_ownerless_parcel(parcel, outcome="原路退回", by=wangqiang(), at=NOON)


def test_goods_that_came_before_we_agreed_go_straight_to_the_inspection():
    case = a_case()
    an_arrived_parcel(case)
    assert case.state == S.ASKED
    agree_after_sale(case, by=lina(), at=NOON)
    assert case.state == S.ARRIVED


def test_goods_that_come_back_after_a_plain_refund_go_into_the_stock():
    case = an_agreed_case(AfterSaleKind.REFUND)
    confirm_refund(case, by=lina(), at=NOON)
    sku = case.lines.get().sku
    inspect_parcel(an_arrived_parcel(case), {case.lines.get().pk: Found(1, 0)}, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (case.state, on_hand(sku, "main")) == (S.DONE, 101)


def test_no_goods_are_taken_in_for_a_case_that_awaits_none():
    with pytest.raises(Refused):
        an_arrived_parcel(a_case(AfterSaleKind.RESEND))


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_photo_is_a_whole_picture(content, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(Refused):
        take_parcel_in("SF3", photo=ContentFile(content, "a.png"), by=wangqiang(), at=NOON)
    assert not ReturnParcel.objects.exists()


def test_a_dispute_stops_the_timer_and_ends_as_the_platform_decides():
    case = an_agreed_case(AfterSaleKind.REFUND, amount=Decimal(30))
    dispute_after_sale(case, reason="买家申请客服介入", by=lina(), at=NOON)
    assert case.times_out_at is None
    settle_dispute(case, for_buyer=True, reason="支持买家", by=lina(), at=NOON)
    assert case.state == S.TO_REFUND
    with pytest.raises(Refused):
        finish_after_sale(case, reason="线下", by=lina(), at=NOON)
    other = a_case(order=case.order)
    dispute_after_sale(other, by=lina(), at=NOON)
    settle_dispute(other, for_buyer=False, reason="支持商家", by=lina(), at=NOON)
    assert other.state == S.REFUSED


def test_a_case_is_passed_on_and_corrected():
    case, zhouqian = a_case(), EmployeeFactory(username="zhouqian", name="周倩")
    pass_after_sale(case, zhouqian, note="我下班了", by=lina(), at=NOON)
    with pytest.raises(Refused):
        pass_after_sale(case, zhouqian, by=lina(), at=NOON)
    change_after_sale(case, amount=Decimal(50), by=zhouqian, at=NOON)
    with pytest.raises(Refused):
        change_after_sale(case, amount=Decimal(5000), by=zhouqian, at=NOON)
    case.refresh_from_db()
    assert (case.holder, case.amount) == (zhouqian, Decimal(50))


def test_nobody_confirms_a_cause_that_names_themselves():
    case = an_agreed_case(AfterSaleKind.REFUND, amount=Decimal(10), reason="发错货了，不是我拍的颜色")
    confirm_refund(case, by=lina(), at=NOON)
    assert (case.cause, case.culprit) == (Cause.PACKING, wangqiang())
    chief = EmployeeFactory(username="hejie", name="何洁")
    with pytest.raises(Refused):
        confirm_cause(case, Cause.BUYER, text="买家看错了", by=wangqiang(), at=NOON)
    with pytest.raises(Refused):
        confirm_cause(case, Cause.REVIEW, culprit=chief, text="备注没看", by=chief, at=NOON)
    with pytest.raises(Refused):
        confirm_cause(case, Cause.PACKING, culprit=wangqiang(), text=" ", by=chief, at=NOON)
    cost = Cost(Decimal(40), Decimal(5), Decimal(0))
    confirm_cause(case, Cause.PACKING, culprit=wangqiang(), text="打包时拿错颜色", cost=cost, by=chief, at=NOON)
    case.refresh_from_db()
    assert (case.cause_confirmed_by, case.goods_cost, case.postage_cost) == (chief, Decimal(40), Decimal(5))


def test_a_cause_is_confirmed_when_the_case_has_ended():
    with pytest.raises(Refused):
        confirm_cause(a_case(), Cause.BUYER, text="不喜欢", by=lina(), at=NOON)


def test_goods_to_be_refunded_are_not_shipped_meanwhile():
    order = make_order({stocked_sku(): 1})
    case = a_case(AfterSaleKind.REFUND, order=order)
    order.refresh_from_db()
    assert (order.is_blocked, order.troubles) == (True, ["refund"])
    withdraw_after_sale(case, by=lina(), at=NOON)
    order.refresh_from_db()
    assert (order.is_blocked, order.troubles) == (False, [])


def test_the_defective_warehouse_ships_nothing():
    case = an_agreed_case()
    inspect_parcel(an_arrived_parcel(case), {case.lines.get().pk: Found(0, 1)}, by=wangqiang(), at=NOON)
    assert list(Warehouse.objects.order_by("pk").values_list("code", flat=True)) == ["main", "defective"]
