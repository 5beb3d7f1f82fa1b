"""The clockwork: every due period once, missed days made up for, two schedulers harmless."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from shopops.cron import CLOCKWORK
from shopops.kit.clock import SHANGHAI
from shopops.kit.jobs import JOBS
from shopops.kit.schedule import Daily, Every
from staff.actions.schedule import forget_old_rounds, start_due_jobs
from staff.models import JobRun
from staff.states import JobState
from tests.factories.staff import NOON, JobRunFactory

NIGHTLY = Daily("tests.tally", at="00:30", catch_up_days=5)
ROUNDS = Every("tests.release", minutes=5)


@pytest.fixture(autouse=True)
def _jobs(declared):
    declared("tests.tally", lambda progress, day: {"day": day})
    declared("tests.release", lambda progress: None)


def periods(job="tests.tally"):
    return list(JobRun.objects.filter(job=job).order_by("pk").values_list("period", flat=True))


def test_every_job_of_the_clockwork_exists():
    assert [line.job for line in CLOCKWORK if line.job not in JOBS] == []


def test_a_day_is_done_once_however_often_the_scheduler_looks(queue):
    line = Daily("tests.tally", at="00:30")
    for minute in range(0, 60, 20):
        start_due_jobs([line], at=NOON + timedelta(minutes=minute))

    assert periods() == ["2026-11-19"]
    assert len(queue) == 1


def test_before_its_hour_the_day_before_yesterday_is_the_newest_due(queue):
    start_due_jobs([Daily("tests.tally", at="08:00")], at=datetime(2026, 11, 20, 7, 59, tzinfo=SHANGHAI))
    assert periods() == ["2026-11-18"]

    start_due_jobs([Daily("tests.tally", at="08:00")], at=datetime(2026, 11, 20, 8, 0, tzinfo=SHANGHAI))
    assert periods() == ["2026-11-18", "2026-11-19"]


def test_missed_days_are_caught_up_oldest_first_and_done(queue, work):
    start_due_jobs([NIGHTLY], at=NOON - timedelta(days=3))
    work()

    started = start_due_jobs([NIGHTLY], at=NOON)
    assert [run.period for run in started] == ["2026-11-17", "2026-11-18", "2026-11-19"]
    work()

    assert set(JobRun.objects.values_list("state", flat=True)) == {JobState.DONE}
    assert JobRun.objects.get(period="2026-11-18").result == {"day": "2026-11-18"}


def test_two_schedulers_at_the_same_moment_start_each_day_once(queue):
    barrier = threading.Barrier(2)

    def look():
        barrier.wait()
        try:
            start_due_jobs([NIGHTLY], at=NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert periods() == [f"2026-11-{day}" for day in range(15, 20)]
    assert len(queue) == 5


def test_a_second_scheduler_that_looks_while_the_first_is_busy_does_nothing(queue):
    from django.db import transaction

    found = []

    def look():
        found.append(start_due_jobs([NIGHTLY], at=NOON))
        connection.close()

    with transaction.atomic():
        start_due_jobs([NIGHTLY], at=NOON)
        other = threading.Thread(target=look)
        other.start()
        other.join()

    assert found == [[]]
    assert len(periods()) == 5


def test_rounds_do_not_pile_up_while_no_worker_works(queue, work):
    for minute in range(0, 60, 5):
        start_due_jobs([ROUNDS], at=NOON + timedelta(minutes=minute))
    assert periods("tests.release") == ["2026-11-20T12:00"]

    work()
    start_due_jobs([ROUNDS], at=NOON + timedelta(minutes=60))
    assert periods("tests.release") == ["2026-11-20T12:00", "2026-11-20T13:00"]


def test_a_job_no_department_declares_does_not_stop_the_clockwork(queue):
    start_due_jobs([Daily("tests.unknown", at="00:10"), Daily("tests.tally", at="00:30")], at=NOON)
    assert periods() == ["2026-11-19"]


def test_old_rounds_are_forgotten_and_nights_kept(queue):
    JobRunFactory(
        job="tests.release", period="2026-11-17T12:00", state=JobState.DONE, asked_at=NOON - timedelta(days=3)
    )
    JobRunFactory(job="tests.release", period="2026-11-20T11:55", state=JobState.DONE)
    JobRunFactory(job="tests.tally", period="2026-11-01", state=JobState.DONE, asked_at=NOON - timedelta(days=19))

    assert forget_old_rounds(at=NOON) == 1
    assert set(JobRun.objects.values_list("period", flat=True)) == {"2026-11-20T11:55", "2026-11-01"}


def test_the_scheduler_command_looks_once_and_says_when(queue):
    from django.core.management import call_command

    from staff.models import SettingValue
    from staff.queries.health import LAST_RUN

    call_command("scheduler", "--once")

    assert SettingValue.objects.filter(name=LAST_RUN).exists()
    assert JobRun.objects.filter(job="staff.keep_house").count() == 1
