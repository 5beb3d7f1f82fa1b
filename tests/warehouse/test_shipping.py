"""Shipping and its undoing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.models import Event
from tests.factories.warehouse import (
    NOON,
    CarrierFactory,
    WaybillRangeFactory,
    make_note,
    make_packed_note,
    make_picked_note,
    make_shipped_note,
)
from warehouse.actions.notes import stop_note
from warehouse.actions.packing import force_pack
from warehouse.actions.shipping import ship_note, ship_notes, undo_shipment
from warehouse.actions.waves import cancel_wave, drop_note, finish_picking, make_wave, start_picking
from warehouse.actions.waybills import set_waybill, take_waybills
from warehouse.models import DispatchNote, Parcel, StockBalance, StockMove, Wave
from warehouse.queries.proof import prove_stock
from warehouse.signals import parcel_shipped, shipment_undone
from warehouse.states import MoveKind, NoteState, ParcelState, WaveState

pytestmark = pytest.mark.django_db


def test_ship_note_moves_the_stock_and_makes_a_parcel(wang):
    told = []
    parcel_shipped.connect(listen := lambda **words: told.append(words))
    note = make_packed_note(wang)
    ship_note(note, by=wang, at=NOON)
    parcel_shipped.disconnect(listen)
    assert (note.state, note.shipped_by, note.shipped_at) == (NoteState.SHIPPED, wang, NOON)
    assert (note.parcel.waybill, note.parcel.state) == ("430100000000084", ParcelState.HANDED_OVER)
    move = StockMove.objects.get(kind=MoveKind.SHIPMENT)
    assert (move.quantity, move.on_hand_after, move.reference) == (-1, 0, note.number)
    balance = StockBalance.objects.get()
    assert (balance.on_hand, balance.reserved) == (0, 0)
    assert prove_stock().ok
    [words] = told
    assert (words["notes"], words["by"], words["at"]) == ([note], wang, NOON)


def test_a_whole_wave_ships_at_once_and_says_which_stayed(wang):
    carrier = CarrierFactory()
    WaybillRangeFactory(carrier=carrier)
    notes = [make_note(carrier_id=carrier.pk, order_numbers=str(number)) for number in range(4)]
    wave = make_wave([note.pk for note in notes], by=wang, at=NOON)
    assert take_waybills(notes, by=wang, at=NOON) == {}
    finish_picking(wave, by=wang, at=NOON)
    for note in notes[:3]:
        force_pack(DispatchNote.objects.get(pk=note.pk), reason="测试", by=wang, at=NOON)
    stop_note(notes[2], reason="退款", by=None, at=NOON)
    refused = ship_notes([note.pk for note in notes], by=wang, at=NOON)
    assert set(refused) == {notes[2].pk, notes[3].pk}
    assert "退款" in str(refused[notes[2].pk])
    assert Parcel.objects.count() == 2
    assert Wave.objects.get().state == WaveState.PICKED
    assert prove_stock().ok


def test_ship_notes_uses_as_many_queries_for_three_as_for_one(wang, queries_of):
    first = make_packed_note(wang, waybill="430100000000001")
    more = [make_packed_note(wang, waybill=f"43010000000001{number}") for number in range(3)]
    wave = Wave.objects.get(notes=more[0])
    DispatchNote.objects.filter(pk__in=[note.pk for note in more]).update(wave=wave)
    one = queries_of(lambda: ship_notes([first.pk], by=wang, at=NOON))
    assert queries_of(lambda: ship_notes([note.pk for note in more], by=wang, at=NOON)) == one


@pytest.mark.django_db(transaction=True)
def test_shipping_one_parcel_many_times_at_once_ships_it_once(wang):
    note = make_packed_note(wang)

    def attempt(_number: int) -> bool:
        try:
            ship_note(DispatchNote.objects.get(pk=note.pk), by=wang, at=NOON)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert StockMove.objects.filter(kind=MoveKind.SHIPMENT).count() == 1
    assert prove_stock().ok


def test_a_parcel_without_waybill_is_not_shipped(wang):
    with pytest.raises(Refused):
        ship_note(make_packed_note(wang, waybill=""), by=wang, at=NOON)


def test_undo_brings_stock_reservation_and_wave_back(wang):
    told = []
    shipment_undone.connect(listen := lambda **words: told.append(words))
    note = make_shipped_note(wang)
    assert Wave.objects.get().state == WaveState.DONE
    with pytest.raises(Refused):
        undo_shipment(note, reason="", by=wang, at=NOON)
    undo_shipment(note, reason="面单贴错", by=wang, at=NOON + timedelta(hours=1))
    shipment_undone.disconnect(listen)
    note.refresh_from_db()
    assert (note.state, note.shipped_at, note.shipped_by) == (NoteState.PACKED, None, None)
    assert not Parcel.objects.exists()
    balance = StockBalance.objects.get()
    assert (balance.on_hand, balance.reserved) == (1, 1)
    assert prove_stock().ok
    assert Wave.objects.get().state == WaveState.PICKED
    assert told[0]["reason"] == "面单贴错"
    assert Event.objects.get(verb="warehouse.shipment_undone").reason == "面单贴错"
    ship_note(note, by=wang, at=NOON + timedelta(hours=2))


def test_undo_is_refused_when_late_or_when_the_carrier_has_the_parcel(wang):
    note = make_shipped_note(wang)
    with pytest.raises(Refused, match="24"):
        undo_shipment(note, reason="晚了", by=wang, at=NOON + timedelta(hours=25))
    Parcel.objects.update(state=ParcelState.COLLECTED)
    with pytest.raises(Refused, match="430100000000084"):
        undo_shipment(note, reason="已揽收", by=wang, at=NOON)


def test_numbers_of_a_range_are_taken_in_order_and_never_twice(wang):
    carrier = CarrierFactory()
    WaybillRangeFactory(carrier=carrier, prefix="43", next_number=7, last_number=8, digits=13)
    WaybillRangeFactory(carrier=carrier, prefix="44", next_number=1, last_number=1, digits=13)
    by_hand = make_note(carrier_id=carrier.pk)
    set_waybill(by_hand, "430000000000007", by=wang, at=NOON)
    notes = [make_note(carrier_id=carrier.pk) for _ in range(3)]
    refused = take_waybills(notes, by=wang, at=NOON)
    assert [note.waybill for note in notes] == ["430000000000008", "440000000000001", ""]
    assert set(refused) == {notes[2].pk}


@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_once_are_all_different(wang):
    carrier = CarrierFactory()
    WaybillRangeFactory(carrier=carrier)
    notes = [make_note(carrier_id=carrier.pk) for _ in range(12)]

    def take(note) -> None:
        try:
            take_waybills([note], by=wang, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(take, notes))
    assert DispatchNote.objects.exclude(waybill="").values("waybill").distinct().count() == 12


def test_a_waybill_belongs_to_one_parcel(wang):
    carrier = CarrierFactory()
    first, second = make_note(carrier_id=carrier.pk), make_note(carrier_id=carrier.pk)
    assert set_waybill(first, "430100000000084", by=wang, at=NOON) is True
    with pytest.raises(Refused, match="430100000000084"):
        set_waybill(second, "430100000000084", by=wang, at=NOON)
    assert set_waybill(second, "12345", by=wang, at=NOON) is False


@pytest.mark.parametrize("waybill", ["", "123", "单号", "12 34567", "x" * 50])
def test_what_cannot_be_a_waybill_is_refused(waybill, wang):
    with pytest.raises(Refused):
        set_waybill(make_note(carrier_id=CarrierFactory().pk), waybill, by=wang, at=NOON)


def test_a_wave_numbers_its_slots_in_the_order_given_and_leaves_out_who_no_longer_waits(wang):
    notes = [make_note() for _ in range(4)]
    stop_note(notes[1], reason="退款", by=None, at=NOON)
    wave = make_wave([notes[3].pk, notes[1].pk, notes[0].pk], by=wang, at=NOON)
    assert [(note.pk, note.slot) for note in wave.notes.order_by("slot")] == [(notes[3].pk, 1), (notes[0].pk, 2)]
    with pytest.raises(Refused):
        make_wave([notes[0].pk], by=wang, at=NOON)


def test_the_steps_of_a_wave_keep_their_people_and_times(wang, zhou):
    note = make_note()
    wave = make_wave([note.pk], by=wang, at=NOON)
    start_picking(wave, picker=zhou, by=wang, at=NOON)
    finish_picking(wave, by=wang, at=NOON + timedelta(minutes=9))
    note.refresh_from_db()
    assert (wave.picker, wave.picked_at) == (zhou, NOON + timedelta(minutes=9))
    assert (note.state, note.picked_by, note.picked_at) == (NoteState.PICKED, zhou, NOON + timedelta(minutes=9))
    with pytest.raises(MoveRefused):
        finish_picking(wave, by=wang, at=NOON)


def test_a_dropped_note_waits_again_and_the_last_one_ends_the_wave(wang):
    first, second = make_note(), make_note()
    wave = make_wave([first.pk, second.pk], by=wang, at=NOON)
    drop_note(first, reason="缺货", by=wang, at=NOON)
    assert (first.state, first.wave, first.slot) == (NoteState.WAITING, None, None)
    drop_note(second, reason="缺货", by=wang, at=NOON)
    wave.refresh_from_db()
    assert wave.state == WaveState.CANCELLED


def test_a_cancelled_wave_gives_its_notes_back(wang):
    note = make_note()
    wave = make_wave([note.pk], by=wang, at=NOON)
    cancel_wave(wave, reason="换人", by=wang, at=NOON)
    note.refresh_from_db()
    assert (wave.state, note.state, note.wave) == (WaveState.CANCELLED, NoteState.WAITING, None)
    with pytest.raises(MoveRefused):
        cancel_wave(Wave.objects.get(notes=make_picked_note(wang)), reason="太晚", by=wang, at=NOON)
