"""The radar: the detectors run forward. What they see coming is kept, and so is what became of it.

One statement a clause finds, prices and keeps; pages read the rows and never ask a detector.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from shopops.kit.clock import Window, shop_day, start_of_day
from shopops.kit.detectors import DETECTORS, Finding, FoundRows, Question
from staff.actions.findings import selects_of
from staff.models import ClauseVersion, Employee, RadarSighting, SettingValue
from staff.policy import RADAR_DAYS, RADAR_HOURS
from staff.queries.pricing import superiors_on
from staff.queries.radar import LAST_CHECK
from staff.states import ClauseKind, Outcome, VersionState

_LOCK = 726_015
_LOOK_BACK = timedelta(days=3)
"""What was missed so long ago and is not booked is no offence under any version in force; it is forgotten."""

_NOTHING = """
SELECT 0 AS version_id, '' AS subject_type, 0::bigint AS found_id, '' AS found_label, 0::bigint AS found_employee,
       now() AS found_at, '' AS found_url, '' AS found_grade, '' AS found_cause, false AS is_borne
WHERE false
"""
_OWN = """
SELECT {version}, subject_type, found_id, found_label, found_employee, found_at, found_url, found_grade, found_cause,
       false
FROM ({select}) rows WHERE %s::bigint IS NULL OR found_employee = %s
"""
_BORNE = """
SELECT {version}, subject_type, found_id, found_label, above.head, found_at, found_url, found_grade, found_cause,
       true
