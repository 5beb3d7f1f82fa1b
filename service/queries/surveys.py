"""Surveys: how content buyers said to be, by grade, by month, by who served them (CS-040)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from service.models import Survey
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick

MONTHS = 12
CONTENT = 4
DISCONTENT = 2
LEAST = 3
"""Answers from which an agent is shown: fewer say nothing."""


def listed_surveys(_reader: Reader) -> QuerySet[Survey]:
    """Return the rows of the list of surveys."""
    return Survey.objects.all()


def add_survey_words(rows: list[Row], _reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    for row in rows:
        row["nick"] = mask_nick(row["buyer__nick"])
        row["edge"] = "danger" if row["rating"] is not None and row["rating"] <= DISCONTENT else ""


@dataclass
class SurveyFigures:
    """What the surveys of the last twelve months tell."""

    first: date
    asked: int = 0
    answered: int = 0
    grades: list[tuple[int, int]] = field(default_factory=list)
    months: list[tuple[date, int, float | None]] = field(default_factory=list)
    """Month, answers, share of content ones."""
    agents: list[tuple[int, str, int, float]] = field(default_factory=list)
    """Id, name, answers, average grade; the least content first."""

    @property
    def average(self) -> float | None:
        """Return the average grade."""
        return sum(grade * n for grade, n in self.grades) / self.answered if self.answered else None

    @property
    def content(self) -> float | None:
        """Return the share of 4 and 5."""
        return sum(n for grade, n in self.grades if grade >= CONTENT) / self.answered if self.answered else None


def survey_figures(*, at: datetime) -> SurveyFigures:
    """Return how content the buyers asked in the last twelve months are; four queries."""
    months = [shop_day(at).replace(day=1)]
    for _one in range(MONTHS - 1):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    asked = Survey.objects.filter(asked_at__gte=start_of_day(months[-1])).order_by()
    answers = asked.exclude(rating=None)
    grades = Counter(dict(answers.values_list("rating").annotate(n=Count("pk"))))
    found = SurveyFigures(months[-1], asked=asked.count(), answered=sum(grades.values()))
    found.grades = [(grade, grades[grade]) for grade in range(5, 0, -1)]
    by_month = answers.annotate(month=TruncMonth("asked_at", tzinfo=SHANGHAI)).values_list("month")
    counted = by_month.annotate(n=Count("pk"), good=Count("pk", filter=Q(rating__gte=CONTENT)))
    known = {month.date(): (n, good / n) for month, n, good in counted}
    found.months = [(month, *known.get(month, (0, None))) for month in reversed(months)]
    by_agent = answers.exclude(agent=None).values_list("agent_id", "agent__name").annotate(n=Count("pk"))
    shown = by_agent.annotate(average=Avg("rating")).filter(n__gte=LEAST).order_by("average", "agent__name")
    found.agents = [(key, name, n, float(average)) for key, name, n, average in shown[:10]]
    return found
