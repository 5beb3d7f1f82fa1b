"""The turns of what was cut: whose each is, from when its clock runs, until when it was due."""

from __future__ import annotations

from typing import Any


def make_turns(cursor: Any, *, robot_answers: bool) -> None:
    """Make `cut_turn` and `cut_due` of the rows.

    A turn is of the sender of its answer; one without is of whoever has the conversation. Its clock runs from the
    question, or from the beginning of the first duty of that sender after it. A question nobody was on duty for is
    left out of the times; its own limit is noon of the next working day. Others are due when the duty ends of whoever
    answered, of the last one on duty where that is nobody; one of the night on the next working day (CS-051).
    """
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_turn ON COMMIT DROP AS
        WITH asked AS (
            SELECT q.n, q.session, s.conversation_id, q.id AS question_id, q.at AS asked_at, q.asks,
                (q.at AT TIME ZONE 'Asia/Shanghai')::date AS day, q.n = s.first_question AS is_first,
                a.id AS answer_id, a.at AS answered_at, a.employee_id AS answered_by,
                CASE WHEN a.id IS NULL THEN s.agent_id ELSE a.employee_id END AS employee_id,
                a.id IS NULL AND s.last_robot > q.n AS by_robot
            FROM cut_row q
            JOIN cut_session s ON s.session = q.session
            LEFT JOIN (SELECT turn, id, at, employee_id FROM cut_row WHERE answers) a ON a.turn = q.n
            WHERE q.asks OR q.thanking
        ), looked AS (
            SELECT t.*, d.noon, d.due_before, d.due_after, d.next_midnight,
                d.no_roster OR anyone.ends_at IS NOT NULL AS covered,
                coalesce(own.ends_at, anyone.ends_at) AS duty_until,
                CASE WHEN t.asks AND own.ends_at IS NULL AND own.next_at <= t.answered_at THEN own.next_at
                    ELSE t.asked_at END AS runs_from,
                CASE WHEN t.asked_at < d.evening THEN d.day ELSE d.evening_day END AS report_day
            FROM asked t
            JOIN cut_day d ON d.day = t.day
            LEFT JOIN cut_spell own ON own.employee_id = t.employee_id AND own.day = t.day
                AND own.since <= t.asked_at AND own.until > t.asked_at
            LEFT JOIN cut_spell anyone ON anyone.employee_id = 0 AND anyone.day = t.day
                AND anyone.since <= t.asked_at AND anyone.until > t.asked_at
        )
        SELECT n, session, conversation_id, question_id, answer_id, employee_id, asked_at, runs_from, answered_at,
            answered_by, extract(epoch FROM answered_at - runs_from)::int AS seconds,
            coalesce(is_first, false) AS is_first, asks, NOT covered AS is_night, report_day,
            CASE WHEN NOT asks THEN 'thanks' WHEN NOT covered THEN 'off_duty' WHEN %s AND by_robot THEN 'robot'
                ELSE '' END AS excluded,
            CASE WHEN NOT covered AND asked_at < noon THEN due_before WHEN NOT covered THEN due_after
                ELSE coalesce(duty_until, next_midnight) END AS due_at
        FROM looked
        """,
        [robot_answers],
    )
    cursor.execute("ANALYZE cut_turn (n, session, question_id)")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_due ON COMMIT DROP AS
        SELECT DISTINCT ON (session) session, is_night, due_at FROM cut_turn WHERE asks
        ORDER BY session, coalesce(answered_at <= due_at, false), n
        """
    )
    cursor.execute("ANALYZE cut_due (session)")


def write_turns(cursor: Any, *, stored: bool) -> int:
    """Write the turns; those of a question that has one are kept, whatever conversation it is in now."""
    if stored:
        cursor.execute(
            """
            DELETE FROM service_turn t USING cut_row r
            WHERE t.question_id = r.id AND t.conversation_id = r.conversation_id
                AND NOT EXISTS (SELECT 1 FROM cut_turn c WHERE c.question_id = t.question_id)
            """
        )
    columns = (
        "conversation_id, question_id, answer_id, employee_id, asked_at, runs_from, answered_at, seconds, is_first,"
        " excluded, report_day"
    )
    if not stored:
        cursor.execute(f"INSERT INTO service_turn ({columns}) SELECT {columns} FROM cut_turn")
        return int(cursor.rowcount)
    sets = ", ".join(f"{name} = x.{name}" for name in columns.split(", "))
    cursor.execute(
        f"""
        UPDATE service_turn t SET {sets} FROM cut_turn x JOIN cut_row r ON r.id = x.question_id
        WHERE t.question_id = x.question_id AND t.conversation_id = r.conversation_id
        """
    )
    count = int(cursor.rowcount)
    cursor.execute(
        f"""
        INSERT INTO service_turn ({columns}) SELECT {columns} FROM cut_turn
        ON CONFLICT (conversation_id, question_id) DO NOTHING
        """
    )
    return count + int(cursor.rowcount)
