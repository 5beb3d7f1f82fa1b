"""The demo's drafts: one of every state, tried with the real engine, done by people who have the right."""

from __future__ import annotations

from datetime import date

import pytest

from service.actions.demo.drafts import make_drafts
from staff.actions.tally import tally_day
from staff.models import ClauseVersion, Employee, JobRun, Trial
from staff.queries.drafts import waiting_drafts
from staff.queries.trials import outcome_of
from staff.states import JobState, TrialKind, TrialState, VersionState
from tests.factories.rulebook import at, note, open_book
from tests.factories.staff import NOON, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def _drafts():
    """Three parcels that left late in November, tallied, and the drafts of the demo."""
    open_book()
    people = make_cast()
    for day in (9, 10, 11):
        note(f"2026-11-{day:02} 10:00", by=people["lina"], shipped=f"2026-11-{day + 2:02} 18:00")
    for day in range(9, 20):
        tally_day(date(2026, 11, day), at=at("2026-11-20 01:00"))
    make_drafts(days=40, at=NOON)


@pytest.mark.usefixtures("_drafts")
def test_a_draft_of_every_state_is_there_and_one_waits_for_the_head():
    states = ClauseVersion.objects.filter(drafted_by__isnull=False).values_list("clause__number", "state")
    assert sorted(states) == [
        ("ORD-014", VersionState.SHADOW),
        ("ORD-016", VersionState.DRAFT),
        ("ORD-016", VersionState.DROPPED),
        ("ORD-025", VersionState.PUBLISHED),
    ]
    head = Employee.objects.get(username="chenjing")
    assert [draft.clause.number for draft in waiting_drafts(head.pk)] == ["ORD-016"]


@pytest.mark.usefixtures("_drafts")
def test_the_tunnel_is_finished_and_the_replay_finds_nothing():
    trials = {trial.kind: trial for trial in Trial.objects.all()}
    assert {kind: trial.state for kind, trial in trials.items()} == {
        TrialKind.TUNNEL: TrialState.READY,
        TrialKind.SHADOW: TrialState.COMPUTING,
        TrialKind.REPLAY: TrialState.READY,
    }
    assert [one.employee.name for one in outcome_of(trials[TrialKind.TUNNEL]).winners] == ["李娜"]
    assert outcome_of(trials[TrialKind.REPLAY]).people == []
    assert trials[TrialKind.SHADOW].done_to == date(2026, 11, 19)
    assert set(JobRun.objects.filter(job="staff.run_trial").values_list("state", flat=True)) == {JobState.DONE}


def test_without_its_people_nothing_is_drafted():
    open_book()
    make_drafts(days=40, at=NOON)
    assert not ClauseVersion.objects.filter(drafted_by__isnull=False).exists()
