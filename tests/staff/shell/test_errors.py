"""When something is not possible: the page says why and what to do next, in the person's language."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from shopops.kit.middleware import is_database_away
from tests.kit.lists.conftest import listed  # noqa: F401 -- pages that fail on purpose

pytestmark = pytest.mark.django_db


@pytest.fixture
def forgiving(client, li_na) -> Client:
    """A browser that is shown the error page, as people are."""
    client.raise_request_exception = False
    client.force_login(li_na, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_address_where_nothing_is(forgiving):
    answer = forgiving.get("/nowhere/")

    assert answer.status_code == 404
    assert "此地址没有内容" in answer.content.decode()
    assert "本次请求编号" in answer.content.decode()


def test_a_page_of_another_role(forgiving):
    answer = forgiving.get("/people/")

    assert answer.status_code == 403
    assert "staff.view_employee" in answer.content.decode()


def test_the_error_pages_speak_english_too(forgiving):
    forgiving.cookies["django_language"] = "en"

    assert "There is nothing at this address" in forgiving.get("/nowhere/").content.decode()


def test_a_form_that_has_been_open_too_long(li_na):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(li_na, backend="django.contrib.auth.backends.ModelBackend")

    answer = strict.post("/notifications/reading/")

    assert answer.status_code == 403
    assert "页面打开太久" in answer.content.decode()


@pytest.mark.usefixtures("listed")
def test_an_error_of_ours_tells_the_number_and_nothing_of_the_inside(forgiving, li_na):
    give(li_na, "staff.view_employee")
    answer = forgiving.get("/kit/broken/")

    assert answer.status_code == 500
    assert "系统出错了" in answer.content.decode()
    assert "on purpose" not in answer.content.decode()


@pytest.mark.usefixtures("listed")
def test_a_refusal_nobody_caught_becomes_a_page_a_message_or_a_toast(forgiving, li_na):
    give(li_na, "staff.view_employee")

    page = forgiving.get("/kit/refusing/")
    assert page.status_code == 409
    assert "王强刚刚改过这张单。" in page.content.decode()

    back = forgiving.post("/kit/refusing/", headers={"Referer": "http://testserver/kit/people/"})
    assert back["Location"] == "http://testserver/kit/people/"
    assert "王强刚刚改过这张单。" in forgiving.get("/kit/people/").content.decode()

    foreign = forgiving.post("/kit/refusing/", headers={"Referer": "https://elsewhere.example/"})
    assert foreign.status_code == 409

    toast = forgiving.get("/kit/refusing/", headers={"HX-Request": "true"})
    assert toast.status_code == 409
    assert toast["HX-Reswap"] == "none"
    assert "toast" in toast["HX-Trigger"]


def test_a_database_that_is_away_is_said_without_asking_it(forgiving, settings, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", gone)

    answer = forgiving.get("/")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "数据库暂无响应" in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    swap = forgiving.get("/pulse/", headers={"HX-Request": "true"})
    assert swap.status_code == 503
    assert "toast" in swap["HX-Trigger"]


def test_only_a_lost_connection_counts_as_away():
    statement = OperationalError("deadlock")
    statement.__cause__ = type("Deadlock", (Exception,), {"sqlstate": "40P01"})()
    shutdown = OperationalError("terminating")
    shutdown.__cause__ = type("Shutdown", (Exception,), {"sqlstate": "57P01"})()

    assert is_database_away(OperationalError("could not connect"))
    assert is_database_away(InterfaceError("connection already closed"))
    assert is_database_away(shutdown)
    assert not is_database_away(statement)
    assert not is_database_away(ValueError())


def test_a_shell_for_htmx_answers_with_a_toast(forgiving):
    answer = forgiving.get("/nowhere/", headers={"HX-Request": "true"})

    assert answer.status_code == 404
    assert "toast" in answer["HX-Trigger"]


def give(employee, name: str) -> None:
    from tests.factories.staff import permission

    employee.user_permissions.add(permission(name))
