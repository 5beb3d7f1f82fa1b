"""What a trial would change: its rows beside what stands in the books, by person and case by case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from shopops.kit.detectors import DETECTORS
from staff.models import Clause, Employee, Trial
from staff.queries.entries_sql import IS_OUTSIDE, SAID
from staff.states import Standing, TrialKind

_DAY = timedelta(days=1)
DIFFERENCES = f"""
WITH terms AS (
    SELECT %s::bigint AS trial, %s::date AS first, %s::date AS last, %s::bigint[] AS clauses, %s::bigint AS employee,
        %s::boolean AS with_free
),
books AS MATERIALIZED (
    SELECT o.id, o.clause_id, o.employee_id, o.subject_type, o.subject_id, o.subject_label, o.url, o.happened_at, o.day,
        coalesce(said.points, 0) AS points, coalesce(said.fund, 0) AS fund,
        coalesce(said.has_charge, false) AS has_charge, coalesce(said.is_gone, false) AS is_gone,
        coalesce(said.is_decided, false) OR o.is_frozen AS stays
    FROM terms JOIN staff_offence o ON o.clause_id = ANY(terms.clauses) AND o.day BETWEEN terms.first AND terms.last
        AND (terms.employee IS NULL OR o.employee_id = terms.employee)
    LEFT JOIN LATERAL ({SAID}) said ON true
    WHERE NOT {IS_OUTSIDE}
),
tried AS MATERIALIZED (
    SELECT o.* FROM terms JOIN staff_trialoffence o
        ON o.trial_id = terms.trial AND (terms.employee IS NULL OR o.employee_id = terms.employee)
),
differences AS (
    SELECT b.id AS offence_id, t.id AS trial_offence_id, coalesce(b.clause_id, t.clause_id) AS clause_id,
        coalesce(b.employee_id, t.employee_id) AS employee_id,
        coalesce(b.subject_label, t.subject_label) AS subject_label, coalesce(b.url, t.url) AS url,
        coalesce(b.happened_at, t.happened_at) AS happened_at, coalesce(b.day, t.day) AS day,
        coalesce(b.points, 0) AS was, coalesce(t.points, 0) AS will,
        coalesce(b.fund, 0) AS was_fund, coalesce(t.fund, 0) AS will_fund,
        coalesce(b.has_charge, false) AS has_charge, coalesce(t.standing, '') AS standing,
        t.id IS NULL OR b.id IS NOT NULL AND t.standing = 'excused' AS vanishes
    FROM books b FULL JOIN tried t ON t.clause_id = b.clause_id AND t.subject_type = b.subject_type
        AND t.subject_id = b.subject_id AND t.employee_id = b.employee_id
    CROSS JOIN terms
    WHERE NOT coalesce(b.stays, false) AND (
        coalesce(b.points, 0) <> coalesce(t.points, 0) OR coalesce(b.fund, 0) <> coalesce(t.fund, 0)
        OR terms.with_free AND (b.id IS NULL AND t.standing <> 'excused' OR t.id IS NULL AND NOT b.is_gone))
)
"""
"""The cases a trial judges otherwise than the books. What people decided (waivers, verdicts, open appeals) stays."""

_BY_PERSON = """
SELECT employee_id, sum(was), sum(will), count(*) FILTER (WHERE offence_id IS NULL),
    count(*) FILTER (WHERE vanishes), sum(was_fund), sum(will_fund)
FROM differences GROUP BY employee_id
"""
_CASES = """
SELECT clause_id, offence_id, trial_offence_id, subject_label, url, happened_at, day, was, will, was_fund, will_fund,
    employee_id, standing
FROM differences ORDER BY day, happened_at, clause_id, offence_id, trial_offence_id
"""


@dataclass(frozen=True)
class PersonDifference:
    """What a trial would change for one person: the points of the cases it judges otherwise, and how many it adds.

    `was` and `will` count only cases that change; what stays as it is makes no difference. A case that is excused on
    trial is gone, too.
    """

    employee: Employee
    was: Decimal
    will: Decimal
    difference: Decimal
    cases_new: int
    cases_gone: int
    was_fund: Decimal = Decimal(0)
    will_fund: Decimal = Decimal(0)


@dataclass(frozen=True)
class CaseDifference:
    """One case that a trial judges otherwise than the books. The offence is None where the books do not know it."""

    clause: Clause
    offence_id: int | None
    trial_offence_id: int | None
    subject_label: str
    url: str
    happened_at: datetime
    day: date
    was: Decimal
    will: Decimal
    was_fund: Decimal
    will_fund: Decimal
    employee_id: int = 0
    standing: str = ""

    @property
    def becomes(self) -> str:
        """Return in a word what the trial makes of the case, where its points alone do not say it."""
        if not self.trial_offence_id:
            return _("does not happen")
        return "" if self.standing == Standing.CHARGED else str(Standing(self.standing).label)


def differences_by_person(trial: Trial) -> list[PersonDifference]:
    """Return whom a trial would cost or give points, those who lose most first; nobody whose cases stay as they are.

    A wind tunnel and a shadow count cases that cost nothing too; a replay only what would be booked. Two queries.
    """
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES + _BY_PERSON, terms_of(trial))
        rows = cursor.fetchall()
    people = Employee.objects.select_related("unit").in_bulk([row[0] for row in rows])
    found = [
        PersonDifference(people[person], was, will, will - was, new, gone, was_fund, will_fund)
        for person, was, will, new, gone, was_fund, will_fund in rows
    ]
    return sorted(found, key=lambda one: (one.difference, one.employee.name_pinyin, one.employee.pk))


def differences_of(trial: Trial, employee: Employee | None) -> list[CaseDifference]:
    """Return the cases of one person (or everybody's) that a trial judges otherwise, in the order they happened."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES + _CASES, terms_of(trial, employee=employee))
        rows = cursor.fetchall()
    clauses = Clause.objects.in_bulk({clause for clause, *_rest in rows})
    return [CaseDifference(clauses[clause], *rest) for clause, *rest in rows]


def terms_of(trial: Trial, *, employee: Employee | None = None) -> list[Any]:
    """Return what `DIFFERENCES` is asked for a trial, as far as it has come."""
    done = trial.done_to or trial.first - _DAY
    return [
        trial.pk,
        trial.first,
        min(trial.last, done),
        clauses_of(trial),
        employee.pk if employee else None,
        trial.kind != TrialKind.REPLAY,
    ]


def clauses_of(trial: Trial) -> list[int]:
    """Return the clauses a trial tallies: those of its versions, a replay every clause that is watched."""
    if trial.kind == TrialKind.REPLAY:
        return list(Clause.objects.filter(detector__in=list(DETECTORS)).values_list("pk", flat=True))
    return list(trial.versions.values_list("clause_id", flat=True))
