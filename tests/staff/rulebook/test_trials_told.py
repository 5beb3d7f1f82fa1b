"""Who hears of trials, and how long they are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from staff.actions.trials import (
    approve_replay,
    forget_old_trials,
    run_trial,
)
from staff.models import (
    JobRun,
    Notification,
)
from tests.factories.clauses import clause, watching
from tests.factories.rulebook import at, lina
from tests.factories.staff import permission
from tests.staff.rulebook.test_trials import LATER, WATCH, analyst, boss, replay


@pytest.fixture(name="shop")
def _shop(db):
    with watching(WATCH, "tests.else") as happenings:
        yield happenings


def told(person) -> list[str]:
    return [one.sentence for one in Notification.objects.filter(employee=person, kind="trial").order_by("pk")]


def test_who_asked_and_who_may_book_it_are_told_when_a_replay_is_ready(shop):
    first = clause("X-1", detector=WATCH)
    agent = lina()
    shop.add(WATCH, agent, at("2026-11-17 10:00"))
    analyst_, boss_ = analyst(), boss()
    for person in (analyst_, boss_, agent):
        person.user_permissions.add(permission("staff.approve_replay"))
    made = replay(first)
    assert [len(told(person)) for person in (analyst_, boss_, agent)] == [1, 1, 0]
    assert "1" in told(boss_)[0]
    assert Notification.objects.filter(kind="trial", url=made.get_absolute_url()).count() == 2
    run_trial(made, at=LATER)
    assert len(told(analyst_)) == 1


def test_a_replay_that_changes_nothing_asks_nobody_to_book_it(shop):
    boss_ = boss()
    boss_.user_permissions.add(permission("staff.approve_replay"))
    replay(clause("X-1", detector=WATCH))
    assert len(told(analyst())) == 1
    assert told(boss_) == []


def test_old_trials_are_discarded_and_booked_replays_stay(shop):
    first = clause("X-1", detector=WATCH)
    shop.add(WATCH, lina(), at("2026-11-17 10:00"))
    ready = replay(first)
    booked = replay(first)
    approve_replay(booked, by=boss(), at=LATER)
    running = replay(first, run=False)
    assert forget_old_trials(at=LATER + timedelta(days=179)) == 0
    JobRun.objects.filter(pk=ready.job_run_id).update(finished_at=LATER)
    assert forget_old_trials(at=LATER + timedelta(days=181)) == 1
    ready.refresh_from_db()
    booked.refresh_from_db()
    running.refresh_from_db()
    assert [one.state for one in (ready, booked, running)] == ["discarded", "approved", "computing"]
    assert (ready.offences.count(), booked.offences.count()) == (0, 1)
    assert ready.decided_by is None
    assert forget_old_trials(at=LATER + timedelta(days=182)) == 0
