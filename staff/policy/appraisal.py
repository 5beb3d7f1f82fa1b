"""What a manager may change about appraisals, and how a score becomes a bonus (STF-129…STF-155)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol, TypeVar

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
NOTHING = Decimal(0)
POINTS_BASE = HUNDRED
"""Everybody starts a month with so many (T19)."""

OPENS_DAYS = Setting(
    "staff.appraisal_opens_days",
    3,
    label=_("Days before the end of the month that the appraisal opens"),
    help=_("From then on people file their self-review, which is due by the end of the month (STF-135)."),
    unit=_("days"),
    least=1,
    most=15,
)
OBJECTION_DAYS = Setting(
    "staff.objection_days",
    5,
    label=_("Days to object to a result"),
    help=_("Counted from the day of publication; until they are over a month is locked only if everybody has signed."),
    unit=_("days"),
    least=1,
    most=30,
)
ADJUST_MOST = Setting(
    "staff.adjust_most",
    Decimal(5),
    label=_("How far a superior may adjust a reckoned score"),
    help=_("Up or down; a reason is always asked for. 0 forbids it."),
    unit=_("points"),
    least=Decimal(0),
    most=Decimal(20),
)
POINTS_CEILING = Setting(
    "staff.points_ceiling",
    Decimal(110),
    label=_("Highest score"),
    help=_("Rewards may raise the points of a month, and with them the score, to this at most."),
    unit=_("points"),
    least=Decimal(100),
    most=Decimal(150),
)
EXEMPT_POSTS = Setting(
    "staff.appraisal_exempt",
    "chairman general-manager",
    label=_("Posts that are not appraised"),
    help=_("Codes of posts with blanks between them; whoever holds one is left out."),
    pattern=r"[a-z0-9 -]*",
)
BONUS_BY_SCORE = Setting(
    "staff.bonus_by_score",
    default=True,
    label=_("The bonus is in proportion to the score"),
    help=_(
        "On: bonus at 100 × score ÷ 100 × coefficient of the grade (STF-137, STF-155). Off: bonus at 100 × coefficient."
    ),
)
WAGE_DEDUCTIONS = Setting(
    "staff.wage_deductions",
    default=False,
    label=_("Deduct yuan charged to the happiness fund from the wage"),
    help=_(
        "Off by default: points move the performance bonus only. Ask a lawyer before you turn this on; the two caps"
        " below always hold."
    ),
)
DEDUCTION_SHARE = Setting(
    "staff.wage_deduction_share",
    Decimal(20),
    label=_("Largest share of a month's wage that may be deducted"),
    help=_("The law allows a fifth of the wage of the month at most."),
    unit=_("per cent"),
    least=Decimal(0),
    most=Decimal(20),
)
MINIMUM_WAGE = Setting(
    "staff.minimum_wage",
    Decimal(0),
    label=_("Local minimum wage"),
    help=_("What is left of a wage is never less. While it is 0, which is to say unknown, nothing is deducted."),
    unit=_("yuan a month"),
    least=Decimal(0),
    most=Decimal(20000),
)


class Band(Protocol):
    """A grade as far as reckoning needs it."""

    from_score: Decimal
    coefficient: Decimal


B = TypeVar("B", bound=Band)


def half_up(amount: Decimal) -> Decimal:
    """Round to 0.01, halves upwards, as payroll does."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def exempt_posts() -> frozenset[str]:
    """Return the codes of posts whose holders are not appraised."""
    return frozenset(EXEMPT_POSTS().split())


def score_of_points(net: Decimal) -> Decimal:
    """Return the score of a month's points: 100 and what was booked, from 0 to the ceiling (STF-217, T19)."""
    return min(max(POINTS_BASE + net, NOTHING), POINTS_CEILING())


def shares(weights: Sequence[tuple[Decimal, bool]]) -> list[Decimal | None]:
    """Return how much of 100 each line really counts, told its weight and whether it was measured.

    The weight of a line that had nothing to measure goes to the others in proportion; such a line has None.
    """
    whole = sum((weight for weight, is_measured in weights if is_measured), NOTHING)
    return [weight * HUNDRED / whole if is_measured and whole else None for weight, is_measured in weights]


def weighted_score(lines: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """Return the mean of the scores by weight, of those lines that have one; None where none has."""
    measured = [(weight, score) for weight, score in lines if score is not None]
    whole = sum((weight for weight, _score in measured), NOTHING)
    if not whole:
        return None
    return half_up(sum((weight * score for weight, score in measured), NOTHING) / whole)


def final_score(reckoned: Decimal, adjustment: Decimal) -> Decimal:
    """Return the reckoned score with the superior's adjustment, from 0 to the ceiling."""
    return half_up(min(max(reckoned + adjustment, NOTHING), POINTS_CEILING()))


def grade_for(score: Decimal, bands: Iterable[B]) -> B | None:
    """Return the grade a score falls into: the highest that starts at or below it (C19)."""
    return max((band for band in bands if band.from_score <= score), key=lambda band: band.from_score, default=None)


def bonus_of(base: Decimal, score: Decimal, coefficient: Decimal, *, by_score: bool | None = None) -> Decimal:
    """Return the performance bonus in yuan: base × score ÷ 100 × coefficient, never below nothing (STF-137, C20).

    :param by_score: whether the score counts besides the coefficient; None asks the setting.
    """
    in_proportion = BONUS_BY_SCORE() if by_score is None else by_score
    share = score / HUNDRED if in_proportion else Decimal(1)
    return max(half_up(base * share * coefficient), Decimal("0.00"))


def deduction_of(wanted: Decimal, wage: Decimal | None) -> Decimal:
    """Return what may be deducted from a month's wage of the yuan somebody was charged: usually nothing.

    Only where a manager allowed it and the wage and the local minimum are known; at most the configured share of the
    wage, and never so much that less than the minimum is left (C18: fines need a legal check).
    """
    minimum = MINIMUM_WAGE()
    if not WAGE_DEDUCTIONS() or wage is None or not minimum or wanted <= 0:
        return Decimal("0.00")
    most = min(wage * DEDUCTION_SHARE() / HUNDRED, wage - minimum)
    return max(min(wanted, most), NOTHING).quantize(CENT, rounding="ROUND_DOWN")
