"""A day of a million messages: its tally and its figures, against SQL written by hand for this day alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from tools.bench.registry import Result, bench, in_turn, median_ratio
from tools.bench.tally import ENTRIES, OFFENCES, count, forget, moment

FRIDAY = date(2026, 8, 7)
TALKS, TURNS_EACH, MESSAGES_EACH = 100_000, 3, 10
GOAL = 1.3
FIGURES = (
    "service.conversations",
    "service.first_reply_in_time",
    "service.first_reply_seconds",
    "service.reply_seconds",
    "service.replies_in_minutes",
    "service.unanswered",
    "service.answer_ratio",
)

BUYERS = """INSERT INTO service_buyer (nick, name, phone, phone_tail, province, city, birthday, tags, remark,
    first_seen_at, orders, paid, refunded, talks, after_sales, complaints, bad_reviews, is_lost)
SELECT 'tb' || n, '', '', '', '', '', '', '{}', '', %(start)s, 0, 0, 0, 0, 0, 0, 0, false
FROM generate_series(1, %(talks)s) n"""
CONVERSATIONS = """INSERT INTO service_conversation (id, shop_id, buyer_id, channel, state, agent_id, opened_at,
    report_day, is_night, due_at, first_reply_at, last_at, buyer_messages, agent_messages, robot_messages, preview,
    order_number, annotation, cut_by)
SELECT b.n, %(shop)s, b.id, 'chat', 'open', (%(people)s::bigint[])[1 + b.n %% 4], o.at, %(day)s, false,
    %(start)s + interval '17 hours', o.at + interval '20 seconds', o.at + interval '10 minutes', 5, 5, 0, '', '', '', 1
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM service_buyer) b,
    LATERAL (SELECT %(start)s + interval '8 hours' + (b.n %% 32000) * interval '1 second' AS at) o"""
MESSAGES = """INSERT INTO service_message (conversation_id, buyer_id, sender, nick, employee_id, at, kind, text, digest)
SELECT c.id, c.buyer_id, 1 + m %% 2, '', CASE WHEN m %% 2 = 1 THEN c.agent_id END,
    c.opened_at + m * interval '30 seconds', 1, '亲，这款有货吗', md5(c.id || ' ' || m)::uuid
FROM service_conversation c, generate_series(0, %(messages)s - 1) m"""
TURNS = """INSERT INTO service_turn (conversation_id, question_id, answer_id, employee_id, asked_at, runs_from,
    answered_at, seconds, is_first, excluded, report_day)
SELECT q.conversation_id, q.id, q.next, c.agent_id, q.at, q.at, q.at + took * interval '1 second', took, q.place = 1,
    '', c.report_day
FROM (
    SELECT m.*, lead(m.id) OVER (PARTITION BY conversation_id ORDER BY at, id) AS next,
        row_number() OVER (PARTITION BY conversation_id ORDER BY at, id) / 2 + 1 AS place
    FROM service_message m
) q JOIN service_conversation c ON c.id = q.conversation_id,
    LATERAL (SELECT CASE WHEN q.id %% 20 = 0 THEN 50 + q.id %% 400 ELSE 5 + q.id %% 40 END AS took) t
WHERE q.sender = 1 AND q.place <= %(turns)s"""

LATE = f"""{OFFENCES}
SELECT %(clause)s, %(version)s, t.employee_id, 'service.Message', t.question_id, '#' || t.conversation_id,
    t.runs_from + %(limit)s * interval '1 second', %(day)s,
    jsonb_build_object('question', left(q.text, 80), 'asked_at', t.asked_at, 'clock_from', t.runs_from,
        'answer', left(a.text, 80), 'answered_at', t.answered_at, 'seconds', t.seconds, 'limit_seconds', %(limit)s),
    '/service/conversation/' || t.conversation_id || '/?all=1#m' || t.question_id, %(at)s, %(standing)s, '', '', false
