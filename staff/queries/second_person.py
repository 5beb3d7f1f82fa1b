"""What waits for somebody as judge, second person, or as who appealed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from shopops.kit.worklists import Task, Waiting
from staff.models import Appeal, CaseReport, Employee, Excuse
from staff.queries.appeals import my_answers_to_accept, on_panel, to_judge
from staff.queries.cases import cases_to_decide
from staff.queries.excuses import excuses_to_confirm

MOST = 1000
SHOWN = 5


def appeals_to_judge(employee: int, at: datetime) -> Waiting:
    """Return the appeals that wait for the employee as leader, the one due first at the top."""
    return _appeals(Appeal.objects.filter(to_judge(Employee(pk=employee))), at)


def appeals_on_panel(employee: int, at: datetime) -> Waiting:
    """Return the appeals before the panel on which the employee has not spoken."""
    return _appeals(Appeal.objects.filter(on_panel(Employee(pk=employee))), at)


def verdicts_to_accept(employee: int, at: datetime) -> Waiting:
    """Return the employee's own appeals that were answered: to accept, or to take to the panel in time."""
    return _appeals(my_answers_to_accept(Employee(pk=employee)), at)


def cases_waiting(employee: int, _at: datetime) -> Waiting:
    """Return the reported cases the employee may decide as second person, the oldest first."""
    rows: QuerySet[CaseReport] = cases_to_decide(Employee(pk=employee)).order_by("reported_at", "pk")
    count = rows.order_by()[: MOST + 1].count()
    first = rows.select_related("clause", "employee")[:SHOWN] if count else ()
    tasks = [Task(str(one), one.get_absolute_url(), None, one.text[:40]) for one in first]
    return Waiting(count, 0, tasks)


def excuses_waiting(employee: int, _at: datetime) -> Waiting:
    """Return the excuses the employee may confirm as second person, the oldest first."""
    rows: QuerySet[Excuse] = excuses_to_confirm(Employee(pk=employee)).order_by("entered_at", "pk")
    count = rows.order_by()[: MOST + 1].count()
    first = rows.select_related("employee")[:SHOWN] if count else ()
    tasks = [Task(str(one), one.get_absolute_url(), None, str(one.employee or "")) for one in first]
    return Waiting(count, 0, tasks)


def _appeals(rows: QuerySet[Appeal], at: datetime) -> Waiting:
    count = rows.order_by()[: MOST + 1].count()
    if not count:
        return Waiting(0, 0, [])
    overdue = rows.filter(due_at__lt=at).count()
    first = rows.select_related("offence__clause", "employee").order_by("due_at", "pk")[:SHOWN]
    tasks = [
        Task(f"{one.offence.clause.number} · {one.employee}", one.get_absolute_url(), one.due_at, one.text[:40])
        for one in first
    ]
    return Waiting(count, overdue, tasks)
