"""Background jobs: start, run, retry, revive. The row is the truth; the queue only carries its number."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from shopops.kit.clock import now
from shopops.kit.jobs import JOBS
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee, JobRun
from staff.states import JOB_MOVES, JobState

log = structlog.get_logger(__name__)

HEARTBEAT_EVERY = 2.0
LOST_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 3


def start_job(name: str, *, by: Employee | None, at: datetime, period: str = "", **params: Any) -> JobRun:
    """Put a job down to be run, and ring the queue after the commit.

    :param period: for scheduled work, such as `2026-11-20`; a job runs once a period, and asking again gives that run.
    :param params: plain values, handed to the job by keyword.
    """
    if name not in JOBS:
        JOBS[name]
    values = {"params": params, "asked_by": by, "asked_at": at}
    if period:
        run, is_new = JobRun.objects.get_or_create(job=name, period=period, defaults=values)
    else:
        run, is_new = JobRun.objects.create(job=name, **values), True
    if is_new:
        transaction.on_commit(lambda: ring(run))
    return run


def ring(run: JobRun) -> bool:
    """Tell the queue that a run waits; False when the queue is down (the scheduler rings again)."""
    import django_rq  # noqa: PLC0415 -- opens the queue's connection

    queue = django_rq.get_queue(JOBS[run.job].queue)
    try:
        queue.enqueue("staff.jobs.run", job_run=run.pk, job_id=f"run-{run.pk}-{run.attempts}", result_ttl=60)
    except RedisError:
        log.warning("queue is down", job=run.job, run=run.pk)
        return False
    return True


def run_job(run: JobRun, *, at: datetime) -> None:
    """Do the work of a run. A run that has been taken already is left alone."""
    try:
        move(
            run,
            JobState.RUNNING,
            moves=JOB_MOVES,
            started_at=at,
            heartbeat_at=at,
            finished_at=None,
            sentence="",
            attempts=F("attempts") + 1,
        )
    except MoveRefused:
        return
    run.refresh_from_db()
    progress = RowProgress(run)
    try:
        result = JOBS[run.job].function(progress, **run.params)
    except Refused as refusal:
        _finish(run, JobState.FAILED, sentence=str(refusal))
    except Exception:
        log.exception("job failed", job=run.job, run=run.pk)
        _finish(
            run,
            JobState.FAILED,
            sentence=_("The work stopped on an unexpected error; the log has it as job %(number)s.")
            % {"number": run.pk},
        )
    else:
        progress.flush()
        _finish(run, JobState.DONE, result=result or {})


@transaction.atomic
def retry_job(run: JobRun, *, by: Employee | None, at: datetime) -> JobRun:
    """Run a failed job again.

    :raises MoveRefused: if it has not failed.
    """
    move(run, JobState.QUEUED, moves=JOB_MOVES, asked_at=at, sentence="", done=0, total=None, note="")
    record("staff.job_retried", run, by=by, at=at)
    transaction.on_commit(lambda: ring(run))
    return run


def revive_lost_jobs(*, at: datetime) -> int:
    """Ring again for runs the queue has forgotten and put back those whose worker died; return how many."""
    revived = 0
    for run in JobRun.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=at - LOST_AFTER):
        if run.attempts >= MOST_ATTEMPTS:
            _finish(
                run, JobState.FAILED, sentence=_("The work was interrupted %(times)s times.") % {"times": run.attempts}
            )
            continue
        try:
            move(run, JobState.QUEUED, moves=JOB_MOVES)
        except MoveRefused:
            continue
        revived += ring(run)
    for run in JobRun.objects.filter(state=JobState.QUEUED, asked_at__lt=at - timedelta(seconds=30)):
        revived += ring(run)
    return revived


class RowProgress:
    """Progress kept in the row of the run, written at most every two seconds."""

    def __init__(self, run: JobRun) -> None:
        """Report on `run`."""
        self.run = run
        self.run_id = run.pk
        self.asked_by_id = run.asked_by_id
        self.started_at: datetime = run.started_at or now()
        self._written = 0.0

    def step(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work is."""
        self.run.done, self.run.total = done, total
        if note:
            self.run.note = note[:200]
        if time.monotonic() - self._written >= HEARTBEAT_EVERY:
            self.flush()

    def flush(self) -> None:
        """Write what was said last."""
        self._written = time.monotonic()
        JobRun.objects.filter(pk=self.run.pk).update(
            done=self.run.done, total=self.run.total, note=self.run.note, heartbeat_at=now()
        )

    def keep_file(self, path: Path, name: str) -> None:
        """Keep a file for the person who asked."""
        with path.open("rb") as stream:
            self.run.file.save(f"{self.run.pk}-{path.name}", File(stream), save=False)
        self.run.file_name = name
        JobRun.objects.filter(pk=self.run.pk).update(file=self.run.file.name, file_name=name)


def _finish(run: JobRun, state: JobState, **values: Any) -> None:
    """Write the end of a run, unless somebody else has ended it."""
    try:
        move(run, state, moves=JOB_MOVES, finished_at=now(), **values)
    except MoveRefused:
        log.warning("job ended twice", job=run.job, run=run.pk)
