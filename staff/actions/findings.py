"""Writing what detectors found: into the books, or beside them on trial, by one statement a question.

A clause whose cases are priced each by itself is priced in the same statement. The others are written without a price;
`staff.actions.settling` prices them together with what else the person did in the month.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from shopops.kit.clock import shop_day
from shopops.kit.detectors import Finding, FoundRows
from staff.actions.settling import Priced
from staff.actions.settling_sql import EXCUSED_BY
from staff.models import ClauseVersion, Trial
from staff.queries.pricing import is_plain

_CHUNK = 5000
_TERMS = """
WITH terms AS MATERIALIZED (
    SELECT %s::bigint AS clause, %s::bigint AS version, %s::date AS day, %s::timestamptz AS at,
        coalesce((SELECT %s::date FROM staff_appraisalcycle WHERE state = 'locked' AND %s::date BETWEEN first AND last
            LIMIT 1), %s::date) AS booked_on,
        %s::numeric AS points, %s::numeric AS fund, %s::jsonb AS grades, %s::bigint[] AS excuses, %s::bigint AS trial
),
found AS MATERIALIZED (
    SELECT rows.*, {price} AS price, {excuse} AS excuse, {standing} AS standing
    FROM ({found}) rows CROSS JOIN terms {excuses}
),
"""
_EXCUSES = EXCUSED_BY.format(
    employee="rows.found_employee", at="rows.found_at", subject_type="rows.subject_type", subject_id="rows.found_id"
)
_BOOK = """
offences AS (
    INSERT INTO staff_offence (clause_id, version_id, employee_id, subject_type, subject_id, subject_label,
                               happened_at, day, facts, url, found_at, standing, grade, cause, excuse_id, is_frozen)
    SELECT terms.clause, terms.version, found_employee, subject_type, found_id, left(found_label, 120), found_at,
        terms.day, found_facts, left(found_url, 300), terms.at, standing, left(found_grade, 20),
        left(found_cause, 120), excuse, false
    FROM found CROSS JOIN terms
    ON CONFLICT ON CONSTRAINT offence_charged_once DO NOTHING
    RETURNING id, employee_id, standing, grade, cause
),
entries AS (
    INSERT INTO staff_pointentry (offence_id, employee_id, kind, points, fund, workings, day, booked_at, reason)
    SELECT id, employee_id, 'charge', {price}, fund, '{{}}', booked_on, at, ''
    FROM offences rows CROSS JOIN terms WHERE standing = 'charged'
    RETURNING employee_id, offence_id, points, fund
)
SELECT 'found', NULL::bigint, count(*), NULL::bigint[], NULL::numeric, NULL::numeric FROM found
UNION ALL
SELECT 'new', employee_id, count(*), {ids}, NULL, NULL FROM offences GROUP BY employee_id
UNION ALL
SELECT 'charged', employee_id, count(*), ARRAY[min(offence_id)], sum(points), sum(fund) FROM entries
GROUP BY employee_id
"""
_TRY = """
offences AS (
    INSERT INTO staff_trialoffence (trial_id, clause_id, version_id, employee_id, subject_type, subject_id,
                                    subject_label, happened_at, day, facts, url, standing, grade, cause, points, fund,
                                    workings, is_superior)
    SELECT terms.trial, terms.clause, terms.version, found_employee, subject_type, found_id, left(found_label, 120),
        found_at, terms.day, found_facts, left(found_url, 300), standing, left(found_grade, 20), left(found_cause, 120),
        CASE WHEN standing = 'charged' THEN price ELSE 0 END, CASE WHEN standing = 'charged' THEN fund ELSE 0 END,
        CASE WHEN excuse IS NULL THEN '{{}}' ELSE jsonb_build_object('excuse', excuse) END, false
    FROM found CROSS JOIN terms
    ON CONFLICT ON CONSTRAINT trial_offence_once DO NOTHING
    RETURNING id, employee_id
)
SELECT 'found', NULL::bigint, count(*), NULL::bigint[], NULL::numeric, NULL::numeric FROM found
UNION ALL
SELECT 'new', employee_id, count(*), {ids}, NULL, NULL FROM offences GROUP BY employee_id
"""
_ROWS_OF_QUERY = "SELECT %s::text AS subject_type, answers.* FROM ({select}) answers"
_ROWS_OF_JSON = """
SELECT * FROM jsonb_to_recordset(%s::jsonb) AS answers (
    subject_type text, found_id bigint, found_label text, found_employee bigint, found_at timestamptz,
    found_facts jsonb, found_url text, found_grade text, found_cause text
)
"""


@dataclass
class Written:
    """What became of the findings of a clause and day.

    :param new: employee → how many offences nobody knew before.
    :param ids: employee → those offences, where they still want a price.
    :param priced: what was charged at once, a row a person and statement.
    """

    found: int = 0
    new: dict[int, int] = field(default_factory=dict)
    ids: dict[int, list[int]] = field(default_factory=dict)
    priced: list[Priced] = field(default_factory=list)


def write_findings(
    version: ClauseVersion,
    findings: Iterable[Finding],
    *,
    day: date,
    at: datetime,
    excuses: list[int],
    trial: Trial | None = None,
) -> Written:
    """Write the findings nobody has written yet, with their prices where each is priced by itself.

    Entries are dated the day it happened, or today where that lies in a month whose appraisal is locked.

    :param excuses: ids of the excuses that may cover some of them.
    :param trial: write beside the books, for this trial.
    """
    plain = is_plain(version)
    written = Written()
    price = "coalesce((terms.grades ->> rows.{grade})::numeric, terms.points)" if version.grades else "terms.points"
    charged = "'charged'" if plain else "'warned'"
    if not version.grades:
        standing = charged if version.points or version.fund else "'warned'"
    else:
        standing = (
            f"CASE WHEN {price.format(grade='found_grade')} <> 0 OR terms.fund <> 0 THEN {charged} ELSE 'warned' END"
        )
    if excuses:
        standing = f"CASE WHEN excuse.id IS NOT NULL THEN 'excused' ELSE {standing} END"
    tail = (_TRY if trial else _BOOK).format(
        price=price.format(grade="grade"), ids="NULL::bigint[]" if plain else "array_agg(id)"
    )
    head: list[Any] = [
        version.clause_id,
        version.pk,
        day,
        at,
        shop_day(at),
        day,
        day,
        version.points,
        version.fund,
        json.dumps(version.grades),
        excuses,
        trial.pk if trial else None,
    ]
    with connection.cursor() as cursor:
        for select, values in selects_of(findings):
            statement = _TERMS.format(
                found=select,
                price=price.format(grade="found_grade"),
                excuse="excuse.id" if excuses else "NULL::bigint",
                standing=standing,
                excuses=_EXCUSES if excuses else "",
            )
            cursor.execute(statement + tail, [*head, *values])
            _take_up(written, cursor.fetchall())
    return written


def _take_up(written: Written, rows: list[tuple[Any, ...]]) -> None:
    """Add what one statement answered."""
    for kind, employee, count, ids, points, fund in rows:
        if kind == "found":
            written.found += count
        elif kind == "new":
            written.new[employee] = written.new.get(employee, 0) + count
            if ids:
                written.ids.setdefault(employee, []).extend(ids)
        else:
            written.priced.append(Priced(employee, ids[0], count, points, fund))


def selects_of(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Any]]]:
    """Give the findings as statements: those of the database as they are, others as rows of JSON, a chunk at a time."""
    if isinstance(findings, FoundRows):
        for subject_type, query in findings.questions:
            with suppress(EmptyResultSet):
                select, values = query.query.sql_with_params()
                yield _ROWS_OF_QUERY.format(select=select), [subject_type, *values]
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
                "found_grade": finding.grade,
                "found_cause": finding.cause,
            }
            for finding in chunk
        ]
        yield _ROWS_OF_JSON, [json.dumps(rows, cls=DjangoJSONEncoder)]
