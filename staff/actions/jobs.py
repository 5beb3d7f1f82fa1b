"""Background jobs: start, run, retry, revive. The row is the truth; the queue only carries its number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.timeouts import JobTimeoutException

from shopops.kit.clock import now
from shopops.kit.jobs import JOBS
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.actions.progress import LostRun, RowProgress
from staff.models import Employee, JobRun
from staff.queries.people import people_who_may
from staff.states import JOB_MOVES, JobState

log = structlog.get_logger(__name__)

LOST_AFTER = timedelta(minutes=1)
"""A run unheard of for so long has lost its worker; one that lives is heard every few seconds."""
MOST_INTERRUPTIONS = 3
PATIENCE = 1.0
"""Seconds the queue has to answer; while it is down a page is slower by no more than this."""
RETRY_AFTER = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""Scheduled work that fails is tried again by itself after so long; then somebody is told."""


def start_job(name: str, *, by: Employee | None, at: datetime, period: str = "", **params: Any) -> JobRun:
    """Put a job down to be run, and ring the queue after the commit.

    :param period: for scheduled work, such as `2026-11-20`; a job runs once a period, and asking again gives that run.
    :param params: plain values, handed to the job by keyword.
    :raises KeyError: if there is no such job.
    """
    values = {
        "params": params,
        "asked_by": by,
        "asked_at": at,
        "language": (translation.get_language() or "") if by else "",
    }
    job = JOBS[name]
    if period:
        run, is_new = JobRun.objects.get_or_create(job=job.name, period=period, defaults=values)
    else:
        run, is_new = JobRun.objects.create(job=job.name, **values), True
    if is_new:
        transaction.on_commit(lambda: ring(run))
    return run


def ring(run: JobRun) -> bool:
    """Tell the queue that a run waits; False when the queue is down (the scheduler rings again).

    A run that is in the queue is not put there again; one that a dying worker took out of it is.
    """
    wanted: dict[str, Any] = settings.RQ_QUEUES[JOBS[run.job].queue]
    connection = Redis.from_url(
        wanted["URL"],
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),  # a page waits for this
    )
    queue = Queue(JOBS[run.job].queue, connection=connection, default_timeout=wanted["DEFAULT_TIMEOUT"])
    name = f"run-{run.pk}-{run.attempts}"
    try:
        if queue.get_job_position(name) is None:
            queue.enqueue("staff.jobs.run", job_run=run.pk, job_id=name, result_ttl=0, failure_ttl=60)
    except (RedisError, OSError) as error:
        log.warning("queue is down", job=run.job, run=run.pk, error=str(error))
        return False
    finally:
        connection.close()
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
    language = run.language or translation.get_language() or "zh-hans"
    with translation.override(language), RowProgress(run) as progress:
        _work(run, progress)


def _work(run: JobRun, progress: RowProgress) -> None:
    """Call the job's function and write how it ended."""
    try:
        result = JOBS[run.job].function(progress, **run.params)
    except LostRun:
        log.warning("run was given to somebody else", job=run.job, run=run.pk)
    except (OperationalError, InterfaceError):
        # The database went away: nothing can be written now. The run is not heard of any more and will be put back.
        log.exception("job lost the database", job=run.job, run=run.pk)
        raise
    except Refused as refusal:
        _fail(run, str(refusal), progress=progress)
    except JobTimeoutException:
        log.exception("job timed out", job=run.job, run=run.pk)
        _fail(run, _("The work took longer than is allowed and was stopped."), progress=progress, again=True)
    except Exception:
        log.exception("job failed", job=run.job, run=run.pk)
        words = _("The work stopped on an unexpected error; the log has it as job %(number)s.")
        _fail(run, words % {"number": run.pk}, progress=progress, again=True)
    else:
        _finish(run, JobState.DONE, result=result or {}, failures=0, **progress.so_far())


@transaction.atomic
def retry_job(run: JobRun, *, by: Employee, at: datetime) -> JobRun:
    """Run a failed job again.

    :raises MoveRefused: if it has not failed.
    """
    _put_back(run, asked_at=at, interruptions=0)
    record("staff.job_retried", run, by=by, at=at)
    return run


