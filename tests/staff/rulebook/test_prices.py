"""The full price list: grades, funds, once a day, month or cause, the third case, caps, superiors, excuses."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from staff.actions.tally import tally_day
from staff.models import Appointment, ClauseVersion, Employee, Offence, PointEntry
from staff.states import Per, Standing
from tests.factories.clauses import clause, new_version, night_after, watching
from tests.factories.rulebook import at, lina, supervisor
from tests.factories.staff import EmployeeFactory, PositionFactory

FRIDAY = date(2026, 11, 20)
DAY = timedelta(days=1)
WATCH = "tests.what_happens"


@pytest.fixture
def shop(db):
    with watching(WATCH, "tests.else") as happenings:
        yield happenings


def tally(*days: date, on: date | None = None) -> None:
    for day in days:
        tally_day(day, at=night_after(on or day))


def prices(version: ClauseVersion, employee: Employee | None = None) -> list[str]:
    """Return what each case cost in the end, in the order they happened."""
    offences = Offence.objects.filter(clause=version.clause).order_by("day", "happened_at", "subject_id")
    if employee:
        offences = offences.filter(employee=employee)
    return [f"{float(sum(entry.points for entry in one.entries.all())):g}" for one in offences]


def standings(version: ClauseVersion) -> list[str]:
    rows = Offence.objects.filter(clause=version.clause).order_by("day", "happened_at", "subject_id")
    return list(rows.values_list("standing", flat=True))


def test_the_grade_of_a_finding_decides_the_price(shop):
    version = clause("CAT-057", points="-1", detector=WATCH, grades={"slight": "-1", "grave": "-3", "none": "0"})
    for grade in ("slight", "grave", "none", ""):
        shop.add(WATCH, lina(), at("2026-11-20 10:00"), grade=grade)
    tally(FRIDAY)
    assert prices(version) == ["-1", "-3", "0", "-1"]
    assert standings(version) == ["charged", "charged", "warned", "charged"]


def test_a_fund_is_charged_beside_or_instead_of_points(shop):
    version = clause("GOV-010", points="0", detector=WATCH, fund=Decimal(50))
    shop.add(WATCH, lina(), at("2026-11-20 10:00"))
    tally(FRIDAY)
    entry = PointEntry.objects.get(offence__clause=version.clause)
    assert (entry.points, entry.fund) == (0, 50)


def test_a_reward_is_booked_like_a_charge(shop):
    version = clause("GOV-015", points="2", detector=WATCH, monthly_cap=Decimal(3))
    for _number in range(3):
        shop.add(WATCH, lina(), at("2026-11-20 10:00"))
    tally(FRIDAY)
    assert prices(version) == ["2", "1", "0"]


def test_once_a_day_merges_further_hits_into_the_first(shop):
    version = clause("CS-053", points="-1.5", detector=WATCH, per=Per.DAY)
    first = shop.add(WATCH, lina(), at("2026-11-20 09:00"))
    shop.add(WATCH, lina(), at("2026-11-20 11:00"))
    shop.add(WATCH, EmployeeFactory(username="wangqiang", name="王强"), at("2026-11-20 10:00"))
    shop.add(WATCH, lina(), at("2026-11-21 09:00"))
    tally(FRIDAY, FRIDAY + DAY)
    assert prices(version, lina()) == ["-1.5", "0", "-1.5"]
    merged = Offence.objects.get(standing=Standing.MERGED)
    assert merged.merged_into.subject_id == first.subject[1]
    assert not merged.entries.exists()


def test_once_a_month_ends_with_the_calendar_month(shop):
    version = clause("GOV-010", detector=WATCH, per=Per.MONTH)
    for day in ("2026-11-19", "2026-11-30", "2026-12-01"):
        shop.add(WATCH, lina(), at(f"{day} 10:00"))
    tally(date(2026, 11, 19), date(2026, 11, 30), date(2026, 12, 1))
    assert prices(version) == ["-1", "0", "-1"]


def test_one_cause_costs_a_person_once_at_the_highest_price(shop):
    version = clause("CS-060", detector=WATCH, per=Per.CAUSE, grades={"grave": "-3"})
    for cause, grade in (("outage:1", ""), ("outage:1", "grave"), ("outage:1", ""), ("outage:2", ""), ("", "")):
        shop.add(WATCH, lina(), at("2026-11-20 10:00"), cause=cause, grade=grade)
    tally(FRIDAY)
    assert prices(version) == ["-1", "-2", "0", "-1", "-1"]
    assert standings(version) == ["charged", "charged", "merged", "charged", "charged"]
    assert PointEntry.objects.get(points=-2).workings["cost_before"] == "1.00"


def test_one_incident_costs_once_over_several_clauses(shop):
    """GOV C21: a head pays 50 for not co-ordinating and 100 for being complained of, but 100 for one incident."""
    breach = clause("GOV-013", points="0", detector=WATCH, per=Per.CAUSE, fund=Decimal(50))
    blocked = clause("GOV-012", points="0", detector="tests.else", per=Per.CAUSE, fund=Decimal(100))
    head, other = lina(), EmployeeFactory(username="wangqiang", name="王强")
    shop.add(WATCH, head, at("2026-11-20 09:00"), cause="complaint:7")
    shop.add(WATCH, other, at("2026-11-20 09:00"), cause="complaint:7")
    shop.add("tests.else", head, at("2026-11-20 10:00"), cause="complaint:7")
    tally(FRIDAY)
    assert sum(PointEntry.objects.filter(employee=head).values_list("fund", flat=True)) == 100
    assert sum(PointEntry.objects.filter(employee=other).values_list("fund", flat=True)) == 50
    assert breach.clause.offences.count() == 2
    assert blocked.clause.offences.count() == 1


def test_from_the_third_case_of_the_month_on_it_costs_double(shop):
    version = clause("CS-066", points="-0.5", detector=WATCH, escalates_from=3, escalates_by=2)
    days = [FRIDAY + number * DAY for number in range(4)]
    for day in days:
        shop.add(WATCH, lina(), at(f"{day} 10:00"))
    shop.add(WATCH, lina(), at("2026-12-01 10:00"))
    tally(*days, date(2026, 12, 1))
    assert prices(version) == ["-0.5", "-0.5", "-1", "-1", "-0.5"]
    workings = [entry.workings for entry in PointEntry.objects.order_by("day")]
    assert [one["number"] for one in workings] == [1, 2, 3, 4, 1]
    assert workings[2] == {"number": 3, "times": "2", "price": "-0.50"}


def test_a_case_found_late_takes_its_place_and_moves_the_numbers(shop):
    version = clause("CS-066", points="-0.5", detector=WATCH, escalates_from=3, escalates_by=2)
    days = [FRIDAY + number * DAY for number in range(3)]
    for day in days[1:]:
        shop.add(WATCH, lina(), at(f"{day} 10:00"))
    tally(*days)
    assert prices(version) == ["-0.5", "-0.5"]
    shop.add(WATCH, lina(), at(f"{FRIDAY} 10:00"))
    tally(FRIDAY, on=FRIDAY + 9 * DAY)
    assert prices(version) == ["-0.5", "-0.5", "-1"]
    mended = PointEntry.objects.get(kind="adjustment")
    assert (mended.points, mended.workings["number"], mended.booked_by) == (Decimal("-0.5"), 3, None)
    tally(*days, on=FRIDAY + 9 * DAY)
    assert PointEntry.objects.count() == 4


def test_what_goes_beyond_the_cap_of_the_month_is_not_booked(shop):
    version = clause("CS-055", points="-2", detector=WATCH, monthly_cap=Decimal(5))
    for hour in range(4):
        shop.add(WATCH, lina(), at(f"2026-11-20 1{hour}:00"))
    tally(FRIDAY)
    assert prices(version) == ["-2", "-2", "-1", "0"]
    third = PointEntry.objects.get(points=-1)
    assert third.workings == {"price": "-2.00", "cap": "5.00", "left_out": "-1.00"}
    assert PointEntry.objects.get(points=0).workings["left_out"] == "-2.00"


def test_the_superior_in_the_named_post_answers_too(shop):
    version = clause("CS-049", detector=WATCH, superior_points=Decimal(-2), superior_post="STF-073")
    boss, agent = supervisor(), lina()
    shop.add(WATCH, agent, at("2026-11-20 10:00"))
    shop.add(WATCH, boss, at("2026-11-20 10:00"))
    tally(FRIDAY)
    assert prices(version, agent) == ["-1"]
    assert prices(version, boss) == ["-2", "-1"]
    because = Offence.objects.get(employee=boss, because_of__isnull=False)
    assert because.because_of.employee == agent
    assert because.subject_id == because.because_of.subject_id
    tally(FRIDAY)
    assert Offence.objects.count() == 3


def test_without_a_named_post_the_head_of_the_unit_answers(shop):
    version = clause("STF-128", detector=WATCH, superior_points=Decimal(-2))
    post = PositionFactory(code="agent", name="客服")
    head_post = PositionFactory(code="head", name="客服主管", unit=post.unit, is_head=True)
    agent, head = lina(), EmployeeFactory(username="hejie", name="何洁")
    Appointment.objects.create(employee=agent, position=post, since=date(2026, 1, 1))
    Appointment.objects.create(employee=head, position=head_post, since=date(2026, 1, 1))
    shop.add(WATCH, agent, at("2026-11-20 10:00"))
    shop.add(WATCH, head, at("2026-11-20 11:00"))
    tally(FRIDAY)
    assert prices(version, agent) == ["-1"]
    assert prices(version, head) == ["-2", "-1"]


def test_a_superior_who_was_on_duty_too_is_charged_once_for_the_same_thing(shop):
    """CS-048: everybody on duty loses a point; the supervisor among them loses it as one of them."""
    version = clause("CS-048", detector=WATCH, superior_points=Decimal(-2), superior_post="STF-073")
    boss, agent = supervisor(), lina()
    shop.add(WATCH, agent, at("2026-11-20 12:00"), subject=900)
    shop.add(WATCH, boss, at("2026-11-20 12:00"), subject=900)
    tally(FRIDAY)
    assert prices(version, boss) == ["-1"]
    assert prices(version, agent) == ["-1"]


def test_a_superior_does_not_answer_for_a_hit_that_was_merged(shop):
    version = clause("CS-049", detector=WATCH, per=Per.DAY, superior_points=Decimal(-2), superior_post="STF-073")
    boss = supervisor()
    for hour in (9, 10):
        shop.add(WATCH, lina(), at(f"2026-11-20 {hour:02}:00"))
    tally(FRIDAY)
    assert prices(version, boss) == ["-2"]


def test_a_fact_found_late_is_priced_by_the_version_of_its_day(shop):
    version = clause("CS-060", detector=WATCH)
    boss = EmployeeFactory(username="chenjing", name="陈静")
    new_version(
        version.clause,
        valid_from=date(2026, 11, 23),
        by=boss,
        at=at("2026-11-20 12:00"),
        points=Decimal(-5),
        note="加重",
    )
    tally(FRIDAY)
    shop.add(WATCH, lina(), at("2026-11-20 10:00"))
    shop.add(WATCH, lina(), at("2026-11-24 10:00"))
    tally(FRIDAY, date(2026, 11, 24), on=date(2026, 12, 20))
    assert prices(version) == ["-1", "-5"]
