"""Whatever the rows and the order, walking the pages shows every row once, and back again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopops.kit.clock import now
from shopops.kit.lists.asking import Selection
from shopops.kit.lists.declarations import Reader
from shopops.kit.lists.reading import _cut
from staff.models import Employee
from tests.kit.lists.people import PEOPLE

days = st.one_of(st.none(), st.integers(0, 3).map(lambda back: date(2026, 11, 20) - timedelta(days=back)))
people = st.lists(st.tuples(days, st.sampled_from(["李娜", "王强", "陈静"])), max_size=25)


def walk(reader: Reader, query: str, link: int) -> list[list[int]]:
    """Follow the links (1: newer, 2: older) from a page to the end; return the ids of each page."""
    pages = []
    while True:
        asked = Selection(PEOPLE, reader, QueryDict(query))
        asked.size = 4
        cut = _cut(asked)
        pages.append([row["id"] for row in cut[0]])
        if not cut[link]:
            return pages
        query = cut[link].removeprefix("?")


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=people, sort=st.sampled_from(["name", "-name", "number", "-number", "hired", "-hired"]))
def test_pages_forwards_and_backwards_show_every_row_once(people, sort):
    Employee.objects.all().delete()
    for number, (hired_on, name) in enumerate(people):
        Employee.objects.create(username=f"u{number}", employee_number=f"U{number}", name=name, hired_on=hired_on)
    reader = Reader(Employee(pk=0), now())
    asked = Selection(PEOPLE, reader, QueryDict(f"tab=all&sort={sort}"))
    expected = list(asked.order.apply(asked.rows).values_list("id", flat=True))

    forwards = walk(reader, f"tab=all&sort={sort}", 2)
    assert [one for page in forwards for one in page] == expected

    if len(expected) > 4:
        last = Selection(PEOPLE, reader, QueryDict(f"tab=all&sort={sort}"))
        row = Employee.objects.filter(pk=expected[-1]).values("id", *last.order.sort.names).get()
        backwards = walk(reader, f"tab=all&sort={sort}&before={last.order.cursor(row)}&at=99", 1)
        seen = [one for page in backwards for one in page]
        assert set(seen) == set(expected[:-1]) or set(seen) == set(expected)
        assert len(backwards[-1]) == 4


def test_a_cursor_is_answered_by_a_comparison_of_rows(db):
    reader = Reader(Employee(pk=0), now())
    asked = Selection(PEOPLE, reader, QueryDict("sort=number"))

    (part,) = asked.order.beyond(asked.rows, "P5,12") or ()
    sql = str(part.query)

    assert '("staff_employee"."employee_number", "staff_employee"."id") > (P5, 12)' in sql
    assert "OFFSET" not in sql
