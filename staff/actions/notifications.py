"""Reading the news, and putting ended work out of sight."""

from __future__ import annotations

from datetime import datetime

from staff.models import Employee, JobRun, Notification


def mark_read(employee: Employee, number: int | None, *, at: datetime) -> str:
    """Mark one of the employee's notifications as read, or all; return the address the one is about."""
    news = Notification.objects.filter(employee=employee)
    if number is None:
        news.filter(read_at=None).update(read_at=at)
        return ""
    found = news.filter(pk=number)
    found.filter(read_at=None).update(read_at=at)
    return found.values_list("url", flat=True).first() or ""


def put_away(employee: Employee, run: int, *, at: datetime) -> None:
    """Take one of the employee's ended runs out of the tray."""
    JobRun.objects.filter(pk=run, asked_by=employee, finished_at__isnull=False, seen_at=None).update(seen_at=at)
