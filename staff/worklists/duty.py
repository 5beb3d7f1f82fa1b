"""What waits for somebody because of duty: leave, swaps, handovers, problems, lists of meetings, reports."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from shopops.kit.worklists import WORKLISTS, Task, Waiting, Worklist
from staff.models import Employee
from staff.queries.handovers import handovers_for, read_by
from staff.queries.leave import leave_to_decide
from staff.queries.meetings import lists_to_close
from staff.queries.problems import problems_to_confirm, problems_to_solve
from staff.queries.swaps import swap_url, swaps_to_answer, swaps_to_decide
from staff.queries.work_reports import due_reports, report_url, to_read

MOST = 1000
SHOWN = 5


def leave_for(employee: int, at: datetime) -> Waiting:
    """Return the applications for leave the employee decides as superior; late when the leave begins."""
    rows = leave_to_decide(employee)
    tasks = [
        Task(one.employee.name, one.get_absolute_url(), one.starts_at, str(one.get_kind_display()))
        for one in rows[:SHOWN]
    ]
    return Waiting(len(rows[:MOST]), sum(one.starts_at < at for one in rows), tasks)


def swaps_for(employee: int, at: datetime) -> Waiting:
    """Return the swaps the employee was asked for, or decides as superior; late when the duty begins."""
    rows = [*swaps_to_answer(employee)[:MOST], *swaps_to_decide(employee)]
    rows.sort(key=lambda one: one.duty.starts_at)
    tasks = [
        Task(str(one.duty), swap_url(one), one.duty.starts_at, f"{one.asked_by.name} → {one.colleague.name}")
        for one in rows[:SHOWN]
    ]
    return Waiting(len(rows), sum(one.duty.starts_at < at for one in rows), tasks)


def handovers_to_accept(employee: int, at: datetime) -> Waiting:
    """Return the handovers the employee reads and accepts, or as leader takes on (CS-007, STF-099)."""
    rows = list(handovers_for(employee)[:MOST])
    dues = [read_by(one) for one in rows]
    tasks = [
        Task(one.giver.name, one.get_absolute_url(), due, one.note[:60])
        for one, due in list(zip(rows, dues, strict=True))[:SHOWN]
    ]
    return Waiting(len(rows), sum(due is not None and due < at for due in dues), tasks)


def problems_for(employee: int, at: datetime) -> Waiting:
    """Return the problems the employee has to solve, and the solutions they have to confirm (STF-125)."""
    rows = list(problems_to_solve(employee)[:MOST])
    solved = list(problems_to_confirm(employee)[:MOST])
    tasks = [Task(str(one), one.get_absolute_url(), one.due_at, one.raised_by.name) for one in rows]
    tasks += [Task(str(one), one.get_absolute_url(), None, _now("confirm the solution")) for one in solved]
    return Waiting(len(tasks), sum(one.due_at < at for one in rows), tasks[:SHOWN])


def lists_for(employee: int, at: datetime) -> Waiting:
    """Return the meetings the employee called and whose list of who was there is open; due at the end of the day."""
    rows = list(lists_to_close(employee).filter(starts_at__lt=at)[:MOST])
    limit = timedelta(days=1)
    tasks = [Task(one.title, one.get_absolute_url(), one.starts_at + limit) for one in rows[:SHOWN]]
    return Waiting(len(rows), sum(one.starts_at + limit < at for one in rows), tasks)


def reports_for(employee: int, at: datetime) -> Waiting:
    """Return the reports the employee owes (CS-016, DATA-019, STF-122)."""
    owed = due_reports(Employee(pk=employee), at=at)
    tasks = [
        Task(
            str(one.kind.label),
            f"{reverse('staff:work_report_new')}?kind={one.kind}&day={one.day:%Y-%m-%d}",
            one.due_at,
            f"{one.day:%m-%d}",
        )
        for one in owed[:SHOWN]
    ]
    return Waiting(len(owed), sum(one.due_at < at for one in owed), tasks)


def reports_to_read(employee: int, _at: datetime) -> Waiting:
    """Return the reports of the employee's people that nobody has read."""
    rows = to_read(employee)
    tasks = [
        Task(one.employee.name, report_url(one), None, f"{one.get_kind_display()} {one.day:%m-%d}")
        for one in rows[:SHOWN]
    ]
    return Waiting(len(rows), 0, tasks)


for _worklist in (
    Worklist(
        "staff.leave_to_decide", _("Leave to decide"), "staff.decide_leave", "staff:leaves", leave_for,
        icon="calendar-check", query="?tab=asked",
    ),
    Worklist("staff.swaps_to_answer", _("Swaps to answer"), "", "staff:swaps", swaps_for, icon="repeat"),
    Worklist(
        "staff.handovers_to_accept", _("Handovers to accept"), "", "staff:handovers", handovers_to_accept,
        icon="handshake", query="?tab=offered",
    ),
    Worklist("staff.problems_to_solve", _("Problems to solve"), "", "staff:problems", problems_for, icon="flag"),
    Worklist(
        "staff.lists_to_close", _("Who was at the meeting"), "staff.call_meeting", "staff:meetings", lists_for,
        icon="users",
    ),
    Worklist("staff.reports_due", _("Reports to hand in"), "", "staff:my_reports", reports_for, icon="square-pen"),
    Worklist(
        "staff.reports_to_read", _("Reports to read"), "staff.read_reports", "staff:work_reports", reports_to_read,
        icon="scroll-text", query="?tab=unread",
    ),
):  # fmt: skip
    WORKLISTS.add(_worklist.name, _worklist)
