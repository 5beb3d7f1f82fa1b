"""Handing a shift over: what is open, decided, offered, accepted, left with the leader."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shopops.kit.holdings import HOLDINGS, Held, Holding
from shopops.kit.refusals import Refused
from staff.actions.handovers import (
    accept_items,
    begin_handover,
    decide_item,
    decide_rest,
    offer_handover,
    pass_overdue,
    read_handover,
)
from staff.actions.leave import approve_leave, ask_leave
from staff.queries.handovers import handovers_for, was_read_in_time
from staff.states import HandoverState, ItemState, LeaveKind
from tests.factories.duty import a_duty, moment
from tests.staff.duty.conftest import MONDAY

AT = moment("2026-11-23 16:50")
MINUTE = timedelta(minutes=1)


class Desk:
    """Open things of people, as a department would keep them."""

    def __init__(self) -> None:
        self.owner: dict[int, int] = {}
        self.passed: list[tuple[list[int], int, int]] = []

    def mine(self, employee: int, at: object) -> list[Held]:
        return [
            Held(number, f"买家 {number}", f"/x/{number}/") for number, who in self.owner.items() if who == employee
        ]

    def pass_on(self, ids, receiver, *, by, at):
        for number in ids:
            self.owner[number] = receiver.pk
        self.passed.append((list(ids), receiver.pk, by.pk))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Let this desk be the only one that holds anything."""
    desk = Desk()
    monkeypatch.setattr(HOLDINGS, "_things", {"try.desk": Holding("try.desk", "买家", desk.mine, desk.pass_on)})
    return desk


@pytest.fixture
def handover(lina, sunyue, hejie, desk):
    a_duty(lina, MONDAY, "early")
    a_duty(sunyue, MONDAY, "late")
    desk.owner = {1: lina.pk, 2: lina.pk, 3: sunyue.pk}
    return begin_handover(lina, at=AT)


def decide_all(handover, lina, state=ItemState.OFFERED):
    for item in handover.items.all():
        decide_item(item, state, note="晚上回电", by=lina, at=AT)


def test_everything_open_of_mine_is_listed_and_the_next_shift_proposed(handover, sunyue, hejie):
    assert {item.label for item in handover.items.all()} == {"买家 1", "买家 2"}
    assert (handover.receiver, handover.leader) == (sunyue, hejie)


def test_beginning_again_goes_on_with_the_same_and_drops_what_has_ended(handover, lina, desk):
    del desk.owner[1]
    desk.owner[7] = lina.pk

    again = begin_handover(lina, at=AT + MINUTE)

    assert again == handover
    assert dict(again.items.values_list("subject_id", "state")) == {
        1: ItemState.DONE,
        2: ItemState.LISTED,
        7: ItemState.LISTED,
    }


def test_nothing_is_handed_over_undecided_or_without_a_note(handover, lina, sunyue):
    with pytest.raises(Refused):
        offer_handover(handover, receiver=sunyue, by=lina, at=AT)
    with pytest.raises(Refused):
        decide_item(handover.items.first(), ItemState.OFFERED, note=" ", by=lina, at=AT)


def test_at_acceptance_the_responsibility_passes_item_by_item(handover, lina, sunyue, desk):
    decide_all(handover, lina)
    offer_handover(handover, receiver=sunyue, note="注意改地址", by=lina, at=AT)
    assert desk.owner[1] == lina.pk
    first, second = handover.items.order_by("subject_id")

    accept_items(handover, [first.pk], by=sunyue, at=AT + MINUTE)

    assert (desk.owner[1], desk.owner[2]) == (sunyue.pk, lina.pk)
    handover.refresh_from_db()
    assert (handover.state, handover.read_at) == (HandoverState.OFFERED, AT + MINUTE)
    accept_items(handover, by=sunyue, at=AT + 2 * MINUTE)
    handover.refresh_from_db()
    second.refresh_from_db()
    assert (desk.owner[2], second.state, handover.state) == (sunyue.pk, ItemState.ACCEPTED, HandoverState.CLOSED)


def test_what_is_kept_stays_with_the_giver(handover, lina, sunyue, desk):
    decide_all(handover, lina, ItemState.KEPT)
    offer_handover(handover, receiver=sunyue, by=lina, at=AT)
    read_handover(handover, by=sunyue, at=AT)

    handover.refresh_from_db()
    assert handover.state == HandoverState.CLOSED
    assert desk.passed == []


