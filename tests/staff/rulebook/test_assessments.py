"""STF-128 to STF-131: assessments that fail again and again, or come late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Question
from staff.actions.appraisals import return_appraisal
from staff.actions.tally import tally_day
from staff.models import Appraisal, AppraisalCycle, Clause, ClauseVersion, GradeBand, Offence
from staff.queries.appraisals import score_until, scoring_ends
from staff.queries.radar import urgent_of
from staff.states import AppraisalState, CycleKind, CycleState
from staff.worklists import people_to_score
from tests.factories.appraisal import at, make_house, open_month, publish, score, score_everybody
from tests.factories.rulebook import open_book

pytestmark = pytest.mark.django_db
PARAMETERS = {"last_day": 10, "month": 1, "fallback_post": "STF-095"}


def found_on(name: str, day: str, **parameters):
    question = Question(day_window(date.fromisoformat(day)), at(f"{day} 23:59"), PARAMETERS | parameters)
    return list(DETECTORS[f"staff.{name}"].find(question))


def failed(person, superior, month: str, *, locked: str = "", grade: str = "unqualified") -> Appraisal:
    """Write down that somebody's month is over, with the lowest grade unless said otherwise."""
    first = date.fromisoformat(f"{month}-01")
    cycle, _made = AppraisalCycle.objects.get_or_create(
        kind=CycleKind.MONTH,
        first=first,
        defaults={"last": date(first.year, first.month, 28), "opened_at": at(f"{first} 09:00")},
    )
    if locked:
        moment = at(f"{locked} 09:00")
        AppraisalCycle.objects.filter(pk=cycle.pk).update(
            state=CycleState.LOCKED, published_at=moment, locked_at=moment
        )
    return Appraisal.objects.create(
        cycle=cycle, employee=person, superior=superior, state=AppraisalState.SETTLED, score=Decimal(50),
        grade=GradeBand.objects.get(code=grade),
    )  # fmt: skip


def test_the_second_failure_within_the_months_is_minor_the_third_middling_the_fourth_grave():
    cast = make_house()
    lina, boss = cast["lina"], cast["hejie"]
    for month, locked in (("2026-05", "2026-06-20"), ("2026-06", "2026-07-20"), ("2026-08", "2026-09-20")):
        failed(lina, boss, month, locked=locked)
    failed(lina, boss, "2026-10", locked="2026-11-20")
    assert found_on("repeated_failure", "2026-06-20") == []
    grades = {
        day: [(one.grade, one.employee_id, one.facts["failures"]) for one in found_on("repeated_failure", day)]
        for day in ("2026-07-20", "2026-09-20", "2026-11-20")
    }
    assert grades == {
        "2026-07-20": [("minor", boss.pk, 2)],
        "2026-09-20": [("medium", boss.pk, 3)],
        "2026-11-20": [("grave", boss.pk, 4)],
    }


def test_failures_longer_ago_other_grades_and_months_that_may_still_change_do_not_count():
    cast = make_house()
    lina, boss = cast["lina"], cast["hejie"]
    failed(lina, boss, "2026-04", locked="2026-05-20")
    failed(lina, boss, "2026-08", locked="2026-09-20", grade="qualified")
    failed(lina, boss, "2026-10", locked="2026-11-20")
    assert found_on("repeated_failure", "2026-11-20") == []
    failed(lina, boss, "2026-09")
    assert found_on("repeated_failure", "2026-11-20") == []
    assert [one.facts["failures"] for one in found_on("repeated_failure", "2026-11-20", months=7)] == [2]


def test_a_failure_nobody_leads_is_nobodys():
    cast = make_house()
    failed(cast["lina"], None, "2026-09", locked="2026-10-20")
    failed(cast["lina"], None, "2026-10", locked="2026-11-20")
    assert found_on("repeated_failure", "2026-11-20") == []


def test_the_superior_is_charged_by_the_night_after_the_month_was_locked():
    cast = make_house()
    open_book()
    failed(cast["lina"], cast["hejie"], "2026-09", locked="2026-10-20")
    failed(cast["lina"], cast["hejie"], "2026-10", locked="2026-11-20")
    tally_day(date(2026, 11, 20), at=at("2026-11-21 00:30"))
    offence = Offence.objects.get(clause__number="STF-128")
    assert (offence.employee, offence.grade) == (cast["hejie"], "minor")
    assert [entry.points for entry in offence.entries.all()] == [Decimal(-3)]


def test_whom_a_superior_has_not_scored_by_the_tenth_is_found_that_night():
    cast = make_house()
    cycle = open_month()
    score(cycle.appraisals.get(employee=cast["lina"]), moment="2026-11-10 23:59")
    late = cycle.appraisals.get(employee=cast["sunyue"])
    assert found_on("late_scoring", "2026-11-09") == found_on("late_scoring", "2026-11-11") == []
    found = {one.subject[1]: one for one in found_on("late_scoring", "2026-11-10")}
    assert late.pk in found
    assert found[late.pk].employee_id == cast["hejie"].pk
    assert found[late.pk].happened_at == at("2026-11-11 00:00")
    assert cycle.appraisals.get(employee=cast["lina"]).pk not in found
    score(late, moment="2026-11-11 09:00")
    assert late.pk in {one.subject[1] for one in found_on("late_scoring", "2026-11-10")}


