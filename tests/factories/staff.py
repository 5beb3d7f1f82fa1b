"""People for tests. The cast has names and jobs: 店长 陈静, 客服 李娜, 仓储 王强, 数据分析员 赵敏."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import factory
from django.contrib.auth.models import Group, Permission
from factory.django import DjangoModelFactory

from shopops.kit.clock import SHANGHAI
from staff.actions.people import make_demo_people
from staff.actions.roles import set_up_roles
from staff.models import Employee, JobRun, OrgUnit, Position, Shop
from staff.states import JobState
from tests.factories.kept import made_once

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)
HIRED = date(2025, 3, 1)


class ShopFactory(DjangoModelFactory[Shop]):
    class Meta:
        model = Shop
        django_get_or_create = ("name",)

    name = "云杉旗舰店"


class OrgUnitFactory(DjangoModelFactory[OrgUnit]):
    class Meta:
        model = OrgUnit
        django_get_or_create = ("code",)

    code = "service"
    name = "客服部"
    name_en = "Customer service"


class PositionFactory(DjangoModelFactory[Position]):
    class Meta:
        model = Position
        django_get_or_create = ("code",)

    code = "service"
    name = "客服"
    name_en = "Service agent"
    unit = factory.SubFactory(OrgUnitFactory)
    group = factory.LazyAttribute(lambda post: Group.objects.get_or_create(name=post.name)[0])


class EmployeeFactory(DjangoModelFactory[Employee]):
    class Meta:
        model = Employee
        django_get_or_create = ("username",)

    username = factory.Sequence(lambda number: f"lina{number or ''}")
    employee_number = factory.Sequence(lambda number: f"T{number:03}")
    name = "李娜"
    hired_on = HIRED


class JobRunFactory(DjangoModelFactory[JobRun]):
    class Meta:
        model = JobRun

    job = "staff.keep_house"
    params = factory.LazyFunction(lambda: {"day": "2026-11-19"})
    state = JobState.QUEUED
    asked_at = NOON


def permission(name: str) -> Permission:
    """Return a permission by its dotted name."""
    app, _dot, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def employee_with(*permissions: str, **values: Any) -> Employee:
    """Return an employee who may do exactly this."""
    employee = EmployeeFactory(**values)
    employee.user_permissions.set([permission(name) for name in permissions])
    return Employee.objects.get(pk=employee.pk)


def post_with(*permissions: str, **values: Any) -> Position:
    """Return a post whose holders may do exactly this."""
    post = PositionFactory(**values)
    post.group.permissions.set([permission(name) for name in permissions])
    return post


@made_once
def make_cast(*, at: datetime = NOON) -> dict[str, Employee]:
    """Set up the whole organisation with the people of the demo shop; return them by login name."""
    set_up_roles(at=at)
    return {employee.username: employee for employee in make_demo_people(at=at)}