def test_nobody_else_accepts_and_nothing_is_accepted_twice(handover, lina, sunyue, hejie):
    decide_all(handover, lina)
    offer_handover(handover, receiver=sunyue, by=lina, at=AT)
    with pytest.raises(Refused):
        accept_items(handover, by=lina, at=AT)
    with pytest.raises(Refused):
        accept_items(handover, by=hejie, at=AT)
    accept_items(handover, by=sunyue, at=AT)
    with pytest.raises(Refused):
        accept_items(handover, by=sunyue, at=AT)


def test_what_is_not_accepted_in_time_is_with_the_leader_who_gives_it_on(handover, lina, sunyue, hejie, desk):
    decide_all(handover, lina)
    offer_handover(handover, receiver=sunyue, by=lina, at=AT)

    assert pass_overdue(at=AT + 29 * MINUTE) == 0
    assert pass_overdue(at=AT + 30 * MINUTE) == 2
    assert set(desk.owner.values()) == {hejie.pk, sunyue.pk}
    assert list(handovers_for(hejie.pk)) == [handover]

    accept_items(handover, to=sunyue, by=hejie, at=AT + 40 * MINUTE)
    assert set(desk.owner.values()) == {sunyue.pk}


def test_without_a_colleague_everything_is_with_the_leader_at_once(handover, lina, hejie, desk):
    decide_all(handover, lina)
    offer_handover(handover, receiver=None, by=lina, at=AT)

    assert desk.owner[1] == hejie.pk
    accept_items(handover, by=hejie, at=AT)
    handover.refresh_from_db()
    assert handover.state == HandoverState.CLOSED


@pytest.mark.parametrize(("minutes", "in_time"), [(30, True), (31, False)])
def test_exactly_at_the_limit_is_read_in_time(handover, lina, sunyue, minutes, in_time):
    decide_all(handover, lina, ItemState.DONE)
    offer_handover(handover, receiver=sunyue, by=lina, at=AT)
    read_handover(handover, by=sunyue, at=AT + minutes * MINUTE)

    handover.refresh_from_db()
    assert was_read_in_time(handover) is in_time


def test_thirty_things_go_over_with_one_note_but_for_the_exceptions(lina, sunyue, hejie, desk):
    desk.owner = dict.fromkeys(range(1, 31), lina.pk)
    handover = begin_handover(lina, at=AT)
    kept = handover.items.get(subject_id=3)
    decide_item(kept, ItemState.KEPT, by=lina, at=AT)

    offer_handover(handover, receiver=sunyue, rest="请接着跟进", by=lina, at=AT)

    assert handover.items.filter(state=ItemState.OFFERED, note="请接着跟进").count() == 29
    kept.refresh_from_db()
    assert kept.state == ItemState.KEPT
    with pytest.raises(Refused):
        decide_rest(handover, ItemState.KEPT, by=lina, at=AT)


def test_the_rest_is_decided_once_and_with_a_note(handover, lina, hejie):
    with pytest.raises(Refused):
        decide_rest(handover, ItemState.OFFERED, note=" ", by=lina, at=AT)
    with pytest.raises(Refused):
        decide_rest(handover, ItemState.KEPT, by=hejie, at=AT)
    assert decide_rest(handover, ItemState.KEPT, by=lina, at=AT) == 2
    with pytest.raises(Refused):
        decide_rest(handover, ItemState.KEPT, by=lina, at=AT)


def test_nobody_hands_over_to_somebody_who_left_or_is_on_leave(handover, lina, sunyue, hejie):
    sunyue.left_on = MONDAY - timedelta(days=1)
    with pytest.raises(Refused):
        offer_handover(handover, receiver=sunyue, rest="请跟进", by=lina, at=AT)
    sunyue.left_on = None
    span = {"starts_at": AT - timedelta(hours=1), "ends_at": AT + timedelta(hours=9)}
    away = ask_leave(sunyue, LeaveKind.SICK, **span, reason="发烧", by=sunyue, at=AT - timedelta(hours=2))
    approve_leave(away, by=hejie, at=AT - timedelta(hours=1))
    with pytest.raises(Refused):
        offer_handover(handover, receiver=sunyue, rest="请跟进", by=lina, at=AT)
