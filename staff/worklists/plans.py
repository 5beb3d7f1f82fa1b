"""What waits for somebody because of the plans of the year: those to approve, and one's own to file."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import start_of_day
from shopops.kit.worklists import SHOWN, WORKLISTS, Task, Waiting, Worklist
from staff.models import Employee
from staff.queries.plans import plans_owed, plans_to_approve


def plans_for(employee: int, at: datetime) -> Waiting:
    """Return the plans the employee approves as superior, and in the month they are due their own (STF-132)."""
    person = Employee.objects.filter(pk=employee).first()
    if person is None:
        return Waiting(0, 0, [])
    tasks = [Task(str(one), one.get_absolute_url(), None, one.employee.name) for one in plans_to_approve(person)]
    owed = [
        Task(
            str(one.unit or one.employee),
            f"{reverse('staff:plan_new')}?year={last.year}",
            start_of_day(last + timedelta(days=1)),
            str(_("to be filed")),
        )
        for one, last in plans_owed(person, at=at)
    ]
    late = sum(one.due_at is not None and one.due_at < at for one in owed)
    return Waiting(len(tasks) + len(owed), late, [*owed, *tasks][:SHOWN])


_PLANS = Worklist(
    "staff.year_plans", _("Plans of the year"), "", "staff:plans", plans_for, icon="target", query="?tab=approve"
)
WORKLISTS.add(_PLANS.name, _PLANS)
