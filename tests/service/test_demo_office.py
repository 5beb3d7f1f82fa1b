"""Office hours of the demo shop miss what STF-096, STF-097 and STF-098 ask, each at least once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from service.actions.demo.office import keep_office_hours
from shopops.kit.clock import SHANGHAI, Window
from shopops.kit.detectors import DETECTORS, Question
from staff.actions.attendance import derive_attendance
from staff.actions.rulebook import load_rulebook
from staff.actions.shifts import load_shifts
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("weekday", range(7))
def test_last_week_misses_hours_lunch_and_five_days_on_whatever_weekday_it_is_made(weekday):
    at = datetime(2026, 11, 23 + weekday, 11, tzinfo=SHANGHAI)
    cast = make_cast()
    load_shifts(at=at)
    load_rulebook(at=at)
    first = date(2026, 11, 1)

    assert keep_office_hours(first=first, last=date(2026, 12, 10), at=at) > 10
    for number in range(22):
        derive_attendance(date(2026, 11, 9) + timedelta(days=number), at=at)
    week = Window(datetime(2026, 11, 16, tzinfo=SHANGHAI), datetime(2026, 11, 23, tzinfo=SHANGHAI))
    for name, who in (
        ("staff.late_arrival", "zhaomin"),
        ("staff.long_break", "zhaomin"),
        ("staff.long_week", "huanglei"),
    ):
        (found,) = DETECTORS[name].find(Question(week, at, {}))
        assert found.employee_id == cast[who].pk
        assert found.facts
