"""The radar and “my work” of a shop with a million orders, over HTTP, beside plain views of the same rows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection

from tools.bench.lists import MILLION, ask_in_turn, statements_of
from tools.bench.registry import Result, bench, timed
from tools.bench.serving import percentile, serving
from tools.dev.places import say

SETTLED, COMING = 200_000, 5_000
"""What the radar saw in the last months, and what it sees now, of a dozen people."""
PAGES = (("radar", "/radar/", "/plain/radar/"), ("my work", "/", "/plain/home/"))
ROWS = """
INSERT INTO staff_radarsighting (clause_id, employee_id, subject_type, subject_id, subject_label, url, points, due_at,
                                 seen_at, outcome, settled_at)
SELECT %(clause)s, (%(people)s::bigint[])[1 + n %% 12], 'warehouse.DispatchNote', n + %(from)s, 'FH26' || n,
       '/warehouse/note/FH26' || n || '/', -3, %(first)s::timestamptz + n * %(step)s::interval, %(first)s,
       CASE WHEN %(settled)s THEN CASE n %% 9 WHEN 0 THEN 'happened' ELSE 'avoided' END ELSE 'coming' END,
       CASE WHEN %(settled)s THEN %(first)s::timestamptz + n * %(step)s::interval END
FROM generate_series(1, %(count)s) n
"""


@bench("radar")
def radar(rounds: int) -> Iterable[Result]:
    """Ask for the radar and for my work, by one person; look ahead once for everybody and once for one."""
    from shopops.kit.clock import now
    from staff.actions.rulebook import load_rulebook
    from tools.bench.big_shop import make_house, write_orders

    at = now()
    make_house(at)
    load_rulebook(at=at)
    say(f"    writing {MILLION:,} orders")
    write_orders(1, MILLION, last=MILLION, at=at)
    write_sightings(at)
    cookies = [cookie_of("lina")]
    with serving(os.environ["DATABASE_URL"]) as server:
        paths = tuple(path for _name, *both in PAGES for path in both)
        times = ask_in_turn({server: paths}, cookies, rounds=rounds, clients=1)
    for name, path, anchor in PAGES:
        ours, plain = times[f"0{path}"], times[f"0{anchor}"]
        yield Result(
            f"{name} at 1,000,000 orders, p95 against a plain view of the same rows",
            median(percentile(one, 0.95) for one in ours),
            median(percentile(one, 0.95) for one in plain),
            1.3,
            "less",
            unit="ms",
            ratio=median(percentile(a, 0.95) / percentile(b, 0.95) for a, b in zip(ours, plain, strict=True)),
        )
        yield Result(f"{name}, queries a page", len(statements_of(path)), None, 60, "less", unit="queries")
    yield from sweeps(at)


def sweeps(at: datetime) -> Iterator[Result]:
    """Time a look ahead for everybody, with every detector, and for one person."""
    from staff.actions.radar import sweep
    from staff.models import Employee

    person = Employee.objects.get(username="lina")
    for name, only, goal in (("everybody", None, 10.0), ("one person", person, 1.0)):
        yield Result(
            f"a look ahead for {name} at 1,000,000 orders",
            min(timed(lambda only=only: sweep(at=at, only=only)) for _time in range(3)),  # type: ignore[misc]  # lambda
            None,
            goal,
            "less",
            unit="s",
        )


def write_sightings(at: datetime) -> None:
    """Write what the radar saw and sees, spread over a dozen people."""
    from staff.models import Clause, Employee

    values: dict[str, Any] = {
        "clause": Clause.objects.get(number="ORD-016").pk,
        "people": list(Employee.objects.order_by("username").values_list("pk", flat=True)[:11]),
    }
    values["people"].append(Employee.objects.get(username="lina").pk)
    with connection.cursor() as cursor:
        old = {"from": 10**9, "first": at - timedelta(days=90), "step": "38 seconds", "count": SETTLED, "settled": True}
        cursor.execute(ROWS, values | old)
        new = {"from": 2 * 10**9, "first": at, "step": "34 seconds", "count": COMING, "settled": False}
        cursor.execute(ROWS, values | new)
        cursor.execute("VACUUM ANALYZE staff_radarsighting")


def cookie_of(username: str) -> str:
    """Log somebody in; return the cookie of their browser."""
    from django.conf import settings
    from django.test import Client

    from staff.models import Employee

    client = Client()
    client.force_login(Employee.objects.get(username=username), settings.AUTHENTICATION_BACKENDS[-1])
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
