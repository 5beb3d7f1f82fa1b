"""`./dev demo` started a second time: from the command to READY, with servers and data of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tools.bench.registry import Result, bench
from tools.dev.places import ROOT, say

ORDERS = 500
PATIENCE = 300.0
OURS = ("DATABASE_URL", "REDIS_URL", "SHOPOPS_", "DJANGO_SETTINGS_MODULE")
"""Variables of the bench that the demo must not see."""


@bench("start")
def start(rounds: int) -> Iterable[Result]:
    """Make a small demo shop, stop it, and start it again as often as there are rounds."""
    with tempfile.TemporaryDirectory(prefix="shopops-bench-") as folder:
        cold = seconds_to_ready(Path(folder))
        say(f"    first start, with everything made: {cold:.1f} s")
        warm = []
        for number in range(rounds):
            warm.append(seconds_to_ready(Path(folder)))
            say(f"    round {number + 1}: {warm[-1]:.1f} s")
    yield Result(
        "warm restart of ./dev demo", sorted(warm)[len(warm) // 2], None, 10, "less",
        note=f"first start with {ORDERS} orders {cold:.1f} s",
    )  # fmt: skip


def seconds_to_ready(folder: Path) -> float:
    """Start the demo on a folder, wait for READY, stop it again.

    :raises SystemExit: if it ends or is not ready in time.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    log = folder / "bench-start.log"
    began = time.monotonic()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            ["./dev", "demo", "--port", str(port), "--orders", str(ORDERS)],
            cwd=ROOT,
            env={**env, "SHOPOPS_DATA": str(folder)},
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while b"READY " not in (said := log.read_bytes()):
            if process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise SystemExit(f"./dev demo did not get ready:\n{said.decode(errors='replace')[-3000:]}")
            time.sleep(0.02)
        return time.monotonic() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
