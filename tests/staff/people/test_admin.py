"""The admin site: managers compose the house there, within what they may do themselves."""

from __future__ import annotations

import pytest
from django.utils import translation

from shopops.kit.clock import now, shop_day
from staff.models import Appointment, CalendarDay, Employee, Event, OrgUnit, Position
from tests.factories.staff import EmployeeFactory, OrgUnitFactory, PositionFactory, make_cast, permission, post_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def chenjing(client, cast):
    client.force_login(cast["chenjing"])
    return client


@pytest.fixture
def admin(client):
    client.force_login(Employee.objects.create_superuser("admin", "x", name="管理员"))
    return client


def employee_form(employee, **changes):
    """Return what the browser posts for an employee as they are, with changes."""
    held = list(employee.appointments.all())
    values = {
        "name": employee.name,
        "employee_number": employee.employee_number,
        "unit": employee.unit_id or "",
        "username": employee.username,
        "hired_on": "2025-03-01",
        "left_on": "",
        "is_active": "on",
        "appointments-TOTAL_FORMS": len(held),
        "appointments-INITIAL_FORMS": len(held),
        "sub_accounts-TOTAL_FORMS": 0,
        "sub_accounts-INITIAL_FORMS": 0,
    }
    for place, one in enumerate(held):
        values |= {
            f"appointments-{place}-id": one.pk,
            f"appointments-{place}-employee": employee.pk,
            f"appointments-{place}-position": one.position_id,
            f"appointments-{place}-since": one.since.isoformat(),
            f"appointments-{place}-until": one.until.isoformat() if one.until else "",
        }
    return values | changes


def post_form(post, permissions, **changes):
    """Return what the browser posts for a post, with these permissions ticked."""
    return {
        "code": post.code,
        "name": post.name,
        "name_en": post.name_en,
        "aliases": post.aliases,
        "unit": post.unit_id,
        "is_used": "on",
        "position": post.position,
        "duties": post.duties,
        "duties_en": post.duties_en,
        "permissions": [one.pk for one in permissions],
        "weights-TOTAL_FORMS": 0,
        "weights-INITIAL_FORMS": 0,
    } | changes


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_the_admin_site_opens_in_both_languages(admin, language):
    from django.contrib.admin import site
    from django.urls import reverse

    EmployeeFactory()
    PositionFactory()
    CalendarDay.objects.create(day="2026-11-21", is_working_day=True)
    with translation.override(language):
        for model in site._registry:
            if model._meta.app_label != "staff":
                continue
            name = f"admin:staff_{model._meta.model_name}"
            assert admin.get(reverse(f"{name}_changelist")).status_code == 200
            for thing in model.objects.all()[:1]:
                assert admin.get(reverse(f"{name}_change", args=[thing.pk])).status_code == 200


def test_appointing_in_the_admin_gives_the_rights_and_leaves_an_event(chenjing, cast):
    lina, finance = cast["lina"], Position.objects.get(code="finance")
    new = {
        "appointments-TOTAL_FORMS": 2,
        "appointments-1-employee": lina.pk,
        "appointments-1-position": finance.pk,
        "appointments-1-since": shop_day(now()).isoformat(),
        "appointments-1-until": "",
    }

    answer = chenjing.post(f"/admin/staff/employee/{lina.pk}/change/", employee_form(lina, **new, name="李娜娜"))

    assert answer.status_code == 302
    lina = Employee.objects.get(pk=lina.pk)
    assert lina.has_perm("orders.confirm_payment")
    event = Event.objects.filter(subject_type="staff.Employee", subject_id=lina.pk).latest("pk")
    assert (event.verb, event.by) == ("staff.changed", cast["chenjing"])
    assert event.changes["name"] == ["李娜", "李娜娜"]
    assert event.changes["appointments"][1] == ["李娜娜 · 财务人员"]


def test_nobody_appoints_themselves(chenjing, cast):
    me, manager = cast["chenjing"], Position.objects.get(code="general-manager")
    new = {
        "appointments-TOTAL_FORMS": 2,
        "appointments-1-employee": me.pk,
        "appointments-1-position": manager.pk,
        "appointments-1-since": "2026-11-01",
    }
    chenjing.post(f"/admin/staff/employee/{me.pk}/change/", employee_form(me, **new))

    assert not Appointment.objects.filter(employee=me, position=manager).exists()


def test_a_manager_cannot_make_an_administrator_or_change_one(chenjing, cast):
    lina, admin = cast["lina"], cast["admin"]

    chenjing.post(f"/admin/staff/employee/{lina.pk}/change/", employee_form(lina, is_superuser="on"))
    assert not Employee.objects.get(pk=lina.pk).is_superuser
    assert chenjing.post(f"/admin/staff/employee/{admin.pk}/change/", employee_form(admin)).status_code == 403


