"""Worklists counted together say what each says alone, and the database is asked as often however many wait."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from service.actions.notebook import write_memo
from shopops.kit import worklists
from shopops.kit.worklists import WORKLISTS, Rows, Task, Waiting, counts_on, waiting_on
from staff.models import Employee
from tests.factories.agents_day import a_follow_up, an_agent, at

pytestmark = pytest.mark.django_db
NAMES = ("service.conversations", "service.follow_ups", "service.promises", "service.memos")


@pytest.fixture
def lina():
    return an_agent("lina", "李娜")


def memos(lina: Employee, number: int) -> None:
    for place in range(number):
        write_memo(f"第{place}条", remind_at=at("10:00"), by=lina, at=at("09:00"))


def test_counted_together_they_say_what_each_says_alone(lina):
    memos(lina, 7)
    a_follow_up(lina)
    asked = [WORKLISTS[name] for name in NAMES]
    for moment in (at("09:30"), at("12:00")):
        together = waiting_on(asked, lina.pk, moment)
        assert together == {one.name: one.waiting(lina.pk, moment) for one in asked}
        assert counts_on({one.name: one for one in asked}, lina.pk, moment) == {
            name: waiting.count for name, waiting in together.items()
        }
    assert (together["service.memos"].count, together["service.memos"].overdue) == (7, 7)
    assert len(together["service.memos"].tasks) == worklists.SHOWN
    assert together["service.promises"] == Waiting(0, 0, [])


def test_all_that_are_rows_are_counted_in_one_statement(lina):
    asked = [WORKLISTS[name] for name in NAMES]
    for number in (0, 1, 3):
        memos(lina, number)
        with CaptureQueriesContext(connection) as queries:
            waiting_on(asked, lina.pk, at("12:00"))
        assert len(queries) == (2 if number else 1)


def test_more_than_are_counted_are_still_told_which_are_late(lina, monkeypatch):
    monkeypatch.setattr(worklists, "MOST", 3)
    memos(lina, 6)
    late = Rows(WORKLISTS["service.memos"].waiting.rows, lambda one: Task(one.text, ""), ("pk",), late=_after_four)
    waiting = late(lina.pk, at("12:00"))
    assert (waiting.count, waiting.overdue) == (4, 2)


def _after_four(_moment):
    from django.db.models import Q

    return Q(text__in=("第4条", "第5条"))
