"""What counts in an appraisal, line by line and point by point: as it is now, or as it was frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shopops.kit.charts import plain
from staff.models import Appraisal, AppraisalLine
from staff.policy.appraisal import half_up, shares
from staff.queries.appraisal_points import entries_behind
from staff.queries.appraisals import figure_in_words
from staff.queries.terms import points_in_words
from staff.states import CycleKind, LineKind


@dataclass(frozen=True)
class ShownLine:
    """One thing that counts: its weight, the figure behind it, its score and what it adds."""

    kind: str
    name: str
    number: str
    weight: Decimal
    share: Decimal | None
    score: Decimal | None
    figure: str
    text: str
    url: str

    @property
    def adds(self) -> Decimal | None:
        """Return how many points of the score it makes."""
        if self.share is None or self.score is None:
            return None
        return half_up(self.share * self.score / 100)

    @property
    def is_moved(self) -> bool:
        """Say whether it counts more than its weight because something else was not measured."""
        return self.share is not None and half_up(self.share) != self.weight


@dataclass(frozen=True)
class ShownPoint:
    """One point entry that counts, or is left out."""

    day: date | None
    clause: str
    title: str
    subject: str
    points: Decimal
    url: str

    @property
    def amount(self) -> str:
        """Return the points as people read them."""
        return points_in_words(self.points)


def lines_now(appraisal: Appraisal, lines: Sequence[AppraisalLine], *, hide_forms: bool) -> list[ShownLine]:
    """Return the lines with the figures as they were reckoned last; people see form scores when they are published."""
    counted = shares([(line.weight, line.score is not None) for line in lines])
    shown = []
    for line, share in zip(lines, counted, strict=True):
        is_hidden = hide_forms and line.kind == LineKind.FORM
        shown.append(
            _line(
                appraisal,
                line.kind,
                str(line.kpi) if line.kpi else "",
                line.kpi.number if line.kpi else "",
                line.kpi.metric if line.kpi else "",
                (line.weight, None if share is None else half_up(share)),
                None if is_hidden else line.score,
                (line.numerator, line.denominator),
                "" if is_hidden else line.text,
            )
        )
    return shown


def lines_kept(appraisal: Appraisal) -> list[ShownLine]:
    """Return the lines of the snapshot."""
    english = get_language() == "en"
    order = {LineKind.POINTS: 0, LineKind.KPI: 1, LineKind.FORM: 2}
    return [
        _line(
            appraisal,
            line["kind"],
            line["name_en"] if english else line["name"],
            line["number"],
            line["metric"],
            (Decimal(line["weight"]), _number(line["share"])),
            _number(line["score"]),
            (_number(line["numerator"]), _number(line["denominator"])),
            line["text"],
        )
        for line in sorted(appraisal.snapshot["lines"], key=lambda one: order[LineKind(one["kind"])])
    ]


def _line(
    appraisal: Appraisal,
    kind: str,
    name: str,
    number: str,
    metric: str,
    weights: tuple[Decimal, Decimal | None],
    score: Decimal | None,
    parts: tuple[Decimal | None, Decimal | None],
    text: str,
) -> ShownLine:
    if kind == LineKind.POINTS:
        net = parts[0] or Decimal(0)
        figure, url = f"100 {'−' if net < 0 else '+'} {plain(abs(net))}", "#points"
        name = _("Points of the month")
    else:
        figure = figure_in_words(metric, *parts)
        last = min(appraisal.cycle.last, appraisal.cycle.first + timedelta(days=30))
        url = (
            f"{reverse('staff:kpi_facts', args=[metric])}?day={last}&employee={appraisal.employee_id}" if figure else ""
        )
    return ShownLine(kind, name, number, *weights, score, figure, text, url)


def points_now(appraisal: Appraisal) -> tuple[list[ShownPoint], list[ShownPoint]]:
    """Return the entries that would count, and those under appeal."""
    if appraisal.cycle.kind != CycleKind.MONTH:
        return [], []
    english = get_language() == "en"
    counted: list[ShownPoint] = []
    left_out: list[ShownPoint] = []
    for entry in entries_behind(appraisal.cycle, appraisal.employee_id):
        offence = entry.offence
        clause = offence.clause
        shown = ShownPoint(
            offence.day,
            clause.number,
            clause.title_en if english else clause.title,
            offence.subject_label,
            entry.points,
            offence.get_absolute_url(),
        )
        (left_out if offence.is_frozen else counted).append(shown)
    return counted, left_out


def points_kept(appraisal: Appraisal) -> tuple[list[ShownPoint], list[ShownPoint]]:
    """Return the entries that were counted, and those that were left out."""
    english = get_language() == "en"
    return tuple(  # type: ignore[return-value]  # two of two
        [
            ShownPoint(
                parse_date(one["day"]),
                one["clause"],
                one["title_en"] if english else one["title"],
                one["subject"],
                Decimal(one["points"]),
                reverse("staff:offence", args=[one["offence"]]),
            )
            for one in appraisal.snapshot[name]
        ]
        for name in ("points", "left_out")
    )


def _number(text: Any) -> Decimal | None:
    return None if text is None else Decimal(text)
