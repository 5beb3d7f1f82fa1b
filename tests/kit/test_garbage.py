"""Holding off the garbage collector."""

from __future__ import annotations

import gc

import pytest

from shopops.kit.garbage import uncollected


def test_the_collector_is_held_off_inside_and_back_afterwards_even_after_an_error():
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="x"), uncollected():
        raise ValueError("x")
    assert gc.isenabled()
