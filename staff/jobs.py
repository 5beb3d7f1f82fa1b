"""What the worker calls."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import now
from shopops.kit.jobs import Progress, job
from staff.actions.appeals import lapse_appeals as lapse
from staff.actions.appraisal_cycles import open_due_cycles, publish_cycle, reckon_cycle
from staff.actions.attendance import derive_attendance
from staff.actions.handovers import pass_overdue
from staff.actions.housekeeping import forget_dead_sessions, forget_old_files, forget_old_news, forget_old_runs
from staff.actions.jobs import run_job, start_job
from staff.actions.late_facts import tally_again
from staff.actions.metrics import read_metrics_until
from staff.actions.people import follow_calendar
from staff.actions.plans import remind_of_plans
from staff.actions.problems import escalate_overdue
from staff.actions.radar import forget_old_sightings, sweep
from staff.actions.tally import tally_day
from staff.actions.trials import forget_old_trials, run_shadows, run_trial
from staff.exports.appraisal_papers import print_papers
from staff.exports.daily_report import make_daily_report
from staff.models import AppraisalCycle, Employee, JobRun, Trial


def run(*, job_run: int, **_later: Any) -> None:
    """Run the job of that row."""
    found = JobRun.objects.filter(pk=job_run).first()
    if found is not None:
        run_job(found, at=now())


@job("staff.tally", label=_("Apply the rulebook to a day"))
def tally(_progress: Progress, *, day: str) -> dict[str, Any]:
    """Tally one day, and record what the drafts in shadow would have booked."""
    at, when = now(), date.fromisoformat(day)
    tallied = tally_day(when, at=at).as_dict()
    return tallied | {"shadows": run_shadows(when, at=at)}


@job("staff.tally_again", label=_("Apply the rulebook to days whose facts came late"))
def late(progress: Progress, *, first: str, last: str, only: str = "") -> dict[str, Any]:
    """Tally and read the days again that an import was about, or something people decided late."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    return {**tally_again(*days, at=now(), only=only, step=progress.step), "url": f"{reverse('staff:kpi')}?day={last}"}


@job("staff.run_trial", label=_("Tally a span on trial"), tells_failure=True)
def trial(progress: Progress, *, trial: int) -> dict[str, Any]:
    """Tally the days of a trial that are not done yet."""
    found = Trial.objects.get(pk=trial)
    run_trial(found, at=now(), progress=progress)
    return {"trial": found.pk, "url": found.get_absolute_url()}


@job("staff.radar", label=_("Look ahead for offences"))
def radar(_progress: Progress) -> dict[str, Any]:
    """Run the detectors forward, and settle what they saw before."""
    return sweep(at=now()).as_dict()


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
    gone = {"files": forget_old_files(at=at), "runs": forget_old_runs(at=at)}
    gone |= {"news": forget_old_news(at=at), "sightings": forget_old_sightings(at=at)}
    gone |= {"trials": forget_old_trials(at=at), "plans": remind_of_plans(at=at)}
    return {"day": day, "people": people, **gone}


@job("staff.open_appraisals", label=_("Open the appraisals that are due"))
def open_appraisals(_progress: Progress, *, day: str) -> dict[str, Any]:
    """Open the month in its last days; half-years and years when their months are locked."""
    return {"day": day, "people": sum(one.appraisals.count() for one in open_due_cycles(at=now()))}


@job("staff.reckon_appraisals", label=_("Reckon the appraisals of a month"))
def reckon_appraisals(progress: Progress, *, cycle: int) -> dict[str, Any]:
    """Bring everybody's figures, points and scores of a period up to date."""
    found = AppraisalCycle.objects.get(pk=cycle)
    progress.step(0, 1)
    people = len(reckon_cycle(found, at=now()))
    progress.step(1, 1)
    return {"people": people, "url": found.get_absolute_url()}


@job("staff.publish_appraisals", label=_("Publish the appraisals of a month"))
def publish_appraisals(progress: Progress, *, cycle: int) -> dict[str, Any]:
    """Freeze a period's results and tell everybody, then print the papers."""
    found = AppraisalCycle.objects.get(pk=cycle)
    by = Employee.objects.get(pk=progress.asked_by_id or 0)
    people = publish_cycle(found, by=by, at=now(), step=progress.step)
    start_job("staff.appraisal_papers", by=by, at=now(), cycle=cycle)
    return {"people": people, "url": found.get_absolute_url()}


@job("staff.appraisal_papers", label=_("Print appraisals"))
def appraisal_papers(progress: Progress, *, cycle: int, only: int | None = None) -> dict[str, Any]:
    """Print the PDFs that published results lack, of a period or of one person."""
    found = AppraisalCycle.objects.get(pk=cycle)
    count = print_papers(found, only=only, step=progress.step)
    url = found.get_absolute_url() if only is None else reverse("staff:appraisal", args=[only])
    return {"count": count, "url": url}


@job("staff.lapse_appeals", label=_("Decide appeals nobody answered in time"))
def lapse_appeals(_progress: Progress) -> dict[str, Any]:
    """Close the appeals whose time is over: unanswered ones for the person, answered ones as they were answered."""
    return dict(lapse(at=now()))


@job("staff.derive_attendance", label=_("Work out how duties were kept"))
def attendance(_progress: Progress, *, day: str) -> dict[str, Any]:
    """Work out a day from presence, and the day before: a late shift may have ended only now."""
    at, when = now(), date.fromisoformat(day)
    count = derive_attendance(when - timedelta(days=1), at=at) + derive_attendance(when, at=at)
    return {"day": day, "duties": count, "url": reverse("staff:attendance")}


@job("staff.pass_overdue_handovers", label=_("Leave with the leader what the next shift did not accept"))
def overdue_handovers(_progress: Progress) -> dict[str, Any]:
    """Leave with the leader what was handed over and not accepted in time."""
    return {"count": pass_overdue(at=now())}


@job("staff.escalate_problems", label=_("Take problems that are past their time one level up"))
def overdue_problems(_progress: Progress) -> dict[str, Any]:
    """Escalate overdue problems."""
    return {"count": escalate_overdue(at=now())}
