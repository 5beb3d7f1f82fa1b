"""Questions about imports of traces."""

from __future__ import annotations

from staff.models import JobRun


def latest_trace_imports(*, most: int = 10) -> list[JobRun]:
    """Return the latest imports of traces, newest first."""
    return list(JobRun.objects.filter(job="warehouse.import_traces").select_related("asked_by").order_by("-pk")[:most])
