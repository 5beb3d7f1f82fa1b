"""The order list and the review desk of a shop with a million orders, over HTTP, beside the plainest Django view."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tools.bench.database import copied_database
from tools.bench.registry import Result, bench
from tools.bench.serving import Server, percentile, serving, times_of
from tools.dev.places import say

if TYPE_CHECKING:
    from datetime import datetime

MILLION, FEW = 1_000_000, 10_000
AT_THE_DESK = 300
"""Most urgent orders that the review rules have looked at, so that the desk shows what they said."""
SLICES, REQUESTS = 6, 24
"""In each round the pages are asked for in turn, so many times, by so many requests."""
PLAIN, LIST, DESK = "/plain/orders/", "/orders/", "/orders/review/"
RARE = {
    "a city nobody lives in": "city=拉萨市",
    "an amount nobody paid": "amount_from=9000",
    "a tag nobody uses": "tag=没有这个标签",
    "words in messages": "message=急用请空运",
    "words in memos": "memo=贺卡 2999",
    "orders paid on a day five months ago": "paid_from={day}&paid_to={day}",
    "flag, state and city": "flag=5&state=held&city=厦门",
    "thirty pasted numbers": "number={numbers}",
}
SEARCHES = {
    "receiver": "q=王伟文",
    "receiver nobody has": "q=欧阳无名",
    "telephone": "q={phone}",
    "last digits": "q=4321",
    "buyer": "q=买家77t",
    "merchant code": "q=MUG-19999",
    "words in goods": "goods=搪瓷",
}
Times = dict[str, list[list[float]]]


@bench("lists")
def lists(rounds: int) -> Iterable[Result]:
    """Ask for the pages of a million orders and of ten thousand, by one and by four people."""
    from shopops.kit.clock import now
    from tools.bench.big_shop import empty_orders, make_house, write_orders

    at = now()
    make_house(at)
    cookies = log_in()
    write_orders(1, FEW, last=FEW, at=at)
    look_at_the_most_urgent(at)
    with copied_database() as few:
        say(f"    {FEW:,} orders are in; writing {MILLION:,}")
        empty_orders()
        write_orders(1, MILLION, last=MILLION, at=at)
        look_at_the_most_urgent(at)
        places = addresses(at)
        many = os.environ["DATABASE_URL"]
        with serving(many) as server:
            for clients in (1, 4):
                times = ask_in_turn({server: (PLAIN, LIST, DESK)}, cookies, rounds=rounds, clients=clients)
                yield from against_plain(times, clients)
            yield from single_pages(server, cookies, places, rounds=rounds)
            with serving(few) as smaller:
                times = ask_in_turn({server: (LIST, DESK), smaller: (LIST, DESK)}, cookies, rounds=rounds, clients=1)
            yield from growth(times)
        yield from statements(places)


def against_plain(times: Times, clients: int) -> Iterator[Result]:
    """Compare the pages with the plain one."""
    plain = times[f"0{PLAIN}"]
    for name, path in (("order list", LIST), ("review desk", DESK)):
        ours = times[f"0{path}"]
        middle = median(percentile(a, 0.5) / percentile(b, 0.5) for a, b in zip(ours, plain, strict=True))
        yield Result(
            f"{name} of 1,000,000, p95 against a plain view, {clients} client{'s' if clients > 1 else ''}",
            median(percentile(one, 0.95) for one in ours),
            median(percentile(one, 0.95) for one in plain),
            1.3,
            "less",
            unit="ms",
            ratio=median(percentile(a, 0.95) / percentile(b, 0.95) for a, b in zip(ours, plain, strict=True)),
            note=f"ratio of the medians {middle:.2f}",
        )


def growth(times: Times) -> Iterator[Result]:
    """Compare the pages with the same of a shop with ten thousand orders."""
    for name, path in (("order list", LIST), ("review desk", DESK)):
        many, few = times[f"0{path}"], times[f"1{path}"]
        yield Result(
            f"{name}, p95 of 1,000,000 against 10,000 orders",
            median(percentile(one, 0.95) for one in many),
            median(percentile(one, 0.95) for one in few),
            1.2,
            "less",
            unit="ms",
            ratio=median(percentile(a, 0.95) / percentile(b, 0.95) for a, b in zip(many, few, strict=True)),
        )


def single_pages(server: Server, cookies: Sequence[str], places: Mapping[str, str], *, rounds: int) -> Iterator[Result]:
    """Measure an exact number, a page in the middle, rare filters and searches."""
    exact, deep = places["exact"], places["deep"]
    times = ask_in_turn({server: (LIST, exact, deep)}, cookies, rounds=rounds, clients=1)
    for name, path, goal in (("an exact order number", exact, 1.0), ("the page after 500,000 orders", deep, 1.2)):
        ours, page = times[f"0{path}"], times[f"0{LIST}"]
        yield Result(
            f"order list, p95 of {name} against the first page",
            median(percentile(one, 0.95) for one in ours),
            median(percentile(one, 0.95) for one in page),
            goal,
            "less",
            unit="ms",
            ratio=median(percentile(a, 0.95) / percentile(b, 0.95) for a, b in zip(ours, page, strict=True)),
        )
    for name, kinds in (("rare filters", RARE), ("text search", SEARCHES)):
        slowest, what = 0.0, ""
        for kind in kinds:
            times_of(server, places[kind], cookies, requests=4)
            taken = percentile(times_of(server, places[kind], cookies, requests=8 * rounds), 0.95)
            say(f"      {kind}: {taken:.0f} ms")
            slowest, what = max((slowest, what), (taken, kind))
        yield Result(f"order list, p95 of {name}", slowest, None, 200, "less", unit="ms", note=f"slowest: {what}")


def statements(places: Mapping[str, str]) -> Iterator[Result]:
    """Count the statements behind a page and add up what they cost the database."""
    for name, path in (("order list", LIST), ("review desk", DESK)):
        asked = statements_of(path)
        yield Result(f"{name}, queries a page", len(asked), None, 12, "less", unit="queries")
        yield Result(
            f"{name}, time of PostgreSQL a page", sum(cost_of(*one) for one in asked), None, 5, "less", unit="ms"
        )
    skipping = [sql for sql, _params in statements_of(places["deep"]) if "OFFSET" in sql.upper()]
    yield Result("order list, statements with OFFSET", len(skipping), None, 0, "less", unit="statements")


def ask_in_turn(pages: Mapping[Server, Sequence[str]], cookies: Sequence[str], *, rounds: int, clients: int) -> Times:
    """Ask for every page in turn; return the seconds of each answer, round by round, by the server's place and path."""
    whole = [(f"{place}{path}", server, path) for place, server in enumerate(pages) for path in pages[server]]
    times: Times = {name: [] for name, _server, _path in whole}
    for _name, server, path in whole:  # every worker and thread has met the page
        times_of(server, path, cookies, requests=REQUESTS, clients=4)
    for number in range(rounds):
        for name, _server, _path in whole:
            times[name].append([])
        for part in range(SLICES):
            first = (number + part) % len(whole)
            for name, server, path in whole[first:] + whole[:first]:
                times[name][-1] += times_of(server, path, cookies, requests=REQUESTS, clients=clients)
        said = ", ".join(f"{name[1:]} {percentile(many[-1], 0.95):.1f}" for name, many in times.items())
        say(f"    round {number + 1}, p95 in ms by {clients}: {said}"[:300])
    return times