def test_a_password_is_set_only_for_who_may_not_do_more(client, cast):
    client.force_login(cast["xujing"])
    new = {"password1": "紫藤-7421-云杉", "password2": "紫藤-7421-云杉", "usable_password": "true"}

    assert client.post(f"/admin/staff/employee/{cast['chenjing'].pk}/password/", new).status_code == 403
    assert client.post(f"/admin/staff/employee/{cast['mating'].pk}/password/", new).status_code == 403
    plain = EmployeeFactory(username="newcomer", name="新人")
    assert client.post(f"/admin/staff/employee/{plain.pk}/password/", new).status_code == 302
    assert Employee.objects.get(pk=plain.pk).check_password("紫藤-7421-云杉")
    assert Event.objects.filter(verb="staff.password_changed", subject_id=plain.pk).count() == 1


def test_what_a_post_may_do_is_ticked_in_words_and_leaves_an_event(chenjing, cast):
    service = Position.objects.get(code="service")
    have = set(service.group.permissions.all())
    assert "查看员工" in chenjing.get(f"/admin/staff/position/{service.pk}/change/").content.decode()

    wanted = (have - {permission("orders.hold_order")}) | {permission("staff.view_employee")}
    answer = chenjing.post(f"/admin/staff/position/{service.pk}/change/", post_form(service, wanted))

    assert answer.status_code == 302
    assert set(service.group.permissions.all()) == wanted
    event = Event.objects.get(verb="staff.role_changed")
    assert event.changes == {"permissions": [["orders.hold_order"], ["staff.view_employee"]]}
    assert not Employee.objects.get(pk=cast["lina"].pk).has_perm("orders.hold_order")


def test_nobody_grants_what_they_may_not_do_themselves(client):
    narrow = post_with("staff.open_admin", "staff.view_position", "staff.change_position", code="hr", name="人事")
    xujing = EmployeeFactory(username="xujing", name="徐静")
    xujing.groups.add(narrow.group)
    client.force_login(xujing)
    service = post_with("orders.view_order")

    answer = client.post(
        f"/admin/staff/position/{service.pk}/change/",
        post_form(service, [permission("orders.view_order"), permission("orders.review_order")]),
    )

    assert answer.status_code == 200
    assert "不能授予自己没有的权限" in answer.content.decode()
    assert [one.codename for one in service.group.permissions.all()] == ["view_order"]


def test_a_renamed_post_keeps_its_role_and_a_taken_name_is_refused(admin):
    service = post_with("orders.view_order")
    post_with(code="presale", name="售前客服")

    admin.post(f"/admin/staff/position/{service.pk}/change/", post_form(service, [], name="在线客服"))
    service.refresh_from_db()
    assert service.group.name == "在线客服"
    answer = admin.post(f"/admin/staff/position/{service.pk}/change/", post_form(service, [], name="售前客服"))
    assert "已有同名岗位" in answer.content.decode()


def test_posts_of_the_register_are_put_out_of_use_not_deleted(admin):
    kept = post_with(register_ids="STF-041")
    own = post_with(code="own", name="驻店")

    assert admin.post(f"/admin/staff/position/{kept.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.post(f"/admin/staff/position/{own.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Event.objects.get(verb="staff.removed").subject_label == "驻店"


def test_a_unit_cannot_be_put_below_itself(admin):
    top = OrgUnitFactory(code="company", name="公司")
    below = OrgUnitFactory(code="hr", name="人力资源部", parent=top)
    values = {"code": "company", "name": "公司", "name_en": "Company", "parent": below.pk, "position": 0}

    answer = admin.post(f"/admin/staff/orgunit/{top.pk}/change/", values)

    assert answer.status_code == 200
    assert OrgUnit.objects.get(pk=top.pk).parent is None


def test_a_calendar_day_is_added_with_an_event(admin):
    admin.post("/admin/staff/calendarday/add/", {"day": "2026-11-21", "is_working_day": "on", "note": "补班"})

    assert CalendarDay.objects.get().note == "补班"
    assert Event.objects.get().verb == "staff.added"


def test_people_without_the_permission_do_not_see_the_admin_site(client, cast):
    client.force_login(cast["lina"])

    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/staff/employee/").status_code == 302


def test_employees_are_never_deleted(admin):
    lina = EmployeeFactory()

    assert admin.post(f"/admin/staff/employee/{lina.pk}/delete/", {"post": "yes"}).status_code == 403
