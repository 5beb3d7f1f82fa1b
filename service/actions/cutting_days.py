"""What the clocks of conversations need to know of days: reporting day, noon after the night, who was on duty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from shopops.kit.clock import SHANGHAI, start_of_day
from shopops.kit.workdays import WorkCalendar
from staff.models import ClauseVersion
from staff.queries.calendar import work_calendar

EVENING = time(18)
NOON = time(12)
NO_ROSTER = timedelta(days=7)
"""A day counts as on duty all day where for so long before and after it no agent is planned: no roster is kept then."""
_DAY = timedelta(days=1)


def make_days(cursor: Any, *, ahead: timedelta) -> None:
    """Make `cut_day` and `cut_spell` for the days on which something was said in `cut_message`.

    :param ahead: how long after its question an answer may come.
    """
    cursor.execute(
        """
        SELECT (at AT TIME ZONE 'Asia/Shanghai')::date AS day, min(at), max(at) FROM cut_message
        GROUP BY 1 ORDER BY 1
        """
    )
    found = cursor.fetchall()
    cursor.execute(
        "CREATE TEMPORARY TABLE cut_day (day date PRIMARY KEY, midnight timestamptz, next_midnight timestamptz,"
        " evening timestamptz, evening_day date, noon timestamptz, due_before timestamptz, due_after timestamptz,"
        " no_roster boolean NOT NULL DEFAULT true) ON COMMIT DROP"
    )
    rows = list(day_rows([day for day, _first, _last in found]))
    with cursor.copy(
        "COPY cut_day (day, midnight, next_midnight, evening, evening_day, noon, due_before, due_after) FROM STDIN"
    ) as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute("ANALYZE cut_day")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_duty ON COMMIT DROP AS
        SELECT employee_id, starts_at, ends_at FROM staff_duty
        WHERE state = 'planned' AND ends_at > %s AND starts_at <= %s
            AND employee_id IN (SELECT employee_id FROM staff_subaccount)
        """,
        [found[0][1] - _DAY - NO_ROSTER, found[-1][2] + _DAY + max(ahead, NO_ROSTER)],
    )
    cursor.execute(
        """
        UPDATE cut_day d SET no_roster = NOT tstzrange(d.midnight, d.next_midnight) && r.spans
        FROM (
            SELECT coalesce(range_agg(tstzrange(starts_at - %(wide)s, ends_at + %(wide)s)), '{}') AS spans FROM cut_duty
        ) r
        """,
        {"wide": NO_ROSTER},
    )
    _make_spells(cursor)


def _make_spells(cursor: Any) -> None:
    """Make `cut_spell`: by employee, and for all of them as employee 0, spans in which nobody comes or goes.

    A span says when the last of those on duty in it leaves, NULL where nobody is, and when the next one comes. It
    stands there once a day it touches, so that a moment finds its one span by employee and day.
    """
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_spell ON COMMIT DROP AS
        WITH duty AS (
            SELECT employee_id, starts_at, ends_at FROM cut_duty
            UNION ALL
            SELECT 0, starts_at, ends_at FROM cut_duty
        ), edges AS (
            SELECT employee_id, edge, max(ends_at) AS ends_at
            FROM (
                SELECT employee_id, starts_at AS edge, ends_at FROM duty
                UNION ALL SELECT employee_id, ends_at, NULL FROM duty
                UNION ALL SELECT employee_id, '-infinity', NULL FROM duty
            ) e GROUP BY 1, 2
        ), spans AS (
            SELECT employee_id, edge AS since,
                coalesce(lead(edge) OVER (PARTITION BY employee_id ORDER BY edge), 'infinity') AS until,
                max(ends_at) OVER (PARTITION BY employee_id ORDER BY edge) AS ends_at,
                min(CASE WHEN ends_at IS NOT NULL THEN edge END) OVER (
                    PARTITION BY employee_id ORDER BY edge DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS next_at
            FROM edges
        )
        SELECT s.employee_id, d.day, s.since, s.until, s.next_at,
            CASE WHEN s.ends_at > s.since THEN s.ends_at END AS ends_at
        FROM spans s JOIN cut_day d ON d.day >= (s.since AT TIME ZONE 'Asia/Shanghai')::date
            AND d.day <= (s.until AT TIME ZONE 'Asia/Shanghai')::date AND s.until > d.midnight
        """
    )
    cursor.execute("ANALYZE cut_spell")


def day_rows(days: Iterable[date]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of `cut_day` for these days, by the clauses in force on each day.

    They say when its evening begins (CS-052) and until when messages of the night wait (CS-051, CS-053). `due_before`
    is for what comes before that time of the day, `due_after` for what comes later.
    """
    calendar = work_calendar()
    versions = list(
        ClauseVersion.objects.filter(clause__number__in=("CS-052", "CS-053"), published_at__isnull=False)
        .order_by("valid_from", "pk")
        .values_list("clause__number", "valid_from", "valid_to", "parameters")
    )
    for day in days:
        terms: dict[str, dict[str, Any]] = {
            number: parameters
            for number, since, until, parameters in versions
            if since <= day and (until is None or day < until)
        }
        evening = _clock(terms.get("CS-052", {}).get("ends"), EVENING)
        noon = _clock(terms.get("CS-053", {}).get("time"), NOON)
        more = max(int(terms.get("CS-053", {}).get("working_days", 1)), 1) - 1
        after = calendar.next_working_day(day)
        this = day if calendar.is_working_day(day) else after
        yield (
            day,
            start_of_day(day),
            start_of_day(day + _DAY),
            datetime.combine(day, evening, tzinfo=SHANGHAI),
            after,
            datetime.combine(day, noon, tzinfo=SHANGHAI),
            _due(calendar, this, more, noon),
            _due(calendar, after, more, noon),
        )


def _due(calendar: WorkCalendar, day: date, more: int, clock: time) -> datetime:
    return datetime.combine(calendar.add_working_days(day, more), clock, tzinfo=SHANGHAI)


def _clock(text: Any, default: time) -> time:
    try:
        return time.fromisoformat(str(text)) if text else default
    except ValueError:
        return default
