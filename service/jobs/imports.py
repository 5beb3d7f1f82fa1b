"""Imports of service files in the background, and what follows when somebody says who is behind a nick."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from service.actions.sub_accounts import attribute_messages
from service.imports.uploads import import_stored
from service.models import FileImport
from shopops.kit.jobs import Progress, job


@job("service.import_files", label=_("Import chats and other service files"))
def import_files_job(progress: Progress, *, batch_id: int) -> dict[str, Any]:
    """Import the uploaded files of a log."""
    batch = FileImport.objects.select_related("started_by", "shop", "mapping").get(pk=batch_id)
    import_stored(batch, at=progress.started_at, step=progress.step)
    counts = {name: value for name, value in batch.counts.items() if isinstance(value, int)}
    return {**counts, "url": reverse("service:file_import", args=[batch.pk])}


@job("service.attribute_messages", label=_("Count the messages of a sub-account for its employee"))
def attribute_messages_job(progress: Progress, *, nick: str) -> dict[str, Any]:
    """Count the messages of a sub-account for whoever is behind it now."""
    return {"messages": attribute_messages(nick, at=progress.started_at)}
