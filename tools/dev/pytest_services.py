"""A pytest plugin: a database and a queue for the tests, started before Django reads its settings.

pyproject.toml loads it with ``-p``. It has to be a plugin, because pytest-django reads the settings before any
conftest is seen. With ``DATABASE_URL`` and ``REDIS_URL`` set it starts nothing.

With workers (pytest-xdist) the services are started once, by the process that hands out the tests. Every worker has a
database of its own (tests/database.py), a number of its own in Valkey and a folder of its own for files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from shopops.kit.environment import redis_url
from tools.dev.chromium import browser_environment
from tools.dev.places import ROOT
from tools.dev.services import Services, start_services, take_ownership

MOST_RUNS_AT_ONCE = 9
QUEUES = 16
_DEFAULTS = {
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's sync API runs an event loop in the thread of the tests
    "SHOPOPS_HTTPS": "off",
    "SHOPOPS_STATIC_FROM_SOURCE": "on",
    "SHOPOPS_LOG_FORMAT": "console",
    "SHOPOPS_LOG_LEVEL": "WARNING",
    "SHOPOPS_SECRET_KEY": "the-tests-sign-with-this-key-and-nothing-else-does-0123456789",
}
_running: list[Services] = []
_scratch: list[tempfile.TemporaryDirectory[str]] = []
_locks: list[IO[str]] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Set the environment of the tests before pytest-django imports the settings."""
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    _scratch.append(tempfile.TemporaryDirectory(prefix="shopops-test-"))
    os.environ["SHOPOPS_DATA"] = _scratch[0].name  # uploads of the tests go there
    os.environ["SHOPOPS_STATIC"] = tempfile.mkdtemp(dir=_scratch[0].name)
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["REDIS_URL"] = queue_of_worker(os.environ["REDIS_URL"], int(worker.removeprefix("gw")))
    else:
        folder = _free_folder()
        os.environ.update(browser_environment(folder))
        options = early_config.known_args_namespace
        if not (options.help or options.version):
            _running.append(start_services(folder, purpose="test"))
            os.environ.update(_running[0].env)
    return (yield)


def pytest_unconfigure() -> None:
    """Stop what was started and remove what was written."""
    while _running:
        _running.pop().stop()
    while _scratch:
        _scratch.pop().cleanup()
    while _locks:
        _locks.pop().close()


def _free_folder() -> Path:
    """Give the first data folder that no other run of the tests uses; its lock is held until the process ends."""
    for number in range(1, MOST_RUNS_AT_ONCE + 1):
        folder = ROOT / ".data" / ("test" if number == 1 else f"test-{number}")
        folder.mkdir(parents=True, exist_ok=True)
        if lock := take_ownership(folder):
            _locks.append(lock)
            return folder
    pytest.exit(f"{MOST_RUNS_AT_ONCE} runs of the tests are under way already", returncode=1)


def queue_of_worker(url: str, worker: int) -> str:
    """Give the address of the queue of a worker: the same server, a number that no other worker has.

    Servers have sixteen numbers by default. The workers are far from each other in them (0, 8, 4, 12, 2, ...), so that
    people who test on one server with neighbouring numbers do not meet each other's workers.

    :raises pytest.UsageError: when there are more workers than numbers.
    """
    if worker >= QUEUES:
        raise pytest.UsageError(f"Valkey has {QUEUES} databases: no more than {QUEUES} workers can test at once.")
    parts = urlsplit(redis_url(url))
    query = dict(parse_qsl(parts.query))
    number = int(query["db"] if parts.scheme == "unix" else parts.path.removeprefix("/"))
    own = number - number % QUEUES + (number + int(f"{worker:04b}"[::-1], 2)) % QUEUES
    if parts.scheme == "unix":
        return redis_url(parts._replace(query=urlencode(query | {"db": own})).geturl())
    return parts._replace(path=f"/{own}").geturl()
