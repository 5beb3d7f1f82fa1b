"""The smaller verbs: marks, addresses, finance, closing, chases, personal data, news from the warehouse."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.actions.addresses import Receiver, edit_address
from orders.actions.answers import answer_finance
from orders.actions.chases import change_price, claim_chase, note_contact
from orders.actions.closing import close_order, recall_order
from orders.actions.exceptions import clear_exception, raise_exception
from orders.actions.finance import ask_finance
from orders.actions.marks import (
    add_remark,
    add_tag,
    mark_malicious,
    note_logistics_problem,
    remove_tag,
    set_carrier,
    set_flag,
)
from orders.actions.merges import merge_orders
from orders.actions.personal import reveal_personal_data
from orders.actions.review import approve_order
from orders.models import Order, Payment
from orders.states import ExceptionKind, FlagColour, OrderState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Event
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON
from tests.factories.warehouse import CarrierFactory
from warehouse.actions.notes import cancel_note
from warehouse.actions.packing import force_pack
from warehouse.actions.shipping import ship_note, undo_shipment
from warehouse.actions.waves import finish_picking, make_wave
from warehouse.models import DispatchNote
from warehouse.queries.stock import available
from warehouse.states import NoteState

pytestmark = pytest.mark.django_db
NEW_PLACE = Receiver("张敏", "13900002222", "浙江省", "杭州市", "西湖区", "文三路9号", "310012")


def verbs(order: Order) -> list[str]:
    """Return the verbs of an order's events, in their order."""
    events = Event.objects.filter(subject_type="orders.Order", subject_id=order.pk)
    return list(events.order_by("pk").values_list("verb", flat=True))


def ship(note: DispatchNote, by) -> None:
    """Take a note through the warehouse."""
    finish_picking(make_wave([note.pk], by=by, at=NOON), by=by, at=NOON)
    note.refresh_from_db()
    force_pack(note, reason="测试", by=by, at=NOON)
    note.carrier, note.waybill = CarrierFactory(), "433429491440084"
    note.save(update_fields=["carrier", "waybill"])
    ship_note(note, by=by, at=NOON)


def test_flags_tags_and_remarks_are_kept_with_who_and_when(lina, sunyue):
    order = make_order()
    set_flag(order, FlagColour.RED, by=lina, at=NOON)
    set_flag(order, FlagColour.RED, by=lina, at=NOON)
    add_tag(order, "急单", by=lina, at=NOON)
    add_tag(order, "易碎", by=lina, at=NOON)
    remove_tag(order, "急单", by=lina, at=NOON)
    add_remark(order, "先发\n杯子", by=lina, at=NOON)
    add_remark(order, "好", by=sunyue, at=NOON + timedelta(minutes=5))
    order.refresh_from_db()
    assert (order.flag, order.tags) == (FlagColour.RED, ["易碎"])
    assert order.remark == "2026-11-20 12:00 李娜: 先发 杯子\n2026-11-20 12:05 孙悦: 好"
    assert (order.buyer_message, order.seller_memo) == ("", "")
    assert verbs(order) == ["orders.flagged", *["orders.tagged"] * 3, *["orders.remarked"] * 2]


@pytest.mark.parametrize("tag", ["", "  ", "太长" * 11, "a,b"])
def test_bad_tags_are_refused(lina, tag):
    with pytest.raises(Refused):
        add_tag(make_order(), tag, by=lina, at=NOON)


def test_an_order_carries_eight_tags_at_most(lina):
    order = make_order(tags=[str(number) for number in range(8)])
    with pytest.raises(Refused):
        add_tag(order, "第九", by=lina, at=NOON)


def test_set_carrier_reaches_the_dispatch_note(lina):
    order = make_order({stocked_sku(): 1})
    note = approve_order(order, by=lina, at=NOON)
    carrier = CarrierFactory()
    set_carrier(order, carrier, by=lina, at=NOON)
    note.refresh_from_db()
    assert note.carrier == order.carrier == carrier


