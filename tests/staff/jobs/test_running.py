"""Jobs against a real queue: the row is the truth, the queue only rings."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.actions import progress as progress_module
from staff.actions.jobs import retry_job, revive_lost_jobs, ring, run_job, start_job
from staff.models import Event, JobRun, Notification
from staff.states import JobState
from tests.factories.staff import NOON, EmployeeFactory

LATER = NOON + timedelta(minutes=10)


def test_a_job_is_run_by_the_worker_and_keeps_what_it_returns(queue, work, declared):
    declared("tests.count", lambda progress, upto: progress.step(upto, upto) or {"counted": upto})
    lina = EmployeeFactory()

    run = start_job("tests.count", by=lina, at=NOON, upto=7)
    work()

    run.refresh_from_db()
    assert (run.state, run.result, run.done, run.total, run.percent) == (JobState.DONE, {"counted": 7}, 7, 7, 100)
    assert run.attempts == 1
    assert run.finished_at is not None


def test_a_job_of_a_rolled_back_request_never_reaches_the_queue(queue, declared):
    declared("tests.count", lambda progress: None)

    @transaction.atomic
    def request():
        start_job("tests.count", by=None, at=NOON)
        1 / 0  # noqa: B018

    with pytest.raises(ZeroDivisionError):
        request()

    assert len(queue) == 0
    assert not JobRun.objects.exists()


def test_ringing_twice_puts_a_run_into_the_queue_once(queue, declared):
    declared("tests.count", lambda progress: None)
    run = start_job("tests.count", by=None, at=NOON)

    assert ring(run)
    assert revive_lost_jobs(at=LATER) == 1

    assert len(queue) == 1


def test_a_run_that_is_in_the_queue_twice_is_done_once(queue, work, declared):
    done = []
    declared("tests.count", lambda progress: done.append(progress.run_id))
    run = start_job("tests.count", by=None, at=NOON)
    queue.enqueue("staff.jobs.run", job_run=run.pk)

    work()

    assert done == [run.pk]


def test_a_scheduled_job_asked_for_twice_is_one_run(queue, declared):
    declared("tests.tally", lambda progress, day: None)

    first = start_job("tests.tally", by=None, at=NOON, period="2026-11-19", day="2026-11-19")
    again = start_job("tests.tally", by=None, at=LATER, period="2026-11-19", day="2026-11-19")

    assert first.pk == again.pk
    assert len(queue) == 1


def test_a_refusal_becomes_the_sentence_of_the_run(queue, work, declared):
    def refuse(progress):
        raise Refused("这个文件是空的。")

    declared("tests.refuse", refuse)
    run = start_job("tests.refuse", by=EmployeeFactory(), at=NOON)
    work()

    run.refresh_from_db()
    assert (run.state, run.sentence) == (JobState.FAILED, "这个文件是空的。")
    assert run.retry_at is None


def test_an_unexpected_error_fails_the_run_with_a_sentence_and_the_asker_may_retry(queue, work, declared):
    tries = []

    def stumble(progress):
        tries.append(progress.run_id)
        if len(tries) == 1:
            1 / 0  # noqa: B018
        return {"tries": len(tries)}

    declared("tests.stumble", stumble)
    lina = EmployeeFactory()
    run = start_job("tests.stumble", by=lina, at=NOON)
    work()
    run.refresh_from_db()
    assert run.state == JobState.FAILED
    assert str(run.pk) in run.sentence
    assert run.retry_at is None, "a person decides about their own job"

    retry_job(run, by=lina, at=LATER)
    work()

    run.refresh_from_db()
    assert (run.state, run.result, run.sentence, run.failures) == (JobState.DONE, {"tries": 2}, "", 0)
    assert Event.objects.get().verb == "staff.job_retried"


def test_of_long_work_that_failed_who_asked_is_told(queue, work, declared):
    def refuse(progress):
        raise Refused("Nothing to tally.")

    declared("tests.long", refuse, tells_failure=True)
    declared("tests.short", refuse)
    lina = EmployeeFactory()
    run = start_job("tests.long", by=lina, at=NOON)
    start_job("tests.short", by=lina, at=NOON)
    work()
    (told,) = Notification.objects.filter(employee=lina)
    assert (told.kind, told.url) == ("job_failed", run.get_absolute_url())
    assert "Nothing to tally." in told.sentence


def test_only_a_failed_run_can_be_retried(queue, declared):
    declared("tests.count", lambda progress: None)
    run = start_job("tests.count", by=None, at=NOON)

    with pytest.raises(MoveRefused):
        retry_job(run, by=EmployeeFactory(), at=LATER)


def test_progress_is_seen_by_others_while_the_job_is_inside_its_transaction(queue, declared, monkeypatch):
    monkeypatch.setattr(progress_module, "BEAT_SECONDS", 0.05)
    seen = []

    def one_transaction(progress):
        with transaction.atomic():
            progress.step(30, 100, "row 30")
            deadline = time.monotonic() + 60
            while _asked_from_outside(progress.run_id)[2] != "row 30" and time.monotonic() < deadline:
                time.sleep(0.02)
            seen.append(_asked_from_outside(progress.run_id))

    declared("tests.one_transaction", one_transaction)
    run_job(start_job("tests.one_transaction", by=None, at=NOON), at=NOON)

    assert seen == [(30, 100, "row 30")]


def _asked_from_outside(run_id):
    import psycopg

    wanted = connection.get_connection_params()
    wanted.pop("cursor_factory", None)
    with psycopg.connect(**wanted) as other:
        return other.execute("SELECT done, total, note FROM staff_jobrun WHERE id = %s", [run_id]).fetchone()


def test_a_run_speaks_the_language_of_who_asked(queue, work, declared):
    from django.utils import translation
    from django.utils.translation import gettext

    declared("tests.speak", lambda progress: {"said": gettext("Monday")})
    with translation.override("en"):
        english = start_job("tests.speak", by=EmployeeFactory(), at=NOON)
    chinese = start_job("tests.speak", by=EmployeeFactory(username="sunyue", name="孙悦"), at=NOON)
    work()

    english.refresh_from_db()
    chinese.refresh_from_db()
    assert english.result == {"said": "Monday"}
    assert chinese.result == {"said": "星期一"}


def test_a_file_is_kept_for_who_asked(queue, work, declared, tmp_path):
    def write(progress):
        path = tmp_path / "out.csv"
        path.write_text("订单编号\n", encoding="utf-8")
        progress.keep_file(path, "待发货.csv")

    declared("tests.write", write)
    run = start_job("tests.write", by=EmployeeFactory(), at=NOON)
    work()

    run.refresh_from_db()
    assert run.file_name == "待发货.csv"
    with run.file.open("rb") as stream:
        assert stream.read().decode() == "订单编号\n"
