"""Shares of small and large samples: how far the true share may lie from the one that was seen."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt
from typing import NamedTuple

SURE = 1.959964
"""Standard deviations of a 95 % interval."""


class Interval(NamedTuple):
    """Where the true share lies in 95 cases of 100."""

    low: float
    high: float


def wilson(part: Decimal | float, whole: Decimal | float) -> Interval:
    """Return Wilson's interval of a share: 1 of 1 may be as little as 0.21, 100 of 100 no less than 0.96.

    A part outside 0…whole counts as the nearer end; of nothing the share may be anything.
    """
    count = float(whole)
    if count <= 0:
        return Interval(0.0, 1.0)
    share = min(1.0, max(0.0, float(part) / count))
    square = SURE * SURE
    middle = (share + square / (2 * count)) / (1 + square / count)
    reach = SURE * sqrt(share * (1 - share) / count + square / (4 * count * count)) / (1 + square / count)
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))


def sure_change(
    part: Decimal | float, whole: Decimal | float, part_before: Decimal | float, whole_before: Decimal | float
) -> float:
    """Return by how much a share changed at the least, signed; 0 where it may not have changed at all.

    This is the end of Newcombe's interval of the difference that lies nearer to zero.
    """
    if not whole or not whole_before:
        return 0.0
    now, before = float(part) / float(whole), float(part_before) / float(whole_before)
    here, there = wilson(part, whole), wilson(part_before, whole_before)
    difference = now - before
    if difference > 0:
        return max(0.0, difference - sqrt((now - here.low) ** 2 + (there.high - before) ** 2))
    return min(0.0, difference + sqrt((here.high - now) ** 2 + (before - there.low) ** 2))
