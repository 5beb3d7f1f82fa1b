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
        SELECT q.n, q.session, q.id AS question_id, q.at AS asked_at, q.asks, q.n = s.first_question AS is_first,
            a.id AS answer_id, a.at AS answered_at, a.employee_id AS answered_by,
            CASE WHEN a.id IS NULL THEN s.agent_id ELSE a.employee_id END AS employee_id,
            coalesce(a.id IS NULL AND s.last_robot > q.n, false) AS by_robot,
            NULL::timestamptz AS duty_from, NULL::timestamptz AS duty_until, false AS covered
        FROM cut_row q
        JOIN cut_session s ON s.session = q.session
        LEFT JOIN cut_row a ON a.answers AND a.turn = q.n
        WHERE q.asks OR q.thanking
        """
    )
    cursor.execute("ANALYZE cut_turn")
    cursor.execute(
        """
        UPDATE cut_turn t SET covered = true FROM cut_cover c
        WHERE t.asks AND t.asked_at <@ c.spans
        """
    )
    cursor.execute("SELECT EXISTS (SELECT 1 FROM cut_duty)")
    if cursor.fetchone()[0]:
        _look_at_duties(cursor)
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_due ON COMMIT DROP AS
        SELECT DISTINCT ON (session) session, is_night, due_at
        FROM (
            SELECT t.session, t.n, NOT t.covered AS is_night, t.answered_at,
                CASE WHEN NOT t.covered AND t.asked_at < d.noon THEN d.due_before
                    WHEN NOT t.covered THEN d.due_after
                    ELSE coalesce(t.duty_until, d.next_midnight) END AS due_at
            FROM cut_turn t JOIN cut_day d ON d.day = (t.asked_at AT TIME ZONE 'Asia/Shanghai')::date
            WHERE t.asks
        ) x
        ORDER BY session, coalesce(answered_at <= due_at, false), n
        """
    )
    cursor.execute(
        """
        ALTER TABLE cut_turn ADD COLUMN excluded text NOT NULL DEFAULT ''
        """
    )
    cursor.execute(
        """
        UPDATE cut_turn SET excluded = CASE WHEN NOT asks THEN 'thanks'
            WHEN NOT covered THEN 'off_duty' ELSE 'robot' END
        WHERE NOT asks OR NOT covered OR %s AND by_robot
        """,
        [robot_answers],
    )
    cursor.execute("ANALYZE cut_turn")
    cursor.execute("ANALYZE cut_due")


def _look_at_duties(cursor: Any) -> None:
    """Say of each turn when the duty of its agent began after the question, and when that at the question ends."""
    cursor.execute(
        """
        UPDATE cut_turn t SET duty_from = u.starts_at
        FROM (
            SELECT t.n, min(u.starts_at) AS starts_at
            FROM cut_turn t JOIN cut_duty_day u ON u.employee_id = t.answered_by
                AND u.day = (t.asked_at AT TIME ZONE 'Asia/Shanghai')::date
                AND u.starts_at <= t.answered_at AND u.ends_at > t.asked_at
            WHERE t.asks GROUP BY t.n
        ) u WHERE u.n = t.n
        """
    )
    cursor.execute(
        """
        UPDATE cut_turn t SET duty_from = u.starts_at
        FROM (
            SELECT t.n, min(u.starts_at) AS starts_at
            FROM cut_turn t JOIN cut_duty u ON u.employee_id = t.answered_by
                AND u.starts_at <= t.answered_at AND u.ends_at > t.asked_at
            WHERE t.asks AND t.duty_from IS NULL
                AND NOT (t.asked_at AT TIME ZONE 'Asia/Shanghai')::date
                    = (t.answered_at AT TIME ZONE 'Asia/Shanghai')::date
            GROUP BY t.n
        ) u WHERE u.n = t.n
        """
    )
    for whose in ("u.employee_id = t.employee_id AND", ""):
        cursor.execute(
            f"""
            UPDATE cut_turn t SET duty_until = u.ends_at
            FROM (
                SELECT t.n, max(u.ends_at) AS ends_at
                FROM cut_turn t JOIN cut_duty_day u ON {whose} u.day = (t.asked_at AT TIME ZONE 'Asia/Shanghai')::date
                    AND u.starts_at <= t.asked_at AND u.ends_at > t.asked_at
                WHERE t.asks AND t.covered AND t.duty_until IS NULL GROUP BY t.n
            ) u WHERE u.n = t.n
            """
        )


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
    columns = """
        conversation_id, question_id, answer_id, employee_id, asked_at, runs_from, answered_at, seconds, is_first,
        excluded, report_day
    """
    rows = """
        SELECT s.conversation_id, t.question_id, t.answer_id, t.employee_id, t.asked_at,
            greatest(t.asked_at, t.duty_from) AS runs_from, t.answered_at,
            extract(epoch FROM t.answered_at - greatest(t.asked_at, t.duty_from))::int AS seconds,
            coalesce(t.is_first, false) AS is_first, t.excluded,
            CASE WHEN t.asked_at < d.evening THEN d.day ELSE d.evening_day END AS report_day
        FROM cut_turn t
        JOIN cut_session s ON s.session = t.session
        JOIN cut_day d ON d.day = (t.asked_at AT TIME ZONE 'Asia/Shanghai')::date
    """
    if not stored:
        cursor.execute(f"INSERT INTO service_turn ({columns}) {rows}")
        return int(cursor.rowcount)
    names = [name.strip() for name in columns.split(",")]
    sets = ", ".join(f"{name} = x.{name}" for name in names)
    cursor.execute(f"CREATE TEMPORARY TABLE cut_written ON COMMIT DROP AS {rows}")
    cursor.execute(
        f"""
        UPDATE service_turn t SET {sets} FROM cut_written x JOIN cut_row r ON r.id = x.question_id
        WHERE t.question_id = x.question_id AND t.conversation_id = r.conversation_id
        """
    )
    count = int(cursor.rowcount)
    cursor.execute(
        f"""
        INSERT INTO service_turn ({columns}) SELECT {columns} FROM cut_written x
        ON CONFLICT (conversation_id, question_id) DO NOTHING
        """
    )
    return count + int(cursor.rowcount)
