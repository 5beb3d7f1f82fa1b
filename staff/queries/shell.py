"""What the frame around every page shows of a person: unread news, work in the background, post and company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from shopops.kit.jobs import JOBS
from shopops.kit.policy import SETTINGS
from staff.models import Employee, JobRun, Notification
from staff.states import JobState

SHOWN_FOR = timedelta(hours=12)
MOST_UNREAD = 99
MOST_RUNS = 8


@dataclass(frozen=True)
class RunLine:
    """A line of the job tray."""

    run: JobRun
    label: str

    @property
    def is_open(self) -> bool:
        """Say whether it waits or runs."""
        return self.run.state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def file_url(self) -> str:
        """Return where the run's file can be fetched."""
        return _address("staff:job_file", self.run.pk)

    @property
    def url(self) -> str:
        """Return the page of the run."""
        return _address("staff:job", self.run.pk)


@dataclass(frozen=True)
class Pulse:
    """What is new for a person."""

    unread: int
    runs: list[RunLine]

    @property
    def unread_text(self) -> str:
        """Return the number on the bell; empty when there is nothing new."""
        return "" if not self.unread else f"{MOST_UNREAD}+" if self.unread > MOST_UNREAD else str(self.unread)

    @property
    def open_runs(self) -> int:
        """Return how many runs wait or run."""
        return sum(line.is_open for line in self.runs)


def pulse_of(employee: Employee, *, at: datetime) -> Pulse:
    """Return the unread count (capped) and the tray's runs: open ones, and ended ones not put away. Two queries."""
    unread = Notification.objects.filter(employee=employee, read_at=None)[: MOST_UNREAD + 1].count()
    runs = (
        JobRun.objects.filter(asked_by=employee, asked_at__gte=at - SHOWN_FOR)
        .filter(Q(state__in=(JobState.QUEUED, JobState.RUNNING)) | Q(seen_at=None))
        .order_by("-asked_at")[:MOST_RUNS]
    )
    return Pulse(unread, [RunLine(run, job_label(run.job)) for run in runs])


def job_label(name: str) -> str:
    """Return what a job is called on the screen."""
    return str(JOBS[name].label) if name in JOBS else name


def post_of(employee: Employee) -> str:
    """Return the name of the employee's first post; one query."""
    post = (
        employee.appointments.filter(until=None)
        .order_by("position__position")
        .values_list("position__name", "position__name_en")
        .first()
    )
    if post is None:
        return employee.employee_number
    return post[1] if get_language() == "en" else post[0]


def company_name() -> str:
    """Return the company's name as set by a manager; empty if there is no such setting."""
    return str(SETTINGS["staff.company_name"]()) if "staff.company_name" in SETTINGS else ""


def _address(name: str, number: int) -> str:
    try:
        return reverse(name, args=[number])
    except NoReverseMatch:
        return ""
