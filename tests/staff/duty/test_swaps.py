"""Swaps: colleague, then leader; then the duties change hands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shopops.kit.refusals import Refused
from staff.actions.swaps import agree_swap, approve_swap, ask_swap, refuse_swap, withdraw_swap
from staff.queries.swaps import swaps_to_answer, swaps_to_decide
from staff.states import SwapState
from tests.factories.duty import a_duty
from tests.factories.staff import NOON
from tests.staff.duty.conftest import MONDAY

SATURDAY = MONDAY + timedelta(days=5)


def test_an_approved_swap_gives_both_duties_to_the_other_even_when_they_overlap(lina, sunyue, hejie):
    mine, theirs = a_duty(lina, MONDAY, "early"), a_duty(sunyue, MONDAY, "late")
    swap = ask_swap(mine, sunyue, in_return=theirs, reason="看牙", by=lina, at=NOON)

    agree_swap(swap, by=sunyue, at=NOON)
    approve_swap(swap, by=hejie, at=NOON)

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.employee, theirs.employee) == (sunyue, lina)
    assert (mine.state, theirs.state) == ("planned", "planned")


def test_the_leader_waits_for_the_colleague_and_does_not_take_part(lina, sunyue, hejie):
    swap = ask_swap(a_duty(lina, SATURDAY, "weekend"), sunyue, by=lina, at=NOON)
    assert list(swaps_to_answer(sunyue.pk)) == [swap]

    with pytest.raises(Refused):
        approve_swap(swap, by=hejie, at=NOON)
    with pytest.raises(Refused):
        agree_swap(swap, by=lina, at=NOON)
    agree_swap(swap, by=sunyue, at=NOON)
    assert swaps_to_decide(hejie.pk) == [swap]
    with pytest.raises(Refused):
        approve_swap(swap, by=sunyue, at=NOON)


def test_a_colleague_who_would_not_rest_enough_cannot_be_asked(lina, sunyue):
    mine = a_duty(lina, MONDAY + timedelta(days=1), "early")
    a_duty(sunyue, MONDAY, "late")

    with pytest.raises(Refused):
        ask_swap(mine, sunyue, by=lina, at=NOON)


def test_a_duty_is_swapped_once_at_a_time_and_only_ones_own(lina, sunyue, hejie):
    mine = a_duty(lina, MONDAY, "early")
    swap = ask_swap(mine, sunyue, by=lina, at=NOON)

    with pytest.raises(Refused):
        ask_swap(mine, hejie, by=lina, at=NOON)
    with pytest.raises(Refused):
        ask_swap(mine, lina, by=sunyue, at=NOON)
    withdraw_swap(swap, by=lina, at=NOON)
    assert ask_swap(mine, sunyue, by=lina, at=NOON)


def test_refusing_says_why_and_duties_that_have_begun_stay(lina, sunyue, hejie):
    mine = a_duty(lina, MONDAY, "early")
    swap = ask_swap(mine, sunyue, by=lina, at=NOON)
    with pytest.raises(Refused):
        refuse_swap(swap, reason="", by=sunyue, at=NOON)
    with pytest.raises(Refused):
        agree_swap(swap, by=sunyue, at=mine.starts_at)

    refuse_swap(swap, reason="有事", by=sunyue, at=NOON)

    swap.refresh_from_db()
    assert (swap.state, swap.answer) == (SwapState.REFUSED, "有事")


def test_answering_a_swap_twice_says_that_it_was_answered_even_with_a_duty_in_return(lina, sunyue, hejie):
    mine, theirs = a_duty(lina, MONDAY, "early"), a_duty(sunyue, MONDAY, "late")
    swap = ask_swap(mine, sunyue, in_return=theirs, by=lina, at=NOON)

    agree_swap(swap, by=sunyue, at=NOON)
    with pytest.raises(Refused, match="已处理过"):
        agree_swap(swap, by=sunyue, at=NOON)
    approve_swap(swap, by=hejie, at=NOON)
    with pytest.raises(Refused, match="已处理过"):
        approve_swap(swap, by=hejie, at=NOON)
    with pytest.raises(Refused, match="已处理过"):
        refuse_swap(swap, reason="人手不足", by=hejie, at=NOON)
