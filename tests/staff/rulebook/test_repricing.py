"""Clauses that people report in the wind tunnel: what was confirmed, priced by a draft."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from staff.actions.booking import book_case
from staff.actions.drafts import draft_version
from staff.actions.points import waive_offence
from staff.actions.trials import run_trial, start_trial
from staff.models import ClauseVersion, Employee, Offence, Trial
from staff.queries.comparison import differences_by_person, differences_of
from staff.states import ClauseKind, Per, Standing, TrialKind
from tests.factories.clauses import clause
from tests.factories.rulebook import at, lina, supervisor
from tests.factories.staff import EmployeeFactory

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 20)
ASKED = at("2026-11-25 10:00")


def boss() -> Employee:
    return EmployeeFactory(username="chenjing", name="陈静")


def case(version: ClauseVersion, day: int, *, who: Employee | None = None, number: int = 0, **values) -> Offence:
    return book_case(
        version,
        employee=who or lina(),
        subject=("staff.CaseReport", number or day, f"上报 {day}"),
        happened_at=at(f"2026-11-{day:02} 10:00"),
        day=date(2026, 11, day),
        facts={"text": "未按要求"},
        by=boss(),
        at=at("2026-11-21 10:00"),
        **values,
    )


def tunnel(version: ClauseVersion, **terms) -> Trial:
    analyst = EmployeeFactory(username="zhaomin", name="赵敏")
    draft = draft_version(version.clause, by=analyst, at=ASKED, **terms)
    trial = start_trial(TrialKind.TUNNEL, versions=[draft], first=FIRST, last=LAST, by=boss(), at=ASKED)
    run_trial(trial, at=ASKED)
    trial.refresh_from_db()
    return trial


def changes(trial: Trial) -> list[tuple[str, Decimal, Decimal]]:
    return [(one.employee.name, one.was, one.will) for one in differences_by_person(trial)]


def test_a_dearer_draft_shows_what_the_confirmed_cases_would_have_cost():
    version = clause("DATA-018", points="-10", grades={"slight": "-5"})
    case(version, 3)
    case(version, 4, grade="slight")
    trial = tunnel(version, points=Decimal(-12), grades={"slight": "-5"})
    assert changes(trial) == [("李娜", -10, -12)]
    assert [one.subject_label for one in differences_of(trial, lina())] == ["上报 3"]
    assert tuple(Offence.objects.order_by("pk").values_list("version_id", flat=True)) == (version.pk, version.pk)


def test_cases_outside_the_span_of_other_clauses_and_decided_by_people_stay_out():
    version, other = clause("DATA-018", points="-1"), clause("DATA-019", points="-1")
    case(other, 3)
    waived = case(version, 5)
    waive_offence(waived, reason="误报", by=boss(), at=ASKED)
    book_case(
        version, employee=lina(), subject=("staff.CaseReport", 99, "旧"), happened_at=at("2026-10-20 10:00"),
        day=date(2026, 10, 20), facts={}, by=boss(), at=ASKED,
    )  # fmt: skip
    trial = tunnel(version, points=Decimal(-12))
    assert changes(trial) == []
    assert trial.offences.count() == 1


def test_a_cap_and_an_escalation_of_the_draft_hold_for_the_month():
    version = clause("DATA-018", points="-2")
    for day in (3, 4, 5):
        case(version, day)
    assert changes(tunnel(version, monthly_cap=Decimal(5))) == [("李娜", -2, -1)]
    assert changes(tunnel(version, escalates_from=3, escalates_by=Decimal(2))) == [("李娜", -2, -4)]


def test_a_superior_who_would_answer_besides_is_shown():
    supervisor()
    version = clause("CS-049", points="-1")
    case(version, 3)
    trial = tunnel(version, superior_points=Decimal(-2), superior_post="STF-073")
    assert changes(trial) == [("何洁", 0, -2)]


def test_one_incident_is_charged_once_under_a_draft_that_says_so():
    version = clause("GOV-013", points="0", fund=Decimal(50))
    case(version, 3, cause="incident:1")
    case(version, 4, cause="incident:1")
    trial = tunnel(version, per=Per.CAUSE)
    (one,) = differences_by_person(trial)
    assert (one.was_fund, one.will_fund) == (50, 0)
    assert list(trial.offences.order_by("day").values_list("standing", flat=True)) == [
        Standing.CHARGED,
        Standing.MERGED,
    ]


def test_what_people_decided_a_reward_is_worth_stays_while_the_draft_leaves_it_open():
    version = clause("STF-144", points="0")
    version.clause.kind = ClauseKind.REWARD
    version.clause.save()
    case(version, 3, points=Decimal(3), fund=Decimal(0))
    assert changes(tunnel(version, note="措辞")) == []
    assert changes(tunnel(version, points=Decimal(2))) == [("李娜", 3, 2)]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cases=some.lists(some.tuples(some.integers(1, 20), some.sampled_from(["", "a", "b"])), max_size=8),
    terms=some.sampled_from(
        [
            {},
            {"escalates_from": 2, "escalates_by": Decimal(2)},
            {"monthly_cap": Decimal(3)},
            {"per": Per.CAUSE},
            {"per": Per.DAY},
            {"superior_points": Decimal(-2), "superior_post": "STF-073"},
        ]
    ),
)
def test_a_draft_that_changes_no_price_changes_nothing(cases, terms):
    with transaction.atomic():
        supervisor()
        version = clause("X-1", points="-1", **terms)
        for number, (day, cause) in enumerate(cases, start=1):
            case(version, day, number=number, cause=cause and f"incident:{cause}")
        assert changes(tunnel(version, note="措辞")) == []
        transaction.set_rollback(True)
