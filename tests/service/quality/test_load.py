"""Questions by hour of the week, against the people the roster has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from service.queries.load import load_of
from tests.factories.duty import a_duty
from tests.factories.staff import make_cast
from tests.service.detectors.rows import a_talk, a_turn

pytestmark = pytest.mark.django_db
WEDNESDAY, SUNDAY = date(2026, 11, 18), date(2026, 11, 22)


def hour(load, weekday, clock):
    return next(one for one in load.hours[weekday] if one.hour == clock)


def test_questions_and_people_are_those_of_an_average_week():
    cast = make_cast()
    talk = a_talk("2026-11-18 10:00", agent=cast["lina"])
    for number in range(4):
        a_turn(talk, f"2026-11-18 10:1{number}", 20, by=cast["lina"], first=not number)
    a_turn(talk, "2026-11-18 10:30", 20, by=cast["lina"], first=False, excluded="thanks")
    a_duty(cast["lina"], WEDNESDAY, "early")
    a_duty(cast["sunyue"], WEDNESDAY, "early")
    a_duty(cast["wangqiang"], WEDNESDAY, "early")

    load = load_of(SUNDAY, 2)

    busy = hour(load, 2, 10)
    assert (busy.questions, busy.people, busy.each) == (Decimal("2.0"), Decimal("1.0"), Decimal("2.0"))
    assert hour(load, 2, 18).people == 0
    assert load.heavy[0] == busy


def test_hours_with_questions_and_nobody_planned_come_first():
    cast = make_cast()
    for clock in ("19:10", "19:20", "10:10", "10:20", "10:30"):
        a_turn(a_talk(f"2026-11-18 {clock}", agent=cast["lina"]), f"2026-11-18 {clock}", 20, by=cast["lina"])
    a_duty(cast["lina"], WEDNESDAY, "early")

    assert [(one.hour, one.each) for one in load_of(SUNDAY, 1).heavy] == [(19, None), (10, Decimal("3.0"))]


@pytest.mark.parametrize("query", ["", "?weeks=12", "?weeks=x&until=2026-02-31"])
def test_the_page_answers_whatever_is_asked(client, query):
    client.force_login(make_cast()["hejie"])

    assert client.get(reverse("service:load") + query).status_code == 200
