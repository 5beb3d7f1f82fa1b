"""Pages of complaints and buyers: bad input is an answer, the questions to the database do not grow with the rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from service.models import Complaint
from staff.models import Employee
from tests.factories.buyers import a_buyer
from tests.factories.complaints import a_complaint, a_handled_complaint, a_review
from tests.factories.staff import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chenjing() -> Employee:
    return EmployeeFactory(username="chenjing", name="陈静", is_superuser=True)


@pytest.fixture
def desk(client: Client, chenjing: Employee) -> Client:
    client.force_login(chenjing, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("page", ["complaints", "buyers", "reviews"])
def test_a_list_asks_as_much_for_three_rows_as_for_one(desk, chenjing, page):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"/service/{page}/?tab=all").status_code == 200
        return len(queries)

    a_complaint(chenjing)
    a_review()
    asked()
    one = asked()
    for nick in ("甲", "乙"):
        a_complaint(chenjing, buyer=a_buyer(nick))
        a_review(buyer=a_buyer(nick))
    assert asked() == one


def test_a_complaint_is_taken_in_from_a_buyer(desk):
    buyer, shop = a_buyer(), ShopFactory()
    assert buyer.nick not in desk.get(f"/service/complaints/new/?buyer={buyer.pk}").content.decode()
    posted = {"buyer": buyer.pk, "shop": shop.pk, "source": "chat", "severity": "minor", "text": "破洞"}
    assert desk.post("/service/complaints/new/", posted).status_code == 200
    assert not Complaint.objects.exists()
    desk.post("/service/complaints/new/", {**posted, "apologised": "on"})
    assert Complaint.objects.get().buyer == buyer


@pytest.mark.parametrize("query", ["?buyer=x&order=%00&conversation=99999999999999999999", "?order=1e9", ""])
def test_an_address_that_names_nothing_opens_an_empty_form(desk, query):
    assert desk.get(f"/service/complaints/new/{query}").status_code == 200


def test_a_deed_that_is_refused_is_said_and_changes_nothing(desk, chenjing):
    complaint = a_handled_complaint(chenjing)
    page = f"/service/complaint/{complaint.number}/"
    for one, posted in (("revisit", {"rating": "9"}), ("confirmation", {}), ("passing", {"to": "x\0"}), ("reply", {})):
        assert desk.post(f"{page}{one}/", posted).status_code == 302
    complaint.refresh_from_db()
    assert complaint.state == "handling"
    assert desk.get(page).status_code == 200


@pytest.mark.parametrize("query", ["", "?first=x&last=2026-13-40", "?first=2026-11-20&last=2026-01-01"])
def test_the_analysis_opens_for_any_span(desk, chenjing, query):
    a_handled_complaint(chenjing)
    assert desk.get(f"/service/complaints/analysis/{query}").status_code == 200


def test_a_buyers_page_hides_personal_data_until_a_reason_is_given(desk):
    buyer = a_buyer("tb_zhangmin", phone="13812341234", name="张敏")
    page = desk.get(f"/service/buyer/{buyer.pk}/").content.decode()
    assert "13812341234" not in page
    assert "tb_zhangmin" not in page
    shown = desk.post(f"/service/buyer/{buyer.pk}/personal/", {"reason": "回访"}).content.decode()
    assert "13812341234" in shown