FROM service_turn t JOIN service_message q ON q.id = t.question_id LEFT JOIN service_message a ON a.id = t.answer_id
WHERE t.employee_id IS NOT NULL AND t.excluded = '' AND t.is_first = %(first)s
    AND t.runs_from > %(start)s - %(limit)s * interval '1 second'
    AND t.runs_from <= %(end)s - %(limit)s * interval '1 second'
    AND (t.answered_at IS NULL OR t.seconds > %(limit)s)
ON CONFLICT DO NOTHING"""
OPEN = f"""{OFFENCES}
SELECT %(clause)s, %(version)s, c.agent_id, 'service.Conversation', c.id, '#' || c.id, c.due_at, %(day)s,
    jsonb_build_object('opened_at', c.opened_at, 'deadline', c.due_at, 'unanswered', 1, 'annotated_at', c.annotated_at,
        'question', (SELECT left(m.text, 80) FROM service_turn t JOIN service_message m ON m.id = t.question_id
            WHERE t.conversation_id = c.id AND t.asked_at < c.due_at
                AND (t.answered_at IS NULL OR t.answered_at > c.due_at) AND t.excluded <> 'thanks'
            ORDER BY t.asked_at, t.id LIMIT 1)),
    '/service/conversation/' || c.id || '/', %(at)s, %(standing)s, '', '', false
FROM service_conversation c
WHERE c.channel IN ('chat', 'message') AND NOT c.is_night AND c.due_at > %(start)s AND c.due_at <= %(end)s
    AND c.agent_id IS NOT NULL AND (c.closed_at IS NULL OR c.closed_at > c.due_at)
    AND EXISTS (SELECT FROM service_turn t WHERE t.conversation_id = c.id AND t.asked_at < c.due_at
        AND (t.answered_at IS NULL OR t.answered_at > c.due_at) AND t.excluded <> 'thanks')
ON CONFLICT DO NOTHING"""
READINGS = """INSERT INTO staff_metricreading (metric, version, day, employee_id, numerator, denominator, read_at)
SELECT f.name, 1, %(day)s, employee_id, f.above, f.below, %(at)s FROM (
    SELECT employee_id, count(*) FILTER (WHERE is_first AND seconds <= 45) AS quick,
        count(*) FILTER (WHERE is_first) AS firsts,
        sum(seconds) FILTER (WHERE is_first) AS first_seconds,
        sum(seconds) AS seconds, count(seconds) AS answered,
        count(*) FILTER (WHERE seconds <= 180) AS soon, count(*) AS turns
    FROM service_turn WHERE report_day = %(day)s AND excluded = '' AND employee_id IS NOT NULL
    GROUP BY ROLLUP (employee_id)
) s, LATERAL (VALUES ('first_reply_in_time', quick, firsts), ('first_reply_seconds', first_seconds, firsts),
    ('reply_seconds', seconds, answered), ('replies_in_minutes', soon, turns)) f (name, above, below)"""
TALK_READINGS = """INSERT INTO staff_metricreading (metric, version, day, employee_id, numerator, denominator, read_at)
SELECT f.name, 1, %(day)s, agent_id, f.above, f.below, %(at)s FROM (
    SELECT agent_id, count(*) AS talks, sum(agent_messages) AS answers, sum(buyer_messages) AS questions,
        count(*) FILTER (WHERE EXISTS (SELECT FROM service_turn t WHERE t.conversation_id = c.id
            AND t.answered_at IS NULL AND t.excluded <> 'thanks')) AS missed
    FROM service_conversation c WHERE report_day = %(day)s AND buyer_messages > 0 GROUP BY ROLLUP (agent_id)
) s, LATERAL (VALUES ('conversations', talks, NULL), ('answer_ratio', answers, questions), ('unanswered', missed, NULL))
    f (name, above, below)
