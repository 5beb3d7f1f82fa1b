"""The statements of `staff.actions.settling`: one core that prices, between what it reads and what it writes."""

from __future__ import annotations

from staff.queries.entries_sql import IS_OUTSIDE, SAID

_TERMS = """
WITH terms AS MATERIALIZED (
    SELECT %s::bigint AS clause, %s::bigint[] AS people, %s::date AS first, %s::date AS last, %s::jsonb AS spans,
        %s::jsonb AS given, %s::timestamptz AS at, %s::bigint AS by, %s::bigint AS replay,
        (SELECT %s::date FROM staff_appraisalcycle WHERE state = 'locked' AND %s::date BETWEEN first AND last LIMIT 1)
            AS booked_on,
        %s::text AS why, %s::bigint AS trial, %s::date AS trial_first, %s::date AS trial_last, %s::bigint[] AS clauses
),
"""

_BOOKED = """
    SELECT {id} AS id, o.clause_id, o.employee_id, o.subject_type, o.subject_id, o.happened_at, o.day, o.grade,
        o.cause, o.standing, coalesce((
            SELECT (span ->> 2)::bigint FROM jsonb_array_elements(terms.spans) WITH ORDINALITY AS spans (span, place)
            WHERE o.clause_id = terms.clause AND o.day BETWEEN (span ->> 0)::date AND (span ->> 1)::date
            ORDER BY place LIMIT 1
        ), o.version_id) AS version_id,
        o.because_of_id IS NOT NULL AS is_superior,
        o.standing = 'excused' AS is_excused,
        coalesce(said.is_decided, false) OR o.is_frozen AS is_decided,
        coalesce(said.is_decided AND said.points = 0 AND said.fund = 0, false) AS is_withdrawn,
        coalesce(said.is_gone, false) OR coalesce(agent.standing IN ('excused', 'merged'), false) AS is_out,
        coalesce(said.has_charge, false) AS has_charge,
        coalesce(said.points, 0) AS net, coalesce(said.fund, 0) AS net_fund,
        coalesce(terms.given -> o.id::text, said.given) AS given,
        {is_own} AS is_own, {is_ours} AS is_ours
"""
_JOINS = f"""
    LEFT JOIN LATERAL ({SAID}) said ON true
    LEFT JOIN staff_offence agent ON agent.id = o.because_of_id
"""
_GROUP = """
    FROM terms JOIN staff_offence o ON o.clause_id = terms.clause AND o.employee_id = ANY(terms.people)
        AND o.day BETWEEN terms.first AND terms.last
"""
_NEIGHBOURS = """
    FROM terms CROSS JOIN (SELECT DISTINCT own.employee_id, own.cause FROM own
            JOIN staff_clauseversion v ON v.id = own.version_id AND v.per = 'cause' WHERE own.cause <> '') shared
    JOIN staff_offence o ON o.employee_id = shared.employee_id AND o.cause = shared.cause AND o.cause <> ''
        AND NOT (o.clause_id = terms.clause AND o.day BETWEEN terms.first AND terms.last)
    JOIN staff_clauseversion w ON w.id = o.version_id AND w.per = 'cause'
"""
_OWN_IN_BOOKS = f"""
own AS MATERIALIZED ({_BOOKED.format(id="o.id", is_own="true", is_ours="true")} {_GROUP} {_JOINS}),
near AS MATERIALIZED (
    SELECT * FROM own UNION ALL
    {_BOOKED.format(id="o.id", is_own="false", is_ours="false")} {_NEIGHBOURS} {_JOINS}
),
"""
_ON_TRIAL = """
    SELECT o.id, o.clause_id, o.employee_id, o.subject_type, o.subject_id, o.happened_at, o.day, o.grade, o.cause,
        o.standing, o.version_id, o.is_superior, o.standing = 'excused' AS is_excused, false AS is_decided,
        coalesce(said.is_withdrawn, false) AS is_withdrawn, false AS is_out, false AS has_charge, 0::numeric AS net,
        0::numeric AS net_fund, o.workings -> 'given' AS given, {is_own} AS is_own, {is_own} AS is_ours
"""
_FATE = """
    LEFT JOIN LATERAL (
        SELECT bool_or(e.kind <> 'charge' AND e.trial_id IS NULL AND NOT e.workings ? 'settled')
            AND sum(e.points) = 0 AND sum(e.fund) = 0 AS is_withdrawn
        FROM staff_offence b JOIN staff_pointentry e ON e.offence_id = b.id
        WHERE b.clause_id = o.clause_id AND b.subject_type = o.subject_type AND b.subject_id = o.subject_id
            AND b.employee_id = o.employee_id
    ) said ON true
"""
_KEPT = f"""
    NOT (o.clause_id = ANY(terms.clauses) AND o.day BETWEEN terms.trial_first AND terms.trial_last
        AND NOT {IS_OUTSIDE})
"""
_OWN_ON_TRIAL = f"""
own AS MATERIALIZED (
    {_ON_TRIAL.format(is_own="true")}
    FROM terms JOIN staff_trialoffence o ON o.trial_id = terms.trial AND o.clause_id = terms.clause
        AND o.employee_id = ANY(terms.people) AND o.day BETWEEN terms.first AND terms.last {_FATE}
    UNION ALL
    {_BOOKED.format(id="-o.id", is_own="true", is_ours="false")} {_GROUP} {_JOINS} WHERE {_KEPT}
),
near AS MATERIALIZED (
    SELECT * FROM own UNION ALL
    {_ON_TRIAL.format(is_own="false")} {_NEIGHBOURS.replace("staff_offence", "staff_trialoffence")} {_FATE}
    WHERE o.trial_id = terms.trial
    UNION ALL
    {_BOOKED.format(id="-o.id", is_own="false", is_ours="false")} {_NEIGHBOURS} {_JOINS} WHERE {_KEPT}
),
"""

