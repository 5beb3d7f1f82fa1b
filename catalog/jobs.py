"""Work of the catalog in the background."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.imports import import_goods
from shopops.kit.jobs import Progress, job
from shopops.kit.refusals import Refused
from staff.models import Employee


@job("catalog.import_goods", label=gettext_lazy("Import of goods"))
def import_goods_job(progress: Progress, *, kept: str, file_name: str) -> dict[str, Any]:
    """Take an uploaded table of goods; the same table again changes nothing."""
    person = Employee.objects.get(pk=progress.asked_by_id or 0)
    try:
        result = import_goods(Path(default_storage.path(kept)), name=file_name, by=person, at=progress.started_at)
    except FileNotFoundError:
        raise Refused(_("The uploaded file %(name)s is gone; upload it again.") % {"name": file_name}) from None
    default_storage.delete(kept)
    return {**asdict(result), "file": file_name, "url": reverse("catalog:goods_import")}
