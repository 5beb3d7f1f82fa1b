"""What people were told."""

from __future__ import annotations

from staff.models import Employee, Notification

MOST = 100


def latest_news(employee: Employee) -> list[Notification]:
    """Return the employee's latest hundred notifications, the newest first; one query."""
    return list(Notification.objects.filter(employee=employee)[:MOST])
