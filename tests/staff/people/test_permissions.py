"""Who may do what: the matrix, its sheet, and the person's page."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from django.utils import translation

from staff.queries.permissions import blocks_of, matrix, right_of
from tests.factories.staff import EmployeeFactory, employee_with, make_cast, permission, post_with

pytestmark = pytest.mark.django_db


def test_the_matrix_shows_every_role_under_its_unit_and_every_permission_that_matters():
    make_cast()
    found = matrix()

    assert len(found.roles) == 41
    assert sum(span for _unit, span in found.units) == 41
    names = {right.name for block in found.blocks for right in block.rights}
    assert {"orders.review_order", "warehouse.pack_note", "staff.open_admin"} <= names
    assert "orders.delete_orderline" not in names, "no page asks for it and nobody has it"


def test_the_matrix_says_who_holds_what():
    make_cast()
    found = matrix(unit="service", app="orders")

    assert [block.app for block in found.blocks] == ["orders"]
    review = permission("orders.review_order").pk
    assert {str(role.post): review in role.holds for role in found.roles} == {
        "客服主管": True,
        "客服": True,
        "售前客服": True,
        "售后客服": False,
        "投诉处理": False,
    }


def test_roles_nobody_holds_can_be_left_out():
    make_cast()

    assert {str(role.post) for role in matrix(held_only=True).roles} >= {"店长", "客服", "仓储专员"}
    assert "董事长" not in {str(role.post) for role in matrix(held_only=True).roles}


def test_permissions_are_called_in_both_languages():
    view, named = permission("staff.view_employee"), permission("staff.open_admin")

    assert [right_of(view).label, right_of(named).label] == ["查看员工", "进入管理后台"]
    with translation.override("en"):
        assert [right_of(view).label, right_of(named).label] == ["See employees", "Open the admin site"]


def test_the_matrix_takes_the_same_number_of_queries_for_one_role_and_for_three(django_assert_num_queries):
    post_with("staff.view_event")
    list(blocks_of())  # reads the addresses once
    with django_assert_num_queries(3):
        matrix()
    for code, name in (("presale", "售前客服"), ("warehouse", "仓储专员")):
        post_with("staff.view_event", code=code, name=name)
    with django_assert_num_queries(3):
        matrix()


def test_the_sheet_has_the_rows_and_columns_of_the_page(client):
    cast = make_cast()
    client.force_login(cast["chenjing"])

    page = client.get("/people/permissions/?unit=service&app=orders")
    sheet = client.get("/people/permissions/sheet/?unit=service&app=orders")

    book = openpyxl.load_workbook(BytesIO(b"".join(sheet.streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][3:] == ("客服主管", "客服", "售前客服", "售后客服", "投诉处理")
    marks = {row[2]: [cell == "●" for cell in row[3:]] for row in rows[1:]}
    assert marks["orders.review_order"] == [True, True, True, False, False]
    assert page.content.decode().count('title="orders.') == len(rows) - 1


def test_odd_questions_get_the_whole_matrix(client):
    cast = make_cast()
    client.force_login(cast["chenjing"])

    for query in ("app=nothing", "unit=%00", "held=x&app=", "unit=" + "x" * 3000):
        assert client.get(f"/people/permissions/?{query}").status_code == 200


def test_a_persons_page_says_what_they_may_do_and_by_which_post(client):
    cast = make_cast()
    client.force_login(cast["chenjing"])

    text = client.get(f"/people/{cast['lina'].pk}/").content.decode()

    assert "客服人员" in text, "the other names of the post"
    assert "任命岗位" in text, "the history"
    assert "云杉:小娜" in text


def test_everybody_sees_their_own_page_and_nobody_elses(client):
    lina, sunyue = EmployeeFactory(), EmployeeFactory(username="sunyue", name="孙悦")
    client.force_login(lina)

    assert "李娜" in client.get("/profile/").content.decode()
    assert client.get(f"/people/{sunyue.pk}/").status_code == 403


def test_the_list_of_people_takes_the_same_number_of_queries_for_one_person_and_for_three(
    client, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(employee_with("staff.view_employee", name="陈静", username="chenjing"))
    client.get("/people/")
    with CaptureQueriesContext(connection) as one:
        assert client.get("/people/").status_code == 200
    for login in ("lina", "sunyue"):
        EmployeeFactory(username=login, name="李娜")
    with CaptureQueriesContext(connection) as three:
        assert "sunyue" in client.get("/people/").content.decode()
    assert len(three) == len(one)


@pytest.mark.parametrize("words", ["李", "lina", "ln", "LINA", "T0", "li na"])
def test_people_are_found_by_name_pinyin_initials_and_number(client, words):
    client.force_login(employee_with("staff.view_employee", name="陈静", username="chenjing", employee_number="A1"))
    EmployeeFactory(username="xiaona", name="李娜", employee_number="T001")

    assert "xiaona" in client.get("/people/", {"q": words}).content.decode()


def test_a_password_is_changed_by_its_owner_and_other_sessions_end(client, django_user_model):
    from django.test import Client

    lina = EmployeeFactory()
    lina.set_password("shopops-demo")
    lina.save()
    elsewhere = Client()
    client.force_login(lina)
    elsewhere.force_login(lina)
    new = "紫藤-7421-云杉"

    refused = client.post("/profile/password/", {"old_password": "x", "new_password1": new, "new_password2": new})
    assert refused.status_code == 422
    right = {"old_password": "shopops-demo", "new_password1": new, "new_password2": new}
    done = client.post("/profile/password/", right)

    assert done.status_code == 302
    assert client.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
