"""Sessions and turns, cut from messages by defined rules (ADR 0037), a whole set of buyers at a time.

The messages stand in the temporary table `cut_message`, stored ones and those an import is about to store. They are
put in order once; what begins a session, what is a question, an answer or a closing word follows from windows over
that order. What is cut depends on the messages and the rules alone, never on the order in which files came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from service.actions.cutting_days import make_days
from service.actions.cutting_kept import keep_conversations, tell_reopened
from service.actions.cutting_turns import make_turns, write_turns
from service.policy import cutting as policy

VERSION = 1
"""The rules of ADR 0037; a conversation says in `cut_by` which cut it."""
LOCK = 726_047
LONGEST_CLOSING = 24
FILLING = r"[\s,.!?~，。！～、…·;；:：]|亲爱的|亲|啊|呀|哈|呢|吧|啦|了|哦|噢|嘛|哒|滴|你|您|哟|咯|的|/:\S{1,6}"
"""What stands between closing words and means nothing."""
COLUMNS = (
    "id bigint, shop_id bigint, buyer_id bigint, sender smallint, nick text, employee_id bigint, at timestamptz,"
    " kind smallint, text text, digest uuid, conversation_id bigint, thanks boolean"
)
"""Of `cut_message`; `conversation_id` is NULL for what is not stored yet."""


TABLES = (
    *("cut_message", "cut_row", "cut_session", "cut_turn", "cut_due"),
    *("cut_day", "cut_duty", "cut_spell", "cut_vote", "cut_left"),
)


@dataclass(frozen=True)
class Cut:
    """What came of a cutting."""

    conversations: int
    new: int
    turns: int


@transaction.atomic
def cut_conversations(buyer_ids: Iterable[int], *, at: datetime) -> Cut:
    """Cut the chats of these buyers anew; what people did with a conversation stays with it.

    Telephone calls and messages entered by hand are conversations of other channels, and left alone.
    """
    with connection.cursor() as cursor:
        begin_cutting(cursor)
        cursor.execute(
            f"""
            INSERT INTO cut_message
            SELECT m.id, c.shop_id, m.buyer_id, m.sender, m.nick, m.employee_id, m.at, m.kind, m.text, m.digest, c.id,
                {closing_condition("m.sender", "m.text")}
            FROM service_conversation c JOIN service_message m ON m.conversation_id = c.id
            WHERE c.buyer_id = ANY(%(buyers)s) AND c.channel = 'chat'
            """,
            {"buyers": list(buyer_ids), "closing": closing_pattern()},
        )
        return cut_messages(cursor, at=at)


def begin_cutting(cursor: Any) -> None:
    """Make the empty table `cut_message`; one cutting at a time, or two would find the same conversations new."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    cursor.execute("SET LOCAL work_mem = '128MB'")
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{name}" for name in TABLES))
    cursor.execute(f"CREATE TEMPORARY TABLE cut_message ({COLUMNS}) ON COMMIT DROP")


def cut_messages(
    cursor: Any, *, at: datetime, batch_id: int | None = None, silent_since: datetime | None = None
) -> Cut:
    """Cut what stands in `cut_message`, and write conversations, new messages (of the import `batch_id`) and turns.

    :param silent_since: new conversations answered and without a word since then are written as ended by silence, as
        `service.actions.silence` would end them.
    """
    cursor.execute("SELECT count(*), count(conversation_id) FROM cut_message")
    messages, stored = cursor.fetchone()
    if not messages:
        return Cut(0, 0, 0)
    wait = timedelta(hours=policy.LONGEST_WAIT_HOURS())
    make_days(cursor, ahead=wait)
    _put_in_order(cursor, timedelta(minutes=policy.SESSION_MINUTES()), wait)
    _make_sessions(cursor, stored=bool(stored))
    reopened: list[int] = []
    if stored:
        keep_conversations(cursor)
        cursor.execute(
            f"UPDATE cut_session SET conversation_id = {next_number(cursor, 'service_conversation')}, is_new = true"
            " WHERE conversation_id IS NULL"
        )
        cursor.execute("ANALYZE cut_session")  # else nearly none would seem to be new, and be looked up one by one
    make_turns(cursor, robot_answers=policy.ROBOT_ANSWERS())
    _write_new(cursor, batch_id, silent_since)
    if stored:
        reopened = _write_kept(cursor)
    turns = write_turns(cursor, stored=bool(stored))
    if stored:
        _drop_left(cursor)
        tell_reopened(reopened, at=at)
    cursor.execute("SELECT count(*), count(*) FILTER (WHERE is_new) FROM cut_session")
    conversations, new = cursor.fetchone()
    return Cut(conversations, new, turns)


def closing_pattern() -> str:
    """Return the regular expression of a message that holds nothing but closing words."""
    words = sorted(policy.CLOSING_WORDS().split(), key=len, reverse=True)
    if not words:
        return r"(?!)"
    closing = "|".join(re.escape(word) for word in words)
    return rf"^(?:{FILLING})*(?:{closing})(?:{FILLING}|{closing})*$"


