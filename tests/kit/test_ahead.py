"""Things made ahead come in order, their errors where they are read, and nobody waits for what is not read."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.utils import translation

from shopops.kit.ahead import ReadAhead


def test_things_come_in_order_however_few_may_be_ahead():
    with ReadAhead(range(100), most=2) as ahead:
        assert list(ahead) == list(range(100))
        assert list(ahead) == []


def test_what_goes_wrong_is_raised_after_what_went_well():
    def things() -> Iterator[int]:
        yield 1
        raise ValueError("torn")

    with ReadAhead(things(), most=5) as ahead:
        assert next(ahead) == 1
        with pytest.raises(ValueError, match="torn"):
            next(ahead)


def test_whoever_stops_reading_leaves_no_thread_behind():
    before = threading.active_count()
    with ReadAhead(iter(int, 1), most=3) as ahead:
        next(ahead)
    assert threading.active_count() == before


def test_the_thread_speaks_the_readers_language():
    with translation.override("en"), ReadAhead((translation.get_language() for _one in range(1)), most=1) as ahead:
        assert list(ahead) == ["en"]