def test_edit_address_is_remembered_and_reaches_the_dispatch_note(lina):
    order = make_order({stocked_sku(): 1})
    note = approve_order(order, by=lina, at=NOON)
    edit_address(order, NEW_PLACE, reason="买家要求", by=lina, at=NOON)
    note.refresh_from_db()
    assert (order.address, order.phone_tail, note.address, note.receiver_phone) == (
        "文三路9号",
        "2222",
        "文三路9号",
        "13900002222",
    )
    assert order.platform_values["address"] == "良渚街道测试路1号"
    assert (note.stopped_at, note.changes != "") == (None, True)
    event = Event.objects.get(verb="orders.address_changed")
    assert event.changes["district"] == ["余杭区", "西湖区"]


def test_edit_address_stops_a_parcel_that_is_being_picked(lina, wang):
    order = make_order({stocked_sku(): 1})
    note = approve_order(order, by=lina, at=NOON)
    make_wave([note.pk], by=wang, at=NOON)
    edit_address(order, NEW_PLACE, reason="买家要求", by=lina, at=NOON)
    note.refresh_from_db()
    assert note.stopped_at == NOON
    assert note.address == "文三路9号"


def test_edit_address_of_a_shipped_order_is_refused(lina, wang):
    order = make_order({stocked_sku(): 1})
    ship(approve_order(order, by=lina, at=NOON), wang)
    with pytest.raises(MoveRefused):
        edit_address(order, NEW_PLACE, reason="买家要求", by=lina, at=NOON)


def test_correcting_an_address_clears_its_exception(lina):
    order = make_order({stocked_sku(): 1}, city="")
    raise_exception(order, ExceptionKind.ADDRESS, "city", by=None, at=NOON)
    edit_address(order, NEW_PLACE, reason="补全", by=lina, at=NOON)
    assert order.troubles == []


def test_finance_says_no_with_a_reason_and_the_order_stays_blocked(lina, qianjin):
    order = make_order({stocked_sku(): 1})
    payment = ask_finance(order, "线下付款 200 元到账了吗", amount=Decimal(200), by=lina, at=NOON)
    assert order.state == OrderState.FINANCE
    with pytest.raises(Refused):
        answer_finance(payment, confirmed=False, answer=" ", by=qianjin, at=NOON)
    with pytest.raises(Refused):
        answer_finance(payment, confirmed=True, answer="", by=lina, at=NOON)
    answer_finance(payment, confirmed=False, answer="未到账", by=qianjin, at=NOON)
    order.refresh_from_db()
    assert (order.state, order.is_blocked, order.troubles) == (OrderState.REVIEW, True, ["price"])
    with pytest.raises(MoveRefused):
        answer_finance(payment, confirmed=True, answer="", by=qianjin, at=NOON)
    assert Payment.objects.get().is_confirmed is False


def test_recall_order_frees_its_stock(lina):
    cup = stocked_sku(3)
    order = make_order({cup: 2})
    note = approve_order(order, by=lina, at=NOON)
    recall_order(order, reason="买家改单", by=lina, at=NOON)
    note.refresh_from_db()
    assert (order.state, order.note, order.confirmed_by, note.state) == ("review", None, None, NoteState.CANCELLED)
    assert order.troubles == []
    assert available([cup.pk]) == {cup.pk: 3}
    assert verbs(order)[-1] == "orders.recalled"


def test_close_order_recalls_it_first_and_frees_what_was_merged(lina):
    sku = stocked_sku()
    first, second = make_order({sku: 1}), make_order({sku: 1})
    merge_orders([first, second], by=lina, at=NOON)
    approve_order(first, by=lina, at=NOON)
    close_order(first, reason="买家退款", by=lina, at=NOON)
    second.refresh_from_db()
    assert (first.state, first.finished_at, second.state, second.merged_into) == ("closed", NOON, "review", None)
    with pytest.raises(MoveRefused):
        close_order(first, reason="再关一次", by=lina, at=NOON)


def test_a_note_the_warehouse_cancels_brings_its_order_back_with_an_exception(lina, wang):
    order = make_order({stocked_sku(): 1})
    cancel_note(approve_order(order, by=lina, at=NOON), by=wang, at=NOON, reason="货损")
    order.refresh_from_db()
    assert (order.state, order.note, order.is_blocked, order.troubles) == ("review", None, True, ["other"])


