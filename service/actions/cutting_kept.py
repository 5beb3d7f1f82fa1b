"""Conversations that were there before: which session each of them is now, and what people noted in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from service.models import Conversation, Inspection, Message, Turn
from staff.actions.events import record

_OWN = (Message, Turn)
"""Tables the cutting writes itself."""


def keep_conversations(cursor: Any) -> None:
    """Give sessions the conversations they were before: those people have worked on first, then by common messages.

    Those that are left without a session, because two became one, are put into `cut_left`; what people noted in them
    moves to the one their messages went to.
    """
    noted = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} x WHERE x.{column} = c.id)" for table, column, _is_once in _references()
    )
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE cut_vote ON COMMIT DROP AS
        SELECT v.*,
            c.annotation <> '' OR c.order_number <> '' OR c.closed_by_id IS NOT NULL OR c.in_hand OR {noted} AS worked
        FROM (
            SELECT DISTINCT ON (conversation_id) conversation_id, session, common
            FROM (
                SELECT conversation_id, session, count(*) AS common FROM cut_row
                WHERE conversation_id IS NOT NULL GROUP BY 1, 2
            ) counted
            ORDER BY conversation_id, common DESC, session
        ) v JOIN service_conversation c ON c.id = v.conversation_id
        """
    )
    cursor.execute(
        """
        UPDATE cut_session s SET conversation_id = k.conversation_id
        FROM (
            SELECT DISTINCT ON (session) session, conversation_id FROM cut_vote
            ORDER BY session, worked DESC, common DESC, conversation_id
        ) k WHERE k.session = s.session
        """
    )
    cursor.execute(
        """
        UPDATE cut_session s SET agent_id = c.agent_id
        FROM service_conversation c
        WHERE c.id = s.conversation_id AND c.agent_id IS NOT NULL
            AND c.agent_id IS DISTINCT FROM (
                SELECT r.employee_id FROM cut_row r
                WHERE r.session = s.session AND r.conversation_id = c.id AND r.sender IN (2, 4)
                    AND r.employee_id IS NOT NULL
                ORDER BY r.n DESC LIMIT 1
            )
            AND NOT EXISTS (SELECT 1 FROM cut_row r WHERE r.n = s.last_agent AND r.at > c.last_at)
        """
    )
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_left ON COMMIT DROP AS
        SELECT v.conversation_id, s.conversation_id AS now_in, true AS is_free
        FROM cut_vote v JOIN cut_session s ON s.session = v.session
        WHERE s.conversation_id <> v.conversation_id
        """
    )
    if cursor.rowcount:
        _move_notes(cursor)


def _move_notes(cursor: Any) -> None:
    """Move what people noted in conversations that are left to those their messages went to.

    An inspection stays where the other conversation has one of the same agent; its conversation then stays too.
    """
    for table, column, is_once in _references():
        clash = (
            f" AND NOT EXISTS (SELECT 1 FROM {table} o WHERE o.{column} = l.now_in AND o.agent_id = x.agent_id)"
            if is_once
            else ""
        )
        cursor.execute(
            f"UPDATE {table} x SET {column} = l.now_in FROM cut_left l WHERE x.{column} = l.conversation_id{clash}"
        )
    cursor.execute(
        """
        UPDATE service_conversation c SET annotation = trim(E'\\n' FROM c.annotation || E'\\n' || l.words),
            annotated_at = greatest(c.annotated_at, l.annotated_at),
            annotated_by_id = coalesce(c.annotated_by_id, l.annotated_by_id)
        FROM (
            SELECT l.now_in, string_agg(o.annotation, E'\\n' ORDER BY o.id) AS words,
                max(o.annotated_at) AS annotated_at, max(o.annotated_by_id) AS annotated_by_id
            FROM cut_left l JOIN service_conversation o ON o.id = l.conversation_id
            WHERE o.annotation <> '' GROUP BY l.now_in
        ) l WHERE c.id = l.now_in
        """
    )
    left = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} x WHERE x.{column} = l.conversation_id)"
        for table, column, is_once in _references()
        if is_once
    )
    cursor.execute(f"UPDATE cut_left l SET is_free = false WHERE {left}")


def _references() -> list[tuple[str, str, bool]]:
    """Return table, column and whether it may refer but once for an agent, of all that refers to conversations."""
    found = []
    for relation in Conversation._meta.related_objects:
        model = relation.related_model
        if isinstance(model, str) or model in _OWN:
            continue
        quote = connection.ops.quote_name
        found.append((quote(model._meta.db_table), quote(str(relation.field.column)), model is Inspection))
    return found


def tell_reopened(conversation_ids: Sequence[int], *, at: datetime) -> None:
    """Record that a buyer asked again after somebody had closed the conversation."""
    for conversation in Conversation.objects.filter(pk__in=conversation_ids):
        record("service.conversation_reopened", conversation, by=None, at=at)
