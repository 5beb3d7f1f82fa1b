"""Answered conversations end by silence: nobody has to close two thousand a day by hand (CS-051, ADR 0037)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from service.policy import cutting as policy


@transaction.atomic
def end_silent_conversations(*, at: datetime) -> int:
    """Close what has been answered and silent for `service.session_minutes`; return how many.

    What somebody keeps open stays open, and so does what was left overnight until it is annotated.
    """
    silence = timedelta(minutes=policy.SESSION_MINUTES())
    params: dict[str, Any] = {"silence": silence, "since": at - silence}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE service_conversation SET state = 'closed', closed_at = last_at + %(silence)s
            WHERE state = 'open' AND state <> 'closed' AND channel IN ('chat', 'message') AND last_at <= %(since)s
                AND waiting_since IS NULL AND NOT in_hand AND NOT (is_night AND annotated_at IS NULL)
            """,
            params,
        )
        return int(cursor.rowcount)
