"""What a bench is, what it returns, and how two things are timed fairly."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Literal

from tools.dev.places import say


@dataclass(frozen=True)
class Result:
    """One measured figure against its goal.

    :param ours: what our code took or reached, in `unit`.
    :param anchor: the same of what it is measured against; None where the goal is an absolute bound.
    :param goal: bound of `ratio`, or of `ours` where there is no anchor.
    :param better: whether less or more is better.
    """

    name: str
    ours: float
    anchor: float | None
    goal: float
    better: Literal["less", "more"]
    unit: str = "s"
    ratio: float | None = None
    note: str = ""

    @property
    def measured(self) -> float:
        """Return the figure the goal is about."""
        return self.ours if self.ratio is None else self.ratio

    @property
    def met(self) -> bool:
        """Say whether the goal is reached."""
        return self.measured <= self.goal if self.better == "less" else self.measured >= self.goal

    @property
    def goal_text(self) -> str:
        """Return the goal with its direction."""
        sign = "<=" if self.better == "less" else ">="
        return f"{sign} {self.goal:g}" + ("" if self.ratio is not None else f" {self.unit}")

    def as_json(self) -> dict[str, object]:
        """Return what `--json` prints of it."""
        return {
            "name": self.name,
            "ours": round(self.ours, 4),
            "anchor": None if self.anchor is None else round(self.anchor, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "goal": self.goal_text,
            "met": self.met,
        }


Measure = Callable[[int], Iterable[Result]]
BENCHES: dict[str, Measure] = {}


def bench(name: str) -> Callable[[Measure], Measure]:
    """Register a function that takes the number of rounds and yields results."""

    def register(function: Measure) -> Measure:
        if name in BENCHES:
            msg = f"there are two benches {name!r}"
            raise ValueError(msg)
        BENCHES[name] = function
        return function

    return register


def timed(work: Callable[[], object], *, before: Callable[[], object] | None = None) -> float:
    """Return the seconds `work` takes, after `before` and a collection of garbage that do not count."""
    if before:
        before()
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(
    rounds: int, *contestants: Callable[[], object], before: Callable[[], object] | None = None
) -> list[list[float]]:
    """Time each contestant once a round, beginning with another one each round; return their times."""
    times: list[list[float]] = [[] for _one in contestants]
    for number in range(rounds):
        for place in range(len(contestants)):
            who = (place + number) % len(contestants)
            times[who].append(timed(contestants[who], before=before))
            say(f"    round {number + 1}, contestant {who + 1}: {times[who][-1]:.2f} s")
    return times


def median_ratio(numerators: list[float], denominators: list[float]) -> float:
    """Return the median over the rounds of one time by the other of the same round."""
    return median(above / below for above, below in zip(numerators, denominators, strict=True))
