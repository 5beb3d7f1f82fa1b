"""The nightly tally: finds, prices by the version in force, books once, tells."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Detector, Finding
from shopops.kit.refusals import Refused
from staff.actions.tally import Tally, tally_day
from staff.models import Clause, Notification, Offence, PointEntry
from tests.factories.clauses import new_version
from tests.factories.rulebook import at, lina, note, open_book, supervisor
from tests.factories.staff import EmployeeFactory

FRIDAY = date(2026, 11, 20)
NIGHT = at("2026-11-21 00:30")
AS_PLAIN = """
    SELECT count(*), coalesce(sum(points), 0) FROM staff_pointentry WHERE employee_id = %s AND day = %s
"""


@pytest.fixture
def book(db):
    open_book()


def plain(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def test_a_late_order_is_charged_once_however_often_the_day_is_tallied(book):
    agent = lina()
    note("2026-11-19 10:00", by=agent, shipped="2026-11-21 00:10")
    first, second = tally_day(FRIDAY, at=NIGHT), tally_day(FRIDAY, at=NIGHT + timedelta(days=3))
    assert first.as_dict() == {"new": 2, "unchanged": 0, "by_clause": {"ORD-014": 1, "ORD-016": 1}}
    assert second.as_dict() == {"new": 0, "unchanged": 2, "by_clause": {}}
    assert plain(AS_PLAIN, agent.pk, FRIDAY) == (1, Decimal("-3.00"))


def test_an_offence_keeps_the_facts_as_they_were_found(book):
    late = note("2026-11-19 10:00", by=lina())
    tally_day(FRIDAY, at=NIGHT)
    late.summary = "另一件商品"
    late.save()
    tally_day(FRIDAY, at=NIGHT)
    offence = Offence.objects.get(clause__number="ORD-016")
    assert offence.facts["goods"] == "加厚羊羔绒外套"
    assert offence.facts["shipped_at"] is None
    assert (offence.subject_id, offence.subject_label) == (late.pk, late.number)
    assert offence.url.endswith(f"{late.number}/")
    assert (offence.day, offence.happened_at, offence.found_at) == (FRIDAY, at("2026-11-21 00:00"), NIGHT)


def test_a_warning_costs_nothing_and_tells_nobody(book):
    agent = lina()
    note("2026-11-19 10:00", by=agent, shipped="2026-11-20 12:00")
    tally_day(FRIDAY, at=NIGHT)
    assert Offence.objects.get().clause.number == "ORD-014"
    assert not PointEntry.objects.exists()
    assert not Notification.objects.exists()


def test_everybody_charged_is_told_once_with_the_way_to_the_evidence(book):
    agent, boss = lina(), supervisor()
    for _number in range(3):
        note("2026-11-19 10:00", by=agent)
    note("2026-11-19 10:00", by=None)
    tally_day(FRIDAY, at=NIGHT)
    tally_day(FRIDAY, at=NIGHT)
    told = {news.employee_id: news for news in Notification.objects.all()}
    assert set(told) == {agent.pk, boss.pk}
    assert told[agent.pk].values == {
        "clause": "ORD-016",
        "day": "2026-11-20",
        "count": 3,
        "points": "−9",
        "appeal_days": 7,
    }
    assert told[agent.pk].url.endswith("?month=2026-11")
    assert told[boss.pk].url == Offence.objects.get(employee=boss).get_absolute_url()
    assert Notification.objects.count() == 2


def test_days_that_were_missed_are_caught_up_by_their_own_date(book):
    agent = lina()
    note("2026-11-17 10:00", by=agent)
    note("2026-11-18 10:00", by=agent)
    much_later = at("2026-12-20 08:00")
    for day in (date(2026, 11, 18), date(2026, 11, 19)):
        tally_day(day, at=much_later)
    assert list(PointEntry.objects.order_by("day").values_list("day", "points")) == [
        (date(2026, 11, 18), Decimal(-3)),
        (date(2026, 11, 19), Decimal(-3)),
    ]


def test_a_new_version_applies_from_its_day(book):
    agent, boss = lina(), EmployeeFactory(username="chenjing", name="陈静")
    clause = Clause.objects.get(number="ORD-016")
    new = new_version(
        clause,
        points=Decimal(-2),
        parameters={"working_days": 1, "fallback_post": "STF-073"},
        valid_from=date(2026, 11, 23),
        note="减轻",
        by=boss,
        at=at("2026-11-20 18:00"),
    )
    note("2026-11-19 10:00", by=agent)
    note("2026-11-20 10:00", by=agent)
    tally_day(FRIDAY, at=NIGHT)
    tally_day(date(2026, 11, 23), at=at("2026-11-24 00:30"))
    entries = PointEntry.objects.order_by("day").values_list("points", "offence__version__version")
    assert list(entries) == [(Decimal(-3), 1), (Decimal(-2), new.version)]


def test_a_longer_limit_applies_from_its_day(book):
    clause = Clause.objects.get(number="ORD-014")
    new_version(
        clause,
        points=Decimal(0),
        parameters={"hours": 48},
        valid_from=date(2026, 11, 22),
        note="周末放宽",
        by=EmployeeFactory(username="chenjing", name="陈静"),
        at=at("2026-11-20 18:00"),
    )
    note("2026-11-20 10:00", by=lina(), shipped="2026-11-23 09:00")
    assert tally_day(date(2026, 11, 21), at=at("2026-11-22 00:30")).by_clause == {"ORD-014": 1}
    note("2026-11-21 10:00", by=lina(), shipped="2026-11-22 12:00")
    assert tally_day(date(2026, 11, 22), at=at("2026-11-23 00:30")).by_clause == {}


def test_of_a_day_that_is_not_over_only_what_has_passed_counts(book):
    note("2026-11-19 10:00", by=lina())
    noon = tally_day(FRIDAY, at=at("2026-11-20 12:00"))
    assert noon.by_clause == {"ORD-014": 1}
    assert tally_day(FRIDAY, at=NIGHT).by_clause == {"ORD-016": 1}


def test_a_day_that_has_not_begun_is_refused(book):
    with pytest.raises(Refused):
        tally_day(FRIDAY, at=at("2026-11-19 23:59"))


def test_findings_worked_out_in_python_are_booked_the_same_way(book, monkeypatch):
    agent = lina()

    def find(question):
        for number in range(3):
            yield Finding(
                ("staff.Employee", number, f"记录 {number}"),
                agent.pk,
                question.window.start,
                {"paid": Decimal("1.50")},
                "/x/",
            )

    clause = Clause.objects.get(number="ORD-016")
    monkeypatch.setitem(DETECTORS._things, clause.detector, Detector(clause.detector, "测试", find))
    assert tally_day(FRIDAY, at=NIGHT).by_clause == {"ORD-016": 3}
    assert tally_day(FRIDAY, at=NIGHT).as_dict() == {"new": 0, "unchanged": 3, "by_clause": {}}
    assert Offence.objects.filter(facts={"paid": "1.50"}, url="/x/").count() == 3
    assert PointEntry.objects.count() == 3


def test_a_clause_whose_detector_is_not_installed_is_left_out(book):
    Clause.objects.filter(number="ORD-016").update(detector="orders.not_here")
    note("2026-11-19 10:00", by=lina())
    assert tally_day(FRIDAY, at=NIGHT).by_clause == {"ORD-014": 1}


def test_the_number_of_queries_does_not_grow_with_the_offences(book):
    agent = lina()

    def queries(day, notes):
        for _number in range(notes):
            note(f"{day - timedelta(days=1)} 10:00", by=agent)
        with CaptureQueriesContext(connection) as asked:
            assert tally_day(day, at=day_window(day).end + timedelta(minutes=30)).new >= notes
        return len(asked)

    queries(FRIDAY - timedelta(days=3), 1)
    few = queries(FRIDAY - timedelta(days=2), 1)
    assert queries(FRIDAY - timedelta(days=1), 25) <= few


def test_tallies_that_run_at_once_book_everything_once(transactional_db):
    open_book()
    agent = lina()
    for _number in range(20):
        note("2026-11-19 10:00", by=agent)
    tallies: list[Tally] = []
    gate = threading.Barrier(4)

    def run():
        gate.wait()
        try:
            tallies.append(tally_day(FRIDAY, at=NIGHT))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(tally.new for tally in tallies) == [0, 0, 0, 40]
    assert plain(AS_PLAIN, agent.pk, FRIDAY) == (20, Decimal("-60.00"))


def test_the_command_tallies_days_and_prints_one_object(book, capsys):
    note("2026-11-18 10:00", by=lina())
    note("2026-11-19 10:00", by=lina())
    call_command("tally", "--from", "2026-11-19", "--to", "2026-11-20", "--json")
    printed = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert printed == {"new": 4, "unchanged": 0, "by_clause": {"ORD-014": 2, "ORD-016": 2}}
    call_command("tally", "--day", "2026-11-20", "--json")
    assert json.loads(capsys.readouterr().out)["new"] == 0


def test_the_command_refuses_days_to_come_and_days_the_wrong_way_round(book):
    with pytest.raises(CommandError):
        call_command("tally", "--day", "2999-01-01")
    with pytest.raises(CommandError):
        call_command("tally", "--from", "2026-01-02", "--to", "2026-01-01")
