"""Problems raised to superiors: whose they are, until when, what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.lists import Reader, Row
from staff.models import Employee, Problem
from staff.queries.calendar import work_calendar
from staff.queries.people import matching_people
from staff.states import ProblemState

SEES_ALL = "staff.view_problem"
TONES = {
    ProblemState.RAISED: "warn",
    ProblemState.SOLVED: "info",
    ProblemState.CONFIRMED: "good",
    ProblemState.WITHDRAWN: "plain",
}


def due_after(since: datetime, working_days: int) -> datetime:
    """Return the end of working hours so many working days after the day of a moment (STF-125)."""
    calendar = work_calendar()
    return calendar.end_of_working_day(calendar.add_working_days(shop_day(since), working_days))


def whole_problems() -> QuerySet[Problem]:
    """Return problems with what their page shows."""
    return Problem.objects.select_related("raised_by", "owner", "unit")


def may_see_problem(problem: Problem, reader: Employee) -> bool:
    """Say whether somebody may read a problem: who raised it, whose it is or was, and leaders."""
    if reader.pk in {problem.raised_by_id, problem.owner_id} or reader.has_perm(SEES_ALL):
        return True
    return problem.spans.filter(owner=reader).exists()


def problems_to_solve(employee: int) -> QuerySet[Problem]:
    """Return the open problems of somebody, the most urgent first."""
    mine = Problem.objects.filter(state=ProblemState.RAISED, owner=employee)
    return mine.select_related("raised_by").order_by("due_at", "pk")


def problems_to_confirm(employee: int) -> QuerySet[Problem]:
    """Return the solved problems somebody raised and has not confirmed."""
    mine = Problem.objects.filter(state=ProblemState.SOLVED, raised_by=employee)
    return mine.select_related("owner").order_by("solved_at", "pk")


def unsolvable(ids: Iterable[int], reader: Reader) -> dict[int, Any]:
    """Return which of some problems this person cannot solve, with the reason."""
    refused: dict[int, Any] = {}
    for problem in Problem.objects.filter(pk__in=list(ids)):
        if problem.state != ProblemState.RAISED:
            refused[problem.pk] = _("is not open any more")
        elif problem.owner_id != reader.by.pk:
            refused[problem.pk] = _("is with somebody else")
    return refused


def unconfirmable(ids: Iterable[int], reader: Reader) -> dict[int, Any]:
    """Return which of some problems this person cannot confirm, with the reason."""
    refused: dict[int, Any] = {}
    for problem in Problem.objects.filter(pk__in=list(ids)):
        if problem.state != ProblemState.SOLVED:
            refused[problem.pk] = _("does not wait to be confirmed")
        elif problem.raised_by_id != reader.by.pk:
            refused[problem.pk] = _("somebody else raised it")
    return refused


def listed_problems(reader: Reader) -> QuerySet[Problem]:
    """Return the rows of the list of problems: those one raised or has to solve, or everybody's."""
    rows = Problem.objects.all()
    if reader.by.has_perm(SEES_ALL):
        return rows
    mine = Q(raised_by=reader.by) | Q(owner=reader.by) | Q(pk__in=_spans_of(reader.by))
    return rows.filter(mine)


def _spans_of(employee: Employee) -> QuerySet[Problem, int]:
    return Problem.objects.filter(spans__owner=employee).values_list("pk", flat=True)


def matching_problems(text: str) -> Q:
    """Return the condition for the search box: number, words, what it is about, or a person."""
    people, words = Employee.objects.filter(matching_people(text)).values("pk"), text.strip()
    return (
        Q(number__istartswith=words)
        | Q(title__icontains=words)
        | Q(about__icontains=words)
        | Q(raised_by__in=people)
        | Q(owner__in=people)
    )


def add_problem_words(rows: list[Row], reader: Reader) -> None:
    """Put the state in words on the rows of a page."""
    states = dict(ProblemState.choices)
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]], TONES[ProblemState(row["state"])]
        row["is_open"] = row["state"] == ProblemState.RAISED
        row["at"] = reader.at
