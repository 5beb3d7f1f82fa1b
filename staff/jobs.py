"""What the worker calls."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import now
from shopops.kit.jobs import Progress, job
from staff.actions.housekeeping import forget_dead_sessions, forget_old_files, forget_old_news
from staff.actions.jobs import run_job
from staff.actions.metrics import read_metrics_until
from staff.actions.people import follow_calendar
from staff.actions.tally import tally_day
from staff.actions.trials import run_trial
from staff.exports.daily_report import make_daily_report
from staff.models import JobRun, Trial


def run(*, job_run: int, **_later: Any) -> None:
    """Run the job of that row."""
    found = JobRun.objects.filter(pk=job_run).first()
    if found is not None:
        run_job(found, at=now())


@job("staff.tally", label=_("Apply the rulebook to a day"))
def tally(_progress: Progress, *, day: str) -> dict[str, Any]:
    """Tally one day."""
    return tally_day(date.fromisoformat(day), at=now()).as_dict()


@job("staff.run_trial", label=_("Tally a span on trial"))
def trial(progress: Progress, *, trial: int) -> dict[str, Any]:
    """Tally the days of a trial that are not done yet."""
    found = Trial.objects.get(pk=trial)
    run_trial(found, at=now(), progress=progress)
    return {"trial": found.pk}


@job("staff.read_metrics", label=_("Read the figures of a day"))
def metrics(_progress: Progress, *, day: str) -> dict[str, Any]:
    """Read a day, and the days before it whose facts may have changed since."""
    count = read_metrics_until(date.fromisoformat(day), at=now())
    return {"day": day, "readings": count, "url": f"{reverse('staff:kpi')}?day={day}"}


@job("staff.daily_report", label=_("Make the daily report"))
def daily_report(progress: Progress, *, day: str) -> dict[str, Any]:
    """Freeze a day's figures and keep them as a spreadsheet and as PDF."""
    run = JobRun.objects.filter(pk=progress.run_id).first()
    snapshot = make_daily_report(date.fromisoformat(day), at=now(), job_run=run)
    return {"day": day, "number": snapshot.number, "url": reverse("staff:report", args=[snapshot.number])}


@job("staff.keep_house", label=_("Begin the day: posts, old files, old news"))
def keep_house(_progress: Progress, *, day: str) -> dict[str, Any]:
    """Follow appointments that began or ended, and throw away what has been kept long enough."""
    at = now()
    people = follow_calendar(at=at)
    forget_dead_sessions()
    return {"day": day, "people": people, "files": forget_old_files(at=at), "news": forget_old_news(at=at)}