_ORDER = "day, happened_at, clause_id, subject_type, subject_id"
_CORE = f"""
priced AS (
    SELECT near.*, v.escalates_from, v.escalates_by, v.monthly_cap,
        coalesce((near.given ->> 0)::numeric, CASE WHEN near.is_superior THEN v.superior_points
            ELSE coalesce((v.grades ->> near.grade)::numeric, v.points) END) AS price,
        coalesce((near.given ->> 1)::numeric, CASE WHEN near.is_superior THEN 0 ELSE v.fund END) AS price_fund,
        CASE WHEN v.per = 'cause' AND near.cause <> '' THEN 'cause ' || near.cause
            WHEN v.per = 'day' THEN concat('day ', near.clause_id, ' ', near.day)
            WHEN v.per = 'month' THEN concat('month ', near.clause_id, ' ', date_trunc('month', near.day))
            ELSE concat('case ', near.clause_id, ' ', near.subject_type, ' ', near.subject_id) END AS unit,
        NOT (near.is_excused OR near.is_out) AS holds
    FROM near JOIN staff_clauseversion v ON v.id = near.version_id
),
ranked AS (
    SELECT priced.*,
        max(abs(price)) FILTER (WHERE holds) OVER before AS cost_before,
        max(abs(price_fund)) FILTER (WHERE holds) OVER before AS fund_before,
        first_value(id) OVER (PARTITION BY employee_id, unit ORDER BY NOT holds, {_ORDER}) AS first_id
    FROM priced
    WINDOW before AS (
        PARTITION BY employee_id, unit ORDER BY {_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
more AS (
    SELECT ranked.*, sign(price) * greatest(abs(price) - coalesce(cost_before, 0), 0) AS excess,
        sign(price_fund) * greatest(abs(price_fund) - coalesce(fund_before, 0), 0) AS excess_fund
    FROM ranked
),
judged AS (
    SELECT more.*,
        holds AND cost_before IS NOT NULL AND (price <> 0 OR price_fund <> 0) AND excess = 0 AND excess_fund = 0
            AS is_merged,
        holds AND NOT is_withdrawn AND NOT is_superior AND (excess <> 0 OR excess_fund <> 0)
            AND coalesce(cost_before, 0) = 0 AND coalesce(fund_before, 0) = 0 AS is_counted
    FROM more
),
numbered AS (
    SELECT judged.*, count(*) FILTER (WHERE is_counted) OVER so_far AS number
    FROM judged WHERE is_own
    WINDOW so_far AS (PARTITION BY employee_id ORDER BY {_ORDER} ROWS UNBOUNDED PRECEDING)
),
dearer AS (
    SELECT numbered.*, CASE WHEN number >= escalates_from AND NOT is_superior THEN escalates_by ELSE 1 END AS times
    FROM numbered
),
gross AS (
    SELECT dearer.*, CASE WHEN holds THEN round(excess * times, 2) ELSE 0 END AS full_points,
        CASE WHEN holds THEN round(excess_fund * times, 2) ELSE 0 END AS full_fund
    FROM dearer
),
summed AS (
    SELECT gross.*,
        least(sum(CASE WHEN is_withdrawn THEN 0 ELSE abs(full_points) END) OVER so_far, monthly_cap) AS reached
    FROM gross WINDOW so_far AS (PARTITION BY employee_id ORDER BY {_ORDER} ROWS UNBOUNDED PRECEDING)
),
capped AS (
    SELECT summed.*, sign(full_points) * least(abs(full_points), greatest(0, reached - coalesce(max(reached) OVER (
        PARTITION BY employee_id ORDER BY {_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS points
    FROM summed
),
desired AS MATERIALIZED (
    SELECT capped.id, employee_id, day, version_id, standing AS stood, is_excused, is_decided, is_out, is_ours,
        has_charge, net, net_fund, first_id, points, full_fund AS fund,
        CASE WHEN is_merged THEN 'merged' WHEN full_points <> 0 OR full_fund <> 0 THEN 'charged' ELSE 'warned' END
            AS standing,
        jsonb_strip_nulls(jsonb_build_object(
            'number', CASE WHEN escalates_from IS NOT NULL AND NOT is_superior AND NOT is_merged THEN number END,
            'times', CASE WHEN times <> 1 AND NOT is_merged THEN trim_scale(times)::text END,
            'price', CASE WHEN points <> price AND NOT is_merged THEN price::text END,
            'cost_before', CASE WHEN cost_before > 0 AND excess <> 0 THEN cost_before::text END,
            'fund_before', CASE WHEN fund_before > 0 AND excess_fund <> 0 THEN fund_before::text END,
            'cap', CASE WHEN points <> full_points THEN monthly_cap::text END,
            'left_out', CASE WHEN points <> full_points THEN (full_points - points)::text END,
            'given', given
        )) AS workings
    FROM capped
)
"""
_BOOK = """,
moved AS (
    UPDATE staff_offence o
    SET standing = d.standing, merged_into_id = CASE WHEN d.standing = 'merged' THEN d.first_id END
    FROM desired d
    WHERE o.id = d.id AND NOT d.is_decided AND NOT d.is_excused AND NOT d.is_out
        AND (o.standing <> d.standing
            OR o.merged_into_id IS DISTINCT FROM CASE WHEN d.standing = 'merged' THEN d.first_id END)
),
charges AS (
    INSERT INTO staff_pointentry (offence_id, employee_id, kind, points, fund, trial_id, workings, day, booked_at,
                                  booked_by_id, reason)
    SELECT d.id, d.employee_id, 'charge', d.points, d.fund, replay, d.workings, coalesce(booked_on, d.day), at, by, ''
    FROM desired d CROSS JOIN terms
    WHERE d.standing = 'charged' AND NOT (d.has_charge OR d.is_decided OR d.is_excused OR d.is_out)
    RETURNING kind, employee_id, offence_id, points, fund
),
mended AS (
    INSERT INTO staff_pointentry (offence_id, employee_id, kind, points, fund, trial_id, workings, day, booked_at,
                                  booked_by_id, reason)
    SELECT d.id, d.employee_id, 'adjustment', d.points - d.net, d.fund - d.net_fund, replay,
        d.workings || '{"settled": true}', coalesce(booked_on, d.day), at, by, why
    FROM desired d CROSS JOIN terms
    WHERE d.has_charge AND NOT (d.is_decided OR d.is_excused) AND (d.points <> d.net OR d.fund <> d.net_fund)
    RETURNING kind, employee_id, offence_id, points, fund
)
SELECT * FROM charges UNION ALL SELECT * FROM mended
"""
_TRY = """
UPDATE staff_trialoffence t
SET standing = d.standing, points = d.points, fund = d.fund,
    workings = d.workings
        || CASE WHEN d.standing = 'merged' THEN jsonb_build_object('into', d.first_id) ELSE '{}'::jsonb END
FROM desired d
WHERE t.id = d.id AND d.is_ours AND NOT d.is_excused
    AND (t.standing <> d.standing OR t.points <> d.points OR t.fund <> d.fund OR t.workings <> d.workings
        OR d.standing = 'merged')
"""
BOOKS = _TERMS + _OWN_IN_BOOKS + _CORE + _BOOK
TRIAL = _TERMS + _OWN_ON_TRIAL + _CORE + _TRY

