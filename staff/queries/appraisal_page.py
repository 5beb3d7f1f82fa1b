"""One appraisal as its page shows it: from the figures as they are now, or from the snapshot once it is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shopops.kit.charts import Point, trend
from shopops.kit.clock import shop_day
from staff.models import Appraisal, AppraisalLine, Employee, KpiScore
from staff.policy.appraisal import BONUS_BY_SCORE
from staff.queries.appraisal_lines import ShownLine, ShownPoint, lines_kept, lines_now, points_kept, points_now
from staff.queries.appraisals import (
    GRADE_TONES,
    SEES_AMOUNTS,
    TONES,
    can_object_until,
    is_late,
    lines_of,
    months_of,
    score_until,
    self_review_titles,
    span_in_words,
)
from staff.queries.history import Line, history_of
from staff.queries.terms import points_in_words
from staff.states import AppraisalState, CycleKind, CycleState, LineKind

MAY_RUN = "staff.run_appraisal"
MOST_POINTS = 60
SCORING = frozenset({"staff.appraisal_scored", "staff.appraisal_adjusted", "staff.appraisal_returned"})


@dataclass(frozen=True)
class Shown:
    """Everything the page of an appraisal shows, and what its reader may do."""

    appraisal: Appraisal
    reader: Employee
    at: datetime
    lines: list[ShownLine]
    points: list[ShownPoint]
    left_out: list[ShownPoint]
    with_amounts: bool
    months: list[dict[str, Any]] = field(default_factory=list)
    form_lines: list[AppraisalLine] = field(default_factory=list)
    kept: dict[int, tuple[Decimal, str]] = field(default_factory=dict)
    story: list[Line] = field(default_factory=list)

    @property
    def span(self) -> str:
        """Return the period in words."""
        return span_in_words(self.appraisal.cycle)

    @property
    def tone(self) -> str:
        """Return the colour of its state."""
        return TONES[AppraisalState(self.appraisal.state)]

    @property
    def grade_tone(self) -> str:
        """Return the colour of its grade."""
        grade = self.appraisal.grade
        return GRADE_TONES.get(grade.code, "plain") if grade else "plain"

    @property
    def is_mine(self) -> bool:
        """Say whether it is the reader's own."""
        return self.appraisal.employee_id == self.reader.pk

    @property
    def is_month(self) -> bool:
        """Say whether it is about a month, and so has a self-review, lines and a bonus."""
        return self.appraisal.cycle.kind == CycleKind.MONTH

    @property
    def is_out(self) -> bool:
        """Say whether the result is published."""
        return self.appraisal.cycle.state in {CycleState.PUBLISHED, CycleState.LOCKED}

    @property
    def sees_score(self) -> bool:
        """Say whether the reader sees the score: people see their own once it is published."""
        return self.appraisal.score is not None and (self.is_out or not self.is_mine)

    @property
    def is_late(self) -> bool:
        """Say whether the self-review is late."""
        return is_late(self.appraisal, shop_day(self.at))

    @property
    def self_review(self) -> list[tuple[str, str]]:
        """Return the parts of the self-review that were written, with their headings."""
        words = self.appraisal.self_review
        return [(title, words[name]) for name, title in self_review_titles() if words.get(name)]

    @property
    def review_by(self) -> date:
        """Return the last day for the self-review."""
        return self.appraisal.cycle.last

    @cached_property
    def score_by(self) -> date:
        """Return the last day for scoring."""
        return score_until(self.appraisal.cycle)

    @property
    def object_by(self) -> date:
        """Return the last day for an objection."""
        return can_object_until(self.appraisal.cycle)

    @property
    def may_review(self) -> bool:
        """Say whether the reader may file the self-review."""
        open_states = {AppraisalState.WAITING, AppraisalState.SELF_REVIEWED}
        is_open = self.appraisal.cycle.state == CycleState.OPEN and self.appraisal.state in open_states
        return self.is_mine and self.is_month and is_open

    @property
    def may_score(self) -> bool:
        """Say whether the reader may score it now."""
        one = self.appraisal
        is_open = one.state in {AppraisalState.WAITING, AppraisalState.SELF_REVIEWED}
        in_time = one.cycle.state in {CycleState.OPEN, CycleState.AUDIT} and shop_day(self.at) > one.cycle.last
        return one.superior_id == self.reader.pk and not self.is_mine and self.is_month and is_open and in_time

    @property
    def scores_later(self) -> bool:
        """Say whether the reader will score it once the month is over."""
        one = self.appraisal
        return one.superior_id == self.reader.pk and self.is_month and shop_day(self.at) <= one.cycle.last

    @property
    def may_assign(self) -> bool:
        """Say whether the reader may name who scores."""
        one = self.appraisal
        is_open = one.state in {AppraisalState.WAITING, AppraisalState.SELF_REVIEWED}
        return is_open and not self.is_out and self.reader.has_perm(MAY_RUN)

    @property
    def may_return(self) -> bool:
        """Say whether the reader may send the score back."""
        is_scored = self.appraisal.state == AppraisalState.SCORED and self.is_month
        return is_scored and not self.is_out and not self.is_mine and self.reader.has_perm(MAY_RUN)

    @property
    def may_sign(self) -> bool:
        """Say whether the reader may sign."""
        return self.is_mine and self.appraisal.state == AppraisalState.PUBLISHED

    @property
    def may_object(self) -> bool:
        """Say whether the reader may still object."""
        in_time = shop_day(self.at) <= self.object_by
        return self.may_sign and in_time and self.appraisal.objection_answered_by_id is None

    @property
    def may_answer(self) -> bool:
        """Say whether the reader may answer the objection."""
        one = self.appraisal
        is_other = self.reader.pk not in {one.employee_id, one.scored_by_id}
        return one.state == AppraisalState.APPEALED and is_other and self.reader.has_perm(MAY_RUN)

    @property
    def may_reveal(self) -> bool:
        """Say whether the reader may ask for the amounts, which leaves an event."""
        has_bonus = self.is_out and self.appraisal.bonus is not None
        return has_bonus and not self.with_amounts and self.reader.has_perm(SEES_AMOUNTS)

    @property
    def may_print(self) -> bool:
        """Say whether the reader may have the PDF, which shows the amounts."""
        return self.is_out and (self.is_mine or self.reader.has_perm(SEES_AMOUNTS))

    @property
    def by_score(self) -> bool:
        """Say whether the bonus is in proportion to the score."""
        return bool(self.appraisal.snapshot.get("by_score", BONUS_BY_SCORE()))

    @property
    def deduction(self) -> Decimal:
        """Return what is deducted from the wage: usually nothing."""
        return Decimal(self.appraisal.snapshot.get("deduction") or 0)

    @property
    def net_points(self) -> Decimal:
        """Return the sum of the points that count."""
        return sum((one.points for one in self.points), Decimal(0))

    @property
    def net_in_words(self) -> str:
        """Return the net points as people read them; nothing is 0."""
        return points_in_words(self.net_points) if self.net_points else "0"


