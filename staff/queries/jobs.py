"""Jobs as the people who started them see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shopops.kit.jobs import JOBS
from shopops.kit.lists.declarations import PAGES, Reader, Row
from staff.models import Employee, JobRun
from staff.states import JobState

OPEN = (JobState.QUEUED, JobState.RUNNING)
TONES = {JobState.QUEUED: "plain", JobState.RUNNING: "info", JobState.DONE: "good", JobState.FAILED: "danger"}
MINUTE, HOUR = 60, 3600


def visible_runs(employee: Employee) -> QuerySet[JobRun]:
    """Return the runs an employee may see: their own, or everybody's."""
    runs = JobRun.objects.select_related("asked_by")
    return runs if employee.has_perm("staff.view_all_jobs") else runs.filter(asked_by=employee)


def listed_runs(reader: Reader) -> QuerySet[JobRun]:
    """Return the rows of “my files and jobs”."""
    return visible_runs(reader.by).annotate(asker=F("asked_by__name"))


def matching_runs(text: str) -> Q:
    """Return the condition for the search box: the name of a file or of who asked, or what the job is called."""
    words = text.strip()
    called = [name for name, job in JOBS.items() if words.lower() in str(job.label).lower()]
    return Q(file_name__icontains=words) | Q(asked_by__name__startswith=words) | Q(job__in=called)


def add_words(rows: list[Row], _reader: Reader) -> None:
    """Put what templates show on the rows of a page; no query."""
    labels = dict(JobState.choices)
    for row in rows:
        row["label"] = label_of(row["job"])
        row["state_label"] = labels[row["state"]]
        row["tone"] = TONES[JobState(row["state"])]
        row["percent"] = min(100, row["done"] * 100 // row["total"]) if row["total"] else None
        row["took"] = took(row["started_at"], row["finished_at"])


def label_of(job: str) -> str:
    """Return what a job is called on the screen."""
    return str(JOBS[job].label) if job in JOBS else job


@dataclass(frozen=True)
class ShownRun:
    """One run as its page shows it."""

    run: JobRun

    @property
    def label(self) -> str:
        """Return what the job is called."""
        return label_of(self.run.job)

    @property
    def tone(self) -> str:
        """Return the colour of its state."""
        return TONES[JobState(self.run.state)]

    @property
    def is_open(self) -> bool:
        """Say whether it still waits or runs."""
        return self.run.state in OPEN

    @property
    def took(self) -> str:
        """Return how long it took, in words."""
        return took(self.run.started_at, self.run.finished_at)

    @property
    def result_url(self) -> str:
        """Return the page where its result is seen; empty if there is none."""
        found = self.run.result.get("url", "")
        if not found and self.run.job == "lists.batch" and self.run.result.get("page") in PAGES:
            try:
                page = PAGES[self.run.result["page"]]
                return reverse(f"{page.url_name}_batch_result", args=[self.run.pk])
            except NoReverseMatch:
                return ""
        return str(found)

    @property
    def result_lines(self) -> list[tuple[str, str]]:
        """Return the plain figures of its result: how many rows, and so on."""
        words = _result_words()
        return [
            (words.get(name, name), _said(value, words))
            for name, value in self.run.result.items()
            if name in words and value not in (None, "", {}, [])
        ]


def took(start: datetime | None, end: datetime | None) -> str:
    """Return a span in words: `3 s`, `2 min 5 s`; empty while it is not over."""
    if start is None or end is None:
        return ""
    seconds = max(0, round((end - start) / timedelta(seconds=1)))
    if seconds < MINUTE:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < HOUR:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": seconds // MINUTE, "seconds": seconds % MINUTE}
    return _("%(hours)s h %(minutes)s min") % {"hours": seconds // HOUR, "minutes": seconds % HOUR // MINUTE}


def _said(value: Any, words: dict[str, str]) -> str:
    if isinstance(value, dict):
        return " · ".join(f"{words.get(str(name), name)} {_said(one, words)}" for name, one in value.items())
    if isinstance(value, list):
        return str(len(value))
    return str(value)


def _result_words() -> dict[str, str]:
    """Return what the figures of results are called; what is not listed is for machines."""
    return {
        "rows": _("Rows"),
        "new": _("New"),
        "changed": _("Changed"),
        "unchanged": _("Unchanged"),
        "refused": _("Refused"),
        "by_clause": _("By clause"),
        "done": _("Done"),
        "failed": _("Failed"),
        "orders": _("Orders"),
        "lines": _("Lines"),
        "pages": _("Pages"),
        "parcels": _("Parcels"),
        "notes": _("Dispatch notes"),
        "readings": _("Readings"),
        "people": _("People"),
        "files": _("Files deleted"),
        "news": _("Notifications deleted"),
        "released": _("Released"),
        "day": _("Day"),
        "number": _("Number"),
    }
