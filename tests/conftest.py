"""What every test may use. The services themselves are started by tools/dev/pytest_services.py."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from tools.dev.chromium import FLAGS, find_chromium


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
    from staff.queries.calendar import forget_calendar
    from staff.queries.settings import forget_values
    from staff.views.shell import forget_counts

    forget_values()
    forget_calendar()
    forget_counts()
    translation.activate(settings.LANGUAGE_CODE)
