"""Single cases, excuses before and after the charge, and what a decision about one case does to the others."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from staff.actions.booking import apply_excuse, book_case, settle_again
from staff.actions.points import withdraw_points
from staff.actions.tally import tally_day
from staff.models import ClauseVersion, Employee, Excuse, Notification, Offence, PointEntry
from staff.states import ExcuseKind, Per, Standing
from tests.factories.clauses import clause, night_after, watching
from tests.factories.rulebook import at, lina, supervisor
from tests.factories.staff import EmployeeFactory
from tests.staff.rulebook.test_prices import prices, standings, tally

FRIDAY = date(2026, 11, 20)
WATCH = "tests.what_happens"
LATER = at("2026-11-25 10:00")


@pytest.fixture
def shop(db):
    with watching(WATCH) as happenings:
        yield happenings


def boss() -> Employee:
    return EmployeeFactory(username="chenjing", name="陈静")


def excuse(kind: str = ExcuseKind.LEAVE, *, confirmed: bool = True, **values) -> Excuse:
    standard = {
        "starts_at": at("2026-11-20 00:00"),
        "ends_at": at("2026-11-21 00:00"),
        "reason": "请假",
        "entered_by": EmployeeFactory(username="zhaomin", name="赵敏"),
        "entered_at": at("2026-11-19 09:00"),
    }
    if confirmed:
        standard |= {"confirmed_by": boss(), "confirmed_at": at("2026-11-19 10:00")}
    return Excuse.objects.create(kind=kind, **{**standard, **values})


def case(version: ClauseVersion, number: int = 1, **values) -> Offence:
    standard = {
        "employee": lina(),
        "subject": ("staff.CaseReport", number, f"报告 {number}"),
        "happened_at": at("2026-11-20 10:00"),
        "day": FRIDAY,
        "facts": {"text": "未按要求"},
        "by": boss(),
        "at": LATER,
    }
    return book_case(version, **{**standard, **values})


def test_a_reported_case_is_priced_like_any_other_and_its_person_told(db):
    version = clause("DATA-018", points="-10", grades={"slight": "-5"})
    booked = case(version, grade="slight")
    entry = PointEntry.objects.get()
    assert (booked.standing, entry.points, entry.booked_by, entry.day) == (Standing.CHARGED, -5, boss(), FRIDAY)
    assert Notification.objects.get().employee == lina()
    assert case(version, grade="slight") == booked
    assert PointEntry.objects.count() == 1


def test_reported_cases_escalate_merge_and_reach_the_superior(db):
    version = clause(
        "CS-066",
        points="-0.5",
        escalates_from=3,
        escalates_by=2,
        superior_points=Decimal(-2),
        superior_post="STF-073",
        per=Per.CAUSE,
    )
    supervisor()
    for number, cause in enumerate(("a", "a", "b", "c"), start=1):
        case(version, number, cause=cause, happened_at=at(f"2026-11-20 1{number}:00"))
    assert prices(version, lina()) == ["-0.5", "0", "-0.5", "-1"]
    assert Offence.objects.filter(because_of__isnull=False).count() == 3


def test_a_person_may_decide_the_price_of_a_reported_case(db):
    version = clause("GOV-016", points="0")
    case(version, points=Decimal(3), fund=Decimal(100))
    entry = PointEntry.objects.get()
    assert (entry.points, entry.fund) == (3, 100)
    settle_again([entry.offence], by=boss(), at=LATER)
    assert PointEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "covers"),
    [
        ({}, True),
        ({"employee": "lina"}, True),
        ({"employee": "other"}, False),
        ({"confirmed": False}, False),
        ({"confirmed": False, "refused_at": LATER}, False),
        ({"kind": ExcuseKind.OUTAGE}, False),
        ({"starts_at": at("2026-11-20 10:01")}, False),
        ({"ends_at": at("2026-11-20 10:00")}, True),
        ({"subject_type": "staff.Thing", "subject_id": 1, "ends_at": at("2026-11-20 00:01")}, True),
        ({"subject_type": "staff.Thing", "subject_id": 2}, False),
    ],
)
@pytest.mark.parametrize("per", [Per.CASE, Per.DAY])
def test_a_confirmed_excuse_that_covers_it_costs_nothing(shop, values, covers, per):
    version = clause("CS-075", detector=WATCH, per=per, excuses=[ExcuseKind.LEAVE, ExcuseKind.OBJECTIVE])
    people = {"lina": lina(), "other": EmployeeFactory(username="wangqiang", name="王强")}
    values = {**values, "employee": people[values["employee"]]} if "employee" in values else values
    one = excuse(**values)
    shop.add(WATCH, lina(), at("2026-11-20 10:00"))
    tally(FRIDAY)
    offence = Offence.objects.get()
    assert (offence.standing == Standing.EXCUSED, offence.excuse_id == one.pk) == (covers, covers)
    assert PointEntry.objects.exists() is not covers
    assert prices(version) == ["0" if covers else "-1"]


def test_an_excused_hit_is_not_the_first_of_the_day(shop):
    version = clause("CS-053", detector=WATCH, per=Per.DAY, excuses=[ExcuseKind.LEAVE])
    excuse(ends_at=at("2026-11-20 12:00"))
    for hour in (9, 14, 15):
        shop.add(WATCH, lina(), at(f"2026-11-20 {hour:02}:00"))
    tally(FRIDAY)
    assert standings(version) == ["excused", "charged", "merged"]


def test_an_excuse_confirmed_later_takes_the_charge_back(shop):
    version = clause("CS-049", detector=WATCH, excuses=["outage"], superior_points=Decimal(-2), superior_post="STF-073")
    head = supervisor()
    shop.add(WATCH, lina(), at("2026-11-20 10:00"))
    tally(FRIDAY)
    one = excuse(ExcuseKind.OUTAGE, employee=lina(), reason="平台故障")
    assert apply_excuse(one, by=boss(), at=LATER) == 1
    assert prices(version, lina()) == ["0"]
    assert prices(version, head) == ["0"]
    counter = PointEntry.objects.get(kind="counter")
    assert (counter.reason, counter.day) == ("平台故障", date(2026, 11, 25))
    assert apply_excuse(one, by=boss(), at=LATER) == 0
    before = PointEntry.objects.count()
    tally_day(FRIDAY, at=night_after(FRIDAY) + timedelta(days=9))
    assert PointEntry.objects.count() == before


def test_an_excuse_that_covers_all_hits_of_a_day_charges_none_of_them(shop):
    version = clause("CS-053", detector=WATCH, per=Per.DAY, excuses=["outage"])
    for hour in (9, 10):
        shop.add(WATCH, lina(), at(f"2026-11-20 {hour:02}:00"))
    tally(FRIDAY)
    apply_excuse(excuse(ExcuseKind.OUTAGE), by=boss(), at=LATER)
    assert standings(version) == ["excused", "excused"]
    assert prices(version) == ["0", "0"]


def test_what_was_merged_into_an_excused_hit_stands_by_itself(shop):
    version = clause("CS-053", detector=WATCH, per=Per.DAY, excuses=["outage"])
    for hour in (9, 10):
        shop.add(WATCH, lina(), at(f"2026-11-20 {hour:02}:00"))
    tally(FRIDAY)
    apply_excuse(excuse(ExcuseKind.OUTAGE, ends_at=at("2026-11-20 09:30")), by=boss(), at=LATER)
    assert standings(version) == ["excused", "charged"]
    assert prices(version) == ["0", "-1"]


def test_a_case_withdrawn_counts_no_more_and_the_third_is_the_second(shop):
    version = clause("CS-066", points="-0.5", detector=WATCH, escalates_from=3, escalates_by=2)
    for hour in (9, 10, 11):
        shop.add(WATCH, lina(), at(f"2026-11-20 {hour:02}:00"))
    tally(FRIDAY)
    assert prices(version) == ["-0.5", "-0.5", "-1"]
    first = Offence.objects.order_by("happened_at")[0]
    withdraw_points(first, reason="误判", by=boss(), at=LATER)
    assert prices(version) == ["0", "-0.5", "-0.5"]
    mended = PointEntry.objects.get(kind="adjustment")
    assert (mended.points, mended.booked_by) == (Decimal("0.5"), boss())
    settle_again([first], by=boss(), at=LATER)
    assert PointEntry.objects.count() == 5