EXCUSED_BY = """
LEFT JOIN LATERAL (
    SELECT e.id FROM staff_excuse e
    WHERE e.id = ANY(terms.excuses) AND (e.employee_id IS NULL OR e.employee_id = {employee})
        AND CASE WHEN e.subject_id IS NULL THEN {at} BETWEEN e.starts_at AND e.ends_at
            ELSE e.subject_type = {subject_type} AND e.subject_id = {subject_id} END
    ORDER BY e.id LIMIT 1
) excuse ON true
"""
_ABOVE = """
WITH terms AS (SELECT %s::timestamptz AS at, %s::bigint[] AS excuses),
above AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS pairs (agent, superior)),
rows AS (
    SELECT o.*, above.superior FROM {table} o JOIN above ON above.agent = o.employee_id
    WHERE o.id = ANY(%s) AND o.standing IN ('charged', 'warned') AND above.superior <> o.employee_id
)
"""
_EXCUSED = EXCUSED_BY.format(
    employee="rows.superior", at="rows.happened_at", subject_type="rows.subject_type", subject_id="rows.subject_id"
)
_STANDS = "CASE WHEN excuse.id IS NULL THEN 'warned' ELSE 'excused' END"
SUPERIORS = (
    _ABOVE.format(table="staff_offence")
    + f"""
INSERT INTO staff_offence (clause_id, version_id, employee_id, subject_type, subject_id, subject_label, happened_at,
                           day, facts, url, found_at, standing, grade, cause, excuse_id, because_of_id, is_frozen)
SELECT clause_id, version_id, superior, subject_type, subject_id, subject_label, happened_at, day, facts, url, terms.at,
    {_STANDS}, grade, cause, excuse.id, rows.id, false
FROM rows CROSS JOIN terms {_EXCUSED}
ORDER BY happened_at, rows.id
ON CONFLICT ON CONSTRAINT offence_charged_once DO NOTHING
RETURNING employee_id
"""
)
SUPERIORS_ON_TRIAL = (
    _ABOVE.format(table="staff_trialoffence")
    + f"""
INSERT INTO staff_trialoffence (trial_id, clause_id, version_id, employee_id, subject_type, subject_id, subject_label,
                                happened_at, day, facts, url, standing, grade, cause, points, fund, workings,
                                is_superior)
SELECT trial_id, clause_id, version_id, superior, subject_type, subject_id, subject_label, happened_at, day, facts, url,
    {_STANDS}, grade, cause, 0, 0,
    CASE WHEN excuse.id IS NULL THEN '{{}}'::jsonb ELSE jsonb_build_object('excuse', excuse.id) END, true
FROM rows CROSS JOIN terms {_EXCUSED}
ORDER BY happened_at, rows.id
ON CONFLICT ON CONSTRAINT trial_offence_once DO NOTHING
RETURNING employee_id
"""
)
BEARERS = """
SELECT DISTINCT o.clause_id, o.employee_id, o.day
FROM staff_offence mine JOIN staff_offence o ON o.because_of_id = mine.id
WHERE mine.clause_id = %s AND mine.employee_id = ANY(%s) AND mine.day BETWEEN %s AND %s
"""
"""Who, as superiors, bear something because of the cases of a group."""
SHARERS = """
SELECT DISTINCT o.clause_id, o.employee_id, o.day
FROM (SELECT DISTINCT employee_id, cause FROM staff_offence
      WHERE clause_id = %s AND employee_id = ANY(%s) AND day BETWEEN %s AND %s AND cause <> '') mine
JOIN staff_offence o ON o.employee_id = mine.employee_id AND o.cause = mine.cause AND o.cause <> ''
JOIN staff_clauseversion v ON v.id = o.version_id AND v.per = 'cause'
WHERE NOT (o.clause_id = %s AND o.day BETWEEN %s AND %s)
"""
"""The cases of other clauses and months that share a cause with those of a group."""
