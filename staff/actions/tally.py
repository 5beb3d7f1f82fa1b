"""The nightly tally: what went wrong yesterday, priced by the rulebook in force, booked once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Finding, Question
from staff.actions.events import notify
from staff.models import ClauseVersion, Employee, Offence, PointEntry
from staff.queries.rulebook import versions_in_force

T = TypeVar("T")
_LOCK = 726_002
_CHUNK = 1000


@dataclass
class Tally:
    """What a tally found: offences booked now, offences known already, and new ones by clause."""

    new: int = 0
    unchanged: int = 0
    by_clause: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def as_dict(self) -> dict[str, Any]:
        """Return the plain values for a job page or a script."""
        return {"new": self.new, "unchanged": self.unchanged, "by_clause": dict(self.by_clause)}


@transaction.atomic
def tally_day(day: date, *, at: datetime) -> Tally:
    """Find the offences of `day` and book what each costs; a second tally of the same day books nothing.

    Everybody charged is told the same day, with a link to the evidence.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    tally = Tally()
    booked: list[Offence] = []
    for version in versions_in_force(day):
        question = Question(window=day_window(day), now=at, parameters=version.parameters)
        for findings in in_chunks(DETECTORS[version.clause.detector](question), _CHUNK):
            new = _book(version, findings, day=day, at=at)
            tally.new += len(new)
            tally.unchanged += len(findings) - len(new)
            if new:
                tally.by_clause[version.clause.number] += len(new)
            booked += new
    _tell(booked, at=at)
    return tally


def in_chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Give the things in lists of at most `size`."""
    walk = iter(things)
    while chunk := list(islice(walk, size)):
        yield chunk


def _book(version: ClauseVersion, findings: list[Finding], *, day: date, at: datetime) -> list[Offence]:
    """Write the offences nobody has booked yet, with their points."""
    clause = version.clause
    known = set(
        Offence.objects.filter(clause=clause, subject_id__in=[finding.subject[1] for finding in findings]).values_list(
            "subject_type", "subject_id", "employee_id"
        )
    )
    offences = []
    for finding in findings:
        key = (finding.subject[0], finding.subject[1], finding.employee_id)
        if key in known:
            continue
        known.add(key)
        offences.append(
            Offence(
                clause=clause,
                version=version,
                employee_id=finding.employee_id,
                subject_type=finding.subject[0],
                subject_id=finding.subject[1],
                subject_label=finding.subject[2][:120],
                happened_at=finding.happened_at,
                day=day,
                facts={**finding.facts, "url": finding.url},
                found_at=at,
            )
        )
    Offence.objects.bulk_create(offences)
    if version.points:
        PointEntry.objects.bulk_create(
            PointEntry(offence=offence, employee_id=offence.employee_id, points=version.points, day=day, booked_at=at)
            for offence in offences
        )
    return offences


def _tell(offences: list[Offence], *, at: datetime) -> None:
    """Tell everybody who was charged, one sentence a clause."""
    charged: dict[tuple[int, str], list[Offence]] = defaultdict(list)
    for offence in offences:
        if offence.version.points:
            charged[offence.employee_id, offence.clause.number].append(offence)
    people = Employee.objects.in_bulk({employee for employee, _number in charged})
    for (employee, _number), theirs in charged.items():
        text = _("%(clause)s: %(count)s booked, %(points)s points in all. See the evidence.") % {
            "clause": theirs[0].clause,
            "count": len(theirs),
            "points": f"{theirs[0].version.points * len(theirs):+}",
        }
        notify([people[employee]], "points", text, at=at, url=reverse("staff:my_points"))
