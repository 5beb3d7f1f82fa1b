"""The radar: the detectors run forward, priced, kept, and settled."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shopops.kit.clock import start_of_day
from shopops.kit.detectors import DETECTORS, Detector, Finding
from staff.actions.points import waive_offence
from staff.actions.radar import forget_old_sightings, sweep
from staff.actions.settings import change_setting
from staff.actions.tally import tally_day
from staff.models import Clause, ClauseVersion, Employee, Excuse, Offence, OrgUnit, Position, RadarSighting
from staff.queries.settings import forget_values
from staff.states import ClauseKind, ExcuseKind, Machine, Outcome, Per, VersionState
from tests.factories.rulebook import at, lina, note, open_book, supervisor
from tests.factories.staff import EmployeeFactory
from warehouse.states import NoteState

MORNING = at("2026-11-20 09:00")  # a Friday
LATE = "ORD-016"


@pytest.fixture
def book(db):
    open_book()


def coming(employee, number=LATE):
    return RadarSighting.objects.get(employee=employee, clause__number=number)


def ship(one, moment):
    one.state, one.shipped_at = NoteState.SHIPPED, at(moment)
    one.save()


def test_what_is_due_in_the_next_hours_is_kept_with_its_price_and_its_link(book):
    agent = lina()
    one = note("2026-11-19 10:00", by=agent)
    found = sweep(at=MORNING)
    seen = coming(agent)
    assert found.as_dict() == {"new": 2, "avoided": 0, "happened": 0}
    assert (seen.due_at, seen.points, seen.subject_id) == (at("2026-11-21 00:00"), Decimal(-3), one.pk)
    assert (seen.url, seen.outcome, seen.seen_at) == (f"/warehouse/note/{one.number}/", Outcome.COMING, MORNING)
    assert coming(agent, "ORD-014").points == 0


def test_a_second_look_changes_nothing(book):
    note("2026-11-19 10:00", by=lina())
    sweep(at=MORNING)
    before = list(RadarSighting.objects.values_list())
    assert sweep(at=MORNING + timedelta(minutes=5)).as_dict() == {"new": 0, "avoided": 0, "happened": 0}
    assert list(RadarSighting.objects.values_list()) == before


def test_what_is_mended_before_its_time_is_avoided(book):
    agent = lina()
    one = note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    ship(one, "2026-11-20 09:30")
    assert sweep(at=at("2026-11-20 09:35")).avoided == 2
    assert (coming(agent).outcome, coming(agent).settled_at) == (Outcome.AVOIDED, at("2026-11-20 09:35"))
    tally_day(date(2026, 11, 20), at=at("2026-11-21 00:30"))
    sweep(at=at("2026-11-21 00:35"))
    assert coming(agent).outcome == Outcome.AVOIDED


def test_what_is_mended_between_the_last_look_and_its_time_is_avoided_too(book):
    agent = lina()
    one = note("2026-11-19 10:00", by=agent)
    sweep(at=at("2026-11-20 23:50"))
    ship(one, "2026-11-20 23:58")
    sweep(at=at("2026-11-21 00:05"))
    assert (coming(agent).outcome, coming(agent).settled_at) == (Outcome.AVOIDED, at("2026-11-21 00:00"))


def test_what_nobody_mends_waits_for_the_tally_and_has_happened(book):
    agent = lina()
    note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    sweep(at=at("2026-11-21 00:10"))
    assert coming(agent).outcome == Outcome.COMING
    tally_day(date(2026, 11, 20), at=at("2026-11-21 00:30"))
    assert sweep(at=at("2026-11-21 00:35")).happened == 2
    assert (coming(agent).outcome, coming(agent).settled_at) == (Outcome.HAPPENED, at("2026-11-21 00:30"))
    assert sweep(at=at("2026-11-21 00:40")).as_dict() == {"new": 0, "avoided": 0, "happened": 0}


def test_what_comes_back_is_coming_again(book):
    agent = lina()
    one = note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    ship(one, "2026-11-20 09:30")
    sweep(at=at("2026-11-20 09:35"))
    one.state, one.shipped_at = NoteState.WAITING, None
    one.save()
    sweep(at=at("2026-11-20 10:00"))
    assert (coming(agent).outcome, coming(agent).settled_at) == (Outcome.COMING, None)


def test_a_look_for_one_person_leaves_the_others_alone(book):
    agent, boss = lina(), supervisor()
    note("2026-11-19 10:00", by=agent)
    theirs = note("2026-11-19 10:00", by=None)
    assert sweep(at=MORNING, only=agent).new == 2
    sweep(at=MORNING)
    ship(theirs, "2026-11-20 09:30")
    assert sweep(at=at("2026-11-20 09:35"), only=agent).avoided == 0
    assert coming(boss).outcome == Outcome.COMING
    assert sweep(at=at("2026-11-20 09:35"), only=boss).avoided == 1


def test_what_lies_beyond_the_hours_ahead_is_not_seen(book):
    agent = lina()
    note("2026-11-20 08:30", by=agent)
    sweep(at=MORNING)
    assert not RadarSighting.objects.filter(clause__number=LATE).exists()  # Monday midnight is 87 hours away
    change_setting("staff.radar_hours", "96", by=agent, at=MORNING)
    forget_values()
    sweep(at=MORNING)
    assert coming(agent).due_at == at("2026-11-24 00:00")


def terms(number=LATE, **values):
    """Give the version in force other terms; in tests the immutable row is written by force."""
    version = ClauseVersion.objects.get(clause__number=number, state=VersionState.PUBLISHED)
    return watched(number, version.parameters, version.clause.detector, **values)


def watched(number, parameters, detector, **values):
    """Return a clause of its own with these terms that asks the same detector."""
    like = Clause.objects.get(number=number)
    clause = Clause.objects.create(
        rulebook=like.rulebook,
        number="TST-001",
        department="orders",
        kind=ClauseKind.PENALTY,
        title="测试",
        title_en="Test",
        machine=Machine.AUTO,
        detector=detector,
    )
    return ClauseVersion.objects.create(
        clause=clause,
        version=1,
        state=VersionState.PUBLISHED,
        valid_from=date(2026, 1, 1),
        text="测试",
        text_en="Test",
        parameters=parameters,
        published_at=MORNING,
        **{"points": Decimal(-3), **values},
    )


def prices(agent):
    rows = RadarSighting.objects.filter(employee=agent, clause__number="TST-001")
    return [int(points) for points in rows.order_by("due_at", "subject_id").values_list("points", flat=True)]


def test_from_the_third_case_of_a_month_on_it_is_shown_doubled(book):
    agent = lina()
    terms(escalates_from=3, escalates_by=2)
    note("2026-11-18 10:00", by=agent)
    tally_day(date(2026, 11, 19), at=at("2026-11-20 00:30"))
    for _number in range(3):
        note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    assert prices(agent) == [-3, -6, -6]


def test_cases_before_it_that_were_missed_but_not_booked_yet_count(book):
    agent = lina()
    terms(escalates_from=2, escalates_by=2)
    note("2026-11-18 10:00", by=agent)
    note("2026-11-19 10:00", by=agent)
    sweep(at=at("2026-11-20 00:10"))
    assert prices(agent) == [-6]


def test_no_more_is_shown_than_the_month_may_cost(book):
    agent = lina()
    terms(monthly_cap=7)
    for _number in range(3):
        note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    assert prices(agent) == [-3, -3, -1]


def test_what_is_charged_once_a_day_costs_once(book):
    agent = lina()
    terms(per=Per.DAY)
    for _number in range(3):
        note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    assert prices(agent) == [-3, 0, 0]


def test_the_excused_are_shown_no_cost(book):
    agent, boss = lina(), supervisor()
    terms(excuses=[ExcuseKind.OUTAGE])
    note("2026-11-19 10:00", by=agent)
    Excuse.objects.create(
        kind=ExcuseKind.OUTAGE,
        starts_at=at("2026-11-20 20:00"),
        ends_at=at("2026-11-21 02:00"),
        reason="平台故障",
        entered_by=agent,
        entered_at=MORNING,
        confirmed_by=boss,
        confirmed_at=MORNING,
    )
    sweep(at=MORNING)
    assert prices(agent) == [0]


def test_the_superior_who_would_answer_besides_is_warned_too(book):
    agent, boss = lina(), supervisor()
    unit = OrgUnit.objects.get(code="service")
    Employee.objects.update(unit=unit)
    Position.objects.filter(code="service-supervisor").update(is_head=True)
    terms(superior_points=-2)
    one = note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING, only=boss)
    assert (prices(boss), prices(agent)) == ([-2], [])
    sweep(at=MORNING)
    assert (prices(boss), prices(agent)) == ([-2], [-3])
    tally_day(date(2026, 11, 20), at=at("2026-11-21 00:30"))
    sweep(at=at("2026-11-21 00:35"))
    assert RadarSighting.objects.get(employee=boss, subject_id=one.pk).outcome == Outcome.HAPPENED


def test_cases_that_were_waived_do_not_make_the_next_one_dearer(book):
    agent, boss = lina(), supervisor()
    terms(escalates_from=2, escalates_by=2)
    note("2026-11-18 10:00", by=agent)
    tally_day(date(2026, 11, 19), at=at("2026-11-20 00:30"))
    waive_offence(Offence.objects.get(clause__number="TST-001"), reason="快递停运", by=boss, at=MORNING)
    note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    assert prices(agent) == [-3]


def test_a_draft_and_a_reward_are_not_on_the_radar(book):
    agent = lina()
    version = terms()
    Clause.objects.filter(pk=version.clause_id).update(kind=ClauseKind.REWARD)
    note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    assert prices(agent) == []


def test_a_new_version_prices_what_falls_due_after_it_begins(book):
    agent = lina()
    old = terms()
    ClauseVersion.objects.filter(pk=old.pk).update(valid_to=date(2026, 11, 21))
    ClauseVersion.objects.create(
        clause=old.clause,
        version=2,
        state=VersionState.PUBLISHED,
        valid_from=date(2026, 11, 21),
        text="测试",
        text_en="Test",
        parameters=old.parameters,
        published_at=MORNING,
        points=Decimal(-1),
    )
    note("2026-11-19 10:00", by=agent)
    note("2026-11-20 10:00", by=agent, promised="2026-11-21 08:00")
    sweep(at=at("2026-11-20 12:00"))
    assert prices(agent) == [-3, -1]


def test_a_detector_that_gives_findings_one_by_one_is_kept_too(book, monkeypatch):
    agent = EmployeeFactory(username="sunyue", name="孙悦")
    found = [
        Finding(("service.Promise", number, f"约定 {number}"), agent.pk, at("2026-11-20 18:00"), {}, "/x/")
        for number in (1, 1, 2)
    ]
    monkeypatch.setitem(
        DETECTORS._things, "warehouse.late_dispatch", Detector("warehouse.late_dispatch", "x", lambda _question: found)
    )
    sweep(at=MORNING)
    assert RadarSighting.objects.filter(employee=agent, clause__number=LATE).count() == 2
    assert sweep(at=MORNING, only=lina()).new == 0


def test_a_clause_nobody_watches_any_more_leaves_the_radar(book, monkeypatch):
    agent = lina()
    note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    things = {name: one for name, one in DETECTORS.items() if name != "warehouse.late_dispatch"}
    monkeypatch.setattr(DETECTORS, "_things", things)
    sweep(at=MORNING)
    assert set(RadarSighting.objects.values_list("clause__number", flat=True)) == {"ORD-014"}


def test_the_radar_books_nothing(book):
    note("2026-11-19 10:00", by=lina())
    sweep(at=at("2026-11-21 09:00"))
    assert not Offence.objects.exists()


def test_what_was_settled_long_ago_is_thrown_away(book):
    agent = lina()
    one = note("2026-11-19 10:00", by=agent)
    sweep(at=MORNING)
    ship(one, "2026-11-20 09:30")
    sweep(at=at("2026-11-20 09:35"))
    assert forget_old_sightings(at=MORNING + timedelta(days=60)) == 0
    assert forget_old_sightings(at=start_of_day(date(2027, 4, 1))) == 2