def shown_appraisal(appraisal: Appraisal, reader: Employee, *, at: datetime, with_amounts: bool = False) -> Shown:
    """Return what the page shows; six queries at most.

    People see their own lines with scores only when the result is published; amounts are theirs, and payroll's who
    asks for them.
    """
    is_out = appraisal.cycle.state in {CycleState.PUBLISHED, CycleState.LOCKED} and bool(appraisal.snapshot)
    is_mine = appraisal.employee_id == reader.pk
    lines = lines_of(appraisal) if not is_out else []
    forms = [line for line in lines if line.kind == LineKind.FORM]
    points, left_out = points_kept(appraisal) if is_out else points_now(appraisal)
    shown = lines_kept(appraisal) if is_out else lines_now(appraisal, lines, hide_forms=is_mine)
    return Shown(
        appraisal,
        reader,
        at,
        lines=shown,
        points=points[:MOST_POINTS],
        left_out=left_out[:MOST_POINTS],
        with_amounts=is_out and (is_mine or with_amounts),
        months=_months(appraisal),
        form_lines=forms,
        kept=_scores_on_forms(appraisal, forms) if not is_mine else {},
        story=_story(appraisal, is_hidden=is_mine and not is_out),
    )


def history_chart(results: Sequence[Appraisal]) -> SafeString | None:
    """Draw the monthly scores of a person, oldest first; None where there are fewer than two."""
    months = [one for one in reversed(results) if one.cycle.kind == CycleKind.MONTH]
    if len(months) < 2:  # noqa: PLR2004 -- a line
        return None
    points = [Point(span_in_words(one.cycle), one.score, one.get_absolute_url()) for one in months]
    return trend(points, title=_("Score by month"), name=_("Score"), size=(720, 220))


def _story(appraisal: Appraisal, *, is_hidden: bool) -> list[Line]:
    """Return the history; from the person themselves what was scored is hidden until it is published."""
    story = history_of(appraisal)
    if not is_hidden:
        return story
    return [replace(line, changes=[], reason="") if line.verb in SCORING else line for line in story]


def _months(appraisal: Appraisal) -> list[dict[str, Any]]:
    if appraisal.cycle.kind == CycleKind.MONTH:
        return []
    return [
        {"span": span_in_words(one.cycle), "score": one.score, "grade": str(one.grade), "url": one.get_absolute_url()}
        for one in months_of(appraisal)
    ]


def _scores_on_forms(appraisal: Appraisal, forms: Sequence[AppraisalLine]) -> dict[int, tuple[Decimal, str]]:
    """Return what named persons have scored already, by indicator."""
    if not forms:
        return {}
    rows = KpiScore.objects.filter(
        kpi__in=[line.kpi_id for line in forms],
        employee=appraisal.employee_id,
        month=appraisal.cycle.first,
        replaced_at=None,
    )
    return {row.kpi_id: (row.score, row.text) for row in rows}
