"""Imports of a CSV pair: against "csv.reader + COPY + upsert" into the same tables, and django-import-export."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

from tools.bench.order_files import write_csv_pair, write_xlsx
from tools.bench.registry import Result, bench, in_turn, median_ratio, timed
from tools.dev.places import say

ORDERS = 100_000
FEWER = 8_000
"""Orders for django-import-export, whose rate falls with the number of rows if anything."""
MIB = 2**20


def empty_tables() -> None:
    """Remove all orders and what hangs on them, and measure the empty tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_order, orders_importbatch, staff_shop, staff_event RESTART IDENTITY CASCADE")
        cursor.execute("VACUUM ANALYZE orders_order, orders_orderline")
        cursor.execute("CHECKPOINT")


def our_import(*paths: Path) -> dict[str, dict[str, int]]:
    """Import the files as the command does, but for the screening that follows; return the counts."""
    from orders.imports import Upload, import_orders
    from orders.states import ImportState
    from shopops.kit.clock import now

    batch = import_orders([Upload(path, path.name) for path in paths], by=None, at=now())
    if batch.state != ImportState.DONE:
        raise SystemExit(f"the import was refused: {batch.sentence}")
    return dict(batch.counts)


def check(counts: dict[str, dict[str, int]], **expected: int) -> None:
    """Stop when an import did not do what it is measured for."""
    found = {name: counts["orders"][name] for name in expected}
    if found != expected:
        raise SystemExit(f"expected {expected} orders, counted {found}")


def rows_rewritten() -> int:
    """Return how many rows of orders and lines PostgreSQL has written so far."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
            " WHERE relname IN ('orders_order', 'orders_orderline')"
        )
        return int(cursor.fetchone()[0])


@bench("import.csv_pair")
def csv_pair(rounds: int) -> Iterator[Result]:
    """100,000 orders with 160,000 lines, first time and again, against the anchor."""
    from tools.bench.import_anchor import anchor_import

    with tempfile.TemporaryDirectory() as folder:
        orders, lines = write_csv_pair(Path(folder), ORDERS)
        ours, anchor = in_turn(
            rounds,
            lambda: check(our_import(orders, lines), new=ORDERS),
            lambda: anchor_import(orders, lines),
            before=empty_tables,
        )
        yield Result(
            "import.csv_pair speed of the anchor",
            median(ours),
            median(anchor),
            0.60,
            "more",
            ratio=median_ratio(anchor, ours),
            note=f"{ORDERS / median(ours):,.0f} orders/s with lines",
        )
        firsts, seconds, rewritten = [], [], 0
        for number in range(rounds):
            empty_tables()
            firsts.append(timed(lambda: our_import(orders, lines)))
            before = rows_rewritten()
            seconds.append(timed(lambda: check(our_import(orders, lines), new=0, unchanged=ORDERS)))
            rewritten = max(rewritten, rows_rewritten() - before)
            say(f"    round {number + 1}: first {firsts[-1]:.2f} s, again {seconds[-1]:.2f} s")
        yield Result(
            "import.csv_pair again, time of the first",
            median(seconds),
            median(firsts),
            0.50,
            "less",
            ratio=median_ratio(seconds, firsts),
        )
        yield Result("import.csv_pair again, rows rewritten", rewritten, None, 0, "less", unit="rows")


@bench("import.against_import_export")
def against_import_export(rounds: int) -> Iterator[Result]:
    """Ours with lines against orders only through django-import-export, default and tuned."""
    try:
        from tools.bench.import_export import default_import, tuned_import
    except ImportError:
        say("    django-import-export is not installed (extra `bench`); left out")
        return
    with tempfile.TemporaryDirectory() as folder:
        orders, lines = write_csv_pair(Path(folder), FEWER)
        ours, default, tuned = in_turn(
            rounds,
            lambda: check(our_import(orders, lines), new=FEWER),
            lambda: default_import(orders),
            lambda: tuned_import(orders),
            before=empty_tables,
        )
    for name, times, goal in (("default", default, 20.0), ("tuned", tuned, 6.0)):
        yield Result(
            f"import.against_import_export {name}",
            median(ours),
            median(times),
            goal,
            "more",
            ratio=median_ratio(times, ours),
            note=f"{FEWER} orders, ours with lines",
        )


@bench("import.memory")
def memory(_rounds: int) -> Iterator[Result]:
    """Peak memory of an import over that of the idle program, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        pair = write_csv_pair(Path(folder), ORDERS)
        triple = write_csv_pair(Path(folder), 3 * ORDERS)
        workbook = write_xlsx(Path(folder), ORDERS)
        for name, paths, goal in (
            ("csv, 100,000 orders", pair, 100.0),
            ("csv, 300,000 orders", triple, 100.0),
            ("xlsx, 100,000 x 30", (workbook,), 350.0),
        ):
            empty_tables()
            yield Result(f"import.memory {name}", memory_over_base(paths), None, goal, "less", unit="MiB")


def memory_over_base(paths: Iterable[Path]) -> float:
    """Return by how many MiB an import raises the peak of a fresh process."""
    answer = subprocess.run(
        [sys.executable, "-m", "tools.bench.import_memory", *map(str, paths)],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    measured = json.loads(answer.stdout.splitlines()[-1])
    return float(measured["peak"] - measured["base"]) / MIB


def csv_rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of one of our made-up files without its header, the numbers bare."""
    with path.open(encoding="gb18030", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        for row in reader:
            row[0] = row[0][2:-1]
            yield row
