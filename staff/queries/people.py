"""Who works here, who may do what, and by which post."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import Permission
from django.db.models import Prefetch, Q, QuerySet

from shopops.kit.lists.declarations import Reader, Row
from staff.models import Appointment, Employee, Position


def people_who_may(permission: str) -> QuerySet[Employee]:
    """Return everybody who may log in and has a permission, by a post, by themselves, or as an administrator."""
    app, _dot, codename = permission.partition(".")
    rights = Permission.objects.filter(content_type__app_label=app, codename=codename)
    by_post = Employee.groups.through.objects.filter(group__permissions__in=rights).values("employee_id")
    by_self = Employee.user_permissions.through.objects.filter(permission__in=rights).values("employee_id")
    may = Q(is_superuser=True) | Q(pk__in=by_post) | Q(pk__in=by_self)
    return Employee.objects.filter(may, is_active=True)


def held_positions(employee: Employee, *, on: date) -> list[Position]:
    """Return the posts an employee holds on a day, in the order of the organisation."""
    held = Appointment.objects.filter(holds_on(on), employee=employee).values("position")
    return list(Position.objects.filter(pk__in=held).select_related("unit", "group"))


def holds_on(day: date) -> Q:
    """Return the condition for appointments in force on a day."""
    return Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))


def listed_people(_reader: Reader) -> QuerySet[Employee]:
    """Return the rows of the page of people."""
    return Employee.objects.all()


def matching_people(text: str) -> Q:
    """Return the condition for the search box: name, pinyin, initials, number or login name begin so."""
    words = "".join(text.lower().split())
    return (
        Q(name__startswith=text.strip())
        | Q(name_pinyin__startswith=words)
        | Q(name_initials__startswith=words)
        | Q(employee_number__istartswith=text.strip())
        | Q(username__istartswith=text.strip())
    )


def add_posts(rows: list[Row], reader: Reader) -> None:
    """Put the posts, the unit and the sub-accounts on the rows of a page; one query each."""
    ids = [row["id"] for row in rows]
    people = Employee.objects.select_related("unit").prefetch_related(_current(reader.at.date()), "sub_accounts")
    found = {person.pk: person for person in people.filter(pk__in=ids)}
    for row in rows:
        person = found[row["id"]]
        row["posts"] = [str(one.position) for one in person.current]  # type: ignore[attr-defined]  # prefetched
        row["unit_name"] = str(person.unit) if person.unit else ""
        row["nicks"] = [account.nick for account in person.sub_accounts.all()]


@dataclass(frozen=True)
class Right:
    """Something an employee may do, and the posts that allow it; none means it was given to them alone."""

    permission: str
    posts: tuple[str, ...]


def rights_of(employee: Employee) -> list[Right]:
    """Return what an employee may do and why; an administrator may do everything, which is not listed."""
    by_permission: dict[str, list[str]] = {}
    groups = employee.groups.select_related("post").prefetch_related("permissions__content_type")
    for group in groups:
        post = getattr(group, "post", None)
        for permission in group.permissions.all():
            name = f"{permission.content_type.app_label}.{permission.codename}"
            by_permission.setdefault(name, []).append(str(post or group))
    for permission in employee.user_permissions.select_related("content_type"):
        by_permission.setdefault(f"{permission.content_type.app_label}.{permission.codename}", [])
    return [Right(name, tuple(posts)) for name, posts in sorted(by_permission.items())]


def _current(day: date) -> Prefetch[str, QuerySet[Appointment], str]:
    held = Appointment.objects.filter(holds_on(day)).select_related("position").order_by("position__position")
    return Prefetch("appointments", queryset=held, to_attr="current")


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Return id → name of employees; one query."""
    return dict(Employee.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def may_take_over(asker: Employee, employee: Employee) -> bool:
    """Say whether `asker` may set the password of `employee`: of nobody who may do more than they."""
    if asker.is_superuser or asker.pk == employee.pk:
        return True
    return not employee.is_superuser and employee.get_all_permissions() <= asker.get_all_permissions()
