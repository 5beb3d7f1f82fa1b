"""Shares of small and large samples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.proportions import sure_change, wilson

COUNTS = st.integers(0, 5000)


@given(COUNTS, COUNTS)
def test_the_interval_holds_the_share_and_stays_between_nothing_and_all(part, more):
    whole = part + more
    low, high = wilson(part, whole)
    assert 0 <= low <= high <= 1
    if whole:
        assert low - 1e-9 <= part / whole <= high + 1e-9


@given(st.integers(1, 2000))
def test_more_cases_of_the_same_share_make_it_narrower(count):
    few, many = wilson(count, 2 * count), wilson(10 * count, 20 * count)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(1, 1, 0.2065, 1), (100, 100, 0.963, 1), (5, 10, 0.2366, 0.7634)]
)
def test_known_intervals(part, whole, low, high):
    assert wilson(part, whole) == pytest.approx((low, high), abs=0.0005)


@given(COUNTS, st.integers(1, 5000), COUNTS, st.integers(1, 5000))
def test_a_sure_change_is_never_larger_than_the_change_that_was_seen(part, more, part_before, more_before):
    whole, before = part + more, part_before + more_before
    seen, sure = part / whole - part_before / before, sure_change(part, whole, part_before, before)
    assert abs(sure) <= abs(seen) + 1e-9
    assert sure * seen >= 0
    assert sure_change(part_before, before, part, whole) == pytest.approx(-sure, abs=1e-9)


def test_of_nothing_nothing_changed():
    assert sure_change(0, 0, 5, 10) == 0
    assert sure_change(5, 10, 0, 0) == 0
