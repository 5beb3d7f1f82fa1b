"""Questions by hour of the week, against the people the roster has."""

from __future__ import annotations

import re
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

    a_turn(a_talk("2026-11-09 09:00", agent=cast["lina"]), "2026-11-09 09:00", 20, by=cast["lina"])
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


def test_weeks_before_the_first_question_do_not_thin_the_average():
    cast = make_cast()
    a_turn(a_talk("2026-11-18 10:00", agent=cast["lina"]), "2026-11-18 10:00", 20, by=cast["lina"])

    load = load_of(SUNDAY, 12)

    assert (load.first, hour(load, 2, 10).questions) == (date(2026, 11, 16), Decimal("1.0"))


def ask(cast, clock, count, day="2026-11-18"):
    for number in range(count):
        talk = a_talk(f"{day} {clock}:{number:02}", agent=cast["lina"])
        a_turn(talk, f"{day} {clock}:{number:02}", 20, by=cast["lina"])


def test_hours_in_a_row_that_want_people_are_one_shortage():
    cast = make_cast()
    a_duty(cast["lina"], WEDNESDAY, "early")
    ask(cast, "10", 9)
    ask(cast, "11", 17)
    ask(cast, "14", 8)
    ask(cast, "20", 2)

    load = load_of(SUNDAY, 1)

    worst, nobody = load.shortages
    assert (worst.weekday, worst.first, worst.last, worst.missing) == (2, 10, 12, 2)
    assert (nobody.first, nobody.last, nobody.people, nobody.missing) == (20, 21, 0, 1)
    assert hour(load, 2, 14).missing == 0


def test_the_roster_of_the_next_days_is_compared_when_asked_for():
    cast = make_cast()
    ask(cast, "10", 2)
    a_duty(cast["lina"], date(2026, 11, 25), "early")

    assert hour(load_of(SUNDAY, 1), 2, 10).missing == 1
    assert hour(load_of(SUNDAY, 1, ahead_from=date(2026, 11, 23)), 2, 10).missing == 0


def test_the_page_says_where_people_are_missing_and_opens_to_the_conversations(client):
    cast = make_cast()
    ask(cast, "20", 2)
    other = a_talk("2026-11-18 19:59", agent=cast["lina"])
    a_turn(other, "2026-11-18 19:59", 20, by=cast["lina"])
    client.force_login(cast["hejie"])

    page = client.get(reverse("service:load") + "?until=2026-11-22&weeks=1").content.decode()
    [link] = set(re.findall(r'href="([^"]*conversations[^"]*3-20-[^"]*)"', page))
    rows = client.get(link.replace("&amp;", "&")).content.decode()

    assert "星期三 19:00–21:00" in page
    assert "无人在岗" in page
    assert len(set(re.findall(r"买家\d+", rows))) == 2
    for wrong in ("8-20", "3-24", "x", "3-20-20269999-20261111", "1-1-00010101-99991231", "1-1-00010101-00010102"):
        assert client.get(reverse("service:conversation_list") + f"?tab=all&asked={wrong}").status_code == 200


@pytest.mark.parametrize("query", ["", "?weeks=12", "?weeks=x&until=2026-02-31", "?until=0001-01-01&roster=next"])
def test_the_page_answers_whatever_is_asked(client, query):
    client.force_login(make_cast()["hejie"])

    assert client.get(reverse("service:load") + query).status_code == 200
