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
    times = in_turn(rounds, lambda: run(house), tally_all, before=None)
    yield Result(
        name=f"replay of {DAYS} days with {ORDERS:,} orders: time against {DAYS} tallies",
        ours=min(times[0]),
        anchor=min(times[1]),
        ratio=median_ratio(times[0], times[1]),
        goal=GOAL,
        better="less",
        note=f"{rows():,} offences on trial, none different; interrupted once and resumed",
    )


def tally_all() -> None:
    """Tally all days into empty books."""
    from staff.actions.tally import tally_day

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE staff_offence, staff_pointentry, staff_notification, staff_trial CASCADE")
    for number in range(DAYS):
        tally_day(FRIDAY - timedelta(days=number), at=moment(FRIDAY, 2))


def run(house: dict[str, Any]) -> None:
    """Replay all days, interrupted half way; the books were tallied already, or are for the first time.

    :raises AssertionError: if the replay of tallied books differs from them, or days were lost.
    """
    from staff.actions.trials import run_trial, start_trial
    from staff.models import Offence, Trial
    from staff.queries.comparison import differences_by_person
    from staff.states import TrialKind, TrialState

    is_tallied = Offence.objects.exists()
    trial = start_trial(
        TrialKind.REPLAY,
        first=FRIDAY - timedelta(days=DAYS - 1),
        last=FRIDAY,
        versions=[],
        reason="bench",
        by=house["people"][0],
        at=moment(FRIDAY, 2),
    )
    with_break = Interrupting()
    try:
        run_trial(trial, at=moment(FRIDAY, 2), progress=with_break)
    except InterruptedError:
        run_trial(trial, at=moment(FRIDAY, 2))
    done = Trial.objects.get(pk=trial.pk)
    if done.state != TrialState.READY or done.done_to != FRIDAY:
        raise AssertionError("the replay did not come to its end")
    if is_tallied and differences_by_person(done):
        raise AssertionError("the replay of an unchanged rulebook is not empty")


def rows() -> int:
    """Count the rows of the last trial."""
    from staff.models import Trial, TrialOffence

    last = Trial.objects.order_by("-pk").first()
    return TrialOffence.objects.filter(trial=last).count()


class Interrupting:
    """A progress that breaks off half way."""

    run_id, asked_by_id, started_at = 0, None, moment(FRIDAY, 2)

    def step(self, done: int, total: int | None = None, note: str = "") -> None:
        """Break off once half of the days are done.

        :raises InterruptedError: then.
        """
        if total and done == total // 2:
            raise InterruptedError(note)

    def keep_file(self, path: Any, name: str) -> None:
        """Keep nothing."""
