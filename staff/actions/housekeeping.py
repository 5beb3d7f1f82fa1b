"""What is thrown away in time: files with personal data, old news, dead sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from staff.models import JobRun, Notification, ReportSnapshot, Trial
from staff.policy import FILE_DAYS, NOTICE_DAYS, RUN_DAYS
from staff.states import JobState


def forget_old_files(*, at: datetime) -> int:
    """Delete the files of jobs that ended long ago, and keep the jobs; return how many."""
    old = JobRun.objects.filter(finished_at__lt=at - timedelta(days=FILE_DAYS())).exclude(file="")
    count = 0
    for run in old.iterator(chunk_size=200):
        run.file.delete(save=False)
        JobRun.objects.filter(pk=run.pk).update(file="")
        count += 1
    return count


def forget_old_news(*, at: datetime) -> int:
    """Delete notifications older than managers want to keep them; return how many."""
    return Notification.objects.filter(at__lt=at - timedelta(days=NOTICE_DAYS())).delete()[0]


def forget_old_runs(*, at: datetime) -> int:
    """Delete jobs people asked for that ended long ago; return how many.

    What the clock started stays: those rows are what says that a night's work was done. So do runs with a file, and
    those a report or a trial of the rulebook was made by.
    """
    old = JobRun.objects.filter(
        Q(finished_at__lt=at - timedelta(days=RUN_DAYS())),
        Q(file=""),
        ~Exists(ReportSnapshot.objects.filter(job_run=OuterRef("pk"))),
        ~Exists(Trial.objects.filter(job_run=OuterRef("pk"))),
        period="",
        state__in=(JobState.DONE, JobState.FAILED),
    )
    return old.delete()[1].get("staff.JobRun", 0)


def forget_dead_sessions() -> None:
    """Delete sessions that have run out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
