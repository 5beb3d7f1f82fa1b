"""Scheduled work: start what is due and has not been started."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from django.db import connection, transaction

from shopops.kit.jobs import JOBS
from shopops.kit.schedule import Due, Every
from staff.actions.jobs import start_job
from staff.models import JobRun, SettingValue
from staff.queries.health import LAST_RUN
from staff.states import JobState

_LOCK = 726_001
_ROUNDS_KEPT = timedelta(days=2)


class Timetable(Protocol):
    """A line of the clockwork."""

    @property
    def job(self) -> str:
        """Return the name of the job."""

    def due(self, moment: datetime) -> Iterable[Due]:
        """Give what should have been started by `moment`."""


@transaction.atomic
def start_due_jobs(clockwork: Iterable[Timetable], *, at: datetime) -> list[JobRun]:
    """Start every due period that has no run yet; two schedulers at once start each only once.

    A round of work done every few minutes is left out while the round before still waits or runs: after a day
    without a worker one round makes up for all.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return []
    started = []
    for line in clockwork:
        if line.job not in JOBS or (isinstance(line, Every) and _is_open(line.job)):
            continue
        due = list(line.due(at))
        have = set(
            JobRun.objects.filter(job=line.job, period__in=[one.period for one in due]).values_list("period", flat=True)
        )
        started += [
            start_job(one.job, by=None, at=at, period=one.period, **one.params) for one in due if one.period not in have
        ]
    SettingValue.objects.update_or_create(name=LAST_RUN, defaults={"value": at.isoformat(), "changed_at": at})
    return started


def forget_old_rounds(*, at: datetime) -> int:
    """Remove ended runs of every-few-minutes work older than two days; return how many."""
    old = JobRun.objects.filter(
        asked_by=None,
        period__contains="T",
        state__in=(JobState.DONE, JobState.FAILED),
        asked_at__lt=at - _ROUNDS_KEPT,
    )
    return old.delete()[0]


def _is_open(job: str) -> bool:
    return JobRun.objects.filter(job=job, state__in=(JobState.QUEUED, JobState.RUNNING), period__contains="T").exists()
