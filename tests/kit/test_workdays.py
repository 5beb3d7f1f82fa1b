"""The work calendar against the published calendars of 2024 to 2026, and its laws."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.clock import SHANGHAI
from shopops.kit.workdays import ANNOUNCED, OFFICE_HOURS, WorkCalendar, is_announced, public_working_days

OFFICE = WorkCalendar()
ROUND_THE_CLOCK = WorkCalendar(hours=((time(0), time(0)),))
LATE_SHIFT = WorkCalendar(hours=((time(16), time(0)),))

MOMENTS = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2027, 6, 30), timezones=st.just(SHANGHAI))  # noqa: DTZ001 -- the zone is given beside
DURATIONS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=12))
CALENDARS = st.sampled_from([OFFICE, ROUND_THE_CLOCK, LATE_SHIFT, WorkCalendar({date(2026, 11, 21): True})])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "day",
    ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28",
     "2026-05-09", "2026-09-20", "2026-10-10"],
)  # fmt: skip
def test_make_up_days_at_weekends_are_working_days(day):
    assert date.fromisoformat(day).weekday() >= 5
    assert OFFICE.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2025-10-08", "2026-01-02", "2026-02-23", "2026-06-19", "2026-09-25", "2026-11-21"])
def test_public_holidays_and_ordinary_weekends_are_free(day):
    assert not OFFICE.is_working_day(date.fromisoformat(day))


def test_a_year_without_make_up_days_is_an_estimate():
    assert is_announced(2026)
    assert not is_announced(2031)


def test_the_announced_years_are_written_down_as_the_package_knows_them():
    from tools.workdays import text_of

    assert ANNOUNCED.read_text(encoding="utf-8") == text_of(date.today().year + 2)  # noqa: DTZ011


def test_a_year_that_is_written_down_needs_no_package():
    code = "import sys; from shopops.kit.workdays import is_announced; assert is_announced(2026); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "holidays" not in loaded


def test_a_year_nobody_knows_is_estimated():
    assert date(2035, 10, 1) not in public_working_days(2035)
    assert date(2035, 3, 6) in public_working_days(2035)


def test_an_override_wins_both_ways_over_the_country():
    calendar = WorkCalendar({date(2026, 11, 21): True, date(2026, 11, 23): False})
    assert calendar.is_working_day(date(2026, 11, 21))
    assert not calendar.is_working_day(date(2026, 11, 23))
    assert calendar.next_working_day(date(2026, 11, 21)) == date(2026, 11, 24)


def test_a_calendar_does_not_change_when_the_mapping_it_was_made_from_does():
    overrides = {date(2026, 11, 21): True}
    calendar = WorkCalendar(overrides)
    overrides.clear()
    assert calendar.is_working_day(date(2026, 11, 21))
    with pytest.raises(TypeError):
        calendar.overrides[date(2026, 1, 1)] = True  # type: ignore[index]


def test_the_day_after_the_national_holiday_is_found_across_the_week():
    assert OFFICE.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert OFFICE.previous_working_day(date(2026, 10, 8)) == date(2026, 9, 30)


def test_an_order_finished_on_friday_is_due_on_monday_at_closing_time():
    assert OFFICE.end_of_next_working_day(at("2026-11-20 09:00")) == at("2026-11-23 18:00")
    assert OFFICE.end_of_next_working_day(at("2026-11-21 23:59")) == at("2026-11-23 18:00")


def test_the_day_of_a_moment_is_the_shops_day_not_the_servers():
    in_utc = datetime(2026, 11, 22, 17, 30, tzinfo=ZoneInfo("UTC"))  # Monday 01:30 in Shanghai
    assert OFFICE.end_of_next_working_day(in_utc) == at("2026-11-24 18:00")


def test_a_late_shift_ends_at_midnight():
    assert LATE_SHIFT.end_of_working_day(date(2026, 11, 23)) == at("2026-11-24 00:00")
    assert LATE_SHIFT.is_working_time(at("2026-11-23 23:59"))
    assert not LATE_SHIFT.is_working_time(at("2026-11-24 00:00"))


def test_data_of_friday_is_due_on_monday_at_ten():
    assert OFFICE.time_on_next_working_day(at("2026-11-20 23:00"), time(10)) == at("2026-11-23 10:00")


def test_the_last_working_day_of_a_month_and_of_a_year():
    assert OFFICE.last_working_day_of_month(date(2026, 10, 1)) == date(2026, 10, 30)
    assert OFFICE.last_working_day_of_month(date(2025, 12, 31)) == date(2025, 12, 31)


def test_working_time_skips_lunch_nights_and_weekends():
    assert OFFICE.add_working_time(at("2026-11-20 11:30"), timedelta(hours=1)) == at("2026-11-20 13:30")
    assert OFFICE.add_working_time(at("2026-11-20 17:30"), timedelta(hours=1)) == at("2026-11-23 09:30")
    assert OFFICE.add_working_time(at("2026-11-21 12:00"), timedelta(hours=8)) == at("2026-11-23 18:00")
    assert OFFICE.working_seconds_between(at("2026-11-20 11:30"), at("2026-11-23 09:30")) == 6 * 3600
    assert OFFICE.next_working_time(at("2026-11-20 12:15")) == at("2026-11-20 13:00")


def test_no_working_time_passes_backwards():
    assert OFFICE.working_seconds_between(at("2026-11-20 12:00"), at("2026-11-19 12:00")) == 0
    assert OFFICE.working_days_between(date(2026, 11, 20), date(2026, 11, 19)) == 0
    with pytest.raises(ValueError, match="only be added"):
        OFFICE.add_working_time(at("2026-11-20 12:00"), timedelta(seconds=-1))


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        OFFICE.end_of_next_working_day(datetime(2026, 11, 20))  # noqa: DTZ001 -- the mistake in question


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ((time(18), time(9)),),
        ((time(9), time(12)), (time(11), time(18))),
        ((time(13), time(18)), (time(9), time(12))),
    ],
)
def test_hours_that_make_no_sense_are_refused(hours):
    with pytest.raises(ValueError, match="working hours"):
        WorkCalendar(hours=hours)


def test_a_calendar_closed_for_ever_says_so_instead_of_searching_for_ever():
    first = date(2026, 1, 1)
    closed = WorkCalendar({first + timedelta(days=number): False for number in range(900)})
    with pytest.raises(ValueError, match="overrides"):
        closed.next_working_day(first)


@given(CALENDARS, MOMENTS, DURATIONS)
def test_the_working_time_to_a_moment_reached_by_adding_is_what_was_added(calendar, moment, duration):
    reached = calendar.add_working_time(moment, duration)
    assert calendar.working_seconds_between(moment, reached) == pytest.approx(duration.total_seconds(), abs=1e-3)
    assert reached >= moment


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up(calendar, one, two, three):
    first, second, third = sorted([one, two, three])
    whole = calendar.working_seconds_between(first, third)
    parts = calendar.working_seconds_between(first, second) + calendar.working_seconds_between(second, third)
    assert parts == pytest.approx(whole, abs=1e-3)
    assert 0 <= whole <= (third - first).total_seconds() + 1e-3


@given(CALENDARS, MOMENTS)
def test_the_next_working_day_is_later_works_and_has_no_working_day_before_it(calendar, moment):
    day = moment.date()
    following = calendar.next_working_day(day)
    assert following > day
    assert calendar.is_working_day(following)
    assert calendar.working_days_between(day + timedelta(days=1), following) == 1
    assert calendar.is_working_day(calendar.previous_working_day(following))
    assert calendar.next_working_day(calendar.previous_working_day(following)) == following


@given(CALENDARS, MOMENTS)
def test_the_next_working_time_is_a_working_time_and_nothing_is_worked_before_it(calendar, moment):
    opens = calendar.next_working_time(moment)
    assert calendar.is_working_time(opens)
    assert calendar.working_seconds_between(moment, opens) == 0


def test_office_hours_are_eight_hours_a_day():
    monday = at("2026-11-23 00:00")
    assert OFFICE.working_seconds_between(monday, monday + timedelta(days=1)) == 8 * 3600
    assert OFFICE.hours == OFFICE_HOURS
