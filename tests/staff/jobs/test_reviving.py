"""Jobs that lost their worker, the queue or the database: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from staff.actions import jobs as actions
from staff.actions import progress as progress_module
from staff.actions.jobs import revive_lost_jobs, run_job, start_job
from staff.models import JobRun, Notification
from staff.states import JobState
from tests.factories.staff import NOON, EmployeeFactory, employee_with

LATER = NOON + timedelta(minutes=10)


def test_while_the_queue_is_down_nothing_is_lost_and_the_scheduler_rings_later(queue, work, declared, settings):
    declared("tests.count", lambda progress: {"done": True})
    real, dead = settings.RQ_QUEUES, "unix:///nonexistent/valkey.sock?db=0"
    settings.RQ_QUEUES = {name: {**one, "URL": dead} for name, one in real.items()}
    began = time.monotonic()
    run = start_job("tests.count", by=None, at=NOON)
    assert time.monotonic() - began < 4.5, "a page must not hang"  # a server that hangs is given up after five
    assert revive_lost_jobs(at=LATER) == 0

    settings.RQ_QUEUES = real
    assert revive_lost_jobs(at=LATER) == 1
    work()

    run.refresh_from_db()
    assert run.state == JobState.DONE


def test_a_run_taken_out_of_the_queue_by_a_worker_that_died_at_once_is_rung_again(queue, work, declared):
    declared("tests.count", lambda progress: {"done": True})
    run = start_job("tests.count", by=None, at=NOON)
    queue.connection.lpop(queue.key)  # what a worker does before anything else
    assert len(queue) == 0

    revive_lost_jobs(at=LATER)
    work()

    run.refresh_from_db()
    assert run.state == JobState.DONE


def test_a_run_whose_worker_is_gone_is_put_back_and_done(queue, work, declared):
    declared("tests.count", lambda progress: {"done": True})
    run = start_job("tests.count", by=None, at=NOON)
    queue.empty()
    JobRun.objects.filter(pk=run.pk).update(state=JobState.RUNNING, attempts=1, heartbeat_at=NOON)

    assert revive_lost_jobs(at=NOON + timedelta(seconds=30)) == 0, "it may only be slow"
    revive_lost_jobs(at=LATER)
    work()

    run.refresh_from_db()
    assert (run.state, run.attempts, run.interruptions) == (JobState.DONE, 2, 1)


def test_a_run_that_loses_its_worker_three_times_has_failed(queue, declared):
    declared("tests.count", lambda progress: None)
    run = start_job("tests.count", by=EmployeeFactory(), at=NOON)
    for _time in range(3):
        JobRun.objects.filter(pk=run.pk).update(state=JobState.RUNNING, heartbeat_at=NOON)
        revive_lost_jobs(at=LATER)

    run.refresh_from_db()
    assert run.state == JobState.FAILED
    assert "3" in run.sentence


def test_who_lost_a_run_to_another_worker_neither_reports_nor_ends_it(queue, declared, monkeypatch):
    monkeypatch.setattr(progress_module, "BEAT_SECONDS", 0.05)
    ended = []

    def slow(progress):
        JobRun.objects.filter(pk=progress.run_id).update(attempts=5)  # revived and taken by somebody else
        for number in range(100):
            time.sleep(0.02)
            progress.step(number, 100)
        ended.append("went on")

    declared("tests.slow", slow)
    run = start_job("tests.slow", by=None, at=NOON)

    run_job(run, at=NOON)

    kept = JobRun.objects.get(pk=run.pk)
    assert not ended
    assert (kept.state, kept.attempts, kept.done) == (JobState.RUNNING, 5, 0)


def test_a_job_that_says_nothing_for_minutes_is_still_heard(queue, declared, monkeypatch):
    monkeypatch.setattr(progress_module, "BEAT_SECONDS", 0.05)
    heard = []
    declared("tests.silent", lambda progress: _wait_until(lambda: len(heard) >= 3))
    run = start_job("tests.silent", by=None, at=NOON)
    monkeypatch.setattr(progress_module, "now", lambda: heard.append(1) or LATER)

    run_job(run, at=NOON)

    assert len(heard) >= 3


def test_a_job_that_loses_the_database_is_left_for_revival(queue, declared):
    def lose(progress):
        raise OperationalError("server closed the connection unexpectedly")

    declared("tests.lose", lose)
    run = start_job("tests.lose", by=None, at=NOON)

    with pytest.raises(OperationalError):
        run_job(run, at=NOON)

    run.refresh_from_db()
    assert run.state == JobState.RUNNING
    revive_lost_jobs(at=LATER)
    run.refresh_from_db()
    assert (run.state, run.interruptions) == (JobState.QUEUED, 1)


def test_a_job_that_left_the_code_fails_with_a_sentence_and_does_not_stop_the_others(queue, work, declared):
    declared("tests.count", lambda progress: {"done": True})
    JobRun.objects.create(job="tests.gone", asked_at=NOON)
    run = start_job("tests.count", by=None, at=NOON)
    queue.empty()

    revive_lost_jobs(at=LATER)
    work()

    assert "tests.gone" in JobRun.objects.get(job="tests.gone", state=JobState.FAILED).sentence
    run.refresh_from_db()
    assert run.state == JobState.DONE


def test_nightly_work_that_fails_is_tried_three_times_by_itself_and_then_managers_are_told(queue, work, declared):
    chenjing = employee_with("staff.view_all_jobs", name="陈静")
    lina = EmployeeFactory()
    declared("tests.night", lambda progress, day: 1 / 0)
    run = start_job("tests.night", by=None, at=NOON, period="2026-11-19", day="2026-11-19")
    work()

    for times in range(1, 4):
        run.refresh_from_db()
        assert (run.state, run.failures) == (JobState.FAILED, times)
        assert run.retry_at is not None
        assert revive_lost_jobs(at=run.retry_at - timedelta(seconds=1)) == 0
        revive_lost_jobs(at=run.retry_at)
        work()

    run.refresh_from_db()
    assert (run.state, run.failures, run.retry_at) == (JobState.FAILED, 4, None)
    told = Notification.objects.get()
    assert told.employee == chenjing
    assert "2026-11-19" in told.sentence
    assert told.url == run.get_absolute_url()
    assert not lina.notifications.exists()


def test_two_schedulers_that_revive_at_once_put_a_run_back_once(queue, declared):
    declared("tests.night", lambda progress, day: None)
    run = start_job("tests.night", by=None, at=NOON, period="2026-11-19", day="2026-11-19")
    JobRun.objects.update(state=JobState.FAILED, retry_at=NOON)
    stale = list(JobRun.objects.all())
    revive_lost_jobs(at=LATER)

    assert actions._back(stale[0]) is False

    assert JobRun.objects.get(pk=run.pk).state == JobState.QUEUED
    assert len(queue) == 1


def test_a_failing_round_tells_managers_once_and_leaves_the_rest_to_the_next_round(queue, work, declared):
    employee_with("staff.view_all_jobs", name="陈静")
    declared("tests.round", lambda progress: 1 / 0)
    for minute in ("12:00", "12:05", "12:10"):
        start_job("tests.round", by=None, at=NOON, period=f"2026-11-20T{minute}")
        work()

    assert list(JobRun.objects.values_list("state", "retry_at")) == [(JobState.FAILED, None)] * 3
    assert Notification.objects.count() == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends a job with its worker only on Linux")
def test_a_worker_killed_midway_loses_nothing(queue, work, declared, tmp_path):
    """A real worker process is killed hard while it sleeps in a job; the run is put back and done."""
    sign = tmp_path / "started"
    script = tmp_path / "kill_me.py"
    script.write_text(
        "import django, time, pathlib; django.setup()\n"
        "from shopops.kit.jobs import JOBS, Job\n"
        "def work(progress):\n"
        f"    pathlib.Path({str(sign)!r}).touch(); time.sleep(60)\n"
        "JOBS.add('tests.killed', Job('tests.killed', 'killed', work))\n"
        "from django.core.management import call_command\n"
        "call_command('worker')\n"
    )
    declared("tests.killed", lambda progress: {"survived": True})
    run = start_job("tests.killed", by=None, at=NOON)
    env = {**os.environ, "DATABASE_URL": _url_of_test_database(), "DJANGO_SETTINGS_MODULE": "shopops.settings"}
    worker = subprocess.Popen([sys.executable, str(script)], env={**env, "PYTHONPATH": str(Path.cwd())})
    try:
        _wait_until(sign.exists)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    run.refresh_from_db()
    assert run.state == JobState.RUNNING

    revive_lost_jobs(at=run.heartbeat_at + actions.LOST_AFTER + timedelta(seconds=1))
    work()

    run.refresh_from_db()
    assert (run.state, run.result, run.attempts) == (JobState.DONE, {"survived": True}, 2)


def _url_of_test_database():
    values = connection.settings_dict
    from urllib.parse import quote

    login = quote(values["USER"]) + (f":{quote(values['PASSWORD'])}" if values["PASSWORD"] else "")
    host = quote(values["HOST"], safe="")
    port = f":{values['PORT']}" if values["PORT"] else ""
    return f"postgresql://{login}@{host}{port}/{values['NAME']}"


def _wait_until(fact, seconds: float = 120):
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
