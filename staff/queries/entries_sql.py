"""Pieces of SQL that say what the entries of an offence, called `o`, come to."""

from __future__ import annotations

IS_REPORTED = """(o.subject_type = 'staff.CaseReport' OR EXISTS (
    SELECT 1 FROM staff_pointentry c
    WHERE c.offence_id = o.id AND c.kind = 'charge' AND c.booked_by_id IS NOT NULL AND c.trial_id IS NULL))"""
"""Somebody reported it; no tally finds it, so no tally on trial takes it away."""

IS_OUTSIDE = f"""({IS_REPORTED} AND EXISTS (
    SELECT 1 FROM staff_clause w WHERE w.id = o.clause_id AND w.detector <> ''))"""
"""A trial has no row for it: it was reported under a clause that a detector watches. Under a clause that nobody but
people watch a trial prices what was confirmed."""

SAID = """
    SELECT sum(e.points) AS points, sum(e.fund) AS fund, bool_or(e.kind = 'charge') AS has_charge,
        bool_or(e.kind <> 'charge' AND e.trial_id IS NULL AND NOT e.workings ? 'settled') AS is_decided,
        (array_agg(e.workings ? 'gone' ORDER BY e.id DESC) FILTER (WHERE e.trial_id IS NOT NULL))[1] AS is_gone,
        (array_agg(e.workings -> 'given') FILTER (WHERE e.workings ? 'given'))[1] AS given
    FROM staff_pointentry e WHERE e.offence_id = o.id
"""
"""What the entries of an offence come to; `is_decided` where people changed what the tally had booked."""
