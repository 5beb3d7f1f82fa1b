"""Handovers of the demo shop that are under way, with what is really open."""

from __future__ import annotations

from datetime import datetime, timedelta

from service.actions.demo.duty import WANTED, duty_team
from staff.actions.handovers import begin_handover, decide_item, offer_handover, pass_overdue
from staff.states import ItemState

_MINUTE = timedelta(minutes=1)
_GIVEN_ON = 2
"""So many things of a demo handover are given on; the rest is kept."""


def make_handovers(*, at: datetime) -> int:
    """Hand shifts over with what is really open: one waits for acceptance, one was left with the leader.

    Wants conversations, promises and cases to be there. Returns how many things are in them.
    """
    _leader, team = duty_team()
    if len(team) < WANTED:
        return 0
    things = 0
    for giver, ago in ((team[2], timedelta(hours=2)), (team[3], 10 * _MINUTE)):
        begun = begin_handover(giver, at=at - ago - 5 * _MINUTE)
        for number, item in enumerate(begun.items.all()):
            state = ItemState.OFFERED if number < _GIVEN_ON else ItemState.KEPT
            note = "答应今天回复，请接着跟进" if state == ItemState.OFFERED else ""
            decide_item(item, state, note=note, by=giver, at=at - ago - 2 * _MINUTE)
        note = "其余的我明天继续跟。"
        taker = begun.receiver or next(one for one in team if one != giver)
        offer_handover(begun, receiver=taker, note=note, by=giver, at=at - ago)
        things += begun.items.count()
    pass_overdue(at=at)
    return things
