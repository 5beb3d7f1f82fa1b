"""A replay of ninety days against ninety tallies, and that it goes on where it was interrupted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection

from tools.bench.registry import Result, bench, in_turn, median_ratio
from tools.bench.tally import FRIDAY, ORDERS, make_house, moment, write

DAYS = 90
GOAL = 1.3


@bench("replay")
def replay(rounds: int) -> Iterable[Result]:
    """Tally ninety days that hold 100,000 orders, and replay them beside the books."""
    house = make_house()
    write(house, DAYS)
    tally_all()
    replay_all(house)
    rows = check_same()
    times = in_turn(rounds, lambda: replay_all(house), tally_all)
    yield Result(
        name=f"replay of {DAYS} days with {ORDERS:,} orders: time against {DAYS} tallies",
        ours=min(times[0]),
        anchor=min(times[1]),
        ratio=median_ratio(times[0], times[1]),
        goal=GOAL,
        better="less",
        note=f"{rows:,} offences on trial, none different; interrupted once and resumed",
    )


def tally_all() -> None:
    """Tally all days into empty books."""
    from staff.actions.tally import tally_day

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE staff_offence, staff_pointentry, staff_notification CASCADE")
    for number in range(DAYS):
        tally_day(FRIDAY - timedelta(days=DAYS - 1 - number), at=moment(FRIDAY, 2))


def replay_all(house: dict[str, Any]) -> None:
    """Replay all days, interrupted half way."""
    from staff.actions.trials import run_trial, start_trial
    from staff.states import TrialKind

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE staff_trialoffence")
    trial = start_trial(
        TrialKind.REPLAY,
        first=FRIDAY - timedelta(days=DAYS - 1),
        last=FRIDAY,
        versions=[],
        reason="bench",
        by=house["people"][0],
        at=moment(FRIDAY, 2),
    )
    try:
        run_trial(trial, at=moment(FRIDAY, 2), progress=Interrupting())
    except InterruptedError:
        run_trial(trial, at=moment(FRIDAY, 2))


def check_same() -> int:
    """See that the replay came to its end and found what the books have; return how many offences it found.

    :raises AssertionError: if it did not.
    """
    from staff.models import Offence, Trial
    from staff.queries.comparison import differences_by_person
    from staff.states import TrialState

    done = Trial.objects.get()
    if done.state != TrialState.READY or done.done_to != FRIDAY:
        raise AssertionError("the replay did not come to its end")
    if differences_by_person(done) or done.offences.count() != Offence.objects.count():
        raise AssertionError("the replay of an unchanged rulebook is not empty")
    return done.offences.count()


class Interrupting:
    """A progress that breaks off half way."""

    run_id = 0
    asked_by_id: int | None = None
    started_at = moment(FRIDAY, 2)

    def step(self, done: int, total: int | None = None, note: str = "") -> None:
        """Break off once half of the days are done.

        :raises InterruptedError: then.
        """
        if total and done == total // 2:
            raise InterruptedError(note)

    def keep_file(self, path: Any, name: str) -> None:
        """Keep nothing."""
