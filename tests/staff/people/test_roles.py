"""setup_roles: the organisation of the register, and what managers changed since."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from staff.actions.roles import read_roles, set_up_roles
from staff.models import Event, OrgUnit, Position
from tests.factories.staff import NOON, permission

pytestmark = pytest.mark.django_db


def test_every_row_of_the_register_is_a_unit_or_a_post_exactly_once():
    set_up_roles(at=NOON)

    tables = (OrgUnit, Position)
    texts = [text for one in tables for text in one.objects.values_list("register_ids", flat=True)]
    rows = Counter(row for text in texts for row in text.split())
    wanted = {f"STF-{number:03}" for number in range(1, 96)} | {f"GOV-{number:03}" for number in range(1, 6)}
    assert set(rows) == wanted
    assert set(rows.values()) == {1}


def test_one_shop_head_has_all_the_names_of_the_top_post():
    set_up_roles(at=NOON)

    shop_head = Position.objects.get(name="店长")
    assert set(shop_head.aliases.split("、")) == {
        "运营总监",
        "电商运营经理",
        "电商总监",
        "部门经理",
        "部门主管",
        "部门负责人",
    }
    assert shop_head.is_head


def test_units_form_one_tree():
    set_up_roles(at=NOON)

    assert [unit.code for unit in OrgUnit.objects.filter(parent=None)] == ["company"]
    assert OrgUnit.objects.get(code="qianniu").parent.parent.parent.code == "company"


def test_setting_up_twice_changes_nothing():
    first = set_up_roles(at=NOON)
    events = Event.objects.count()
    again = set_up_roles(at=NOON)

    assert first.units["new"] == 27
    assert first.posts["new"] == 41
    assert (again.units["new"], again.posts["new"], again.granted, again.taken) == (0, 0, 0, 0)
    assert Event.objects.count() == events


def test_what_managers_renamed_granted_and_took_away_stays():
    set_up_roles(at=NOON)
    service = Position.objects.get(code="service")
    service.name = "在线客服"
    service.save()
    service.group.permissions.remove(permission("orders.hold_order"))
    service.group.permissions.add(permission("staff.view_event"))

    set_up_roles(at=NOON)

    service.refresh_from_db()
    held = set(service.group.permissions.values_list("codename", flat=True))
    assert service.name == "在线客服"
    assert "hold_order" not in held
    assert "view_event" in held


def test_a_permission_a_department_declares_later_is_granted_once():
    set_up_roles(at=NOON)
    service = Position.objects.get(code="service")
    late = permission("orders.hold_order")
    service.group.permissions.remove(late)
    service.offered.remove("orders.hold_order")  # as if it had not existed at the first set-up
    service.save()

    assert set_up_roles(at=NOON).granted == 1
    assert late in service.group.permissions.all()

    service.group.permissions.remove(late)
    assert set_up_roles(at=NOON).granted == 0


def test_reset_brings_everything_back():
    set_up_roles(at=NOON)
    service = Position.objects.get(code="service")
    service.name, service.duties = "在线客服", ""
    service.save()
    service.group.permissions.set([permission("staff.view_event")])

    result = set_up_roles(at=NOON, reset=True)

    service.refresh_from_db()
    assert service.name == "客服"
    assert service.duties
    assert not service.group.permissions.filter(codename="view_event").exists()
    assert result.posts["reset"] == 1
    assert result.taken == 1
    assert Event.objects.filter(verb="staff.organisation_reset").count() == 1


def test_confirming_orders_is_customer_services_work_and_payments_are_finances():
    roles = read_roles()

    assert "orders.review_order" in roles["service"]
    assert "orders.confirm_payment" not in roles["service"]
    assert "orders.confirm_payment" in roles["finance"]
    assert "orders.review_order" not in roles["finance"]
    assert "orders.review_order" in roles["operations-specialist"]
    assert "warehouse.pack_note" in roles["warehouse"]
    assert "orders.review_order" not in roles["warehouse"]


def test_every_permission_of_the_table_exists():
    assert set_up_roles(at=NOON).unknown == []


def test_every_permission_a_department_names_belongs_to_some_post():
    from django.contrib.auth.models import Permission

    from staff.queries.permissions import DEPARTMENTS, STANDARD

    set_up_roles(at=NOON)
    ours = Permission.objects.filter(content_type__app_label__in=DEPARTMENTS, group=None).select_related("content_type")
    named = [one for one in ours if one.codename not in {f"{verb}_{one.content_type.model}" for verb in STANDARD}]

    assert [one.codename for one in named] == []


def test_the_command_answers_with_one_json_object_as_its_last_line():
    out = StringIO()
    call_command("setup_roles", "--json", stdout=out, stderr=StringIO())

    answer = json.loads(out.getvalue().strip().splitlines()[-1])
    assert answer["posts"] == {"new": 41, "kept": 0, "reset": 0}
    assert answer["permissions"]["granted"] > 500
    assert isinstance(answer["warnings"], list)


def test_the_demo_logins_are_printed_with_their_posts():
    from staff.actions.people import make_demo_people

    set_up_roles(at=NOON)
    make_demo_people(at=NOON)
    text, out = StringIO(), StringIO()
    call_command("demo_logins", stdout=text)
    call_command("demo_logins", "--json", stdout=out)

    assert "shopops-demo" in text.getvalue()
    assert "chenjing" in text.getvalue()
    logins = {row["login"]: row["post"] for row in json.loads(out.getvalue())["logins"]}
    assert logins["lina"] == "客服"
    assert logins["wangqiang"] == "仓储专员"
    assert logins["zhaomin"] == "数据分析员"