def revive_lost_jobs(*, at: datetime) -> int:
    """Ring again for what the queue forgot, put back what lost its worker, try again what is due; return how many."""
    revived = 0
    for run in JobRun.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=at - LOST_AFTER):
        revived += _revive(run)
    for run in JobRun.objects.filter(state=JobState.FAILED, retry_at__lte=at):
        revived += _back(run)
    for run in JobRun.objects.filter(state=JobState.QUEUED, asked_at__lt=at - timedelta(seconds=30)).order_by("pk"):
        if run.job not in JOBS:
            _fail(run, _("There is no job “%(name)s” any more.") % {"name": run.job})
        elif not ring(run):
            break
        else:
            revived += 1
    return revived


def _revive(run: JobRun) -> bool:
    """Put back a run whose worker is gone; after three times it has failed."""
    times = run.interruptions + 1
    if times >= MOST_INTERRUPTIONS:
        with translation.override(run.language or translation.get_language() or "zh-hans"):
            _fail(run, _("The work was interrupted %(times)s times.") % {"times": times})
        return False
    return _back(run, interruptions=times)


def _back(run: JobRun, **values: Any) -> bool:
    """Put a run back; False when another scheduler was faster."""
    try:
        with transaction.atomic():
            _put_back(run, **values)
    except MoveRefused:
        return False
    return True


def _put_back(run: JobRun, **values: Any) -> None:
    """Let a run wait for a worker again."""
    move(
        run,
        JobState.QUEUED,
        moves=JOB_MOVES,
        sentence="",
        note="",
        done=0,
        total=None,
        retry_at=None,
        finished_at=None,
        seen_at=None,
        **values,
    )
    transaction.on_commit(lambda: ring(run))


def _fail(run: JobRun, sentence: str, *, progress: RowProgress | None = None, again: bool = False) -> None:
    """Write that a run failed. Nightly work is tried again by itself; who could help is told when that is over."""
    moment, failures, retry_at = now(), run.failures + 1, None
    if again and run.is_scheduled and not run.is_round and failures <= len(RETRY_AFTER):
        retry_at = moment + RETRY_AFTER[failures - 1]
    values = progress.so_far() if progress else {}
    written = _finish(run, JobState.FAILED, sentence=sentence, failures=failures, retry_at=retry_at, **values)
    if written and run.asked_by is not None and run.job in JOBS and JOBS[run.job].tells_failure:
        notify(
            [run.asked_by],
            "job_failed",
            gettext_lazy("%(job)s failed: %(reason)s"),
            at=moment,
            url=run.get_absolute_url(),
            job=JOBS[run.job].label,
            reason=sentence[:160],
        )
    if written and run.is_scheduled and retry_at is None and not (run.is_round and _failed_before(run)):
        notify(
            people_who_may("staff.view_all_jobs"),
            "job_failed",
            gettext_lazy("Scheduled work failed: %(job)s, %(period)s."),
            at=moment,
            url=run.get_absolute_url(),
            job=JOBS[run.job].label if run.job in JOBS else run.job,
            period=run.period,
        )


def _failed_before(run: JobRun) -> bool:
    """Say whether the round before failed too; then everybody knows."""
    before = JobRun.objects.filter(job=run.job, pk__lt=run.pk, state__in=(JobState.DONE, JobState.FAILED))
    return before.order_by("-pk").values_list("state", flat=True).first() == JobState.FAILED


@transaction.atomic
def _finish(run: JobRun, state: JobState, **values: Any) -> bool:
    """Write the end of a run, unless it was given to somebody else in the meantime; say whether it was written."""
    current = JobRun.objects.select_for_update().only("attempts").filter(pk=run.pk).first()
    if current is None or current.attempts != run.attempts:
        log.warning("run ended for somebody else", job=run.job, run=run.pk)
        return False
    try:
        move(run, state, moves=JOB_MOVES, finished_at=now(), **values)
    except MoveRefused:
        log.warning("run ended twice", job=run.job, run=run.pk)
        return False
    return True
