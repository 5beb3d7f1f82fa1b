"""Presence: spans follow one another, whoever says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from shopops.kit.refusals import Refused
from staff.actions.presence import end_check, set_presence
from staff.models import Presence
from staff.states import PresenceSource, PresenceStatus
from tests.factories.staff import NOON, EmployeeFactory

BUTTON, CHECK = PresenceSource.BUTTON, PresenceSource.CHECK
ONLINE, AWAY, IDLE = PresenceStatus.ONLINE, PresenceStatus.AWAY, PresenceStatus.IDLE
MINUTE = timedelta(minutes=1)


@pytest.fixture
def lina(db):
    return EmployeeFactory(name="李娜")


@pytest.fixture
def hejie(db):
    return EmployeeFactory(name="何洁", username="hejie")


def test_a_status_ends_where_the_next_begins(lina):
    first = set_presence(lina, ONLINE, source=BUTTON, by=lina, at=NOON)
    second = set_presence(lina, AWAY, source=BUTTON, reason="取快递", by=lina, at=NOON + MINUTE)

    first.refresh_from_db()
    assert first.ends_at == NOON + MINUTE
    assert (second.ends_at, second.reason) == (None, "取快递")


def test_the_same_status_again_changes_nothing(lina):
    first = set_presence(lina, ONLINE, source=BUTTON, by=lina, at=NOON)

    assert set_presence(lina, ONLINE, source=BUTTON, by=lina, at=NOON + MINUTE) == first
    assert Presence.objects.count() == 1


def test_the_past_is_not_rewritten(lina):
    set_presence(lina, ONLINE, source=BUTTON, by=lina, at=NOON)

    with pytest.raises(Refused):
        set_presence(lina, AWAY, source=BUTTON, by=lina, at=NOON - MINUTE)


def test_nobody_covers_for_themselves_and_nobody_sets_anothers_button(lina, hejie):
    with pytest.raises(Refused):
        set_presence(lina, AWAY, source=BUTTON, covered_by=lina, by=lina, at=NOON)
    with pytest.raises(Refused):
        set_presence(lina, AWAY, source=BUTTON, by=hejie, at=NOON)
    with pytest.raises(Refused):
        set_presence(lina, IDLE, source=CHECK, by=lina, at=NOON)
    with pytest.raises(Refused):
        set_presence(lina, IDLE, source=BUTTON, by=lina, at=NOON)


def test_a_supervisors_check_stands_beside_the_button_until_it_ends(lina, hejie):
    set_presence(lina, ONLINE, source=BUTTON, by=lina, at=NOON)
    check = set_presence(lina, IDLE, source=CHECK, reason="座位没人", by=hejie, at=NOON + MINUTE)
    end_check(lina, by=hejie, at=NOON + 3 * MINUTE)

    check.refresh_from_db()
    assert (check.ends_at, check.noted_by) == (NOON + 3 * MINUTE, hejie)
    assert Presence.objects.get(source=BUTTON).ends_at is None
    with pytest.raises(Refused):
        end_check(lina, by=hejie, at=NOON + 4 * MINUTE)


class AnyOrderOfStatuses(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from([ONLINE, AWAY, PresenceStatus.OFFLINE]), st.integers(1, 90)), max_size=8))
    def test_leaves_spans_without_gaps_and_one_open_end(self, steps):
        lina = EmployeeFactory(name="李娜")
        at = NOON
        for status, minutes in steps:
            at += timedelta(minutes=minutes)
            set_presence(lina, status, source=BUTTON, by=lina, at=at)
        spans = list(Presence.objects.filter(employee=lina).order_by("starts_at"))

        assert [one.ends_at for one in spans[:-1]] == [one.starts_at for one in spans[1:]]
        assert [one.ends_at for one in spans[-1:]] == [None] * len(spans[-1:])
