"""Stock comes, goes, and always adds up."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopops.kit.refusals import Refused
from staff.models import Employee, Event
from tests.factories.catalog import SkuFactory, make_bundle
from tests.factories.warehouse import NOON, CarrierFactory, make_note, note_request, stock_up
from warehouse.actions.notes import Wanted, cancel_note, issue_note, stop_note
from warehouse.actions.packing import force_pack
from warehouse.actions.shipping import ship_note, undo_shipment
from warehouse.actions.stock import adjust_stock, ensure_warehouse, place_sku, receive_stock
from warehouse.actions.waves import finish_picking, make_wave
from warehouse.models import Bin, DispatchNote, StockBalance, StockMove, Warehouse
from warehouse.queries.proof import prove_stock
from warehouse.queries.stock import available, why_available
from warehouse.states import MoveKind, NoteState

pytestmark = pytest.mark.django_db


def test_receive_stock_books_moves_and_balances_together(wang):
    coat, hat = SkuFactory(), SkuFactory()
    receive_stock({coat.pk: 5, hat.pk: 3}, by=wang, at=NOON, reference="采购单 17", reason="到货")
    receive_stock({coat.pk: 2}, by=wang, at=NOON)
    assert available([coat.pk, hat.pk]) == {coat.pk: 7, hat.pk: 3}
    moves = StockMove.objects.filter(balance__sku=coat).order_by("pk")
    assert [(move.quantity, move.on_hand_after, move.kind) for move in moves] == [
        (5, 5, MoveKind.RECEIPT),
        (2, 7, MoveKind.RECEIPT),
    ]
    event = Event.objects.filter(verb="warehouse.stock_received", subject_label__contains=hat.code).get()
    assert event.changes == {"on_hand": [0, 3]}


@pytest.mark.parametrize("pieces", [0, -3])
def test_receive_stock_wants_at_least_a_piece(pieces, wang):
    with pytest.raises(Refused):
        receive_stock({SkuFactory().pk: pieces}, by=wang, at=NOON)


def test_a_bundle_has_no_stock_of_its_own(wang):
    bundle = make_bundle({SkuFactory(): 1})
    with pytest.raises(Refused, match=bundle.code):
        receive_stock({bundle.pk: 1}, by=wang, at=NOON)


def test_adjust_stock_wants_a_reason_and_leaves_promised_pieces_alone(wang):
    note = make_note(pieces=3)
    sku = note.lines.get().sku
    stock_up(sku, 2)
    with pytest.raises(Refused):
        adjust_stock(sku, -1, reason="  ", by=wang, at=NOON)
    with pytest.raises(Refused):
        adjust_stock(sku, 0, reason="盘点", by=wang, at=NOON)
    with pytest.raises(Refused, match=r"5.*3"):
        adjust_stock(sku, -3, reason="盘亏", by=wang, at=NOON)
    move = adjust_stock(sku, -2, reason="盘亏", by=wang, at=NOON)
    assert (move.on_hand_after, move.reason) == (3, "盘亏")
    assert available([sku.pk]) == {sku.pk: 0}
    assert prove_stock().ok


def test_the_database_itself_refuses_to_sell_what_is_not_there():
    sku = SkuFactory()
    stock_up(sku, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockBalance.objects.filter(sku=sku).update(reserved=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockBalance.objects.filter(sku=sku).update(on_hand=-1)


def test_why_available_lists_moves_and_reservations_that_add_up(wang):
    note = make_note(pieces=2)
    sku = note.lines.get().sku
    receive_stock({sku.pk: 4}, by=wang, at=NOON)
    why = why_available(sku)
    assert (why.on_hand, why.reserved, why.available) == (6, 2, 4)
    assert sum(move.quantity for move in why.moves) + why.earlier == why.on_hand
    assert [one.line.note for one in why.reservations] == [note]
    short = why_available(sku, most_moves=1)
    assert (len(short.moves), short.more_moves, short.earlier) == (1, 1, 2)


def test_why_available_of_a_bundle_names_the_part_that_limits_it():
    coat, hat = SkuFactory(), SkuFactory()
    stock_up(coat, 7)
    stock_up(hat, 5)
    why = why_available(make_bundle({coat: 1, hat: 2}))
    assert why.available == 2
    assert [(one.part, one.enough_for) for one in why.parts] == [(coat, 7), (hat, 2)]


def test_why_available_of_a_sku_never_received_is_nothing():
    assert why_available(SkuFactory()).available == 0


def test_place_sku_keeps_to_its_warehouse(wang):
    sku = SkuFactory()
    stock_up(sku, 1)
    balance = StockBalance.objects.get(sku=sku)
    here = Bin.objects.create(warehouse=balance.warehouse, code="A-01-02")
    elsewhere = Bin.objects.create(warehouse=Warehouse.objects.create(code="b", name="分仓"), code="A-01-02")
    place_sku(balance, here, by=wang, at=NOON)
    assert StockBalance.objects.get(sku=sku).bin == here
    with pytest.raises(Refused):
        place_sku(balance, elsewhere, by=wang, at=NOON)


def test_the_proof_finds_a_balance_that_was_tampered_with():
    sku = SkuFactory(code="YS-BAD")
    stock_up(sku, 5)
    StockBalance.objects.filter(sku=sku).update(on_hand=6, reserved=1)
    proof = prove_stock()
    assert not proof.ok
    assert proof.as_json()["ledger_differences"] == [
        {"balance": StockBalance.objects.get().pk, "warehouse": "main", "sku": "YS-BAD", "kept": 6, "proved": 5}
    ]
    [held] = proof.reservation_differences
    assert (held.kept, held.proved) == (1, 0)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "adjust", "issue", "cancel", "pack", "ship", "undo", "stop"]),
        st.integers(min_value=0, max_value=2),
        st.integers(min_value=1, max_value=6),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_in_whatever_order_stock_is_conserved(db, steps):
    with transaction.atomic():
        run = _Run()
        for verb, which, pieces in steps:
            try:
                with transaction.atomic():
                    run.step(verb, which, pieces)
            except Refused:
                continue
            proof = prove_stock()
            assert proof.ok, proof
        for which, sku in enumerate(run.skus):
            balance = StockBalance.objects.filter(sku=sku).first()
            assert (balance.on_hand if balance else 0) == run.came[which] - run.shipped(sku)
            assert (balance.reserved if balance else 0) == run.promised(sku)
        transaction.set_rollback(True)


class _Run:
    """A small warehouse, and what should be in it."""

    def __init__(self) -> None:
        ensure_warehouse()
        self.skus = [SkuFactory() for _ in range(3)]
        self.came = [0, 0, 0]
        self.wang = Employee.objects.create(username="w", employee_number="w", name="王强")
        self.carrier = CarrierFactory()

    def shipped(self, sku) -> int:
        return self._pieces(sku, NoteState.SHIPPED)

    def promised(self, sku) -> int:
        return sum(
            self._pieces(sku, state) for state in NoteState if state not in {NoteState.SHIPPED, NoteState.CANCELLED}
        )

    @staticmethod
    def _pieces(sku, state) -> int:
        return sum(note.pieces for note in DispatchNote.objects.filter(only_sku=sku, state=state))

    def step(self, verb: str, which: int, pieces: int) -> None:
        sku = self.skus[which]
        notes = list(DispatchNote.objects.filter(only_sku=sku).order_by("pk"))
        note = notes[pieces % len(notes)] if notes else None
        if verb == "receive":
            receive_stock({sku.pk: pieces}, by=self.wang, at=NOON)
            self.came[which] += pieces
        elif verb == "adjust":
            adjust_stock(sku, pieces - 4 or 1, reason="盘点", by=self.wang, at=NOON)
            self.came[which] += pieces - 4 or 1
        elif verb == "issue":
            issue_note(note_request([Wanted(sku.pk, pieces)], carrier_id=self.carrier.pk), by=self.wang, at=NOON)
        elif note is not None:
            self.handle(verb, note)

    def handle(self, verb: str, note: DispatchNote) -> None:
        if verb == "cancel":
            cancel_note(note, by=self.wang, at=NOON, reason="退款")
        elif verb == "stop":
            stop_note(note, by=self.wang, at=NOON, reason="改地址")
        elif verb == "pack":
            finish_picking(make_wave([note.pk], by=self.wang, at=NOON), by=self.wang, at=NOON)
            note.refresh_from_db()
            force_pack(note, reason="测试", by=self.wang, at=NOON)
            DispatchNote.objects.filter(pk=note.pk).update(waybill=f"4301000{note.pk:08}")
        elif verb == "ship":
            ship_note(note, by=self.wang, at=NOON)
        else:
            undo_shipment(note, reason="发错", by=self.wang, at=NOON)
