"""What the worker calls."""

from __future__ import annotations

from typing import Any

from shopops.kit.clock import now
from staff.actions.jobs import run_job
from staff.models import JobRun


def run(*, job_run: int, **_later: Any) -> None:
    """Run the job of that row."""
    found = JobRun.objects.filter(pk=job_run).first()
    if found is not None:
        run_job(found, at=now())
