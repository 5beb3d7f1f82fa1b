"""The frame of every page: menu by permission, bell, job tray, language, and a queue that is away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopops.kit.clock import now
from shopops.kit.navigation import FINDERS, Finder, Hit
from staff.actions.events import notify
from staff.models import JobRun, Notification
from staff.states import JobState
from staff.views import shell
from tests.factories.staff import permission

pytestmark = pytest.mark.django_db


def test_the_menu_shows_what_somebody_may_open(hers, li_na):
    before = hers.get("/").content.decode()
    li_na.user_permissions.add(permission("staff.view_employee"))
    after = hers.get("/").content.decode()

    assert 'href="/people/"' not in before
    assert 'href="/people/"' in after
    assert 'href="/" aria-current="page"' in after


def test_the_menu_is_drawn_once_however_many_documents_are_opened(hers, li_na):
    li_na.user_permissions.add(permission("staff.view_employee"))
    hers.get("/people/")
    drawn = len(shell._menus)
    for number in range(5):
        hers.get(f"/people/{li_na.pk + number}/")

    assert len(shell._menus) == drawn


def test_the_frame_costs_few_queries(hers):
    hers.get("/notifications/")
    with CaptureQueriesContext(connection) as queries:
        hers.get("/notifications/")

    assert len(queries) <= 5  # session, person, two for permissions, the page's own


def test_the_pulse_tells_what_is_new(hers, li_na):
    notify([li_na], "test", "12 个包裹未揽收", at=now(), url="/people/")
    JobRun.objects.create(job="lists.export", asked_by=li_na, asked_at=now(), state=JobState.RUNNING, done=3, total=12)

    pulse = hers.get("/pulse/").content.decode()

    assert 'id="bell-count" hx-swap-oob="true">1<' in pulse
    assert 'value="25"' in pulse
    assert "every 2s" in pulse
    assert 'id="bell-count">1<' in hers.get("/").content.decode(), "the next page knows it at once"


def test_the_pulse_slows_down_when_nothing_runs(hers, li_na):
    JobRun.objects.create(job="lists.export", asked_by=li_na, asked_at=now() - timedelta(days=2), state=JobState.DONE)

    pulse = hers.get("/pulse/").content.decode()

    assert "every 45s" in pulse
    assert "<details" not in pulse


def test_ended_work_is_put_away_and_only_ones_own(hers, li_na):
    own = JobRun.objects.create(
        job="lists.export", asked_by=li_na, asked_at=now(), finished_at=now(), state=JobState.DONE
    )
    other = JobRun.objects.create(job="lists.export", asked_at=now(), finished_at=now(), state=JobState.DONE)

    hers.post(f"/tray/{own.pk}/putting-away/")
    hers.post(f"/tray/{other.pk}/putting-away/")

    own.refresh_from_db()
    other.refresh_from_db()
    assert own.seen_at
    assert not other.seen_at


def test_news_are_read_one_by_one_or_all_together(hers, li_na):
    notify([li_na], "test", "导出完成", at=now(), url="/jobs/")
    notify([li_na], "test", "请签收排班", at=now())
    first = Notification.objects.get(text="导出完成")

    answer = hers.post("/notifications/reading/", {"id": first.pk})
    assert answer["Location"] == "/jobs/"
    assert Notification.objects.filter(read_at=None).count() == 1

    hers.post("/notifications/reading/")
    assert not Notification.objects.filter(read_at=None).exists()
    assert "请签收排班" in hers.get("/notifications/").content.decode()


def test_the_language_is_the_one_chosen_and_not_the_browsers(client):
    assert "登录" in client.get("/login/", headers={"Accept-Language": "en"}).content.decode()

    answer = client.post("/language/", {"language": "en", "next": "/login/?next=/jobs/"})
    assert answer["Location"] == "/login/?next=/jobs/"
    page = client.get("/login/")
    assert "Log in" in page.content.decode()
    assert page["Content-Language"] == "en"

    client.post("/language/", {"language": "tlh", "next": "https://elsewhere.example/"})
    assert "Log in" in client.get("/login/").content.decode()


def test_the_language_switch_leads_to_no_other_site(client):
    assert client.post("/language/", {"language": "en", "next": "//elsewhere.example/x"})["Location"] == "/"


def test_a_queue_that_is_away_is_said_on_every_page(hers, settings):
    settings.RQ_QUEUES = {"default": {"URL": "redis://127.0.0.1:1/0"}, "high": {"URL": "redis://127.0.0.1:1/0"}}

    assert "后台队列暂无响应" in hers.get("/").content.decode()


def test_search_opens_the_only_exact_hit_and_lists_the_others(hers, monkeypatch, li_na):
    finders = {
        "test.orders": Finder(
            "test.orders",
            "订单",
            "",
            lambda text, by: [Hit("4087", "/notifications/", exact=True)] if text == "4087" else [],
        ),
        "test.people": Finder(
            "test.people", "人员", "", lambda text, by: [Hit("李娜", "/profile/"), Hit("李宁", "/x/")] * 8
        ),
        "test.secret": Finder("test.secret", "机密", "staff.view_employee", lambda text, by: [Hit("工资", "/y/")]),
    }
    monkeypatch.setattr(FINDERS, "_things", finders)

    assert hers.get("/search/?q=4087")["Location"] == "/notifications/"
    page = hers.get("/search/?q=李").content.decode()
    assert page.count('href="/profile/"') == 5 + page.count('href="/profile/">李娜</b>')
    assert "机密" not in page
    part = hers.get("/search/?q=nobody%00", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert hers.get("/search/").status_code == 200
