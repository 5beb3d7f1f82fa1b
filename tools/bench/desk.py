"""The agent's desk, the list and a page of conversations at ten million messages, beside plain views of the same rows.

`SHOP_BENCH_TALKS` makes fewer conversations than a million, of ten messages each.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import Any

from django.db import connection

from tools.bench.lists import ask_in_turn, statements_of
from tools.bench.radar import cookie_of
from tools.bench.registry import Result, bench
from tools.bench.service_day import BUYERS, MESSAGES, TURNS
from tools.bench.serving import percentile, serving
from tools.dev.places import say

TALKS = int(os.environ.get("SHOP_BENCH_TALKS", "1000000"))
EACH, TURNS_EACH, GOAL = 10, 3, 1.3
CONVERSATIONS = """INSERT INTO service_conversation (id, shop_id, buyer_id, channel, state, agent_id, opened_at,
    report_day, is_night, due_at, waiting_since, first_reply_at, last_at, buyer_messages, agent_messages,
    robot_messages, preview, order_number, annotation, cut_by, closed_at)
SELECT b.n, %(shop)s, b.id, 'chat', s.state, (%(people)s::bigint[])[1 + b.n %% 4], o.at, o.at::date, false,
    o.at + interval '9 hours', CASE WHEN s.state = 'waiting' THEN o.at END, o.at + interval '20 seconds',
    o.at + interval '10 minutes', 5, 5, 0, '亲，这款有货吗', '', '已解答', 1,
    CASE WHEN s.state = 'closed' THEN o.at + interval '1 hour' END
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM service_buyer) b,
    LATERAL (SELECT %(start)s - (%(talks)s - b.n) * interval '10 seconds' AS at) o,
    LATERAL (SELECT CASE WHEN %(talks)s - b.n > 400 THEN 'closed' WHEN b.n %% 3 = 0 THEN 'open' ELSE 'waiting' END
        AS state) s"""


@bench("desk")
def desk(rounds: int) -> Iterable[Result]:
    """Ask for the desk, the list of conversations and one conversation, by one agent."""
    from shopops.kit.clock import now

    write_talks(now())
    key = TALKS - 1000
    pages = (
        ("agent's desk", "/service/desk/?whose=all", "/plain/desk/"),
        ("list of conversations", "/service/conversations/?tab=all", "/plain/conversations/"),
        ("page of a conversation", f"/service/conversation/{key}/", f"/plain/conversation/?key={key}"),
    )
    cookies = [cookie_of("lina")]
    with serving(os.environ["DATABASE_URL"]) as server:
        paths = tuple(path for _name, *both in pages for path in both)
        times = ask_in_turn({server: paths}, cookies, rounds=rounds, clients=1)
    for name, path, anchor in pages:
        ours, plain = times[f"0{path}"], times[f"0{anchor}"]
        yield Result(
            f"{name} at {TALKS * EACH:,} messages, p95 against a plain view of the same rows",
            median(percentile(one, 0.95) for one in ours),
            median(percentile(one, 0.95) for one in plain),
            GOAL,
            "less",
            unit="ms",
            ratio=median(percentile(a, 0.95) / percentile(b, 0.95) for a, b in zip(ours, plain, strict=True)),
        )
        yield Result(f"{name}, queries a page", len(statements_of(path)), None, 40, "less", unit="queries")


def write_talks(at: datetime) -> None:
    """Set up people and the rulebook; write buyers, conversations, messages and turns."""
    from staff.actions.people import make_demo_people
    from staff.actions.roles import set_up_roles
    from staff.actions.rulebook import load_rulebook
    from staff.models import Employee, Shop

    set_up_roles(at=at)
    make_demo_people(at=at)
    load_rulebook(at=at)
    people = Employee.objects.filter(username__in=("lina", "sunyue", "zhouqian", "wufang"))
    values: dict[str, Any] = {"talks": TALKS, "messages": EACH, "turns": TURNS_EACH, "start": at}
    values |= {"shop": Shop.objects.create(name="会话测试店").pk, "people": list(people.values_list("pk", flat=True))}
    say(f"    writing {TALKS * EACH:,} messages")
    with connection.cursor() as cursor:
        for statement in (BUYERS, CONVERSATIONS, MESSAGES, TURNS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE service_buyer, service_conversation, service_message, service_turn")
        cursor.execute("CHECKPOINT")