FROM ({select}) rows JOIN unnest(%s::bigint[], %s::bigint[]) AS above (person, head) ON above.person = found_employee
WHERE %s::bigint IS NULL OR above.head = %s
"""
_SWEEP = """
WITH found AS MATERIALIZED (
    SELECT DISTINCT ON (subject_type, found_id, found_employee) every.*,
           ((found_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM ({found}) every
    ORDER BY subject_type, found_id, found_employee, is_borne, found_at
),
known AS (
    SELECT employee_id, date_trunc('month', day)::date AS month, count(*) AS cases, -sum(points) AS spent
    FROM (
        SELECT o.employee_id, o.day, (SELECT sum(e.points) FROM staff_pointentry e WHERE e.offence_id = o.id) AS points
        FROM staff_offence o
        WHERE o.clause_id = %s AND o.standing = 'charged' AND o.because_of_id IS NULL AND o.day >= %s
    ) charged
    WHERE points <> 0
    GROUP BY 1, 2
),
coming AS (
    SELECT f.*, CASE WHEN is_borne THEN v.superior_points
                     ELSE coalesce((v.grades ->> f.found_grade)::numeric, v.points) END AS price,
           CASE WHEN NOT is_borne THEN v.escalates_from END AS escalates_from, v.escalates_by,
           CASE WHEN NOT is_borne THEN v.monthly_cap END AS monthly_cap,
           date_trunc('month', f.day)::date AS month,
           CASE CASE WHEN NOT is_borne THEN v.per END
                      WHEN 'day' THEN f.day::text WHEN 'month' THEN date_trunc('month', f.day)::text
                      WHEN 'cause' THEN nullif(f.found_cause, '') END AS once,
           EXISTS (
               SELECT FROM staff_excuse x
               WHERE x.confirmed_at IS NOT NULL AND x.kind = ANY (v.excuses)
                 AND x.starts_at <= f.found_at AND x.ends_at >= f.found_at
                 AND (x.employee_id IS NULL OR x.employee_id = f.found_employee)
                 AND (x.clause_id IS NULL OR x.clause_id = v.clause_id)
                 AND (x.subject_id IS NULL OR x.subject_id = f.found_id AND x.subject_type = f.subject_type)
           ) OR NOT is_borne AND v.per IN ('day', 'month') AND EXISTS (
               SELECT FROM staff_offence o
               WHERE o.clause_id = v.clause_id AND o.employee_id = f.found_employee AND o.standing = 'charged'
                 AND o.day BETWEEN CASE v.per WHEN 'day' THEN f.day ELSE date_trunc('month', f.day)::date END AND f.day
           ) OR NOT is_borne AND v.per = 'cause' AND f.found_cause <> '' AND EXISTS (
               SELECT FROM staff_offence o
               WHERE o.clause_id = v.clause_id AND o.employee_id = f.found_employee AND o.standing = 'charged'
                 AND o.cause = f.found_cause
           ) AS is_free
    FROM found f JOIN staff_clauseversion v ON v.id = f.version_id
    WHERE NOT EXISTS (
        SELECT FROM staff_offence o
        WHERE o.clause_id = v.clause_id AND o.subject_type = f.subject_type AND o.subject_id = f.found_id
          AND o.employee_id = f.found_employee
    )
),
counted AS (
    SELECT coming.*, price <> 0 AND NOT is_free AND (once IS NULL OR row_number() OVER (
               PARTITION BY found_employee, is_borne, once, is_free ORDER BY found_at, found_id) = 1) AS costs
    FROM coming
),
numbered AS (
    SELECT counted.*, coalesce(known.spent, 0) AS spent, coalesce(known.cases, 0) + count(*) FILTER (WHERE costs) OVER (
               PARTITION BY found_employee, is_borne, counted.month ORDER BY found_at, found_id) AS number
    FROM counted LEFT JOIN known ON known.employee_id = found_employee AND known.month = counted.month
),
dear AS (
    SELECT numbered.*, CASE WHEN NOT costs THEN 0 WHEN number >= escalates_from THEN round(price * escalates_by, 2)
                            ELSE price END AS full_price
    FROM numbered
),
priced AS (
    SELECT dear.*, CASE WHEN monthly_cap IS NULL THEN full_price ELSE -least(-full_price, greatest(0,
               monthly_cap - spent + coalesce(sum(full_price) OVER (PARTITION BY found_employee, is_borne, month
                   ORDER BY found_at, found_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) END AS points
    FROM dear
),
kept AS (
    INSERT INTO staff_radarsighting AS s (clause_id, employee_id, subject_type, subject_id, subject_label, url, points,
                                          due_at, seen_at, outcome)
    SELECT %s, found_employee, subject_type, found_id, left(found_label, 120), left(found_url, 300), points,
           found_at, %s, 'coming'
    FROM priced WHERE found_at > %s
    ON CONFLICT ON CONSTRAINT sighting_once DO UPDATE
        SET due_at = excluded.due_at, points = excluded.points, url = excluded.url, outcome = 'coming',
            settled_at = NULL
        WHERE s.outcome <> 'happened'
          AND (s.due_at, s.points, s.outcome) IS DISTINCT FROM (excluded.due_at, excluded.points, 'coming')
    RETURNING (xmax = 0) AS is_new
),
gone AS (
    UPDATE staff_radarsighting s SET outcome = 'avoided', settled_at = least(s.due_at, %s)
    WHERE s.clause_id = %s AND s.outcome = 'coming' AND s.due_at > %s AND s.due_at <= %s
      AND (%s::bigint IS NULL OR s.employee_id = %s)
      AND NOT EXISTS (
          SELECT FROM found f
          WHERE f.subject_type = s.subject_type AND f.found_id = s.subject_id AND f.found_employee = s.employee_id)
      AND NOT EXISTS (
          SELECT FROM staff_offence o
          WHERE o.clause_id = s.clause_id AND o.subject_type = s.subject_type AND o.subject_id = s.subject_id
            AND o.employee_id = s.employee_id)
    RETURNING 1
)
SELECT (SELECT count(*) FROM kept WHERE is_new), (SELECT count(*) FROM gone)
"""
_HAPPENED = """
UPDATE staff_radarsighting s SET outcome = 'happened', settled_at = o.found_at
FROM staff_offence o
WHERE s.outcome = 'coming' AND o.clause_id = s.clause_id AND o.subject_type = s.subject_type
  AND o.subject_id = s.subject_id AND o.employee_id = s.employee_id AND (%s::bigint IS NULL OR s.employee_id = %s)
"""


@dataclass
class Sweep:
    """What a sweep found: seen for the first time, avoided since the sweep before, booked since."""

    new: int = 0
    avoided: int = 0
    happened: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the plain values for a job page."""
        return asdict(self)


@transaction.atomic
def sweep(*, at: datetime, only: Employee | None = None) -> Sweep:
    """Ask every detector what will become an offence in the next hours, keep it, and settle what was kept before.

    What is no longer found before its time is avoided; what was booked has happened. What was missed stays as it is
    until the tally books it. While another sweep is at work nothing is done: it sees the same.

    :param only: look for one person alone, which takes milliseconds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return Sweep()
    swept = Sweep(happened=settle_booked(only=only))
    window = Window(at - _LOOK_BACK, at + timedelta(hours=RADAR_HOURS()))
    versions = _versions(window)
    for clause, several in groupby(versions, key=lambda version: version.clause_id):
        new, avoided = _keep(clause, _found(several, window, at=at, only=only), window, at=at, only=only)
        swept.new += new
        swept.avoided += avoided
    if only is None:
        watched = {version.clause_id for version in versions}
        dead = Q(due_at__lte=window.start) | ~Q(clause__in=watched)
        RadarSighting.objects.filter(dead, outcome=Outcome.COMING).delete()
        SettingValue.objects.update_or_create(
            name=LAST_CHECK, defaults={"value": at.isoformat(timespec="seconds"), "changed_at": at}
        )
    return swept


def settle_booked(*, only: Employee | None = None) -> int:
    """Mark what was seen coming and has been booked since; return how many."""
    person = only.pk if only else None
    with connection.cursor() as cursor:
        cursor.execute(_HAPPENED, [person, person])
        return int(cursor.rowcount)


def forget_old_sightings(*, at: datetime) -> int:
    """Throw away what was settled longer ago than managers want to keep it; return how many."""
    old = RadarSighting.objects.exclude(outcome=Outcome.COMING).filter(due_at__lt=at - timedelta(days=RADAR_DAYS()))
    return old.delete()[0]


def _versions(window: Window) -> list[ClauseVersion]:
    """Return the versions that hold on a day of the window and may cost something, clause by clause."""
    first, last = shop_day(window.start), shop_day(window.end)
    return list(
        ClauseVersion.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=first),
            state=VersionState.PUBLISHED,
            valid_from__lte=last,
            clause__detector__in=list(DETECTORS),
        )
        .exclude(clause__kind=ClauseKind.REWARD)
        .select_related("clause")
        .order_by("clause_id", "valid_from")
    )


def _found(
    versions: Iterable[ClauseVersion], window: Window, *, at: datetime, only: Employee | None
) -> Iterator[tuple[str, list[Any]]]:
    """Give the findings of each version in the part of the window in which it holds, as statements."""
    for version in versions:
        start = max(window.start, start_of_day(version.valid_from))
        end = min(window.end, start_of_day(version.valid_to)) if version.valid_to else window.end
        if start >= end:
            continue
        findings = DETECTORS[version.clause.detector].find(Question(Window(start, end), at, version.parameters))
        above = superiors_on(shop_day(at), post=version.superior_post) if version.superior_points else {}
        one = [only.pk if only else None] * 2
        for select, values in selects_of(_of_people(findings, _answering(only, above)) if only else findings):
            yield _OWN.format(version=version.pk, select=select), [*values, *one]
            if above:
                heads = [list(above), list(above.values())]
                yield _BORNE.format(version=version.pk, select=select), [*values, *heads, *one]


def _answering(person: Employee, above: dict[int, int]) -> set[int]:
    """Return those whose cases a person answers for: their own, and of those they are the superior of."""
    return {person.pk, *(one for one, head in above.items() if head == person.pk)}


def _of_people(findings: Iterable[Finding], people: set[int]) -> Iterable[Finding]:
    """Return the findings that these people would answer for."""
    if isinstance(findings, FoundRows):
        return findings.each(lambda query: query.filter(found_employee__in=people))
    return (finding for finding in findings if finding.employee_id in people)


def _keep(
    clause: int, found: Iterator[tuple[str, list[Any]]], window: Window, *, at: datetime, only: Employee | None
) -> tuple[int, int]:
    """Write what was found under a clause; return how many are new, and how many have been avoided."""
    selects, values = [_NOTHING], list[Any]()
    for select, its_values in found:
        selects.append(select)
        values += its_values
    month = shop_day(window.start).replace(day=1)
    person = only.pk if only else None
    with connection.cursor() as cursor:
        cursor.execute(
            _SWEEP.format(found=" UNION ALL ".join(selects)),
            [*values, clause, month, clause, at, at, at, clause, window.start, window.end, person, person],
        )
        row: tuple[int, int] = cursor.fetchone()
        return row
