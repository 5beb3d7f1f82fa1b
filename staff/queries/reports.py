"""Report snapshots that have been taken, and work on them that is under way."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from staff.models import JobRun, ReportSnapshot
from staff.states import JobState


def latest_snapshot(kind: str, day: date) -> ReportSnapshot | None:
    """Return the newest version of a report of a day, without its rows."""
    return ReportSnapshot.objects.filter(kind=kind, day=day).defer("rows").order_by("-version").first()


def snapshots(kind: str) -> QuerySet[ReportSnapshot]:
    """Return the reports of a kind, newest first, without their rows."""
    return ReportSnapshot.objects.filter(kind=kind).defer("rows").order_by("-day", "-version")


def version_before(snapshot: ReportSnapshot) -> ReportSnapshot | None:
    """Return the version of a report that one replaced."""
    return ReportSnapshot.objects.filter(kind=snapshot.kind, day=snapshot.day, version=snapshot.version - 1).first()


def version_after(snapshot: ReportSnapshot) -> ReportSnapshot | None:
    """Return the newest version of a report if it is not this one."""
    newest = latest_snapshot(snapshot.kind, snapshot.day)
    return newest if newest and newest.version > snapshot.version else None


def open_run(job: str, day: date) -> JobRun | None:
    """Return the run of a job about a day that is under way."""
    return JobRun.objects.filter(
        job=job, params={"day": day.isoformat()}, state__in=(JobState.QUEUED, JobState.RUNNING)
    ).first()
