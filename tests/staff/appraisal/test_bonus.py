"""How a score becomes a bonus: in proportion, never below nothing, to the cent; and wages that are left alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staff.models import SettingValue
from staff.policy.appraisal import (
    bonus_of,
    deduction_of,
    final_score,
    grade_for,
    half_up,
    score_of_points,
    shares,
    weighted_score,
)
from staff.queries.settings import forget_values
from tests.factories.staff import NOON


@dataclass
class Band:
    from_score: Decimal
    coefficient: Decimal


BANDS = [
    Band(Decimal(90), Decimal("1.20")),
    Band(Decimal(75), Decimal("1.00")),
    Band(Decimal(60), Decimal("0.80")),
    Band(Decimal(0), Decimal(0)),
]
SCORES = st.decimals(0, 110, places=2)
BASES = st.decimals(0, 50_000, places=2)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def bonus(base: Decimal, score: Decimal) -> Decimal:
    band = grade_for(score, BANDS)
    assert band is not None
    return bonus_of(base, score, band.coefficient, by_score=True)


@PATIENT
@given(BASES, SCORES, SCORES)
def test_more_score_is_never_less_bonus_and_a_bonus_never_below_nothing(base, one, other):
    low, high = sorted((one, other))
    assert Decimal(0) <= bonus(base, low) <= bonus(base, high)
    assert bonus(base, low) == half_up(bonus(base, low))


@PATIENT
@given(st.lists(st.tuples(st.decimals("0.01", 100, places=2), st.none() | st.decimals(0, 100, places=2)), max_size=12))
def test_a_score_lies_between_its_lines_and_the_shares_make_up_100(lines):
    score = weighted_score(lines)
    measured = [one for _weight, one in lines if one is not None]
    if not measured:
        assert score is None
        return
    assert half_up(min(measured)) - Decimal("0.01") <= score <= half_up(max(measured)) + Decimal("0.01")
    counted = shares([(weight, one is not None) for weight, one in lines])
    assert abs(sum(share for share in counted if share is not None) - 100) < Decimal("0.0001")


@pytest.mark.parametrize(
    ("score", "coefficient"), [("100", "1.20"), ("90", "1.20"), ("89.99", "1.00"), ("60", "0.80"), ("59.99", "0")]
)
def test_a_grade_starts_at_its_score(score, coefficient):
    assert grade_for(Decimal(score), BANDS).coefficient == Decimal(coefficient)


def test_cents_are_rounded_half_up():
    assert bonus_of(Decimal("0.05"), Decimal(50), Decimal("0.2"), by_score=True) == Decimal("0.01")
    assert bonus_of(Decimal(1000), Decimal("87.65"), Decimal(1), by_score=True) == Decimal("876.50")
    assert bonus_of(Decimal(1000), Decimal("87.65"), Decimal("0.8"), by_score=False) == Decimal("800.00")


@pytest.mark.django_db
def test_points_start_from_100_and_end_at_the_ceiling():
    assert [score_of_points(Decimal(net)) for net in (0, -3, -300, 5, 50)] == [100, 97, 0, 105, 110]
    assert [final_score(Decimal(score), Decimal(by)) for score, by in ((108, 5), (2, -5))] == [110, 0]


def settle(**values: str) -> None:
    for name, text in values.items():
        SettingValue.objects.create(name=f"staff.{name}", value=text, changed_at=NOON)
    forget_values()


@pytest.mark.django_db
def test_nothing_is_deducted_from_a_wage_by_default():
    assert deduction_of(Decimal(500), Decimal(5000)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "wage", "deducted"),
    [
        ("100", "5000", "100.00"),
        ("1500", "5000", "1000.00"),  # a fifth of the wage
        ("900", "2700", "210.00"),  # the minimum wage is left
        ("900", "2400", "0.00"),
        ("-50", "5000", "0.00"),
        ("100", None, "0.00"),
    ],
)
def test_a_deduction_that_was_turned_on_keeps_within_the_caps(wanted, wage, deducted):
    settle(wage_deductions="true", minimum_wage="2490")
    assert deduction_of(Decimal(wanted), wage and Decimal(wage)) == Decimal(deducted)


@pytest.mark.django_db
def test_while_the_minimum_wage_is_unknown_nothing_is_deducted():
    settle(wage_deductions="true")
    assert deduction_of(Decimal(100), Decimal(5000)) == 0
