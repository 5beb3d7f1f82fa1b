"""Cases of after-sales through their verbs."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction

from orders.states import OrderState
from service.actions.aftersales import (
    agree_after_sale,
    change_after_sale,
    dispute_after_sale,
    finish_after_sale,
    open_after_sale,
    pass_after_sale,
    refuse_after_sale,
    reopen_after_sale,
    settle_dispute,
    withdraw_after_sale,
)
from service.actions.causes import confirm_cause
from service.actions.refunds import confirm_refund
from service.actions.replacements import send_replacement
from service.actions.returns import (
    Found,
    close_ownerless_parcel,
    inspect_parcel,
    match_parcel,
    note_return_waybill,
    take_parcel_in,
    unmatch_parcel,
)
from service.models import AfterSale, ReturnClaim, ReturnParcel
from service.queries.causes import Cost
from service.states import AfterSaleKind, AfterSaleState, Cause, ReturnState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Event
from tests.factories.aftersales import (
    a_case,
    a_signed_order,
    an_agreed_case,
    an_arrived_parcel,
    lina,
    wangqiang,
)
from tests.factories.catalog import make_bundle
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON, EmployeeFactory
from tests.factories.warehouse import CarrierFactory
from warehouse.actions.issuing import OutOfStock
from warehouse.actions.notes import cancel_note
from warehouse.actions.packing import force_pack
from warehouse.actions.shipping import ship_note, undo_shipment
from warehouse.actions.waves import finish_picking, make_wave
from warehouse.models import StockBalance, Warehouse
from warehouse.queries.proof import prove_stock
from warehouse.queries.stock import available, main_warehouse

pytestmark = pytest.mark.django_db
S = AfterSaleState


def claimed(case: AfterSale) -> int:
    return ReturnClaim.objects.get(order_line=case.lines.get().order_line).claimed


def on_hand(sku, code: str) -> int:
    return StockBalance.objects.get(sku=sku, warehouse__code=code).on_hand


def ship(note) -> None:
    packer = wangqiang()
    finish_picking(make_wave([note.pk], by=packer, at=NOON), by=packer, at=NOON)
    note.refresh_from_db()
    force_pack(note, reason="测试", by=packer, at=NOON)
    note.carrier, note.waybill = CarrierFactory(), "430100000099999"
    note.save()
    ship_note(note, by=packer, at=NOON)


def test_a_return_goes_from_request_over_the_stock_to_the_refund():
    case = a_case(pieces=2)
    sku = case.lines.get().sku
    before = available([sku.pk])[sku.pk]
    agree_after_sale(case, by=lina(), at=NOON)
    note_return_waybill(case, "sf 1234567890", carrier="顺丰", by=lina(), at=NOON)
    parcel = take_parcel_in("SF1234567890", case=case, by=wangqiang(), at=NOON)
    assert case.state == S.ARRIVED
    line = case.lines.get()
    inspect_parcel(parcel, {line.pk: Found(1, 1)}, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert case.state == S.TO_REFUND
    confirm_refund(case, by=lina(), at=NOON)
    assert (case.state, case.refunded, case.done_at) == (S.DONE, Decimal(200), NOON)
    assert available([sku.pk])[sku.pk] == before + 1  # the defective piece is not offered
    assert on_hand(sku, "defective") == 1
    assert main_warehouse().code == "main"
    assert prove_stock().ok
    assert case.cause == Cause.GOODS
    assert case.goods_cost == Decimal(40)
    verbs = list(
        Event.objects.filter(subject_type="service.AfterSale", subject_id=case.pk)
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert verbs == [
        "service.after_sale_opened",
        "service.after_sale_agreed",
        "service.return_on_the_way",
        "service.return_arrived",
        "service.return_inspected",
        "service.cause_proposed",
        "service.refunded",
    ]


def test_goods_come_back_in_several_parcels():
    case = an_agreed_case(pieces=2)
    line = case.lines.get()
    inspect_parcel(an_arrived_parcel(case), {line.pk: Found(1, 0)}, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert case.state == S.ON_THE_WAY
    second = an_arrived_parcel(case)
    with pytest.raises(Refused):
        inspect_parcel(second, {line.pk: Found(2, 0)}, by=wangqiang(), at=NOON)
    second.refresh_from_db()
    inspect_parcel(second, {line.pk: Found(1, 0)}, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert case.state == S.TO_REFUND


def test_what_is_not_awaited_any_more_may_be_asked_back_anew():
    case = an_agreed_case(pieces=2)
    parcel = an_arrived_parcel(case)
    inspect_parcel(parcel, {case.lines.get().pk: Found(1, 0)}, nothing_more=True, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (case.state, case.lines.get().quantity, claimed(case)) == (S.TO_REFUND, 1, 1)


def test_a_bundle_comes_back_as_its_parts():
    coat, scarf = stocked_sku(), stocked_sku()
    bundle = make_bundle({coat: 1, scarf: 2})
    order = make_order({bundle: 2}, state=OrderState.SIGNED)
    case = an_agreed_case(order=order, pieces=2)
    inspect_parcel(an_arrived_parcel(case), {case.lines.get().pk: Found(1, 1)}, by=wangqiang(), at=NOON)
    assert (on_hand(coat, "main"), on_hand(scarf, "main")) == (101, 102)
    assert (on_hand(coat, "defective"), on_hand(scarf, "defective")) == (1, 2)


def test_more_than_was_bought_cannot_be_claimed_over_all_cases():
    order = a_signed_order()
    a_case(order=order, pieces=2)
    with pytest.raises(Refused, match="2"):
        a_case(order=order, pieces=1)


def test_the_database_itself_refuses_more_than_was_bought():
    case = a_case(pieces=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnClaim.objects.update(claimed=3)
    assert claimed(case) == 2


def test_refused_and_withdrawn_cases_give_their_pieces_free_and_a_reopened_one_takes_them_again():
    order = a_signed_order()
    first = a_case(order=order, pieces=2)
    refuse_after_sale(first, reason="已超过七天", by=lina(), at=NOON)
    second = a_case(order=order, pieces=2)
    with pytest.raises(Refused):
        reopen_after_sale(first, reason="再看一次", by=lina(), at=NOON)
    withdraw_after_sale(second, by=lina(), at=NOON)
    first.refresh_from_db()
    reopen_after_sale(first, reason="再看一次", by=lina(), at=NOON)
    assert (first.state, first.done_at, claimed(first)) == (S.ASKED, None, 2)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_open_a_case_at_once_only_one_gets_the_pieces():
    order = a_signed_order()
    by, line = lina(), order.lines.get()
    said: list[str] = []
    start = threading.Barrier(2)

    def ask() -> None:
        try:
            start.wait()
            open_after_sale(order, AfterSaleKind.RETURN, lines={line.pk: 2}, amount=Decimal(200), by=by, at=NOON)
            said.append("opened")
        except Refused:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _number in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(said) == ["opened", "refused"]
    assert AfterSale.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_refunds_at_once_only_what_was_paid_leaves():
    order = a_signed_order()
    cases = [an_agreed_case(AfterSaleKind.REFUND, order=order, lines={}, amount=Decimal(150)) for _number in range(2)]
    by = lina()
    said: list[str] = []
    start = threading.Barrier(2)

    def pay(case: AfterSale) -> None:
        try:
            start.wait()
            confirm_refund(case, by=by, at=NOON)
            said.append("paid")
        except Refused:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=pay, args=(case,)) for case in cases]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(said) == ["paid", "refused"]


def test_an_exchange_sends_another_size_and_ends_when_the_parcel_leaves():
    other = stocked_sku(5)
    case = an_agreed_case(AfterSaleKind.EXCHANGE)
    line = case.lines.get()
    inspect_parcel(an_arrived_parcel(case), {line.pk: Found(1, 0)}, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    note = send_replacement(case, instead={line.pk: other}, by=lina(), at=NOON)
    assert note.lines.get().sku == other
    with pytest.raises(MoveRefused):
        send_replacement(case, by=lina(), at=NOON)
    ship(note)
    case.refresh_from_db()
    assert (case.state, claimed(case), case.postage_cost) == (S.DONE, 0, Decimal("5.00"))
    undo_shipment(note, reason="贴错面单", by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (case.state, case.done_at, claimed(case)) == (S.TO_SEND, None, 1)
    assert prove_stock().ok


def test_a_cancelled_note_lets_the_case_wait_for_another():
    case = an_agreed_case(AfterSaleKind.RESEND)
    note = send_replacement(case, by=lina(), at=NOON)
    with pytest.raises(Refused):
        withdraw_after_sale(AfterSale.objects.get(pk=case.pk), by=lina(), at=NOON)
    cancel_note(note, reason="换一件", by=wangqiang(), at=NOON)
    case.refresh_from_db()
    assert (case.state, case.note) == (S.TO_SEND, None)
    assert send_replacement(case, by=lina(), at=NOON) != note


def test_without_stock_nothing_is_sent():
    case = an_agreed_case(AfterSaleKind.RESEND)
    empty = stocked_sku(0)
    with pytest.raises(OutOfStock):
        send_replacement(case, instead={case.lines.get().pk: empty}, by=lina(), at=NOON)
    case.refresh_from_db()
    assert case.note is None


def test_a_repaired_piece_leaves_the_defective_stock():
    case = an_agreed_case(AfterSaleKind.REPAIR)
    line = case.lines.get()
    inspect_parcel(an_arrived_parcel(case), {line.pk: Found(0, 1)}, by=wangqiang(), at=NOON)
    case.refresh_from_db()
    send_replacement(case, by=lina(), at=NOON)
    assert on_hand(line.sku, "defective") == 0
    assert prove_stock().ok


def test_no_refund_goes_above_what_was_paid_over_all_cases():
    order = a_signed_order()
    first = an_agreed_case(AfterSaleKind.REFUND, order=order, lines={}, amount=Decimal(150))
    second = an_agreed_case(AfterSaleKind.REFUND, order=order, lines={}, amount=Decimal(60))
    confirm_refund(first, by=lina(), at=NOON)
    with pytest.raises(Refused, match="50"):
        confirm_refund(second, by=lina(), at=NOON)
    confirm_refund(second, Decimal(50), by=lina(), at=NOON)
    assert second.refunded == Decimal(50)


def test_a_case_is_refunded_once():
    case = an_agreed_case(AfterSaleKind.REFUND, amount=Decimal(10))
    again = AfterSale.objects.get(pk=case.pk)
    confirm_refund(case, by=lina(), at=NOON)
    with pytest.raises(MoveRefused):
        confirm_refund(again, by=lina(), at=NOON)


@pytest.mark.parametrize(
    ("late", "refused"), [(timedelta(days=7), False), (timedelta(days=7, seconds=1), True), (timedelta(days=1), False)]
)
def test_a_price_difference_is_asked_for_within_seven_days_of_receipt(late, refused):
    order = a_signed_order(signed_at=NOON - timedelta(days=1))
    asked = NOON - timedelta(days=1) + late
    if refused:
        with pytest.raises(Refused):
            a_case(AfterSaleKind.PRICE_MATCH, order=order, amount=Decimal(11), at=asked)
    else:
        case = a_case(AfterSaleKind.PRICE_MATCH, order=order, amount=Decimal(11), at=asked)
        agree_after_sale(case, by=lina(), at=asked)
        confirm_refund(case, by=lina(), at=asked)
        assert (case.compensation, ReturnClaim.objects.count()) == (Decimal(11), 0)


def test_a_price_difference_wants_a_signed_parcel_and_the_other_offer():
    with pytest.raises(Refused):
        a_case(AfterSaleKind.PRICE_MATCH, order=a_signed_order(), reason=" ", amount=Decimal(11))
    with pytest.raises(Refused):
        a_case(AfterSaleKind.PRICE_MATCH, order=make_order(state=OrderState.SHIPPED), amount=Decimal(11))


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": AfterSaleKind.REFUND, "amount": Decimal(0)},
        {"kind": AfterSaleKind.REFUND, "amount": Decimal(-1)},
        {"kind": AfterSaleKind.REFUND, "amount": Decimal(999)},
        {"kind": AfterSaleKind.RETURN, "lines": {}},
        {"kind": AfterSaleKind.RETURN, "lines": {987654: 1}},
        {"kind": AfterSaleKind.RESEND, "amount": Decimal(5)},
    ],
)
def test_senseless_wishes_are_refused(wish):
    with pytest.raises(Refused):
        a_case(**wish)


def test_a_refund_number_has_one_case():
    order = a_signed_order()
    a_case(order=order, platform_number="27100000001")
    with pytest.raises(Refused):
        a_case(order=order, platform_number="27100000001")


def test_nothing_is_given_back_for_an_order_nobody_paid():
    with pytest.raises(Refused):
        a_case(AfterSaleKind.REFUND, order=make_order(state=OrderState.UNPAID), amount=Decimal(1))


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
