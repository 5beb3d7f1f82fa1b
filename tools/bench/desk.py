"""The agent's desk, the list and a page of conversations at ten million messages, beside plain views of the same rows.

Then how long it takes to find one of a million buyers.
`SHOP_BENCH_TALKS` makes fewer conversations than a million, of ten messages each, and as many buyers and orders.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from statistics import median
from typing import Any

from django.db import connection

from tools.bench.lists import ask_in_turn, statements_of
from tools.bench.radar import cookie_of
from tools.bench.registry import Result, bench
from tools.bench.service_day import MESSAGES, TURNS
from tools.bench.serving import percentile, serving
from tools.dev.places import say

TALKS = int(os.environ.get("SHOP_BENCH_TALKS", "1000000"))
EACH, TURNS_EACH, GOAL = 10, 3, 1.3
OPEN_TALKS = 400
"""The newest conversations are open; the page asked for is one of them."""
PHRASES = 40
WORDS, FIND_GOAL = 60, 50
"""So many different words of each kind are looked for; ms."""
BUYERS = """INSERT INTO service_buyer (nick, name, phone, phone_tail, province, city, birthday, tags, remark,
    first_seen_at, orders, paid, refunded, talks, after_sales, complaints, bad_reviews, is_lost)
SELECT '买家' || b || 't', '', '1' || phone, right(phone, 4), '', '', '', '{}', '', %(start)s,
    3, 300, 0, 1, 0, 0, 0, false
FROM generate_series(1, %(talks)s) n, LATERAL (SELECT %(talks)s - n AS b) o,
    LATERAL (SELECT (3000000000 + b::bigint * 23 %% 6999999999)::text AS phone) p"""
CONVERSATIONS = """INSERT INTO service_conversation (id, shop_id, buyer_id, channel, state, agent_id, opened_at,
    report_day, is_night, due_at, waiting_since, first_reply_at, last_at, buyer_messages, agent_messages,
    robot_messages, preview, order_number, annotation, cut_by, closed_at)
SELECT b.n, %(shop)s, b.id, 'chat', s.state, (%(people)s::bigint[])[1 + b.n %% 4], o.at, o.at::date, false,
    o.at + interval '9 hours', CASE WHEN s.state = 'waiting' THEN o.at END, o.at + interval '20 seconds',
    o.at + interval '10 minutes', 5, 5, 0, '亲，这款有货吗', '', '已解答', 1,
    CASE WHEN s.state = 'closed' THEN o.at + interval '1 hour' END
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM service_buyer) b,
    LATERAL (SELECT %(start)s - (%(talks)s - b.n) * interval '10 seconds' AS at) o,
    LATERAL (SELECT CASE WHEN %(talks)s - b.n > %(open)s THEN 'closed' WHEN b.n %% 3 = 0 THEN 'open' ELSE 'waiting' END
        AS state) s"""


@bench("desk")
def desk(rounds: int) -> Iterable[Result]:
    """Ask for the desk, the list of conversations and one conversation, by one agent; look for buyers."""
    from shopops.kit.clock import now

    write_talks(now())
    key = TALKS - 100
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
        middle = median(percentile(a, 0.5) / percentile(b, 0.5) for a, b in zip(ours, plain, strict=True))
        yield Result(
            f"{name} at {TALKS * EACH:,} messages, p95 against a plain view of the same rows",
            median(percentile(one, 0.95) for one in ours),
            median(percentile(one, 0.95) for one in plain),
            GOAL,
            "less",
            unit="ms",
            ratio=median(percentile(a, 0.95) / percentile(b, 0.95) for a, b in zip(ours, plain, strict=True)),
            note=f"ratio of the medians {middle:.2f}",
        )
        yield Result(f"{name}, queries a page", len(statements_of(path)), None, 13, "less", unit="queries")
    yield from searches()


def searches() -> Iterator[Result]:
    """Look for buyers in the search box of every page, which asks all departments, and in the list of buyers."""
    from django.test import Client
    from django.urls import reverse

    from shopops.kit.navigation import hits_for
    from staff.models import Employee

    person = Employee.objects.get(username="lina")
    client = Client(HTTP_HOST="localhost", headers={"cookie": cookie_of("lina")})
    buyers = reverse("service:buyers")
    logging.disable(logging.CRITICAL)
    for kind, words in words_to_find().items():
        asked: dict[str, list[float]] = {"search box": [], "list of buyers": []}
        for word in words:
            began = time.perf_counter()
            found = hits_for(word, person)
            asked["search box"].append(time.perf_counter() - began)
            if not any(finder.key == "service.buyers" for finder, _hits in found):
                raise SystemExit(f"no buyer was found by {kind} {word}")
            began = time.perf_counter()
            client.get(buyers, {"q": word})
            asked["list of buyers"].append(time.perf_counter() - began)
        for place, times in asked.items():
            yield Result(
                f"{place}: one of {TALKS:,} buyers by {kind}, p95",
                percentile(times[1:], 0.95),
                None,
                FIND_GOAL,
                "less",
                unit="ms",
                note=f"median {median(times) * 1000:.0f} ms",
            )
    logging.disable(logging.NOTSET)


def words_to_find() -> dict[str, list[str]]:
    """Return words of each kind by which buyers are looked for, spread over all of them."""
    from orders.models import Order

    step = max(min(TALKS, 300_000) // WORDS, 1)
    numbers = [step * place + 7 for place in range(WORDS)]
    sent = Order.objects.exclude(waybill="").filter(buyer_nick__in=[f"买家{number}t" for number in numbers])
    waybills = list(sent.order_by("buyer_nick").values_list("waybill", flat=True)[:WORDS])
    orders = list(sent.order_by("-buyer_nick").values_list("number", flat=True)[:WORDS])
    return {
        "nick": [f"买家{number}t" for number in numbers],
        "beginning of a nick": [f"买家{number}" for number in numbers],
        "last digits of a telephone": [f"{3000000000 + number * 23}"[-4:] for number in numbers],
        "telephone": [f"1{3000000000 + number * 23}" for number in numbers],
        "order number": orders,
        "waybill": waybills,
    }


def write_talks(at: datetime) -> None:
    """Set up people and the rulebook; write buyers, their orders, phrases, conversations, messages and turns."""
    from service.models import QuickPhrase
    from staff.actions.rulebook import load_rulebook
    from staff.models import Employee, Shop
    from tools.bench.big_shop import make_house, write_orders

    lina = make_house(at)
    load_rulebook(at=at)
    people = Employee.objects.filter(username__in=("lina", "sunyue", "zhouqian", "wufang"))
    values: dict[str, Any] = {"talks": TALKS, "messages": EACH, "turns": TURNS_EACH, "start": at, "open": OPEN_TALKS}
    values |= {"shop": Shop.objects.order_by("pk")[0].pk, "people": list(people.values_list("pk", flat=True))}
    words = "{buyer}您好，我是{agent}，您的订单 {order} 已发出，运单 {waybill}"
    QuickPhrase.objects.bulk_create(
        QuickPhrase(shortcut=f"话术{place}", group="发货", text=words, changed_by=lina, changed_at=at)
        for place in range(PHRASES)
    )
    say(f"    writing {TALKS:,} orders")
    write_orders(1, TALKS, last=TALKS, at=at)
    say(f"    writing {TALKS * EACH:,} messages")
    with connection.cursor() as cursor:
        for statement in (BUYERS, CONVERSATIONS, MESSAGES, TURNS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE service_buyer, service_conversation, service_message, service_turn")
        cursor.execute("CHECKPOINT")
