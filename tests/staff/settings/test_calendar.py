"""The work calendar that holds: the country's, the shop's exceptions, the office hours."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from shopops.kit.clock import SHANGHAI
from staff.actions.settings import change_setting
from staff.models import CalendarDay
from staff.queries.calendar import forget_calendar, published_day, work_calendar
from tests.factories.staff import NOON, EmployeeFactory

pytestmark = pytest.mark.django_db
SATURDAY, MONDAY = date(2026, 11, 21), date(2026, 11, 23)


def test_a_make_up_saturday_of_the_shop_moves_deadlines():
    friday_noon = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
    assert work_calendar().end_of_next_working_day(friday_noon).date() == MONDAY

    CalendarDay.objects.create(day=SATURDAY, is_working_day=True, note="双十一补班")
    forget_calendar()

    assert work_calendar().end_of_next_working_day(friday_noon) == datetime(2026, 11, 21, 18, tzinfo=SHANGHAI)


def test_the_countrys_make_up_days_hold_unless_the_shop_says_otherwise():
    make_up = date(2026, 2, 14)
    assert published_day(make_up)
    assert work_calendar().is_working_day(make_up)

    CalendarDay.objects.create(day=make_up, is_working_day=False)
    forget_calendar()

    assert not work_calendar().is_working_day(make_up)


def test_office_hours_follow_the_setting():
    change_setting("staff.office_hours", "08:00-12:00 13:00-17:00", by=EmployeeFactory(), at=NOON)
    from staff.queries.settings import forget_values

    forget_values()
    forget_calendar()

    assert work_calendar().hours == ((time(8), time(12)), (time(13), time(17)))


def test_the_calendar_is_read_once_for_many_questions(django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        for _number in range(50):
            work_calendar().is_working_day(MONDAY)
