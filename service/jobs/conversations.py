"""Background work of conversations. Thin: each calls the middle and ends."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from service.actions.silence import end_silent_conversations
from shopops.kit.jobs import Progress, job


@job("service.end_silent_conversations", label=_("End conversations that have been answered and silent"))
def end_silent_conversations_job(progress: Progress) -> dict[str, Any]:
    """Close answered conversations in which nobody has written for a while."""
    return {"ended": end_silent_conversations(at=progress.started_at)}
