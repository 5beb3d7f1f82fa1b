"""What every test may use. The services themselves are started by tools/dev/pytest_services.py."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import translation

from tests.database import own_database, vacuum_now_and_then
from tools.dev.chromium import FLAGS, find_chromium

#: They take longest, so they begin first: no worker works on alone at the end.
LONGEST = ("tests/dev/", "tests/browser/", "tests/journeys/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests in front."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_collection_finish() -> None:
    """Take what is there for good, the program and its tests, out of the search for garbage."""
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Before the fixtures of a test open a transaction."""
    vacuum_now_and_then()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment, django_db_blocker, django_db_modify_db_settings
) -> Iterator[None]:
    """Work in a copy of the migrated database instead of migrating one for each run."""
    with django_db_blocker.unblock():
        database = ExitStack()
        database.enter_context(own_database(anew=request.config.getoption("--create-db")))
    yield
    with django_db_blocker.unblock():
        database.close()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords with Argon2 as always, but with the least work: a tenth of a second each adds up."""
    with patch.multiple(Argon2PasswordHasher, time_cost=1, memory_cost=8, parallelism=1):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the real Chromium of this machine, and fail loudly where there is none."""
    chromium = find_chromium()
    if chromium is None:
        pytest.fail("There is no Chromium. Run the tests through ./dev test, which installs it, or set SHOP_CHROMIUM.")
    return {**browser_type_launch_args, "args": list(FLAGS), "executable_path": chromium}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Browse as a person in China with a desktop screen; tests of phones set their own width."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture(autouse=True)
def _nothing_kept_from_the_test_before() -> None:
    """Empty what a process remembers for some seconds: settings, calendar, counts; speak the language of the house."""
    from service.queries.clocks import forget_limits
    from staff.queries.calendar import forget_calendar
    from staff.queries.settings import forget_values
    from staff.views.shell import forget_counts

    forget_values()
    forget_calendar()
    forget_counts()
    forget_limits()
    translation.activate(settings.LANGUAGE_CODE)