def test_shipping_moves_every_order_of_the_parcel_and_undoing_it_moves_them_back(lina, wang):
    sku = stocked_sku()
    first, second = make_order({sku: 1}), make_order({sku: 1})
    note = approve_order(merge_orders([first, second], by=lina, at=NOON), by=lina, at=NOON)
    ship(note, wang)
    for order in (first, second):
        order.refresh_from_db()
        assert (order.state, order.waybill, order.shipped_at) == (OrderState.SHIPPED, "433429491440084", NOON)
        assert order.carrier_name == "韵达快递"
        assert verbs(order)[-1] == "orders.shipped"
    undo_shipment(note, reason="发错", by=wang, at=NOON)
    first.refresh_from_db()
    assert (first.state, first.waybill, first.shipped_at) == (OrderState.APPROVED, "", None)


def test_a_blocking_exception_stops_the_parcel_and_clearing_it_lets_it_go(lina):
    order = make_order({stocked_sku(): 1})
    note = approve_order(order, by=lina, at=NOON)
    raise_exception(order, ExceptionKind.REFUND, "退款 88 元", by=None, at=NOON)
    note.refresh_from_db()
    assert note.stopped_at == NOON
    assert "88" in note.stopped_reason
    clear_exception(order, ExceptionKind.REFUND, by=lina, at=NOON, outcome="买家撤销")
    note.refresh_from_db()
    assert note.stopped_at is None


def test_an_exception_is_cleared_once(lina):
    order = make_order()
    mark_malicious(order, "同一地址十单", by=lina, at=NOON)
    assert (order.is_blocked, order.troubles) == (True, ["malicious"])
    clear_exception(order, ExceptionKind.MALICIOUS, by=lina, at=NOON)
    with pytest.raises(Refused):
        clear_exception(order, ExceptionKind.MALICIOUS, by=lina, at=NOON)


def test_a_logistics_problem_does_not_block(lina):
    order = make_order(state=OrderState.SHIPPED)
    note_logistics_problem(order, "破损", by=lina, at=NOON)
    assert (order.is_blocked, order.troubles) == (False, ["logistics"])


def test_one_person_chases_an_unpaid_order_and_not_for_ever(lina, sunyue):
    order = make_order(state=OrderState.UNPAID)
    claim_chase(order, by=lina, at=NOON)
    with pytest.raises(MoveRefused, match="李娜"):
        claim_chase(order, by=sunyue, at=NOON)
    note_contact(order, result="no_answer", note="", by=lina, at=NOON)
    chase = note_contact(order, result="will_pay", note="今晚付", by=lina, at=NOON)
    assert (chase.times, chase.result, chase.note) == (2, "will_pay", "今晚付")
    with pytest.raises(Refused):
        note_contact(order, result="will_pay", note="", by=lina, at=NOON)
    with pytest.raises(Refused):
        note_contact(order, result="nonsense", note="", by=lina, at=NOON)


def test_a_paid_order_is_not_chased(lina):
    with pytest.raises(MoveRefused):
        claim_chase(make_order(), by=lina, at=NOON)


def test_a_price_is_changed_within_the_limit_only(lina):
    order = make_order({stocked_sku(): 1}, state=OrderState.UNPAID, total=Decimal(200), goods_amount=Decimal(190))
    with pytest.raises(Refused, match="10"):
        change_price(order, Decimal(170), reason="老客户", by=lina, at=NOON)
    change_price(order, Decimal(185), reason="老客户", by=lina, at=NOON)
    assert (order.total, order.goods_amount, order.platform_values["total"]) == (185, 175, "200.00")
    change_price(order, Decimal(100), reason="店长同意", unlimited=True, by=lina, at=NOON)
    with pytest.raises(MoveRefused):
        change_price(make_order(), Decimal(99), reason="x", by=lina, at=NOON)


def test_personal_data_is_shown_for_a_reason_and_written_down(lina):
    order = make_order()
    with pytest.raises(Refused):
        reveal_personal_data(order, reason="", by=lina, at=NOON)
    shown = reveal_personal_data(order, reason="买家来电核对", by=lina, at=NOON)
    assert (shown["receiver_name"], shown["receiver_phone"]) == ("张敏", "13812341234")
    assert Event.objects.get().reason == "买家来电核对"
