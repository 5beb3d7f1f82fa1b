"""A real queue, emptied before and after each test, and a worker that works in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import django_rq
import pytest
from rq import SimpleWorker

from shopops.kit.jobs import JOBS, Job


@pytest.fixture
def queue(transactional_db) -> Iterator[django_rq.queues.DjangoRQ]:
    queues = [django_rq.get_queue(name) for name in ("high", "default")]
    for one in queues:
        one.empty()
    yield queues[1]
    for one in queues:
        one.empty()


@pytest.fixture
def work(queue) -> Callable[[], int]:
    """Let a worker do everything that waits; returns how many jobs it did."""

    def do() -> int:
        before = len(queue)
        worker = SimpleWorker([django_rq.get_queue("high"), queue], connection=queue.connection)
        worker.work(burst=True, logging_level="ERROR")
        return before - len(queue)

    return do


@pytest.fixture
def declared(monkeypatch) -> Callable[..., None]:
    """Declare a job for the length of a test."""

    def declare(name: str, function, *, queue: str = "default", tells_failure: bool = False) -> None:
        monkeypatch.setitem(JOBS._things, name, Job(name, name, function, queue, tells_failure))

    return declare
