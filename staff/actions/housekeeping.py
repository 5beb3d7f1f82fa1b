"""What is thrown away in time: files with personal data, old news, dead sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings

from staff.models import JobRun, Notification
from staff.policy import FILE_DAYS, NOTICE_DAYS


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


def forget_dead_sessions() -> None:
    """Delete sessions that have run out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