def test_the_first_score_counts_where_one_was_sent_back():
    cast = make_house()
    cycle = open_month()
    mine = score(cycle.appraisals.get(employee=cast["lina"]), moment="2026-11-09 10:00")
    return_appraisal(mine, reason="评语太短", by=cast["xujing"], at=at("2026-11-10 10:00"))
    mine.refresh_from_db()
    score(mine, moment="2026-11-12 10:00")
    assert mine.pk not in {one.subject[1] for one in found_on("late_scoring", "2026-11-10")}


def test_the_radar_names_who_is_not_scored_before_it_is_late():
    cast = make_house()
    cycle = open_month()
    window = day_window(date(2026, 11, 10))
    coming = list(DETECTORS["staff.late_scoring"].find(Question(window, at("2026-11-08 09:00"), PARAMETERS)))
    assert len(coming) == cycle.appraisals.filter(superior__isnull=False).count()
    assert urgent_of(cast["hejie"].pk, at("2026-11-08 09:00")).count == 0


def test_the_year_is_to_be_published_in_january_and_hr_answers():
    cast = make_house()
    open_month(date(2026, 12, 1))
    assert found_on("late_scoring", "2027-01-30") == []
    found = found_on("late_scoring", "2027-01-31")
    assert [(one.subject, one.employee_id) for one in found] == [
        (("staff.AppraisalPeriod", 2026, "2026"), cast["xujing"].pk)
    ]
    AppraisalCycle.objects.create(
        kind=CycleKind.YEAR, first=date(2026, 1, 1), last=date(2026, 12, 31), state=CycleState.PUBLISHED,
        opened_at=at("2027-01-20 09:00"), published_at=at("2027-01-31 18:00"),
    )  # fmt: skip
    assert found_on("late_scoring", "2027-01-31") == []


def test_months_and_half_years_have_days_to_be_published():
    cast = make_house()
    cycle = open_month()
    (month,) = found_on("cycle_missing", "2026-11-20", days=20)
    assert (month.subject[1], month.employee_id, month.url) == (202610, cast["xujing"].pk, cycle.get_absolute_url())
    score_everybody(cycle)
    publish(cycle, cast["xujing"], moment="2026-11-20 23:00")
    assert found_on("cycle_missing", "2026-11-20", days=20) == []
    (half,) = found_on("half_year_missing", "2027-03-01", days=60)
    assert (half.subject[1:], half.happened_at) == ((20262, "2026 H2"), at("2027-03-02 00:00"))


def test_where_nobody_has_appraised_yet_nothing_is_missing():
    make_house()
    names = ("cycle_missing", "half_year_missing", "late_scoring")
    days = ("2026-11-20", "2027-03-01", "2027-01-31")
    assert [found_on(name, day) for name, day in zip(names, days, strict=True)] == [[], [], []]


def test_nobody_answers_where_the_post_is_vacant():
    make_house()
    open_month()
    assert found_on("cycle_missing", "2026-11-20", fallback_post="STF-999") == []


@pytest.mark.parametrize("value", ["", None, "zehn", -3, 0])
def test_a_parameter_that_is_no_number_counts_as_its_default(value):
    make_house()
    open_month()
    assert found_on("late_scoring", "2026-11-10", last_day=value)
    assert found_on("cycle_missing", "2026-11-20", days=value)


def test_the_tenth_is_said_by_the_clause_alone():
    cast = make_house()
    cycle = open_month()
    assert score_until(cycle) == date(2026, 11, 10)
    open_book()
    clause = Clause.objects.get(number="STF-131")
    version = clause.versions.get()
    ClauseVersion.objects.filter(pk=version.pk).update(valid_to=date(2026, 11, 5))
    ClauseVersion.objects.create(
        clause=clause, version=2, state="published", valid_from=date(2026, 11, 5), text="", text_en="",
        published_at=at("2026-11-04 09:00"), parameters=version.parameters | {"last_day": 15},
    )  # fmt: skip
    assert score_until(cycle) == date(2026, 11, 15)
    assert scoring_ends(date(2026, 10, 20)) == date(2026, 10, 10)
    assert people_to_score(cast["hejie"].pk, at("2026-11-12 09:00")).overdue == 0
    tally_day(date(2026, 11, 10), at=at("2026-11-11 00:30"))
    assert not Offence.objects.filter(clause=clause).exists()
    tally_day(date(2026, 11, 15), at=at("2026-11-16 00:30"))
    assert Offence.objects.filter(clause=clause).exists()
