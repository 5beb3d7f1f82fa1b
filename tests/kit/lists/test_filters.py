"""Each filter: what it keeps, what it says, and the paste box in every shape a spreadsheet gives."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.clock import SHANGHAI
from shopops.kit.lists.asking import Selection
from shopops.kit.lists.controls import chips, controls
from shopops.kit.lists.declarations import Reader
from shopops.kit.lists.filters import Days, NumbersField
from staff.models import Employee
from tests.factories.staff import OrgUnitFactory
from tests.kit.lists.people import PEOPLE, make_people

LATE_EVENING = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
"""Half past one on the 22nd in Shanghai."""


def asked(query: str) -> Selection:
    return Selection(PEOPLE, Reader(Employee(pk=0), LATE_EVENING), QueryDict(query))


def kept(query: str) -> list[str]:
    return sorted(asked(f"tab=all&{query}").rows.values_list("employee_number", flat=True))


@given(numbers=st.lists(st.text("0123456789AB-", min_size=1, max_size=20), max_size=30), data=st.data())
def test_pasted_numbers_are_found_however_they_are_separated(numbers, data):
    glue = st.sampled_from(["\n", "\r\n", ",", ", ", "，", " ", "\t", "；", ";", "、", "\n\n", "　"])
    text = "".join(number + data.draw(glue) for number in numbers)

    assert NumbersField(required=False).clean(text) == list(dict.fromkeys(numbers))


def test_numbers_copied_from_a_spreadsheet_lose_their_quotes():
    assert NumbersField(required=False).clean('="2375024027132076"\n\'88\n"99"') == ["2375024027132076", "88", "99"]


@pytest.mark.django_db
def test_each_filter_keeps_what_it_says():
    unit = OrgUnitFactory()
    make_people(1, first=1, unit=unit, hired_on=date(2026, 11, 22), is_active=False)
    make_people(1, first=2, hired_on=date(2026, 11, 21), last_login=datetime(2026, 11, 21, 23, 0, tzinfo=SHANGHAI))
    make_people(1, first=3, hired_on=date(2026, 11, 1), last_login=datetime(2026, 11, 22, 0, 30, tzinfo=SHANGHAI))
    make_people(1, first=4, hired_on=date(2026, 10, 31), is_superuser=True)
    ids = dict(Employee.objects.values_list("employee_number", "pk"))

    assert kept("number=P00001%0AP00003") == ["P00001", "P00003"]
    assert kept("name=00002") == ["P00002"]
    assert kept("login=p4") == ["P00004"]
    assert kept(f"unit={unit.pk}") == ["P00001"]
    assert kept("hired=today") == ["P00001"]
    assert kept("hired=yesterday") == ["P00002"]
    assert kept("hired=7d") == ["P00001", "P00002"]
    assert kept("hired=month") == ["P00001", "P00002", "P00003"]
    assert kept("hired_from=2026-11-01&hired_to=2026-11-21") == ["P00002", "P00003"]
    assert kept("hired_to=2026/10/31") == ["P00004"]
    assert kept("hired=today&hired_to=2026-10-31") == ["P00004"]
    assert kept("seen=today") == ["P00003"]
    assert kept("seen=yesterday") == ["P00002"]
    assert kept(f"id_between_from={ids['P00002']}&id_between_to={ids['P00003']}") == ["P00002", "P00003"]
    assert kept("works=no") == ["P00001"]
    assert kept("office=True") == ["P00004"]


@pytest.mark.django_db
def test_chips_say_what_is_set_and_take_it_away():
    unit = OrgUnitFactory(name="客服部")
    shown = chips(asked(f"tab=all&q=李&unit={unit.pk}&hired=7d&hired_from=&number=P1,P2&works=yes&id_between_from=5"))

    assert [(str(chip.label), chip.text) for chip in shown] == [
        ("搜索", "李"),
        ("工号", "2 个单号"),
        ("部门", "客服部"),
        ("入职", "近7天"),
        ("编号", "≥ 5"),
        ("在职", "是"),
    ]
    days = next(chip for chip in shown if chip.label == "入职")
    assert "hired" not in days.url
    assert "tab=all" in days.url


@pytest.mark.django_db
def test_controls_hold_the_values_of_the_url():
    found = asked("hired_from=2026-11-01&hired_to=bad&works=no")
    drawn = {one.name: one for one in controls(found, first=True) + controls(found, first=False)}

    assert drawn["hired"].low == "2026-11-01"
    assert drawn["hired"].complaint
    assert drawn["works"].said == "否"
    assert [option.value for option in drawn["works"].options if option.is_chosen] == ["no"]


def test_presets_move_with_the_calendar():
    assert Days("7d").span(date(2026, 3, 1)) == (date(2026, 2, 23), date(2026, 3, 1))
    assert Days("month").span(date(2026, 3, 1)) == (date(2026, 3, 1), date(2026, 3, 1))
