"""Questions about imports of service files, and about the platform's figures of agents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from service.models import AgentDay, FileImport
from service.states import FileKind, FileState
from shopops.kit.lists import Reader, Row
from shopops.kit.spans import span_said
from staff.models import SubAccount
from staff.queries.jobs import took

TONES = {
    FileState.WAITING: "plain",
    FileState.READING: "info",
    FileState.DONE: "good",
    FileState.REHEARSED: "warn",
    FileState.REFUSED: "danger",
}
OPEN = (FileState.WAITING, FileState.READING)
COUNTS = {
    "new": _("New"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "removed": _("Removed"),
    "refused": _("Refused rows"),
    "conversations": _("New conversations"),
    "conversations_changed": _("Continued conversations"),
    "turns": _("Questions"),
    "buyers": _("New buyers"),
}
"""Counts shown, in this order, where an import has them."""
_COUNT_TONES = {"new": "good", "refused": "danger"}
_LONGEST_NUMBER = 10


def listed_file_imports(_reader: Reader) -> QuerySet[FileImport]:
    """Return all imports of service files."""
    return FileImport.objects.all()


def matching_file_imports(text: str) -> Q:
    """Return the condition for the search box: a file's name, a number, or who imported it."""
    found = Q(files__icontains=text) | Q(started_by__name__icontains=text)
    return found | Q(pk=int(text)) if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER else found


def add_file_import_words(rows: list[Row], _reader: Reader) -> None:
    """Put on the rows of a page what is shown of files, counts and states."""
    for row in rows:
        state = FileState(row["state"])
        waits = state == FileState.WAITING and not row["job_run_id"]
        row["tone"], row["state_label"] = ("warn", _("columns wanted")) if waits else (TONES[state], state.label)
        row["kind_label"] = FileKind(row["kind"]).label
        row["names"] = [one["name"] for one in row["files"]]
        row["shown_counts"] = row["counts"] or {}
        row["took"] = took(row["started_at"], row["finished_at"])


@dataclass(frozen=True)
class Count:
    """A figure of an import as its page shows it."""

    label: Any
    value: int
    tone: str
    link: str = ""


@dataclass
class FileImportShown:
    """An import as its page shows it."""

    batch: FileImport

    @property
    def tone(self) -> str:
        """Return the colour of its state."""
        return TONES[FileState(self.batch.state)]

    @property
    def is_open(self) -> bool:
        """Say whether it still waits or runs."""
        return self.batch.state in OPEN

    @property
    def took(self) -> str:
        """Return how long it took, in words."""
        return took(self.batch.started_at, self.batch.finished_at)

    @property
    def counts(self) -> list[Count]:
        """Return its figures in order."""
        counts = self.batch.counts
        return [
            Count(label, counts[name], _COUNT_TONES.get(name, "") if counts[name] else "", self._facts(name))
            for name, label in COUNTS.items()
            if isinstance(counts.get(name), int)
        ]

    def _facts(self, name: str) -> str:
        """Return where the facts behind a figure stand, if they have a page."""
        if name == "refused":
            return "#remarks"
        if self.batch.kind == FileKind.AGENT_DAYS and self.batch.state == FileState.DONE and name in {"new", "changed"}:
            return f"{reverse('service:agent_days')}?batch={self.batch.pk}"
        return ""

    @property
    def can_be_imported(self) -> bool:
        """Say whether it was a rehearsal whose files are still there."""
        return self.batch.state == FileState.REHEARSED and all(one.get("stored") for one in self.batch.files)

    def unknown_agents(self) -> list[tuple[str, int]]:
        """Return the nicks of ours in it that nobody is behind yet, with how many messages each has, most first."""
        told: dict[str, int] = self.batch.counts.get("unknown_agents") or {}
        if not told:
            return []
        named = set(SubAccount.objects.filter(nick__in=told).values_list("nick", flat=True))
        left = [(nick, count) for nick, count in told.items() if nick not in named]
        return sorted(left, key=lambda one: (-one[1], one[0]))


def listed_agent_days(_reader: Reader) -> QuerySet[AgentDay]:
    """Return the platform's figures of all agents and shops."""
    return AgentDay.objects.all()


def matching_agent_days(text: str) -> Q:
    """Return the condition for the search box: a sub-account or a name."""
    return Q(nick__icontains=text) | Q(employee__name__icontains=text)


def add_agent_day_words(rows: list[Row], _reader: Reader) -> None:
    """Put rates in per cent and times in words on the rows of a page."""
    for row in rows:
        for name in ("reply_rate", "three_minute_rate"):
            value = row[name]
            row[f"{name}_shown"] = "" if value is None else f"{value * 100:.2f}".rstrip("0").rstrip(".") + "%"
        for name in ("first", "average"):
            value = row[f"{name}_seconds"]
            row[f"{name}_shown"] = "" if value is None else span_said(int(value))
