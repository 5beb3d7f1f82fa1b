"""Replay, wind tunnel, shadow, recompute: tallies beside the books, and booking what differs."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models import Sum

from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.actions.drafts import draft_version, shadow_draft, unshadow_draft
from staff.actions.points import waive_offence
from staff.actions.progress import LostRun
from staff.actions.trials import (
    approve_replay,
    discard_trial,
    recompute,
    run_shadows,
    run_trial,
    start_trial,
)
from staff.models import (
    AppraisalCycle,
    ClauseVersion,
    Employee,
    JobRun,
    Notification,
    Offence,
    PointEntry,
    Trial,
)
from staff.queries.comparison import differences_by_person, differences_of
from staff.states import CycleState, EntryKind, Per, TrialKind, TrialState
from tests.factories.clauses import clause, new_version, night_after, watching
from tests.factories.rulebook import at, lina, supervisor
from tests.factories.staff import EmployeeFactory
from tests.staff.rulebook.test_prices import prices, tally

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 20)
DAYS = [FIRST + timedelta(days=number) for number in range(5)]
WATCH = "tests.what_happens"
ASKED = at("2026-11-25 10:00")
LATER = at("2026-11-25 11:00")


@pytest.fixture
def shop(db):
    with watching(WATCH, "tests.else") as happenings:
        yield happenings


def analyst() -> Employee:
    return EmployeeFactory(username="zhaomin", name="赵敏")


def boss() -> Employee:
    return EmployeeFactory(username="chenjing", name="陈静")


def replay(*versions: ClauseVersion, run: bool = True, **values) -> Trial:
    standard = {"first": FIRST, "last": LAST, "reason": "规则有误", "by": analyst(), "at": ASKED}
    trial = start_trial(TrialKind.REPLAY, versions=list(versions), **{**standard, **values})
    if run:
        run_trial(trial, at=ASKED)
        trial.refresh_from_db()
    return trial


def tunnel(draft: ClauseVersion) -> Trial:
    trial = start_trial(TrialKind.TUNNEL, versions=[draft], first=FIRST, last=LAST, by=boss(), at=ASKED)
    run_trial(trial, at=ASKED)
    trial.refresh_from_db()
    return trial


def dearer(version: ClauseVersion, **terms) -> ClauseVersion:
    """Publish another version, from a later day on."""
    return new_version(
        version.clause, valid_from=date(2026, 12, 1), by=boss(), at=at("2026-11-10 10:00"), note="试", **terms
    )


def test_a_replay_of_an_unchanged_rulebook_finds_no_difference(shop):
    clause("CS-049", detector=WATCH, superior_points=Decimal(-2), superior_post="STF-073", per=Per.DAY)
    supervisor()
    for day in DAYS:
        for hour in (9, 10):
            shop.add(WATCH, lina(), at(f"{day} {hour:02}:00"))
    tally(*DAYS)
    trial = replay()
    assert trial.state == TrialState.READY
    assert trial.offences.count() == Offence.objects.count() == 15
    assert differences_by_person(trial) == []
    assert approve_replay(trial, by=boss(), at=LATER) == 0


def test_a_replay_with_another_version_is_shown_by_person_and_booked_as_one_batch(shop):
    version = clause("CS-060", detector=WATCH)
    other = EmployeeFactory(username="wangqiang", name="王强")
    for day in DAYS[:2]:
        shop.add(WATCH, lina(), at(f"{day} 10:00"))
    shop.add(WATCH, other, at(f"{DAYS[0]} 10:00"))
    tally(*DAYS)
    milder = dearer(version, points=Decimal("-0.5"))
    trial = replay(milder)
    rows = differences_by_person(trial)
    assert [(row.employee.name, row.was, row.will, row.difference) for row in rows] == [
        ("王强", -1, Decimal("-0.5"), Decimal("0.5")),
        ("李娜", -2, -1, 1),
    ]
    cases = differences_of(trial, lina())
    assert [(case.clause, case.was, case.will) for case in cases] == [(version.clause, -1, Decimal("-0.5"))] * 2
    assert approve_replay(trial, by=boss(), at=LATER) == 3
    entries = PointEntry.objects.filter(trial=trial)
    assert {(one.kind, one.points, one.version, one.booked_by, one.reason) for one in entries} == {
        (EntryKind.ADJUSTMENT, Decimal("0.5"), milder, boss(), "规则有误")
    }
    assert Notification.objects.filter(employee=lina()).order_by("-pk")[0].values["points"] == "+1"
    assert recompute(FIRST, LAST, at=LATER).differences == []


def test_after_a_replay_its_versions_price_what_is_found_late(shop):
    version = clause("CS-060", detector=WATCH)
    shop.add(WATCH, lina(), at(f"{DAYS[0]} 10:00"))
    tally(*DAYS)
    approve_replay(replay(dearer(version, points=Decimal("-0.5"))), by=boss(), at=LATER)
    shop.add(WATCH, lina(), at(f"{DAYS[1]} 10:00"))
    tally(DAYS[1], on=date(2026, 11, 26))
    assert prices(version) == ["-0.5", "-0.5"]


def test_what_falls_away_gets_a_counter_entry_and_what_is_new_is_charged(shop):
    version = clause("CS-060", detector=WATCH)
    gone = shop.add(WATCH, lina(), at(f"{DAYS[0]} 10:00"))
    tally(*DAYS)
    shop.forget(WATCH, gone)
    shop.add(WATCH, lina(), at(f"{DAYS[3]} 10:00"))
    trial = replay()
    (row,) = differences_by_person(trial)
    assert (row.cases_new, row.cases_gone, row.difference) == (1, 1, 0)
    assert approve_replay(trial, by=boss(), at=LATER) == 2
    assert prices(version) == ["0", "-1"]
    counter = PointEntry.objects.get(kind=EntryKind.COUNTER)
    assert (counter.counters.kind, counter.day, counter.trial) == (EntryKind.CHARGE, DAYS[0], trial)
    assert differences_by_person(replay(at=LATER + timedelta(minutes=1))) == []
    before = PointEntry.objects.count()
    tally(*DAYS, on=date(2026, 11, 26))
    assert PointEntry.objects.count() == before


def test_a_replay_brings_merges_superiors_and_numbers_into_the_books(shop):
    version = clause("CS-066", points="-0.5", detector=WATCH)
    head = supervisor()
    for day in DAYS[:3]:
        for hour in (9, 10):
            shop.add(WATCH, lina(), at(f"{day} {hour:02}:00"))
    tally(*DAYS)
    changed = dearer(
        version,
        per=Per.DAY,
        escalates_from=3,
        escalates_by=Decimal(2),
        superior_points=Decimal(-2),
        superior_post="STF-073",
    )
    approve_replay(replay(changed), by=boss(), at=LATER)
    assert prices(version, lina()) == ["-0.5", "0", "-0.5", "0", "-1", "0"]
    assert prices(version, head) == ["-2", "-2", "-2"]
    assert Offence.objects.filter(standing="merged", merged_into__isnull=False).count() == 3
    assert Offence.objects.filter(because_of__employee=lina()).count() == 3
    assert recompute(FIRST, LAST, at=LATER).differences == []


def test_the_rest_of_the_month_is_numbered_anew_after_a_replay(shop):
    version = clause("CS-066", points="-0.5", detector=WATCH, escalates_from=3, escalates_by=2)
    after = date(2026, 11, 23)
    findings = [shop.add(WATCH, lina(), at(f"{day} 10:00")) for day in (*DAYS[:2], after)]
    tally(*DAYS, after)
    assert prices(version) == ["-0.5", "-0.5", "-1"]
    shop.forget(WATCH, findings[0])
    trial = replay()
    assert approve_replay(trial, by=boss(), at=LATER) == 2
    assert prices(version) == ["0", "-0.5", "-0.5"]


def test_what_people_decided_stays(shop):
    version = clause("CS-060", detector=WATCH)
    for day in DAYS[:2]:
        shop.add(WATCH, lina(), at(f"{day} 10:00"))
    tally(*DAYS)
    waived, frozen = Offence.objects.order_by("day")
    waive_offence(waived, reason="初次", by=boss(), at=at("2026-11-24 10:00"))
    Offence.objects.filter(pk=frozen.pk).update(is_frozen=True)
    trial = replay(dearer(version, points=Decimal(-5)))
    assert differences_by_person(trial) == []
    assert approve_replay(trial, by=boss(), at=LATER) == 0


def test_entries_of_a_locked_month_are_dated_today(shop):
    version = clause("CS-060", detector=WATCH)
    shop.add(WATCH, lina(), at(f"{DAYS[0]} 10:00"))
    tally(*DAYS)
    trial = replay(dearer(version, points=Decimal(-2)))
    AppraisalCycle.objects.create(
        kind="month", first=date(2026, 11, 1), last=date(2026, 11, 30), state=CycleState.LOCKED, opened_at=ASKED
    )
    approve_replay(trial, by=boss(), at=at("2026-12-03 10:00"))
    shop.add(WATCH, lina(), at(f"{DAYS[1]} 10:00"))
    tally(DAYS[1], on=date(2026, 12, 4))
    assert list(PointEntry.objects.order_by("pk").values_list("day", flat=True)) == [
        DAYS[0],
        date(2026, 12, 3),
        date(2026, 12, 5),
    ]


def test_a_second_person_who_gains_nothing_approves_a_replay_once(shop):
    version = clause("CS-060", detector=WATCH)
    shop.add(WATCH, boss(), at(f"{DAYS[0]} 10:00"))
    tally(*DAYS)
    trial = replay(dearer(version, points=Decimal(-2)))
    for person in (analyst(), boss()):
        with pytest.raises(Refused):
            approve_replay(trial, by=person, at=LATER)
    approve_replay(trial, by=lina(), at=LATER)
    with pytest.raises(MoveRefused):
        approve_replay(Trial.objects.get(pk=trial.pk), by=lina(), at=LATER)


def test_a_replay_is_not_booked_over_books_that_have_changed_since(shop):
    version = clause("CS-060", detector=WATCH)
    shop.add(WATCH, lina(), at(f"{DAYS[0]} 10:00"))
    tally(*DAYS)
    trial = replay(dearer(version, points=Decimal(-2)))
    waive_offence(Offence.objects.get(), reason="初次", by=boss(), at=ASKED + timedelta(minutes=5))
    with pytest.raises(Refused):
        approve_replay(trial, by=boss(), at=LATER)


@pytest.mark.parametrize(
    "values",
    [{"reason": " "}, {"last": date(2026, 11, 25)}, {"last": date(2026, 11, 15)}, {"first": date(2025, 1, 1)}],
)
def test_a_replay_of_no_span_of_today_or_without_a_reason_is_refused(shop, values):
    with pytest.raises(Refused):
        replay(run=False, **values)


def test_a_replay_takes_published_versions_one_a_clause(shop):
    version = clause("CS-060", detector=WATCH)
    draft = draft_version(version.clause, by=analyst(), at=ASKED, points=Decimal(-2))
    with pytest.raises(Refused):
        replay(draft)
    with pytest.raises(Refused):
        replay(version, dearer(version, points=Decimal(-3)))
    with pytest.raises(Refused):
        start_trial(TrialKind.TUNNEL, first=FIRST, last=LAST, versions=[], by=boss(), at=ASKED)


def test_a_wind_tunnel_tries_a_draft_on_its_clause_alone_and_writes_no_books(shop):
    version = clause("CS-060", detector=WATCH)
    clause("CS-061", detector="tests.else")
    shop.add("tests.else", lina(), at(f"{DAYS[0]} 10:00"))
    shop.add(WATCH, lina(), at(f"{DAYS[0]} 10:00"))
    tally(*DAYS)
    before = list(PointEntry.objects.values())
    trial = tunnel(draft_version(version.clause, by=analyst(), at=ASKED, points=Decimal(-3)))
    (row,) = differences_by_person(trial)
    assert (row.employee, row.was, row.will) == (lina(), -1, -3)
    assert trial.offences.count() == 1
    assert list(PointEntry.objects.values()) == before
    with pytest.raises(Refused):
        approve_replay(trial, by=analyst(), at=LATER)


def test_a_trial_that_was_interrupted_goes_on_with_the_next_day(shop):
    clause("CS-060", detector=WATCH)
    for day in DAYS:
        shop.add(WATCH, lina(), at(f"{day} 10:00"))
    trial = replay(run=False)
    asked = []

    class Progress:
        run_id, asked_by_id, started_at = 0, None, ASKED

        def step(self, done, total=None, note=""):
            asked.append((done, total))
            if done == 3:
                raise LostRun

    with pytest.raises(LostRun):
        run_trial(trial, at=ASKED, progress=Progress())
    trial.refresh_from_db()
    assert (trial.done_to, trial.offences.count(), trial.state) == (DAYS[2], 3, TrialState.COMPUTING)
    run_trial(trial, at=ASKED)
    trial.refresh_from_db()
    assert (trial.done_to, trial.offences.count(), trial.state) == (LAST, 5, TrialState.READY)
    assert asked == [(0, 5), (1, 5), (2, 5), (3, 5)]


def test_the_job_of_a_trial_is_put_down_for_its_reader(shop):
    clause("CS-060", detector=WATCH)
    trial = replay(run=False)
    assert trial.job_run == JobRun.objects.get(job="staff.run_trial", params={"trial": trial.pk})


def test_a_discarded_trial_is_not_computed_any_more(shop):
    clause("CS-060", detector=WATCH)
    shop.add(WATCH, lina(), at(f"{DAYS[0]} 10:00"))
    trial = replay(run=False)
    discard_trial(trial, by=analyst(), at=ASKED)
    run_trial(trial, at=ASKED)
    trial.refresh_from_db()
    assert (trial.state, trial.offences.count()) == (TrialState.DISCARDED, 0)


def test_a_draft_in_shadow_records_every_night_what_it_would_have_booked(shop):
    version = clause("CS-060", detector=WATCH)
    begun = at("2026-11-16 08:00")
    draft = draft_version(version.clause, by=analyst(), at=begun, points=Decimal(-3))
    shadow_draft(draft, by=analyst(), at=begun)
    for day in DAYS[:2]:
        shop.add(WATCH, lina(), at(f"{day} 10:00"))
        tally(day)
        assert run_shadows(day, at=night_after(day)) == 1
    trial = Trial.objects.get(kind=TrialKind.SHADOW)
    assert (trial.first, trial.last, trial.done_to, trial.state) == (*DAYS[:2], DAYS[1], TrialState.COMPUTING)
    assert [(row.was, row.will) for row in differences_by_person(trial)] == [(-2, -6)]
    assert PointEntry.objects.aggregate(points=Sum("points"))["points"] == -2
    draft.refresh_from_db()
    unshadow_draft(draft, by=analyst(), at=LATER)
    assert run_shadows(DAYS[2], at=night_after(DAYS[2])) == 0
    trial.refresh_from_db()
    assert trial.state == TrialState.READY


def test_recompute_shows_where_the_books_differ_and_writes_nothing(shop, capsys):
    clause("CS-060", detector=WATCH)
    shop.add(WATCH, lina(), at(f"{DAYS[0]} 10:00"))
    shop.add(WATCH, lina(), at(f"{DAYS[1]} 10:00"))
    tally(DAYS[0])
    call_command("recompute", "--from", "2026-11-16", "--to", "2026-11-20", "--json")
    printed = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert printed["entries"] == 2
    (row,) = printed["differences"]
    assert (row["clause"], row["day"], row["name"], row["was"], row["will"]) == (
        "CS-060",
        "2026-11-17",
        "李娜",
        "0",
        "-1.00",
    )
    assert not Trial.objects.exists()
    call_command("recompute", "--from", "2026-11-16", "--to", "2026-11-20")
    assert "CS-060" in capsys.readouterr().out
