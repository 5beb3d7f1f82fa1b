"""Logging in and out."""

from __future__ import annotations

import pytest

from tests.factories.staff import EmployeeFactory

pytestmark = pytest.mark.django_db
GOOD = {"username": "lina", "password": "correct horse 8"}


@pytest.fixture(autouse=True)
def li_na(db):
    person = EmployeeFactory(username="lina", name="李娜")
    person.set_password(GOOD["password"])
    person.save()
    return person


def test_the_right_password_lets_in_and_leads_on(client):
    assert client.post("/login/", GOOD)["Location"] == "/"
    assert client.get("/login/?next=/jobs/")["Location"] == "/jobs/"
    assert "李娜" in client.get("/").content.decode()


def test_the_page_asked_for_first_is_opened_after_the_login_but_never_another_site(client):
    assert client.get("/jobs/?tab=open")["Location"] == "/login/?next=/jobs/%3Ftab%3Dopen"
    assert client.post("/login/", {**GOOD, "next": "/jobs/?tab=open"})["Location"] == "/jobs/?tab=open"
    client.post("/logout/")
    assert client.post("/login/", {**GOOD, "next": "https://elsewhere.example/"})["Location"] == "/"


def test_a_wrong_password_is_said_and_does_not_say_which_half_was_wrong(client):
    wrong = client.post("/login/", {**GOOD, "password": "x"}).content.decode()
    nobody = client.post("/login/", {**GOOD, "username": "nobody"}).content.decode()

    assert "登录名或密码不正确" in wrong
    assert "登录名或密码不正确" in nobody


def test_eight_wrong_passwords_lock_the_name_and_say_for_how_long(client):
    for _attempt in range(8):
        answer = client.post("/login/", {**GOOD, "password": "x"})

    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    assert client.post("/login/", GOOD).status_code == 429


def test_somebody_who_has_left_gets_in_no_more(client, li_na):
    li_na.is_active = False
    li_na.save()

    assert client.post("/login/", GOOD).status_code == 200


def test_logging_out_ends_the_session(client):
    client.post("/login/", GOOD)

    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/")["Location"].startswith("/login/")


def test_a_swap_in_the_background_after_the_session_ended_reloads_the_page(client):
    answer = client.get("/pulse/", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer["HX-Refresh"] == "true"
