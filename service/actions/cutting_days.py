"""What the clocks of conversations need to know of days: reporting day, noon after the night, who was on duty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.workdays import WorkCalendar
from staff.models import ClauseVersion
from staff.queries.calendar import work_calendar

EVENING = time(18)
NOON = time(12)
NO_ROSTER = timedelta(days=7)
"""A day counts as on duty all day where for so long before and after it no agent is planned: no roster is kept then."""
_DAY = timedelta(days=1)


def make_days(cursor: Any, first: datetime, last: datetime, *, ahead: timedelta) -> None:
    """Make the tables `cut_day`, `cut_duty`, `cut_duty_day` and `cut_cover` for messages from `first` to `last`.

    :param ahead: how long after its question an answer may come.
    """
    cursor.execute(
        "CREATE TEMPORARY TABLE cut_day (day date PRIMARY KEY, midnight timestamptz, next_midnight timestamptz,"
        " evening timestamptz, evening_day date, noon timestamptz, due_before timestamptz, due_after timestamptz)"
        " ON COMMIT DROP"
    )
    days = list(day_rows(shop_day(first), shop_day(last)))
    with cursor.copy("COPY cut_day FROM STDIN") as copy:
        for row in days:
            copy.write_row(row)
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_duty ON COMMIT DROP AS
        SELECT employee_id, starts_at, ends_at FROM staff_duty
        WHERE state = 'planned' AND ends_at > %s AND starts_at <= %s
            AND employee_id IN (SELECT employee_id FROM staff_subaccount)
        """,
        [start_of_day(shop_day(first)), last + ahead],
    )
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_cover ON COMMIT DROP AS
        SELECT coalesce(range_agg(span), '{}'::tstzmultirange) AS spans
        FROM (
            SELECT tstzrange(starts_at, ends_at) AS span FROM cut_duty
            UNION ALL
            SELECT tstzrange(d.midnight, d.next_midnight) FROM cut_day d
            WHERE NOT EXISTS (
                SELECT 1 FROM staff_duty u
                WHERE u.state = 'planned' AND u.starts_at < d.next_midnight + %s AND u.ends_at > d.midnight - %s
                    AND u.employee_id IN (SELECT employee_id FROM staff_subaccount)
            )
        ) s
        """,
        [NO_ROSTER, NO_ROSTER],
    )
    cursor.execute(
        """
        CREATE TEMPORARY TABLE cut_duty_day ON COMMIT DROP AS
        SELECT d.day, u.* FROM cut_duty u JOIN cut_day d ON u.starts_at < d.next_midnight AND u.ends_at > d.midnight
        """
    )
    cursor.execute("ANALYZE cut_duty")
    cursor.execute("ANALYZE cut_duty_day")


def day_rows(first: date, last: date) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of `cut_day`, by the clauses in force on each day.

    They say when its evening begins (CS-052) and until when messages of the night wait (CS-051, CS-053). `due_before`
    is for what comes before that time of the day, `due_after` for what comes later.
    """
    calendar = work_calendar()
    versions = list(
        ClauseVersion.objects.filter(clause__number__in=("CS-052", "CS-053"), published_at__isnull=False)
        .order_by("valid_from", "pk")
        .values_list("clause__number", "valid_from", "valid_to", "parameters")
    )
    day = first
    while day <= last:
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
        day += _DAY


def _due(calendar: WorkCalendar, day: date, more: int, clock: time) -> datetime:
    return datetime.combine(calendar.add_working_days(day, more), clock, tzinfo=SHANGHAI)


def _clock(text: Any, default: time) -> time:
    try:
        return time.fromisoformat(str(text)) if text else default
    except ValueError:
        return default
