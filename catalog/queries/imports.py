"""Questions about imports of goods."""

from __future__ import annotations

from staff.models import JobRun


def latest_goods_imports(*, most: int = 10) -> list[JobRun]:
    """Return the latest imports of goods, newest first."""
    return list(JobRun.objects.filter(job="catalog.import_goods").select_related("asked_by").order_by("-pk")[:most])
