"""A pytest plugin: a database and a queue for the tests, started before Django reads its settings.

pyproject.toml loads it with ``-p``. It has to be a plugin, because pytest-django reads the settings before any
conftest is seen. With ``DATABASE_URL`` and ``REDIS_URL`` set it starts nothing.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO

import pytest

from shopops.kit.environment import redis_url
from tools.dev.chromium import browser_environment
from tools.dev.places import ROOT
from tools.dev.services import Services, start_services, take_ownership

MOST_RUNS_AT_ONCE = 9
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
    if "PYTEST_XDIST_WORKER" in os.environ:
        _take_own_queue(os.environ["PYTEST_XDIST_WORKER"])
    else:
        _scratch.append(tempfile.TemporaryDirectory(prefix="shopops-test-"))
        os.environ["SHOPOPS_DATA"] = _scratch[0].name  # uploads of the tests go there
        os.environ["SHOPOPS_STATIC"] = tempfile.mkdtemp(dir=_scratch[0].name)
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


def _take_own_queue(worker: str) -> None:
    """Give this xdist worker a database number of its own in Valkey, as pytest-django does in PostgreSQL."""
    place, separator, number = redis_url(os.environ["REDIS_URL"]).rpartition("db=")
    if not separator:  # redis://host:port/NUMBER
        place, separator, number = redis_url(os.environ["REDIS_URL"]).rpartition("/")
    own = int(number) + 1 + int(worker.removeprefix("gw") or 0)
    os.environ["REDIS_URL"] = f"{place}{separator}{own}"