def closing_condition(sender: str, text: str) -> str:
    """Return the SQL that says whether a message is of a buyer and closes; `%(closing)s` is the pattern."""
    return f"({sender} = 1 AND length({text}) <= {LONGEST_CLOSING} AND {text} ~* %(closing)s)"


def next_number(cursor: Any, table: str) -> str:
    """Return the SQL of the next number of a table's rows, its sequence looked up once and not once a row."""
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
    return f"nextval('{cursor.fetchone()[0]}')"


def _put_in_order(cursor: Any, pause: timedelta, wait: timedelta) -> None:
    """Make `cut_row`: the messages in order, with what each begins, asks or answers.

    `island` is the row after the last silence longer than `wait`; `prior` the last row that asked or answered, doubled,
    and one more if it was a question; both as row numbers over everything, so that no key is wider than a number.
    """
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_row ON COMMIT DROP AS
        WITH numbered AS (
            SELECT id, shop_id, buyer_id, at, sender, digest, employee_id, conversation_id, thanks,
                row_number() OVER o AS n,
                CASE WHEN lag(buyer_id) OVER o = buyer_id AND lag(shop_id) OVER o = shop_id
                    THEN at - lag(at) OVER o END AS gap
            FROM cut_message
            WINDOW o AS (ORDER BY buyer_id, shop_id, at, sender, digest)
        ), looked AS (
            SELECT *,
                max(CASE WHEN gap IS NULL OR gap > %(wait)s THEN n END)
                    OVER (o ROWS UNBOUNDED PRECEDING) AS island,
                max(CASE WHEN sender = 2 OR sender = 1 AND NOT thanks THEN n * 2 + (sender = 1)::int END)
                    OVER (o ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS prior,
                max(CASE WHEN sender = 1 THEN n END)
                    OVER (o ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS said
            FROM numbered
            WINDOW o AS (ORDER BY buyer_id, shop_id, at, sender, digest)
        ), told AS (
            SELECT id, shop_id, buyer_id, at, sender, digest, employee_id, conversation_id, n,
                gap IS NULL OR gap > %(wait)s OR gap > %(pause)s AND NOT waits AS opens,
                sender = 1 AND NOT thanks AND NOT waits AS asks,
                sender = 1 AND thanks AND prior / 2 >= island AND prior %% 2 = 0 AND coalesce(said, 0) < prior / 2
                    AS thanking,
                sender = 2 AND waits AS answers
            FROM (SELECT *, coalesce(prior / 2 >= island AND prior %% 2 = 1, false) AS waits FROM looked) w
        )
        SELECT id, shop_id, buyer_id, at, sender, employee_id, conversation_id, n, asks, thanking, answers,
            max(CASE WHEN opens THEN n END) OVER (o ROWS UNBOUNDED PRECEDING) AS session,
            max(CASE WHEN asks OR thanking THEN n END) OVER (o ROWS UNBOUNDED PRECEDING) AS turn
        FROM told
        WINDOW o AS (ORDER BY buyer_id, shop_id, at, sender, digest)
        """,
        {"pause": pause, "wait": wait},
    )
    cursor.execute("ANALYZE cut_row (n, id, session, turn, conversation_id)")


def _make_sessions(cursor: Any, *, stored: bool) -> None:
    """Make `cut_session` of the rows; where nothing is stored, each session is a new conversation."""
    if stored:
        number, is_new = "NULL::bigint", "false"
    else:
        number, is_new = next_number(cursor, "service_conversation"), "true"
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE cut_session ON COMMIT DROP AS
        SELECT s.*, {number} AS conversation_id, {is_new} AS is_new
        FROM (
            SELECT g.*, a.employee_id AS agent_id
            FROM (
                SELECT session, min(shop_id) AS shop_id, min(buyer_id) AS buyer_id,
                    coalesce(min(at) FILTER (WHERE sender <= 2), min(at)) AS opened_at, max(at) AS last_at,
                    count(*) FILTER (WHERE sender = 1) AS buyer_messages,
                    count(*) FILTER (WHERE sender = 2) AS agent_messages,
                    count(*) FILTER (WHERE sender = 3) AS robot_messages,
                    coalesce(max(n) FILTER (WHERE sender <= 2), max(n)) AS last_said,
                    max(n) FILTER (WHERE sender = 3) AS last_robot,
                    max(n) FILTER (WHERE sender IN (2, 4) AND employee_id IS NOT NULL) AS last_agent,
                    min(n) FILTER (WHERE asks) AS first_question
                FROM cut_row GROUP BY session
            ) g LEFT JOIN cut_row a ON a.n = g.last_agent
            ORDER BY g.session
        ) s
        """
    )
    cursor.execute("ANALYZE cut_session")


_FACTS = """
    SELECT s.conversation_id, s.shop_id, s.buyer_id, s.is_new, s.agent_id, s.opened_at, s.last_at,
        CASE WHEN s.opened_at < d.evening THEN d.day ELSE d.evening_day END AS report_day,
        coalesce(t.is_night, false) AS is_night, t.due_at, w.asked_at AS waiting_since,
        f.answered_at AS first_reply_at, f.answered_by AS first_reply_by_id,
        s.buyer_messages, s.agent_messages, s.robot_messages, left(coalesce(m.text, ''), 120) AS preview
    FROM cut_session s
    JOIN cut_day d ON d.day = (s.opened_at AT TIME ZONE 'Asia/Shanghai')::date
    JOIN cut_row r ON r.n = s.last_said
    JOIN cut_message m ON m.id = r.id
    LEFT JOIN cut_turn f ON f.n = s.first_question
    LEFT JOIN cut_turn w ON w.session = s.session AND w.asks AND w.answered_at IS NULL
    LEFT JOIN cut_due t ON t.session = s.session
"""


def _write_new(cursor: Any, batch_id: int | None, silent_since: datetime | None) -> None:
    """Write the new conversations, and the messages that are not stored yet."""
    cursor.execute(
        f"""
        INSERT INTO service_conversation (id, shop_id, buyer_id, channel, state, agent_id, opened_at, last_at,
            report_day, is_night, due_at, waiting_since, first_reply_at, first_reply_by_id, buyer_messages,
            agent_messages, robot_messages, preview, order_number, annotation, cut_by, closed_at)
        SELECT conversation_id, shop_id, buyer_id, 'chat',
            CASE WHEN waiting_since IS NOT NULL THEN 'waiting' WHEN is_silent THEN 'closed' ELSE 'open' END, agent_id,
            opened_at, last_at, report_day, is_night, due_at, waiting_since, first_reply_at,
            first_reply_by_id, buyer_messages, agent_messages, robot_messages, preview, '', '', {VERSION},
            CASE WHEN is_silent THEN last_at + %(silence)s END
        FROM (
            SELECT *, coalesce(waiting_since IS NULL AND NOT is_night AND last_at <= %(since)s, false) AS is_silent
            FROM ({_FACTS}) f WHERE is_new
        ) x
        """,
        {"since": silent_since, "silence": timedelta(minutes=policy.SESSION_MINUTES())},
    )
    cursor.execute(
        """
        INSERT INTO service_message (id, conversation_id, buyer_id, sender, nick, employee_id, at, kind, text, digest,
            batch_id)
        SELECT m.id, s.conversation_id, m.buyer_id, m.sender, m.nick, m.employee_id, m.at, m.kind, m.text, m.digest,
            %s
        FROM cut_message m JOIN cut_row r ON r.id = m.id JOIN cut_session s ON s.session = r.session
        WHERE m.conversation_id IS NULL
        """,
        [batch_id],
    )


def _write_kept(cursor: Any) -> list[int]:
    """Write what changed of conversations that were there; return those a new question opened again."""
    cursor.execute(
        """
        UPDATE service_message m SET conversation_id = s.conversation_id
        FROM cut_row r JOIN cut_session s ON s.session = r.session
        WHERE r.conversation_id <> s.conversation_id AND m.id = r.id
        """
    )
    cursor.execute(
        f"""
        WITH facts AS ({_FACTS}), known AS (
            SELECT f.*, c.state = 'closed' AND c.closed_by_id IS NOT NULL AS was_closed,
                CASE WHEN c.state = 'escalated' THEN c.state
                    WHEN c.closed_by_id IS NOT NULL AND coalesce(f.waiting_since <= c.closed_at, true) THEN c.state
                    WHEN f.waiting_since IS NULL THEN 'open' ELSE 'waiting' END AS after
            FROM facts f JOIN service_conversation c ON c.id = f.conversation_id WHERE NOT f.is_new
        ), written AS (
            UPDATE service_conversation c
            SET state = k.after, agent_id = k.agent_id, opened_at = k.opened_at, last_at = k.last_at,
                report_day = k.report_day, is_night = k.is_night, due_at = k.due_at, waiting_since = k.waiting_since,
                first_reply_at = k.first_reply_at, first_reply_by_id = k.first_reply_by_id,
                buyer_messages = k.buyer_messages, agent_messages = k.agent_messages,
                robot_messages = k.robot_messages, preview = k.preview, cut_by = {VERSION},
                closed_by_id = CASE WHEN k.after = 'closed' THEN c.closed_by_id END,
                closed_at = CASE WHEN k.after = 'closed' THEN c.closed_at END
            FROM known k WHERE k.conversation_id = c.id
            RETURNING c.id, k.was_closed, k.after
        )
        SELECT id FROM written WHERE was_closed AND after <> 'closed' ORDER BY id
        """
    )
    return [row[0] for row in cursor.fetchall()]


def _drop_left(cursor: Any) -> None:
    """Delete conversations no message is left in, once what people noted in them has moved along."""
    cursor.execute("DELETE FROM service_turn t USING cut_left l WHERE t.conversation_id = l.conversation_id")
    cursor.execute("DELETE FROM service_conversation c USING cut_left l WHERE c.id = l.conversation_id AND l.is_free")
