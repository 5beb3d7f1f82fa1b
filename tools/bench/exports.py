"""The order list as a file of 100,000 rows: memory over the idle program, first byte, time against bare xlsxwriter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.registry import Result, bench, median_ratio
from tools.dev.places import say

ROWS = 100_000
MIB = 2**20
SLOW_GOAL = 1.15


@bench("exports")
def exports(rounds: int) -> Iterable[Result]:
    """Write the list as a workbook and as text, each in a process of its own, and bare xlsxwriter in turn."""
    from shopops.kit.clock import now
    from tools.bench.big_shop import empty_orders, make_house, write_orders
    from tools.bench.export_once import BARE

    at = now()
    make_house(at)
    empty_orders()
    write_orders(1, ROWS, last=ROWS, at=at)
    ours: list[float] = []
    bare: list[float] = []
    for number in range(rounds):
        for kind in ("xlsx", "bare") if number % 2 == 0 else ("bare", "xlsx"):
            (ours if kind == "xlsx" else bare).append(made(kind)["cpu"])
        say(f"    round {number + 1}: {ours[-1]:.1f} s, bare {bare[-1]:.1f} s")
    yield Result(
        f"export of {ROWS:,} rows x {len(BARE)} as xlsx: time against bare xlsxwriter",
        median(ours),
        median(bare),
        SLOW_GOAL,
        "less",
        unit="CPU s",
        ratio=median_ratio(ours, bare),
        note="the same cells, read from the database by both",
    )
    for kind in ("xlsx", "csv"):
        facts = made(kind)
        yield Result(
            f"export of {ROWS:,} rows as {kind}: memory over base",
            (facts["peak"] - facts["base"]) / MIB,
            None,
            60,
            "less",
            unit="MiB",
            note=f"{facts['seconds']:.1f} s",
        )
    yield Result(
        f"export of {ROWS:,} rows as csv: first byte", median(made("csv")["first"] for _time in range(rounds)),
        None, 0.3, "less",
    )  # fmt: skip


def made(kind: str) -> dict[str, Any]:
    """Make a file in a fresh process; return what it measured of itself."""
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            [sys.executable, "-m", "tools.bench.export_once", kind, str(Path(folder) / "export")],
            env=os.environ,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    facts: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return facts
