"""The KPI board of a shop with a million orders, over HTTP, beside plain views of the same readings."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection

from tools.bench.lists import MILLION, ask_in_turn, statements_of
from tools.bench.radar import cookie_of
from tools.bench.registry import Result, bench
from tools.bench.serving import percentile, serving
from tools.dev.places import say

DAYS, PEOPLE = 400, 100
MANAGER = "chenjing"
PAGES = (
    ("company, a month", "/kpi/board/?span=month", "/plain/kpi/"),
    ("unit, a month", "/kpi/board/service/?span=month", "/plain/kpi/service/"),
)
READINGS = """
INSERT INTO staff_metricreading (metric, version, day, shop_id, employee_id, numerator, denominator, read_at)
SELECT metric, 1, %(last)s::date - n, NULL, person, 40 + (n * 7 + coalesce(person, 0) * 13) %% 30,
       CASE WHEN metric = ANY(%(shares)s) THEN 70 END, %(at)s
FROM generate_series(0, %(days)s) n, unnest(%(metrics)s::text[]) metric, unnest(%(people)s::bigint[]) person
"""


@bench("kpi")
def kpi(rounds: int) -> Iterable[Result]:
    """Ask for the board of the company and of a unit, by one manager."""
    from shopops.kit.clock import now
    from staff.actions.kpi import load_kpis
    from tools.bench.big_shop import make_house, write_orders

    at = now()
    make_house(at)
    load_kpis(at=at)
    say(f"    writing {MILLION:,} orders")
    write_orders(1, MILLION, last=MILLION, at=at)
    say(f"    {write_readings(at):,} readings")
    cookies = [cookie_of(MANAGER)]
    with serving(os.environ["DATABASE_URL"]) as server:
        paths = tuple(path for _name, *both in PAGES for path in both)
        times = ask_in_turn({server: paths}, cookies, rounds=rounds, clients=1)
    for name, path, anchor in PAGES:
        ours, plain = times[f"0{path}"], times[f"0{anchor}"]
        yield Result(
            f"KPI board ({name}) at 1,000,000 orders, p95 against a plain view of the same readings",
            median(percentile(one, 0.95) for one in ours),
            median(percentile(one, 0.95) for one in plain),
            1.3,
            "less",
            unit="ms",
            ratio=median(percentile(a, 0.95) / percentile(b, 0.95) for a, b in zip(ours, plain, strict=True)),
        )
        asked = len(statements_of(path, username=MANAGER))
        yield Result(f"KPI board ({name}), queries a page", asked, None, 20, "less", unit="queries")


def write_readings(at: datetime) -> int:
    """Write 400 days of readings of the company and of a hundred people more; return how many there are."""
    from shopops.kit.clock import shop_day
    from shopops.kit.metrics import METRICS
    from staff.models import Employee, MetricReading, OrgUnit

    units = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=("service", "warehouse"))}
    for number in range(PEOPLE):
        Employee.objects.create_user(
            f"bench{number}", name=f"员工{number}", unit=units["service" if number % 2 else "warehouse"]
        )
    people = list(Employee.objects.filter(username__startswith="bench").values_list("pk", flat=True))
    personal = [name for name, metric in METRICS.items() if metric.answers != "company"]
    values: dict[str, Any] = {
        "last": shop_day(at) - timedelta(days=1),
        "days": DAYS,
        "at": at,
        "shares": [name for name, metric in METRICS.items() if metric.unit in ("share", "minutes")],
    }
    with connection.cursor() as cursor:
        cursor.execute(READINGS, values | {"metrics": personal, "people": people})
        cursor.execute(READINGS, values | {"metrics": list(METRICS), "people": [None]})
        cursor.execute("VACUUM ANALYZE staff_metricreading")
    return MetricReading.objects.count()
