"""Booking what a replay found to be different, by a handful of statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from staff.actions.events import notify
from staff.actions.settling import Hand, settle
from staff.models import Employee, PointEntry, Trial
from staff.queries.comparison import DIFFERENCES, terms_of
from staff.queries.pricing import is_plain, versions_on
from staff.queries.rulebook import points_in_words

_KEEP = f"CREATE TEMP TABLE replay_difference ON COMMIT DROP AS {DIFFERENCES} SELECT * FROM differences"
_SAME = """{a}.clause_id = {b}.clause_id AND {a}.subject_type = {b}.subject_type AND {a}.subject_id = {b}.subject_id
    AND {a}.employee_id = {b}.employee_id"""
_NEW = """
INSERT INTO staff_offence (clause_id, version_id, employee_id, subject_type, subject_id, subject_label, happened_at,
                           day, facts, url, found_at, standing, grade, cause, because_of_id, is_frozen)
SELECT t.clause_id, t.version_id, t.employee_id, t.subject_type, t.subject_id, t.subject_label, t.happened_at, t.day,
    t.facts, t.url, %s, 'charged', t.grade, t.cause, agent.id, false
FROM replay_difference d JOIN staff_trialoffence t ON t.id = d.trial_offence_id
LEFT JOIN LATERAL (
    SELECT a.id FROM staff_offence a
    WHERE a.clause_id = t.clause_id AND a.subject_type = t.subject_type AND a.subject_id = t.subject_id
        AND a.employee_id <> t.employee_id AND a.because_of_id IS NULL
    ORDER BY a.id LIMIT 1
) agent ON t.is_superior
WHERE d.offence_id IS NULL AND t.is_superior = %s
ON CONFLICT ON CONSTRAINT offence_charged_once DO NOTHING
"""
_KNOW = f"""
UPDATE replay_difference d SET offence_id = o.id
FROM staff_trialoffence t JOIN staff_offence o ON {_SAME.format(a="o", b="t")}
WHERE d.offence_id IS NULL AND t.id = d.trial_offence_id
"""
_ENTRIES = """
INSERT INTO staff_pointentry (offence_id, employee_id, kind, points, fund, version_id, trial_id, workings, day,
                              booked_at, booked_by_id, counters_id, reason)
SELECT d.offence_id, d.employee_id,
    CASE WHEN NOT d.has_charge THEN 'charge' WHEN whole.id IS NOT NULL THEN 'counter' ELSE 'adjustment' END,
    d.will - d.was, d.will_fund - d.was_fund, nullif(t.version_id, o.version_id), %s,
    CASE WHEN t.id IS NULL THEN '{"gone": true}'::jsonb ELSE t.workings - 'into' END,
    CASE WHEN EXISTS (
        SELECT 1 FROM staff_appraisalcycle c WHERE c.state = 'locked' AND d.day BETWEEN c.first AND c.last
    ) THEN %s::date ELSE d.day END,
    %s, %s, whole.id, CASE WHEN d.has_charge THEN %s ELSE '' END
FROM replay_difference d JOIN staff_offence o ON o.id = d.offence_id
LEFT JOIN staff_trialoffence t ON t.id = d.trial_offence_id
LEFT JOIN LATERAL (
    SELECT e.id FROM staff_pointentry e
    WHERE e.offence_id = d.offence_id AND e.kind = 'charge' AND d.will = 0 AND d.will_fund = 0 AND e.points = d.was
        AND e.fund = d.was_fund AND NOT EXISTS (SELECT 1 FROM staff_pointentry f WHERE f.counters_id = e.id)
) whole ON true
"""
_STAND = f"""
UPDATE staff_offence o
SET standing = t.standing, merged_into_id = CASE WHEN t.standing = 'merged' THEN into_id END,
    excuse_id = CASE WHEN t.standing = 'excused' THEN (t.workings ->> 'excuse')::bigint END
FROM (
    SELECT d.offence_id, x.standing, x.workings, CASE WHEN (x.workings ->> 'into')::bigint < 0
        THEN -(x.workings ->> 'into')::bigint ELSE p.id END AS into_id
    FROM replay_difference d JOIN staff_trialoffence x ON x.id = d.trial_offence_id
    LEFT JOIN staff_trialoffence f ON f.id = (x.workings ->> 'into')::bigint
    LEFT JOIN staff_offence p ON {_SAME.format(a="p", b="f")}
) t
WHERE o.id = t.offence_id AND (t.standing <> 'merged' OR t.into_id IS NOT NULL AND t.into_id <> o.id)
"""
_WHOM = "SELECT employee_id, sum(will - was), sum(will_fund - was_fund) FROM replay_difference GROUP BY employee_id"
_AFTER = "SELECT DISTINCT clause_id, employee_id FROM replay_difference"


def book_differences(trial: Trial, *, by: Employee, at: datetime) -> int:
    """Book the differences between a replay and the books as one batch; return how many entries that takes.

    What falls away gets a counter-entry, what costs otherwise an adjustment, what is new an offence with its charge.
    Entries of months whose appraisal is locked are dated today. For the caller who has approved and locked the books.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, terms_of(trial))
        for is_superior in (False, True):
            cursor.execute(_NEW, [at, is_superior])
        cursor.execute(_KNOW)
        cursor.execute(_ENTRIES, [trial.pk, shop_day(at), at, by.pk, trial.reason])
        cursor.execute(_STAND)
        cursor.execute(_WHOM)
        whom: list[tuple[int, Decimal, Decimal]] = cursor.fetchall()
        cursor.execute(_AFTER)
        groups: list[tuple[int, int]] = cursor.fetchall()
        cursor.execute("DROP TABLE replay_difference")
    _settle_after(trial, groups, hand=Hand(at, by, replay=trial))
    _tell(trial, whom, at=at)
    return PointEntry.objects.filter(trial=trial).count()


def _settle_after(trial: Trial, groups: Iterable[tuple[int, int]], *, hand: Hand) -> None:
    """Reckon the rest of the last month anew: its cases may have other numbers now."""
    people: dict[int, list[int]] = {}
    for clause, employee in groups:
        people.setdefault(clause, []).append(employee)
    for version in versions_on(trial.last):
        if version.clause_id in people and not is_plain(version):
            settle(version, people[version.clause_id], trial.last, hand=hand)


def _tell(trial: Trial, whom: list[tuple[int, Decimal, Decimal]], *, at: datetime) -> None:
    """Tell everybody whose points changed."""
    people = Employee.objects.in_bulk([row[0] for row in whom])
    for employee, points, fund in whom:
        values: dict[str, Any] = {"first": trial.first.isoformat(), "last": trial.last.isoformat()}
        amounts = [points_in_words(points)] if points else []
        amounts += [f"¥{fund:+,.2f}"] if fund else []
        notify(
            [people[employee]],
            "points",
            _("The rulebook was applied anew to %(first)s – %(last)s: %(points)s for you. Reason: %(reason)s"),
            at=at,
            url=f"{reverse('staff:my_points')}?month={trial.last:%Y-%m}",
            points=" · ".join(amounts) or "0",
            reason=trial.reason,
            **values,
        )
