"""People, their posts, and what follows from them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.actions.people import (
    DEMO_PASSWORD,
    appoint,
    change_password,
    end_appointment,
    follow_calendar,
    make_demo_people,
    read_cast,
)
from staff.actions.roles import set_up_roles
from staff.models import Employee, Event
from staff.queries.people import held_positions, may_take_over, people_who_may, rights_of
from tests.factories.staff import NOON, EmployeeFactory, PositionFactory, employee_with, make_cast, post_with

pytestmark = pytest.mark.django_db
TODAY = shop_day(NOON)
DAY = timedelta(days=1)


def test_a_post_gives_its_rights_at_once_and_takes_them_when_it_ends():
    lina, service = EmployeeFactory(), post_with("orders.review_order")

    given = appoint(lina, service, since=TODAY, by=None, at=NOON)
    assert Employee.objects.get(pk=lina.pk).has_perm("orders.review_order")

    end_appointment(given, last_day=TODAY, by=None, at=NOON + DAY)
    assert not Employee.objects.get(pk=lina.pk).has_perm("orders.review_order")
    assert [event.verb for event in Event.objects.order_by("pk")] == ["staff.appointed", "staff.appointment_ended"]


def test_a_lent_post_begins_and_ends_by_the_calendar():
    lina, packing = EmployeeFactory(), post_with("warehouse.view_wave", code="warehouse", name="仓储专员")
    appoint(lina, packing, since=TODAY + DAY, until=TODAY + 2 * DAY, by=None, at=NOON)
    allowed = []
    for days in range(4):
        follow_calendar(at=NOON + days * DAY)
        allowed.append(Employee.objects.get(pk=lina.pk).has_perm("warehouse.view_wave"))

    assert allowed == [False, True, True, False]


def test_nobody_holds_a_post_twice_at_a_time():
    lina, service = EmployeeFactory(), PositionFactory()
    appoint(lina, service, since=TODAY, until=TODAY + DAY, by=None, at=NOON)

    with pytest.raises(Refused, match="已担任"):
        appoint(lina, service, since=TODAY + DAY, by=None, at=NOON)
    appoint(lina, service, since=TODAY + 2 * DAY, by=None, at=NOON)


def test_a_post_cannot_end_before_it_begins():
    with pytest.raises(Refused):
        appoint(EmployeeFactory(), PositionFactory(), since=TODAY, until=TODAY - DAY, by=None, at=NOON)


def test_who_left_is_locked_out_the_next_day_and_loses_the_roles():
    lina = EmployeeFactory()
    appoint(lina, post_with("orders.review_order"), since=TODAY, by=None, at=NOON)
    lina.left_on = TODAY
    lina.save()

    follow_calendar(at=NOON)
    assert Employee.objects.get(pk=lina.pk).is_active
    follow_calendar(at=NOON + DAY)

    lina = Employee.objects.get(pk=lina.pk)
    assert not lina.is_active
    assert not lina.groups.exists()
    assert Event.objects.filter(verb="staff.account_closed", subject_id=lina.pk).count() == 1


def test_groups_that_are_no_posts_are_left_alone():
    from django.contrib.auth.models import Group

    lina, guests = EmployeeFactory(), Group.objects.create(name="访客")
    lina.groups.add(guests)
    appoint(lina, PositionFactory(), since=TODAY, by=None, at=NOON)
    follow_calendar(at=NOON)

    assert guests in lina.groups.all()


def test_the_cast_logs_in_with_one_password_and_is_made_once():
    set_up_roles(at=NOON)
    people = make_demo_people(at=NOON)
    again = make_demo_people(at=NOON)

    assert [one.pk for one in people] == [one.pk for one in again]
    assert len(people) == len(read_cast())
    assert Employee.objects.get(username="lina").check_password(DEMO_PASSWORD)


def test_the_cast_has_the_jobs_the_tests_speak_of():
    cast = make_cast()

    posts = {name: [post.name for post in held_positions(cast[name], on=TODAY)] for name in cast}
    assert posts["chenjing"] == ["店长"]
    assert posts["lina"] == ["客服"]
    assert posts["wangqiang"] == ["仓储专员"]
    assert posts["zhaomin"] == ["数据分析员"]
    assert cast["admin"].is_superuser
    assert [name for name, one in cast.items() if Employee.objects.get(pk=one.pk).is_staff] == [
        "admin",
        "chenjing",
        "shenguodong",
        "xujing",
    ]


def test_people_who_may_are_found_by_post_by_themselves_and_as_administrators():
    chenjing = EmployeeFactory(username="chenjing", name="陈静")
    appoint(chenjing, post_with("staff.view_event"), since=TODAY, by=None, at=NOON)
    zhaomin = employee_with("staff.view_event", username="zhaomin", name="赵敏")
    admin = Employee.objects.create_superuser("admin", "x", name="管理员")
    EmployeeFactory()
    employee_with("staff.view_event", username="gone", is_active=False)

    assert set(people_who_may("staff.view_event")) == {chenjing, zhaomin, admin}


def test_rights_say_which_post_gives_them():
    lina = employee_with("staff.view_event")
    appoint(lina, post_with("orders.review_order"), since=TODAY, by=None, at=NOON)

    found = {right.permission: right.posts for right in rights_of(lina)}
    assert found == {"orders.review_order": ("客服",), "staff.view_event": ()}


def test_nobody_takes_over_an_account_that_may_do_more():
    xujing = employee_with("staff.change_employee", username="xujing", name="徐静")
    zhangmin = EmployeeFactory(username="zhangmin")
    chenjing = employee_with("staff.change_employee", "orders.review_order", username="chenjing", name="陈静")
    admin = Employee.objects.create_superuser("admin", "x")

    assert may_take_over(xujing, zhangmin)
    assert not may_take_over(xujing, chenjing)
    assert not may_take_over(chenjing, admin)
    assert may_take_over(admin, chenjing)


def test_a_new_password_leaves_an_event_without_the_password():
    lina = EmployeeFactory()
    change_password(lina, "紫藤-7421-云杉", by=lina, at=NOON)

    event = Event.objects.get()
    assert lina.check_password("紫藤-7421-云杉")
    assert event.changes == {}
