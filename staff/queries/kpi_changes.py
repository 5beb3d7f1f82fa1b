"""Who got better and who worse, by how much for sure; and in which order people stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from shopops.kit.metrics import METRICS, Metric
from shopops.kit.proportions import sure_change, wilson
from staff.policy.kpi import SMALL_SAMPLE
from staff.queries.figures import value_of
from staff.queries.kpi_board import Compared, Line
from staff.queries.kpi_scores import Parts, is_small

FEWEST = Decimal("0.02")
"""A change of less than two hundredths is no news."""


@dataclass(frozen=True)
class Change:
    """How a figure of somebody moved against the span before.

    :param weight: by how much at the least, in parts of one; above zero is for the better.
    """

    line: Line
    metric: Metric
    now: Parts
    before: Parts
    weight: float


def worst_and_best(lines: Sequence[Line], *, most: int = 5) -> tuple[list[Change], list[Change]]:
    """Return the changes for the worse and those for the better, the surest first, none from too few cases."""
    changes = [
        change
        for line in lines
        for name, compared in line.figures.items()
        if (change := _change(line, METRICS[name], compared)) and abs(change.weight) >= FEWEST
    ]
    worst = sorted((one for one in changes if one.weight < 0), key=lambda one: one.weight)
    best = sorted((one for one in changes if one.weight > 0), key=lambda one: -one.weight)
    return worst[:most], best[:most]


def ranked(metric: Metric, figures: Mapping[int, Parts]) -> list[int]:
    """Return people from best to worst; shares by what they are at the least, and those of too few cases last.

    A share of 100 of 100 stands before one of 1 of 1: the lower end of its Wilson interval is higher.
    """

    def place(person: int) -> tuple[bool, float]:
        parts = figures[person]
        if metric.unit == "share" and parts[1] and metric.parts_unit == "count":
            low, high = wilson(parts[0], parts[1])
            return is_small(metric, parts[1]), -low if metric.better == "more" else high
        value = float(value_of(metric.name, *parts) or 0)
        return False, value if metric.better == "less" else -value

    return sorted(figures, key=lambda person: (*place(person), person))


def _change(line: Line, metric: Metric, compared: Compared) -> Change | None:
    """Return how one figure moved; None where that cannot be said."""
    now, before = compared.now, compared.before
    if now is None or before is None or metric.better == "neither":
        return None
    if metric.unit == "share" and metric.parts_unit == "count":
        if is_small(metric, now[1]) or is_small(metric, before[1]):
            return None
        moved = sure_change(now[0], now[1] or 0, before[0], before[1] or 0)
    else:
        moved = _relative(metric, now, before)
    return Change(line, metric, now, before, moved if metric.better == "more" else -moved)


def _relative(metric: Metric, now: Parts, before: Parts) -> float:
    """Return the change in parts of the figure before; of counts less than chance alone would move is nothing."""
    fewest = SMALL_SAMPLE()
    if now[1] is not None or before[1] is not None:
        if min(now[1] or 0, before[1] or 0) < fewest:
            return 0.0
        values = [float(value_of(metric.name, *parts) or 0) for parts in (now, before)]
        return (values[0] - values[1]) / abs(values[1]) if values[1] else 0.0
    here, there = float(now[0]), float(before[0])
    if metric.answers == "self":
        return (here - there) / 100
    if max(abs(here), abs(there)) < fewest or not there:
        return 0.0
    chance = 2 * sqrt(abs(here) + abs(there))
    surely = max(0.0, abs(here - there) - chance)
    return surely / abs(there) * (1 if here > there else -1)
