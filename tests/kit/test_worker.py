"""The worker: a job that is under way ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part of it is Linux")

WORKER = """
from redis import Redis
from rq import Queue
from shopops.kit.worker import TiedWorker
client = Redis.from_url({url!r})
TiedWorker([Queue("tied", connection=client)], connection=client).work(burst=True)
"""


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_job_does_not_outlive_a_killed_worker_to_run_beside_its_second_try():
    url = os.environ["REDIS_URL"]
    with Redis.from_url(url) as client:
        queue = Queue("tied", connection=client)
        queue.empty()
        queue.enqueue(time.sleep, 60)
        with subprocess.Popen([sys.executable, "-c", WORKER.format(url=url)], stderr=subprocess.DEVNULL) as worker:
            deadline = time.monotonic() + 60
            while not (horses := children_of(worker.pid)) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert horses, "the worker never started the job"
            worker.kill()
        while is_running(horses[0]) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_running(horses[0])
        queue.delete(delete_jobs=True)
