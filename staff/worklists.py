"""What waits for somebody because of the rulebook, for the menu and “my work”."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from shopops.kit.worklists import WORKLISTS, Task, Waiting, Worklist
from staff.queries.drafts import waiting_drafts
from staff.queries.radar import urgent_of

MOST = 1000
SHOWN = 5

WORKLISTS.add(
    "staff.radar",
    Worklist("staff.radar", _("Offences to avert soon"), "", "staff:radar", urgent_of, icon="alarm-clock"),
)


def drafts_to_publish(employee: int, _at: datetime) -> Waiting:
    """Return the drafts of clauses that were put forward and in which the employee had no hand."""
    rows = waiting_drafts(employee)
    count = rows.order_by()[: MOST + 1].count()
    tasks = [
        Task(str(draft.clause), draft.get_absolute_url(), None, draft.note[:60]) for draft in rows[:SHOWN] if count
    ]
    return Waiting(count, 0, tasks)


WORKLISTS.add(
    "staff.drafts",
    Worklist(
        "staff.drafts",
        _("Drafts of clauses for a second person"),
        "staff.publish_clause",
        "staff:drafts",
        drafts_to_publish,
        icon="square-pen",
        query="?tab=waiting",
    ),
)
