"""Whatever has a name is named in docs/reference.md."""

from __future__ import annotations

import pytest
from django.core.management import get_commands
from django.urls import get_resolver

from shopops.kit.detectors import DETECTORS
from shopops.kit.jobs import JOBS
from shopops.kit.lists.declarations import PAGES
from shopops.kit.metrics import METRICS
from shopops.kit.policy import SETTINGS
from shopops.kit.worklists import WORKLISTS
from tests.architecture.code import APPS, ROOT

REFERENCE = ROOT / "docs/reference.md"


def named() -> set[str]:
    """Return everything that stands between backticks."""
    return set(REFERENCE.read_text(encoding="utf-8").split("`")[1::2])


def commands() -> list[str]:
    """Return the commands of our apps."""
    return sorted(name for name, app in get_commands().items() if app in APPS)


def pages() -> list[str]:
    """Return the list pages; they are declared where the addresses are. Those of the kit's tests are called kit.…"""
    assert get_resolver().url_patterns
    return [name for name in PAGES if not name.startswith("kit.")]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("commands", commands),
        ("settings", lambda: list(SETTINGS)),
        ("jobs", lambda: list(JOBS)),
        ("detectors", lambda: list(DETECTORS)),
        ("metrics", lambda: list(METRICS)),
        ("worklists", lambda: list(WORKLISTS)),
        ("list pages", pages),
    ],
)
def test_everything_with_a_name_is_in_the_reference(kind, names):
    missing = [name for name in names() if name not in named()]

    assert missing == [], f"{kind}: add a line to docs/reference.md"


def test_the_reference_names_nothing_that_is_gone():
    known = {*commands(), *SETTINGS, *JOBS, *DETECTORS, *METRICS, *WORKLISTS, *pages()}
    gone = {name for name in named() if "." in name and name.split(".")[0] in {*APPS, "lists"}} - known

    assert gone == set()