WHERE f.name <> 'unanswered' OR f.above > 0 OR agent_id IS NULL"""

STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("CS-060", LATE, {"limit": 45, "first": True, "standing": "charged"}),
    ("CS-058", LATE, {"limit": 180, "first": False, "standing": "warned"}),
    ("CS-053", OPEN, {"standing": "charged"}),
)


@bench("service")
def service(rounds: int) -> Iterable[Result]:
    """Tally and measure a day of a million messages."""
    house = make_house()
    check_same(house)
    times = in_turn(rounds, ours, lambda: by_hand(house), before=forget_all)
    forget_all()
    ours()
    booked = count()
    again = in_turn(rounds, ours)[0]
    name = f"tally and figures of a day of {TALKS * MESSAGES_EACH:,} messages"
    yield Result(
        name=f"{name}: time against raw SQL",
        ours=min(times[0]),
        anchor=min(times[1]),
        ratio=median_ratio(times[0], times[1]),
        goal=GOAL,
        better="less",
        note=f"{booked:,} offences booked",
    )
    yield Result(
        name=f"{name}: again, nothing new, against raw SQL",
        ours=min(again),
        anchor=min(times[1]),
        ratio=median_ratio(again, times[1]),
        goal=GOAL,
        better="less",
    )


def ours() -> None:
    """Tally the day, and read its figures."""
    from shopops.kit.clock import day_window
    from staff.actions.metrics import read_metrics
    from staff.actions.tally import tally_day

    at = day_window(FRIDAY).end + timedelta(minutes=30)
    tally_day(FRIDAY, at=at)
    read_metrics(FRIDAY, at=at, only=FIGURES)


def by_hand(house: dict[str, Any]) -> None:
    """Book and measure the day as somebody would who writes it down for this day alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        for number, statement, terms in STEPS:
            clause = dict(zip(("clause", "version"), house["clauses"][number], strict=True))
            cursor.execute(statement, house["values"] | clause | terms)
            if terms["standing"] == "charged":
                cursor.execute(ENTRIES, house["values"] | clause)
        cursor.execute(READINGS, house["values"])
        cursor.execute(TALK_READINGS, house["values"])


def check_same(house: dict[str, Any]) -> None:
    """See that both book and measure the same.

    :raises AssertionError: if they do not.
    """
    found = []
    for work in (ours, lambda: by_hand(house)):
        forget_all()
        work()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT clause_id, count(*), sum(hashtext(concat(subject_id, employee_id, happened_at, facts))), NULL"
                " FROM staff_offence GROUP BY 1 UNION ALL"
                " SELECT NULL, count(*), sum(numerator)::bigint, sum(denominator) FROM staff_metricreading"
                " GROUP BY replace(metric, 'service.', '') ORDER BY 1, 2, 3"
            )
            found.append(cursor.fetchall())
    if found[0] != found[1]:
        raise AssertionError(f"ours wrote {found[0]}, by hand {found[1]}")


def make_house() -> dict[str, Any]:
    """Set up people, the rulebook and the day; return what the hand-written SQL needs to know of them."""
    from shopops.kit.clock import day_window
    from staff.actions.people import make_demo_people
    from staff.actions.roles import set_up_roles
    from staff.actions.rulebook import load_rulebook
    from staff.models import ClauseVersion, Employee, Shop

    at = moment(FRIDAY, -40)
    set_up_roles(at=at)
    make_demo_people(at=at)
    load_rulebook(at=at)
    people = Employee.objects.filter(username__in=("lina", "sunyue", "zhouqian", "wufang"))
    start, end = day_window(FRIDAY)
    values: dict[str, Any] = {"day": FRIDAY, "start": start, "end": end, "at": end}
    values["shop"] = Shop.objects.create(name="会话测试店").pk
    sizes = {"talks": TALKS, "turns": TURNS_EACH, "messages": MESSAGES_EACH}
    values |= sizes | {"people": list(people.values_list("pk", flat=True))}
    with connection.cursor() as cursor:
        for statement in (BUYERS, CONVERSATIONS, MESSAGES, TURNS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE service_conversation, service_message, service_turn")
        cursor.execute("CHECKPOINT")
    versions = ClauseVersion.objects.select_related("clause")
    return {"values": values, "clauses": {one.clause.number: (one.clause_id, one.pk) for one in versions}}


def forget_all() -> None:
    """Put everything back to before the tally."""
    forget()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE staff_metricreading")
