"""What staff does for the lists of every department: keeps views, starts work, hands out results."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shopops.kit.lists.keeping import KeptView, StartedWork
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.actions.jobs import start_job
from staff.models import Employee, JobRun, SavedView
from staff.queries.saved_views import views_of
from staff.states import JobState

MOST_VIEWS = 30
LONGEST_QUERY = 2000


class ListsKeeper:
    """The keeper the lists are given while the apps load."""

    def views(self, page: str, *, by: Employee) -> list[KeptView]:
        """Return the views of a page."""
        return views_of(page, by=by)

    @transaction.atomic
    def keep_view(self, page: str, name: str, query: str, *, shared: bool, by: Employee, at: datetime) -> None:
        """Keep a view under a name, in place of the employee's view of that name.

        :raises Refused: if the employee may not share, has too many views, or the filter is too long.
        """
        if len(query) > LONGEST_QUERY:
            raise Refused(_("This filter is too long to be kept; paste fewer numbers."))
        if shared and not by.has_perm("staff.add_savedview"):
            raise Refused(_("You may keep views for yourself; sharing them is for managers."))
        known = SavedView.objects.filter(employee=by, page=page)
        if known.exclude(name=name).count() >= MOST_VIEWS:
            raise Refused(_("You have %(count)s views here; delete one first.") % {"count": MOST_VIEWS})
        view, _is_new = SavedView.objects.update_or_create(
            employee=by, page=page, name=name, defaults={"query": query, "is_shared": shared}
        )
        if shared:
            record("staff.view_shared", view, by=by, at=at)

    @transaction.atomic
    def drop_view(self, page: str, view_id: int, *, by: Employee, at: datetime) -> None:
        """Delete a view.

        :raises Refused: if it is somebody else's.
        """
        view = SavedView.objects.filter(pk=view_id, page=page, employee=by).first()
        if view is None:
            raise Refused(_("This view is not yours, or is gone already."))
        if view.is_shared:
            record("staff.view_dropped", view, by=by, at=at)
        view.delete()

    def start(self, job: str, *, by: Employee, at: datetime, **params: Any) -> StartedWork:
        """Start a background job; an export leaves an event, because data leaves the house."""
        with transaction.atomic():
            run = start_job(job, by=by, at=at, **params)
            if job == "lists.export":
                record("staff.list_exported", run, by=by, at=at, reason=f"{params['page']}?{params['query']}")
        return StartedWork(run.pk, run.get_absolute_url())

    def result(self, work_id: int, *, by: Employee) -> dict[str, Any] | None:
        """Return the result of the employee's own finished work."""
        run = JobRun.objects.filter(pk=work_id, asked_by=by, state=JobState.DONE).first()
        return run.result if run else None
