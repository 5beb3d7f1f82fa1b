"""A list page for tests: the people of the house, with everything a page can declare."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.db.models import Q
from django.shortcuts import render
from django.urls import include, path

from shopops.kit.access import allowed
from shopops.kit.clock import shop_day
from shopops.kit.lists import (
    AnyOfFilter,
    BatchAction,
    Column,
    DaysFilter,
    Empty,
    ExactFilter,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    NumbersFilter,
    OneOfFilter,
    RangeFilter,
    Sort,
    Tab,
    WordsFilter,
    YesNoFilter,
    list_urls,
    one_by_one,
)
from shopops.kit.refusals import Refused
from shopops.urls import handler400, handler403, handler404, handler500
from shopops.urls import urlpatterns as every_address
from staff.actions.events import record
from staff.models import Employee, OrgUnit
from tests.factories.staff import EmployeeFactory

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def units() -> list[tuple[int, str]]:
    return list(OrgUnit.objects.values_list("pk", "name"))


class PeopleFilters(ListFilters):
    number = NumbersFilter(field_name="employee_number", label="工号", first=True)
    name = WordsFilter(field_name="name", label="姓名", first=True)
    login = ExactFilter(field_name="username", label="登录名")
    unit = AnyOfFilter(field_name="unit_id", choices=units, label="部门")
    hired = DaysFilter(field_name="hired_on", dates=True, label="入职", first=True)
    seen = DaysFilter(field_name="last_login", label="上次登录")
    id_between = RangeFilter(field_name="id", label="编号")
    works = YesNoFilter(field_name="is_active", label="在职")
    office = OneOfFilter(field_name="is_superuser", choices=[("True", "是"), ("False", "否")], label="管理员")
    post = AnyOfFilter(field_name="appointments__position_id", choices=[(1, "店长")], label="岗位", distinct=True)


class FarewellForm(forms.Form):
    reason = forms.CharField(max_length=50)


def say_farewell(employee: Employee, *, by: Employee, at: datetime, reason: str) -> None:
    if not employee.is_active:
        raise Refused(f"{employee.name} 已离职")
    employee.is_active, employee.left_on = False, shop_day(at)
    employee.save()
    record("staff.farewell", employee, by=by, at=at, reason=reason)


def say_farewell_to_many(ids, *, by, at, reason) -> Mapping[int, str]:
    people = Employee.objects.filter(pk__in=ids).order_by("pk")
    return one_by_one(people, lambda one: say_farewell(one, by=by, at=at, reason=reason))


def gone_already(ids, reader) -> dict[int, str]:
    return dict.fromkeys(Employee.objects.filter(pk__in=ids, is_active=False).values_list("pk", flat=True), "已离职")


def add_letters(rows, reader) -> None:
    for row in rows:
        row["letter"] = row["name"][:1]


PEOPLE = ListPage(
    name="kit.people",
    title="名册",
    permission="staff.view_employee",
    rows=lambda reader: Employee.objects.exclude(username="ghost"),
    values=("name", "employee_number", "username", "hired_on"),
    finish=add_letters,
    cells="tests/people.html",
    columns=(
        Column("name", "姓名", fixed=True, sort="name", card="full"),
        Column("number", "工号", sort="number"),
        Column("hired_on", "入职", sort="hired", card="right"),
        Column("login", "登录名", shown=False),
        Column("salary", "工资", permission="staff.change_employee"),
    ),
    tabs=(
        Tab("here", "在职", Q(is_active=True)),
        Tab("gone", "离职", Q(is_active=False), tone="warn"),
        Tab("me", "我", lambda reader: Q(pk=reader.by.pk)),
        Tab("secret", "内部", Q(is_superuser=True), permission="staff.change_employee"),
        Tab("all", "全部"),
    ),
    sorts=(
        Sort("name", ("name_pinyin", "name"), "姓名", ascending=True),
        Sort("number", "employee_number", "工号", ascending=True),
        Sort("hired", "hired_on", "入职", nullable=True),
    ),
    filters=PeopleFilters,
    search=lambda text: Q(name__startswith=text) | Q(employee_number=text),
    opens="kit:person",
    row_name="employee_number",
    batch=(
        BatchAction(
            "farewell",
            "办理离职",
            run=say_farewell_to_many,
            skips=gone_already,
            form=FarewellForm,
            permission="staff.change_employee",
            tone="danger",
        ),
        BatchAction("greeting", "问候", run=lambda ids, *, by, at: {}, permission="staff.view_employee"),
        BatchAction(
            "removal",
            "清除",
            run=lambda ids, *, by, at: {},
            permission="staff.change_employee",
            typed_count=True,
            tabs=("gone",),
        ),
    ),
    export=Export(
        permission="staff.view_employee",
        columns=(
            ExportColumn("姓名", "name"),
            ExportColumn("工号", "employee_number"),
            ExportColumn("入职", "hired_on", kind="day"),
            ExportColumn("首字", lambda row: row["letter"]),
            ExportColumn("工资", lambda row: 1, permission="staff.change_employee"),
        ),
    ),
    summary=lambda rows: [("人数", str(len(rows)))],
    empty=Empty("没有人", "在管理后台添加员工。", "去添加", "staff:home"),
)


@allowed("staff.view_employee")
def person(request, number):
    return render(request, "tests/person.html", {"person": Employee.objects.get(pk=number)})


@allowed("staff.view_employee")
def refusing(request):
    raise Refused("王强刚刚改过这张单。")


@allowed("staff.view_employee")
def broken(request):
    raise RuntimeError("on purpose")


people_urls = [
    path("people/", include(list_urls(PEOPLE))),
    path("people/<int:number>/", person, name="person"),
    path("refusing/", refusing, name="refusing"),
    path("broken/", broken, name="broken"),
]
urlpatterns = [path("kit/", include((people_urls, "kit"))), *every_address]


def make_people(count: int, *, first: int = 1, **values) -> list[Employee]:
    """Make that many people with numbers of their own."""
    return [
        EmployeeFactory(username=f"p{number}", employee_number=f"P{number:05}", name=f"员工{number:05}", **values)
        for number in range(first, first + count)
    ]
