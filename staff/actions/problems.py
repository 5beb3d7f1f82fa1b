"""Problems raised to the superior, who solves them in one to two days; then they go one level up (CS-009, STF-125)."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Employee, OrgUnit, Problem, ProblemSpan
from staff.policy.duty import PROBLEM_DAYS
from staff.queries.problems import due_after
from staff.queries.superiors import superiors_of
from staff.states import PROBLEM_MOVES, ProblemState

LONGEST = 120


@transaction.atomic
def raise_problem(
    title: str,
    text: str,
    *,
    proposal: str = "",
    about: str = "",
    about_url: str = "",
    by: Employee,
    at: datetime,
) -> Problem:
    """Raise a problem to one's superior, who has so many working days for it.

    :param about: what it is about, such as the number of an order; `about_url` is its page within the site.
    :raises Refused: if nothing is said, one has no unit or no superior, or the address leads away.
    """
    if not title.strip() or not text.strip():
        raise Refused(_("Say what the problem is and what happened."))
    if about_url and (not about_url.startswith("/") or about_url.startswith("//")):
        raise Refused(_("A problem is about a page of this system."))
    owner = superiors_of([by])[by.pk]
    unit = by.unit or (owner.unit if owner else None) or OrgUnit.objects.order_by("position", "pk").first()
    if owner is None or unit is None:
        raise Refused(_("There is nobody above you to raise it to."))
    due_at = due_after(at, PROBLEM_DAYS())
    problem = Problem.objects.create(
        number=uuid4().hex[:20],
        title=title.strip()[:LONGEST],
        text=text.strip(),
        proposal=proposal.strip(),
        raised_by=by,
        raised_at=at,
        unit=unit,
        owner=owner,
        owner_since=at,
        due_at=due_at,
        about=about.strip()[:LONGEST],
        about_url=about_url[:300],
    )
    problem.number = f"WT{shop_day(at):%y%m%d}{problem.pk:04}"
    problem.save(update_fields=["number"])
    ProblemSpan.objects.create(problem=problem, owner=owner, since=at, due_at=due_at)
    record("staff.problem_raised", problem, by=by, at=at, changes={"owner": (None, owner)})
    _tell(owner, problem, _("%(name)s raised a problem: %(title)s."), name=by.name, at=at)
    return problem


@transaction.atomic
def solve_problem(problem: Problem, *, solution: str, by: Employee, at: datetime) -> Problem:
    """Say how a problem was solved; who raised it confirms.

    :raises Refused: if it is with somebody else, nothing is said, or it is not open.
    """
    locked = _locked(problem)
    if by.pk != locked.owner_id:
        raise Refused(_("The problem is with somebody else."))
    if not solution.strip():
        raise Refused(_("Say how it was solved."))
    move(locked, ProblemState.SOLVED, moves=PROBLEM_MOVES, solution=solution.strip(), solved_at=at)
    _end_span(locked, at=at)
    record("staff.problem_solved", locked, by=by, at=at, reason=locked.solution[:500])
    _tell(locked.raised_by, locked, _("%(name)s solved your problem: %(title)s."), name=by.name, at=at)
    return locked


@transaction.atomic
def confirm_problem(problem: Problem, *, by: Employee, at: datetime) -> Problem:
    """Confirm that a problem is solved.

    :raises Refused: if somebody else raised it, or it is not solved.
    """
    locked = _of_mine(problem, by)
    move(locked, ProblemState.CONFIRMED, moves=PROBLEM_MOVES, confirmed_at=at)
    record("staff.problem_confirmed", locked, by=by, at=at)
    _tell(locked.owner, locked, _("%(name)s confirmed: %(title)s."), name=by.name, at=at)
    return locked


@transaction.atomic
def reopen_problem(problem: Problem, *, reason: str, by: Employee, at: datetime) -> Problem:
    """Say that the solution does not do; whoever solved it has the same time again.

    :raises Refused: if somebody else raised it, no reason is given, or it is not solved.
    """
    locked = _of_mine(problem, by)
    if not reason.strip():
        raise Refused(_("Say what is still wrong."))
    due_at = due_after(at, PROBLEM_DAYS())
    move(locked, ProblemState.RAISED, moves=PROBLEM_MOVES, owner_since=at, due_at=due_at, solved_at=None)
    ProblemSpan.objects.create(problem=locked, owner=locked.owner, since=at, due_at=due_at)
    record("staff.problem_reopened", locked, by=by, at=at, reason=reason.strip())
    _tell(locked.owner, locked, _("%(name)s is not content: %(title)s."), name=by.name, at=at)
    return locked


@transaction.atomic
def withdraw_problem(problem: Problem, *, reason: str = "", by: Employee, at: datetime) -> Problem:
    """Take back a problem that is not solved yet.

    :raises Refused: if somebody else raised it, or it is solved.
    """
    locked = _of_mine(problem, by)
    move(locked, ProblemState.WITHDRAWN, moves=PROBLEM_MOVES)
    _end_span(locked, at=at)
    record("staff.problem_withdrawn", locked, by=by, at=at, reason=reason.strip())
    return locked


@transaction.atomic
def escalate_overdue(*, at: datetime) -> int:
    """Take every problem that is past its time one level up; return how many. Whose it was answers for their time."""
    late = Problem.objects.filter(state=ProblemState.RAISED, due_at__lt=at)
    problems = list(late.select_for_update(of=("self",), skip_locked=True).select_related("owner").order_by("pk"))
    above = superiors_of([one.owner for one in problems]) if problems else {}
    count = 0
    for problem in problems:
        before, head = problem.owner, above[problem.owner_id]
        if head is None or head.pk == problem.raised_by_id:
            continue
        _end_span(problem, at=at)
        problem.owner, problem.owner_since = head, at
        problem.due_at, problem.level = due_after(at, PROBLEM_DAYS()), problem.level + 1
        problem.save(update_fields=["owner", "owner_since", "due_at", "level"])
        ProblemSpan.objects.create(problem=problem, owner=head, since=at, due_at=problem.due_at)
        record("staff.problem_escalated", problem, by=None, at=at, changes={"owner": (before, head)})
        _tell(
            head, problem, _("%(name)s did not solve it in time; it is with you: %(title)s."), name=before.name, at=at
        )
        count += 1
    return count


def _end_span(problem: Problem, *, at: datetime) -> None:
    problem.spans.filter(until=None).update(until=at)


def _locked(problem: Problem) -> Problem:
    whole = Problem.objects.select_related("owner", "raised_by")
    return whole.select_for_update(of=("self",)).get(pk=problem.pk)


def _of_mine(problem: Problem, by: Employee) -> Problem:
    locked = _locked(problem)
    if by.pk != locked.raised_by_id:
        raise Refused(_("Somebody else raised this problem."))
    return locked


def _tell(person: Employee, problem: Problem, text: str | Promise, *, name: str, at: datetime) -> None:
    notify([person], "problem", text, at=at, url=problem.get_absolute_url(), name=name, title=problem.title)
