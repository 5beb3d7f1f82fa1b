"""Cases of after-sales through their verbs."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from orders.states import OrderState
from service.actions.aftersales import (
    agree_after_sale,
    open_after_sale,
    refuse_after_sale,
    reopen_after_sale,
    withdraw_after_sale,
)
from service.actions.refunds import confirm_refund
from service.actions.replacements import send_replacement
from service.actions.returned_goods import Found, inspect_parcel
from service.actions.returns import (
    note_return_waybill,
    take_parcel_in,
)
from service.models import AfterSale, ReturnClaim
from service.states import AfterSaleKind, AfterSaleState, Cause
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
from tests.factories.staff import NOON
from tests.factories.warehouse import CarrierFactory
from warehouse.actions.issuing import OutOfStock
from warehouse.actions.notes import cancel_note
from warehouse.actions.packing import force_pack
from warehouse.actions.shipping import ship_note, undo_shipment
from warehouse.actions.waves import finish_picking, make_wave
from warehouse.models import StockBalance
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
