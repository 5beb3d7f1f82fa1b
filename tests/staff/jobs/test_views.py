"""The pages of jobs: mine are mine, files leave through a checked door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from staff.actions.events import notify
from staff.actions.housekeeping import forget_dead_sessions, forget_old_files, forget_old_news, forget_old_runs
from staff.models import Event, JobRun, Notification, ReportSnapshot
from staff.states import JobState
from tests.factories.staff import NOON, EmployeeFactory, JobRunFactory, employee_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def lina():
    return EmployeeFactory()


@pytest.fixture
def chenjing():
    return employee_with("staff.view_all_jobs", username="chenjing", name="陈静")


def exported(by, **values):
    run = JobRunFactory(asked_by=by, state=JobState.DONE, finished_at=NOON, file_name="待发货 11-20.csv", **values)
    run.file.save("out.csv", ContentFile("订单编号\n"), save=True)
    return run


def test_the_file_is_handed_to_who_asked_under_its_chinese_name(client, lina):
    run = exported(lina)
    client.force_login(lina)

    answer = client.get(f"/jobs/{run.pk}/file/")

    assert b"".join(answer.streaming_content).decode() == "订单编号\n"
    assert "attachment" in answer["Content-Disposition"]
    assert "11-20.csv" in answer["Content-Disposition"]
    assert not Event.objects.exists()


def test_a_colleagues_job_does_not_exist_for_others(client, lina):
    run = exported(lina)
    client.force_login(EmployeeFactory(username="sunyue", name="孙悦"))

    for path in ("", "progress/", "file/"):
        assert client.get(f"/jobs/{run.pk}/{path}").status_code == 404
    assert client.post(f"/jobs/{run.pk}/retrial/").status_code == 404


def test_a_manager_takes_the_file_of_others_and_leaves_an_event(client, lina, chenjing):
    run = exported(lina)
    client.force_login(chenjing)

    assert client.get(f"/jobs/{run.pk}/file/").getvalue()
    event = Event.objects.get()
    assert (event.verb, event.by, event.reason) == ("staff.file_taken", chenjing, "待发货 11-20.csv")


def test_a_file_that_is_gone_is_refused_with_a_sentence(client, lina):
    deleted, lost = exported(lina), exported(lina)
    deleted.file.delete(save=True)
    lost.file.storage.delete(lost.file.name)
    client.force_login(lina)

    for run in (deleted, lost):
        answer = client.get(f"/jobs/{run.pk}/file/")
        assert answer.status_code == 409
        assert "重新执行任务" in answer.content.decode()


def test_files_with_personal_data_are_deleted_in_time_and_the_job_stays(lina):
    from datetime import timedelta

    old, new = exported(lina), exported(lina)
    JobRun.objects.filter(pk=old.pk).update(finished_at=NOON - timedelta(days=31))

    assert forget_old_files(at=NOON) == 1
    old.refresh_from_db()
    assert not old.file
    assert old.file_name
    with new.file.open() as stream:
        assert stream.read()


def test_old_news_and_dead_sessions_are_forgotten(lina):
    from datetime import timedelta

    notify([lina], "x", "旧", at=NOON - timedelta(days=91))
    notify([lina], "x", "新", at=NOON)
    forget_dead_sessions()

    assert forget_old_news(at=NOON) == 1
    assert Notification.objects.get().text == "新"


def test_old_runs_are_forgotten_but_not_reports_and_not_what_the_clock_did(lina):
    long_ago = NOON - timedelta(days=181)
    old = {"asked_by": lina, "state": JobState.DONE, "finished_at": long_ago}
    JobRunFactory(**old)
    kept = [
        JobRunFactory(**{**old, "finished_at": NOON}),
        JobRunFactory(**{**old, "asked_by": None}, period="2026-01-01"),
        JobRunFactory(**{**old, "state": JobState.RUNNING, "finished_at": None}, asked_at=long_ago),
        JobRunFactory(**old),
    ]
    ReportSnapshot.objects.create(
        kind="daily", day=long_ago.date(), number="R-1", rows=[], job_run=kept[-1], made_at=long_ago
    )

    assert forget_old_runs(at=NOON) == 1
    assert set(JobRun.objects.all()) == set(kept)


def test_the_page_of_an_open_run_asks_for_its_progress_until_it_is_over(client, lina):
    run = JobRunFactory(asked_by=lina, state=JobState.RUNNING, done=420, total=1000, started_at=NOON)
    client.force_login(lina)

    page = client.get(f"/jobs/{run.pk}/").content.decode()
    assert f'hx-get="/jobs/{run.pk}/progress/"' in page
    assert 'value="42"' in page

    JobRun.objects.filter(pk=run.pk).update(state=JobState.DONE, finished_at=NOON, result={"rows": 1000})
    over = client.get(f"/jobs/{run.pk}/progress/").content.decode()
    assert "hx-get" not in over
    assert "1000" in over


def test_a_failed_run_shows_its_sentence_and_is_run_again(client, lina):
    run = JobRunFactory(asked_by=lina, state=JobState.FAILED, sentence="第 3 行没有订单编号。", finished_at=NOON)
    client.force_login(lina)
    assert "第 3 行没有订单编号。" in client.get(f"/jobs/{run.pk}/").content.decode()

    answer = client.post(f"/jobs/{run.pk}/retrial/", follow=True)

    run.refresh_from_db()
    assert run.state == JobState.QUEUED
    assert "任务已重新排队" in answer.content.decode()
    again = client.post(f"/jobs/{run.pk}/retrial/")
    assert again.status_code in {302, 409}, "somebody was faster"


def test_the_list_shows_my_jobs_and_to_managers_everybodys(client, lina, chenjing):
    mine, scheduled = JobRunFactory(asked_by=lina), JobRunFactory(asked_by=None, period="2026-11-19")
    client.force_login(lina)
    assert f"/jobs/{mine.pk}/" in client.get("/jobs/").content.decode()
    assert f"/jobs/{scheduled.pk}/" not in client.get("/jobs/", {"tab": "scheduled"}).content.decode()

    client.force_login(chenjing)
    assert f"/jobs/{mine.pk}/" not in client.get("/jobs/").content.decode()
    assert f"/jobs/{mine.pk}/" in client.get("/jobs/", {"tab": "all"}).content.decode()
    assert f"/jobs/{scheduled.pk}/" in client.get("/jobs/", {"tab": "scheduled"}).content.decode()


def test_the_list_takes_the_same_number_of_queries_for_one_run_and_for_three(client, lina):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(lina)
    exported(lina)
    client.get("/jobs/")
    with CaptureQueriesContext(connection) as one:
        client.get("/jobs/")
    exported(lina)
    JobRunFactory(asked_by=lina, state=JobState.FAILED, sentence="x")
    with CaptureQueriesContext(connection) as three:
        client.get("/jobs/")
    assert len(three) == len(one)
