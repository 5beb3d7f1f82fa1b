"""People: their posts and what follows from them, their passwords, the cast of the demo shop."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.actions.roles import DATA
from staff.models import Appointment, Employee, Position, SubAccount
from staff.queries.people import holds_on

DEMO_PASSWORD = "shopops-demo"  # noqa: S105 -- printed on the login page of the demo


@transaction.atomic
def appoint(
    employee: Employee,
    position: Position,
    *,
    since: date,
    until: date | None = None,
    by: Employee | None,
    at: datetime,
) -> Appointment:
    """Give an employee a post, for good or until a day (lent, C9); what the post allows follows at once.

    :raises Refused: if they hold it already, or the days are in the wrong order.
    """
    if until is not None and until < since:
        raise Refused(_("The last day comes before the first."))
    open_ones = Appointment.objects.filter(employee=employee, position=position)
    if open_ones.filter(Q(until=None) | Q(until__gte=since)).exists():
        raise Refused(_("%(name)s holds the post %(post)s already.") % {"name": employee, "post": position})
    appointment = Appointment.objects.create(employee=employee, position=position, since=since, until=until)
    record("staff.appointed", employee, by=by, at=at, changes={"positions": (None, position)})
    follow_posts(employee, at=at)
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, last_day: date, by: Employee | None, at: datetime) -> None:
    """End an appointment after a day; what the post allowed goes with it.

    :raises Refused: if the day lies before its first.
    """
    if last_day < appointment.since:
        raise Refused(_("The last day comes before the first."))
    appointment.until = last_day
    appointment.save(update_fields=["until"])
    changes = {"positions": (appointment.position, None)}
    record("staff.appointment_ended", appointment.employee, by=by, at=at, changes=changes)
    follow_posts(appointment.employee, at=at)


def follow_posts(employee: Employee, *, at: datetime) -> bool:
    """Bring an employee's roles into line with the posts they hold; return whether something changed.

    Groups that belong to no post are a manager's own affair and stay.
    """
    held = Appointment.objects.filter(holds_on(shop_day(at)), employee=employee)
    wanted = set(held.values_list("position__group", flat=True)) if employee.is_active else set()
    have = set(employee.groups.filter(post__isnull=False).values_list("pk", flat=True))
    employee.groups.remove(*(have - wanted))
    employee.groups.add(*(wanted - have))
    return wanted != have


@transaction.atomic
def follow_calendar(*, at: datetime) -> int:
    """Give and take roles of appointments that began or ended, and close the accounts of who left; return how many."""
    changed = 0
    for employee in Employee.objects.filter(is_active=True, left_on__lt=shop_day(at)):
        employee.is_active = False
        employee.save(update_fields=["is_active"])
        record("staff.account_closed", employee, by=None, at=at, changes={"is_active": (True, False)})
        changed += 1
    for employee in Employee.objects.filter(Q(appointments__isnull=False) | Q(groups__isnull=False)).distinct():
        changed += follow_posts(employee, at=at)
    return changed


@transaction.atomic
def change_password(employee: Employee, password: str, *, by: Employee, at: datetime) -> None:
    """Give an employee a new password; every session but the one in hand ends."""
    employee.set_password(password)
    employee.save(update_fields=["password"])
    record("staff.password_changed", employee, by=by, at=at)


@transaction.atomic
def make_demo_people(*, at: datetime) -> list[Employee]:
    """Make the people of the demo shop with their posts, all with the demo password; those that exist stay as they are.

    Wants `set_up_roles` to have run.
    """
    kept = make_password(DEMO_PASSWORD)
    posts = {post.code: post for post in Position.objects.select_related("unit")}
    people = []
    for row in read_cast():
        employee = Employee.objects.filter(username=row["login"]).first()
        if employee is None:
            employee = _make_person(row, posts[row["post"]], password=kept, at=at)
        people.append(employee)
    return people


def read_cast() -> list[dict[str, Any]]:
    """Return the people of the demo shop as cast.toml lists them."""
    rows: list[dict[str, Any]] = tomllib.loads((DATA / "cast.toml").read_text(encoding="utf-8"))["person"]
    return rows


def _make_person(row: dict[str, Any], post: Position, *, password: str, at: datetime) -> Employee:
    day = shop_day(at)
    employee = Employee.objects.create(
        username=row["login"],
        employee_number=row["number"],
        name=row["name"],
        password=password,
        unit=post.unit,
        hired_on=day.replace(year=day.year - 1, day=1),
        is_superuser=row.get("administrator", False),
    )
    record("staff.added", employee, by=None, at=at)
    if "nick" in row:
        SubAccount.objects.create(nick=row["nick"], employee=employee)
    appoint(employee, post, since=employee.hired_on or day, by=None, at=at)
    return employee
