"""The nightly tally: what went wrong yesterday, priced by the rulebook in force, booked once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import Window, day_window
from shopops.kit.detectors import DETECTORS, Finding, FoundRows, Question
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify
from staff.models import ClauseVersion, Employee
from staff.queries.rulebook import points_in_words, versions_in_force
from staff.states import Standing

_LOCK = 726_002
_CHUNK = 5000
_BOOK = """
WITH found AS MATERIALIZED ({found}),
offences AS (
    INSERT INTO staff_offence (clause_id, version_id, employee_id, subject_type, subject_id, subject_label,
                               happened_at, day, facts, url, found_at, standing, grade, cause, is_frozen)
    SELECT %s, %s, found_employee, subject_type, found_id, left(found_label, 120), found_at, %s, found_facts,
           left(found_url, 300), %s, %s, '', '', false
    FROM found
    ON CONFLICT ON CONSTRAINT offence_charged_once DO NOTHING
    RETURNING id, employee_id
),
entries AS (
    INSERT INTO staff_pointentry (offence_id, employee_id, kind, points, fund, workings, day, booked_at, reason)
    SELECT id, employee_id, 'charge', %s, 0, '{{}}', %s, %s, '' FROM offences WHERE %s
)
SELECT NULL, count(*) FROM found
UNION ALL
SELECT employee_id, count(*) FROM offences GROUP BY employee_id
"""
_ROWS_OF_QUERY = "SELECT %s::text AS subject_type, rows.* FROM ({select}) rows"
_ROWS_OF_JSON = """
SELECT * FROM jsonb_to_recordset(%s::jsonb) AS rows (
    subject_type text, found_id bigint, found_label text, found_employee bigint, found_at timestamptz,
    found_facts jsonb, found_url text
)
"""


@dataclass
class Tally:
    """What a tally found: offences booked now, offences known already, and new ones by clause."""

    new: int = 0
    unchanged: int = 0
    by_clause: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """Return the plain values for a job page or a script."""
        return {"new": self.new, "unchanged": self.unchanged, "by_clause": dict(self.by_clause)}

    def add(self, other: Tally) -> None:
        """Take up another tally."""
        self.new += other.new
        self.unchanged += other.unchanged
        self.by_clause += other.by_clause


@transaction.atomic
def tally_day(day: date, *, at: datetime) -> Tally:
    """Find the offences of `day` and book what each costs; a second tally of the same day books nothing.

    Of a day that is not over, only limits that have passed by `at` count. Everybody charged is told at once, with the
    way to the evidence.

    :raises Refused: if the day has not begun.
    """
    start, end = day_window(day)
    if at <= start:
        raise Refused(sentence(_("%(day)s has not begun; there is nothing to tally yet."), day=day.isoformat()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    tally = Tally()
    charged: list[tuple[int, ClauseVersion, int]] = []
    for version in versions_in_force(day):
        question = Question(Window(start, min(end, at)), at, version.parameters)
        found, booked = _book(version, DETECTORS[version.clause.detector].find(question), day=day, at=at)
        new = booked.total()
        tally.new += new
        tally.unchanged += found - new
        if new:
            tally.by_clause[version.clause.number] += new
        if version.points:
            charged += [(employee, version, count) for employee, count in booked.items()]
    _tell(charged, day=day, at=at)
    return tally


def _book(version: ClauseVersion, findings: Iterable[Finding], *, day: date, at: datetime) -> tuple[int, Counter[int]]:
    """Write the offences nobody has booked yet, with their points; return how many were found, and new by person."""
    found, booked = 0, Counter[int]()
    with connection.cursor() as cursor:
        for select, values in _selects(findings):
            cursor.execute(
                _BOOK.format(found=select),
                [
                    *values,
                    version.clause_id,
                    version.pk,
                    day,
                    at,
                    Standing.CHARGED if version.points else Standing.WARNED,
                    version.points,
                    day,
                    at,
                    bool(version.points),
                ],
            )
            for employee, count in cursor.fetchall():
                if employee is None:
                    found += count
                else:
                    booked[employee] += count
    return found, booked


def _selects(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Any]]]:
    """Give the findings as statements: those of the database as they are, others as rows of JSON, a chunk at a time."""
    if isinstance(findings, FoundRows):
        for query in findings.queries:
            with suppress(EmptyResultSet):
                select, values = query.query.sql_with_params()
                yield _ROWS_OF_QUERY.format(select=select), [findings.subject_type, *values]
        return
    walk = iter(findings)
    while chunk := list(islice(walk, _CHUNK)):
        rows = [
            {
                "subject_type": finding.subject[0],
                "found_id": finding.subject[1],
                "found_label": finding.subject[2],
                "found_employee": finding.employee_id,
                "found_at": finding.happened_at,
                "found_facts": finding.facts,
                "found_url": finding.url,
            }
            for finding in chunk
        ]
        yield _ROWS_OF_JSON, [json.dumps(rows, cls=DjangoJSONEncoder)]


def _tell(charged: list[tuple[int, ClauseVersion, int]], *, day: date, at: datetime) -> None:
    """Tell everybody who was charged, one sentence a clause."""
    people = Employee.objects.in_bulk({employee for employee, _version, _count in charged})
    for employee, version, count in charged:
        notify(
            [people[employee]],
            "points",
            _("%(clause)s of %(day)s: %(count)s booked, %(points)s points in all. See the evidence."),
            at=at,
            url=f"{reverse('staff:my_points')}?month={day:%Y-%m}",
            clause=version.clause.number,
            day=day.isoformat(),
            count=count,
            points=points_in_words(version.points * count),
        )
