"""Issuing dispatch notes: with all their stock, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Event
from tests.factories.catalog import SkuFactory, make_bundle
from tests.factories.warehouse import (
    NOON,
    CarrierFactory,
    make_note,
    make_shipped_note,
    note_request,
    some_shop,
    stock_up,
)
from warehouse.actions.notes import (
    OutOfStock,
    Shortage,
    Wanted,
    cancel_note,
    issue_note,
    issue_notes,
    resume_note,
    set_carrier,
    stop_note,
)
from warehouse.models import DispatchNote, Reservation, StockBalance
from warehouse.queries.proof import prove_stock
from warehouse.queries.stock import available
from warehouse.signals import note_cancelled, note_stopped
from warehouse.states import NoteState, WaveKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    """Collect what the warehouse tells other apps."""
    news = []

    def listen(sender, signal, **words):
        news.append((signal, words))

    signals = (note_cancelled, note_stopped)
    for signal in signals:
        signal.connect(listen, weak=False)
    yield news
    for signal in signals:
        signal.disconnect(listen)


def test_issue_note_reserves_its_pieces_and_leaves_an_event(wang):
    sku = SkuFactory(name="304不锈钢保温杯", attributes="颜色分类:雾霾蓝")
    stock_up(sku, 5)
    note = issue_note(note_request([Wanted(sku.pk, 2, "保温杯 500ml")]), by=wang, at=NOON)
    assert note.number.startswith("FH261120")
    assert (note.pieces, note.kind, note.only_sku_id, note.confirmed_by) == (2, WaveKind.SAME_SKU, sku.pk, wang)
    assert note.summary == "304不锈钢保温杯 颜色分类:雾霾蓝 ×2"
    [line] = note.lines.all()
    assert (line.quantity, line.title, line.reservation.quantity) == (2, "保温杯 500ml", 2)
    assert available([sku.pk]) == {sku.pk: 3}
    event = Event.objects.get(verb="warehouse.note_issued")
    assert (event.subject_id, event.by, event.at) == (note.pk, wang, NOON)


def test_issue_note_without_enough_stock_is_refused_with_the_numbers():
    plenty, few = SkuFactory(), SkuFactory(code="YS-FEW")
    stock_up(plenty, 9)
    stock_up(few, 1)
    with pytest.raises(OutOfStock) as refusal:
        issue_note(note_request([Wanted(plenty.pk, 1), Wanted(few.pk, 3)]), by=None, at=NOON)
    assert refusal.value.shortages == [Shortage("YS-FEW", 3, 1)]
    assert "YS-FEW 3 > 1" in str(refusal.value)
    assert available([plenty.pk, few.pk]) == {plenty.pk: 9, few.pk: 1}
    assert not DispatchNote.objects.exists()


def test_a_sku_that_was_never_received_is_short():
    sku = SkuFactory()
    stock_up(SkuFactory(), 1)
    with pytest.raises(OutOfStock) as refusal:
        issue_note(note_request([Wanted(sku.pk, 1)]), by=None, at=NOON)
    assert refusal.value.shortages == [Shortage(sku.code, 1, 0)]


def test_issue_notes_serves_whole_orders_in_the_order_given():
    sku, other = SkuFactory(), SkuFactory()
    stock_up(sku, 3)
    stock_up(other, 1)
    issued = issue_notes(
        [
            note_request([Wanted(sku.pk, 2)], key="first"),
            note_request([Wanted(sku.pk, 2), Wanted(other.pk, 1)], key="too much"),
            note_request([Wanted(other.pk, 1)], key="other"),
            note_request([Wanted(sku.pk, 1)], key="last piece"),
        ],
        by=None,
        at=NOON,
    )
    assert set(issued.notes) == {"first", "other", "last piece"}
    assert issued.short == {"too much": [Shortage(sku.code, 2, 1)]}
    assert available([sku.pk, other.pk]) == {sku.pk: 0, other.pk: 0}
    assert prove_stock().ok


def test_issue_notes_uses_as_many_queries_for_three_as_for_one(queries_of):
    skus = [SkuFactory() for _ in range(3)]
    for sku in skus:
        stock_up(sku, 10)
    shop = some_shop()
    one = [note_request([Wanted(skus[0].pk, 1)], shop_id=shop.pk)]
    three = [note_request([Wanted(sku.pk, 1)], key=sku.pk, shop_id=shop.pk) for sku in skus]
    for_one = queries_of(lambda: issue_notes(one, by=None, at=NOON))
    assert queries_of(lambda: issue_notes(three, by=None, at=NOON)) == for_one


def test_bundles_are_taken_apart_and_gifts_stay_apart():
    coat, hat = SkuFactory(), SkuFactory()
    bundle = make_bundle({coat: 1, hat: 2})
    stock_up(coat, 3)
    stock_up(hat, 5)
    assert available([bundle.pk]) == {bundle.pk: 2}
    note = issue_note(
        note_request([Wanted(bundle.pk, 1), Wanted(hat.pk, 1), Wanted(hat.pk, 1, is_gift=True)]), by=None, at=NOON
    )
    assert sorted((line.sku_id, line.quantity, line.is_gift) for line in note.lines.all()) == sorted(
        [(coat.pk, 1, False), (hat.pk, 3, False), (hat.pk, 1, True)]
    )
    assert available([coat.pk, hat.pk, bundle.pk]) == {coat.pk: 2, hat.pk: 1, bundle.pk: 0}
    assert note.kind == WaveKind.MIXED


def test_a_note_for_nothing_is_refused():
    stock_up(SkuFactory(), 1)
    with pytest.raises(Refused):
        issue_note(note_request([]), by=None, at=NOON)


def test_cancel_note_frees_the_stock_and_tells_the_orders(wang, heard):
    note = make_note(pieces=2)
    [line] = note.lines.all()
    cancel_note(note, by=wang, at=NOON, reason="买家退款")
    note.refresh_from_db()
    assert note.state == NoteState.CANCELLED
    assert available([line.sku_id]) == {line.sku_id: 2}
    assert not Reservation.objects.exists()
    [(signal, words)] = heard
    assert signal is note_cancelled
    assert words["notes"] == [note]
    assert words["reason"] == "买家退款"


def test_a_shipped_note_cannot_be_cancelled(wang):
    note = make_shipped_note(wang)
    with pytest.raises(MoveRefused):
        cancel_note(note, by=wang, at=NOON, reason="太晚")


def test_stop_and_resume_keep_what_was_changed_for_the_packer(wang, heard):
    note = make_note()
    stop_note(note, reason="买家改地址", by=wang, at=NOON)
    stop_note(note, reason="申请退款", by=wang, at=NOON + timedelta(minutes=1))
    note.refresh_from_db()
    assert note.stopped_reason == "买家改地址；申请退款"
    assert note.stopped_at == NOON
    assert [signal for signal, _words in heard] == [note_stopped, note_stopped]
    resume_note(note, by=wang, at=NOON, changes={"address": "文一西路2号", "receiver_name": "张敏"})
    note.refresh_from_db()
    assert (note.address, note.stopped_reason, note.stopped_at) == ("文一西路2号", "", None)
    assert note.changes == "买家改地址；申请退款"
    event = Event.objects.get(verb="warehouse.note_resumed")
    assert event.changes["address"] == ["良渚街道测试路1号", "文一西路2号"]
    assert "receiver_name" not in event.changes
    with pytest.raises(MoveRefused):
        resume_note(note, by=wang, at=NOON)


def test_another_carrier_drops_the_waybill_of_the_first(wang):
    note = make_note(carrier_id=CarrierFactory().pk)
    DispatchNote.objects.filter(pk=note.pk).update(waybill="430100000000084")
    note.refresh_from_db()
    set_carrier(note, CarrierFactory(code="ZTO", name="中通快递"), by=wang, at=NOON)
    note.refresh_from_db()
    assert (note.carrier.code, note.waybill) == ("ZTO", "")


@pytest.mark.django_db(transaction=True)
def test_sixty_four_at_once_for_the_last_ten_pieces_let_exactly_ten_succeed():
    sku = SkuFactory()
    stock_up(sku, 10)
    request = note_request([Wanted(sku.pk, 1)])

    def attempt(_number: int) -> bool:
        try:
            issue_note(request, by=None, at=NOON)
        except OutOfStock:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=64) as pool:
        succeeded = list(pool.map(attempt, range(64)))
    assert sum(succeeded) == 10
    balance = StockBalance.objects.get(sku=sku)
    assert (balance.on_hand, balance.reserved, balance.available) == (10, 10, 0)
    assert DispatchNote.objects.count() == 10
    assert prove_stock().ok


@pytest.mark.django_db(transaction=True)
def test_batches_that_want_the_same_goods_in_opposite_order_never_wait_in_a_circle():
    skus = [SkuFactory() for _ in range(8)]
    for sku in skus:
        stock_up(sku, 200)

    def attempt(number: int) -> int:
        order = skus if number % 2 else skus[::-1]
        requests = [note_request([Wanted(sku.pk, 1) for sku in order], key=key) for key in range(5)]
        try:
            return len(issue_notes(requests, by=None, at=NOON).notes)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert sum(pool.map(attempt, range(16))) == 80
    assert prove_stock().ok