def log_in() -> list[str]:
    """Log in four people of customer service; return the cookies of their browsers."""
    from django.conf import settings
    from django.test import Client

    from staff.models import Employee

    people = [one for one in Employee.objects.order_by("employee_number") if not one.is_superuser]
    cookies = []
    for person in [one for one in people if one.has_perm("orders.review_order")][-4:]:
        client = Client()
        client.force_login(person, settings.AUTHENTICATION_BACKENDS[-1])
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return cookies


def look_at_the_most_urgent(at: datetime) -> None:
    """Let the review rules look at the orders that the desk shows first."""
    from orders.actions.screening import screen_orders
    from orders.models import Order
    from orders.states import OrderState

    queue = Order.objects.filter(state=OrderState.REVIEW).order_by("ship_by", "pk")
    screen_orders(list(queue.values_list("pk", flat=True)[:AT_THE_DESK]), at=at)


def addresses(at: datetime) -> dict[str, str]:
    """Return the addresses of the single pages, filled in from the orders there are."""
    from datetime import timedelta

    from orders.models import Order
    from orders.views.order_list import ORDER_LIST
    from shopops.kit.clock import shop_day
    from shopops.kit.lists.cursors import Order as InOrder

    middle = Order.objects.filter(pk__gte=MILLION // 2).order_by("pk").values("id", "number", "placed_at")[0]
    cursor = InOrder(ORDER_LIST.sorts[0], descending=True).cursor({**middle})
    numbers = Order.objects.filter(pk__gt=middle["id"]).order_by("pk").values_list("number", flat=True)[:30]
    known = {
        "day": f"{shop_day(at) - timedelta(days=150)}",
        "numbers": " ".join(numbers),
        "phone": Order.objects.order_by("pk").values_list("receiver_phone", flat=True)[0],
    }
    filled = {name: f"{LIST}?{quote(text.format(**known), safe='=&')}" for name, text in (RARE | SEARCHES).items()}
    return {
        "exact": f"{LIST}?q={middle['number']}",
        "deep": f"{LIST}?after={quote(cursor)}&at={MILLION // 2}",
        **filled,
    }


def statements_of(path: str, *, username: str = "lina") -> list[tuple[str, Any]]:
    """Return the statements a warm page sends to somebody, with their parameters."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from staff.models import Employee

    logging.disable(logging.CRITICAL)
    client = Client(HTTP_HOST="localhost")
    person = Employee.objects.get(username=username)
    client.force_login(person, settings.AUTHENTICATION_BACKENDS[-1])
    found: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    for _time in range(3):
        client.get(path)
    with connection.execute_wrapper(note):
        answer = client.get(path)
    logging.disable(logging.NOTSET)
    if answer.status_code != 200:  # noqa: PLR2004 -- OK
        raise SystemExit(f"{path} answered {answer.status_code}")
    return found


def cost_of(sql: str, params: Any) -> float:
    """Return the milliseconds the database needs to plan and run a statement, the best of five."""
    from django.db import connection, transaction

    taken: list[float] = []
    with connection.cursor() as cursor:
        for _time in range(5):
            with transaction.atomic():
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                found = cursor.fetchone()[0][0]
                transaction.set_rollback(True)
            taken.append(found["Planning Time"] + found["Execution Time"])
    return min(taken)
