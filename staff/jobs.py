"""What the worker calls."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import now
from shopops.kit.jobs import Progress, job
from staff.actions.jobs import run_job
from staff.actions.tally import tally_day
from staff.models import JobRun


def run(*, job_run: int, **_later: Any) -> None:
    """Run the job of that row."""
    found = JobRun.objects.filter(pk=job_run).first()
    if found is not None:
        run_job(found, at=now())


@job("staff.tally", label=_("Apply the rulebook to a day"))
def tally(_progress: Progress, *, day: str) -> dict[str, Any]:
    """Tally one day."""
    return tally_day(date.fromisoformat(day), at=now()).as_dict()
