"""Every address asks for a permission, and one readable table says who gets in.

The table is `permissions.txt` beside this file. After a change of addresses or roles write it anew and read the
difference: `WRITE_PERMISSIONS=1 ./dev test tests/architecture/test_addresses.py`.

A request with a method that no view takes comes as far as the view's own check of methods: 405 says that the
permission was there, 403 that it was not, and nothing is changed by asking.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from shopops.kit.access import ANYBODY, SIGNED_IN
from shopops.kit.addresses import Address, addresses
from staff.models import Employee, Position
from tests.factories.staff import make_cast

TABLE = Path(__file__).with_name("permissions.txt")
NOT_OURS = ("admin/", "__", "static/")
"""The admin site has permissions of its own, tested by Django and in tests/staff/people/test_admin.py."""
ANSWERS_BEFORE_THE_VIEWS = ("healthz",)

YES, NO, LOGIN = "●", "·", "→"
FILLED = {"int": "1", "str": "x", "slug": "x", "uuid": "0d1ce000-0000-4000-8000-000000000000", "path": "x"}


def ours() -> list[Address]:
    return [one for one in addresses() if not one.route.startswith(NOT_OURS)]


def path_of(address: Address) -> str:
    """Return the address with something in place of its parameters; the check of permissions looks at none."""

    def fill(found: re.Match[str]) -> str:
        kind, _colon, name = found[1].rpartition(":")
        return "2026-11-20" if name in {"day", "date"} else FILLED.get(kind, "2026-11-20" if "da" in kind else "1")

    return "/" + re.sub(r"<([^>]+)>", fill, address.route)


def test_every_address_asks_for_a_permission_that_exists(db):
    from django.contrib.auth.models import Permission

    there = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
    bare = [one.route for one in ours() if one.permission is None]
    unknown = [
        (one.route, one.permission) for one in ours() if one.permission not in there | {ANYBODY, SIGNED_IN, None}
    ]

    assert bare == [], "declare the view with @allowed(…)"
    assert unknown == []


def test_addresses_end_in_a_slash_and_have_a_name():
    odd = [one.route for one in ours() if not one.name or (one.route and not one.route.endswith(("/", "healthz")))]

    assert odd == []


def test_no_two_addresses_share_a_name():
    names = [one.name for one in ours()]

    assert sorted(name for name in set(names) if names.count(name) > 1) == []


@pytest.fixture
def roles(db) -> dict[str, Employee | AnonymousUser]:
    """Return one holder of each post of the cast, and nobody."""
    found: dict[str, Employee | AnonymousUser] = {"—": AnonymousUser()}
    cast = make_cast()
    posts = Position.objects.filter(appointments__employee__in=cast.values()).distinct().order_by("position")
    for post in posts:
        holder = Employee.objects.filter(positions=post, username__in=cast).order_by("pk").first()
        found["管理员" if holder.is_superuser else post.name] = holder
    return found


def answer(who: Employee | AnonymousUser, address: Address) -> str:
    """Knock at the view itself; what stands before the views asks for no permission."""
    if address.route in ANSWERS_BEFORE_THE_VIEWS:
        return YES
    request = RequestFactory().generic("PURGE", path_of(address))
    request.user = who
    try:
        status = address.view(request, **dict.fromkeys(address.parameters, "1")).status_code
    except PermissionDenied:
        return NO
    assert status in {302, 405}, f"{address.route} answered {status}: say its methods with require_GET and so on"
    return YES if status == 405 else LOGIN


def test_who_gets_in_where_is_what_the_table_says(roles):
    lines = [
        "# Who gets in where: every address × every post of the demo shop.",
        f"# {YES} gets in   {NO} is refused   {LOGIN} is sent to log in",
        "# After a change: WRITE_PERMISSIONS=1 ./dev test tests/architecture/test_addresses.py",
        "#",
        *(f"# {place:>2} {name}" for place, name in enumerate(roles, start=1)),
        "",
    ]
    heads = "".join(f"{place:>3}" for place in range(1, len(roles) + 1))
    department = None
    for address in sorted(ours(), key=lambda one: (one.name.split(":")[0], one.route)):
        if address.name.split(":")[0] != department:
            department = address.name.split(":")[0]
            lines += ["", f"{department:<96}{heads}"]
        marks = "".join(f"  {answer(who, address)}" for who in roles.values())
        lines.append(f"  /{address.route:<55} {address.permission or '':<37}{marks}")
    text = "\n".join(lines) + "\n"
    if os.environ.get("WRITE_PERMISSIONS"):
        TABLE.write_text(text, encoding="utf-8")

    assert text == TABLE.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_without_parameters_opens_for_the_administrator(db, language):
    make_cast()
    client = Client()
    client.force_login(Employee.objects.get(username="admin"))
    client.post("/language/", {"language": language, "next": "/"})
    broken = {}
    inline = re.compile(r"""<[a-z][^>]*\s(?:style|on[a-z]+)\s*=|<style|<script(?![^>]*\ssrc=)""")
    for address in ours():
        if address.parameters or address.route in ANSWERS_BEFORE_THE_VIEWS:
            continue
        found = client.get(path_of(address))
        if found.status_code not in {200, 302, 405}:
            broken[address.route] = found.status_code
        elif found.status_code == 200 and "html" in found.get("Content-Type", ""):
            hits = inline.findall(found.content.decode())
            if hits:
                broken[address.route] = hits[:3]

    assert broken == {}
