"""A real browser with somebody logged in, which notes every complaint of the page's policy or scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections
from playwright.sync_api import ConsoleMessage, Page, expect

from staff.models import Employee
from tests.kit.lists.conftest import listed  # noqa: F401 -- the page of people, for the tests of lists

#: Milliseconds until what should appear is given up; on a busy machine everything comes later.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

#: Parts of the page that are on their way or being put in.
UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling"

WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="session", autouse=True)
def _no_kept_connections() -> None:
    """End each request of the live server with its database connection, so that the database can go at the end."""
    connections.settings["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture
def watched(page: Page) -> Iterator[Page]:
    """The browser's page; the test fails at its end if the page complained."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # An answer of 403, 404 or 409 is what some tests ask for; a request that a newer one replaces is meant to end;
        # what the page asks by itself while a test has taken the connection away (or leaves the page) cannot be sent.
        harmless = ("Failed to load resource", "Response Status Error Code 4", "htmx:afterRequest")
        harmless += ("htmx:sendAbort", "htmx:sendError")
        if message.type == "error" and not message.text.startswith(harmless):
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(PATIENCE)
    page.emulate_media(reduced_motion="reduce")
    yield page
    told = list(complaints)
    if not page.is_closed():
        page.goto("about:blank")  # a page that stayed open would go on asking while the database is emptied
    assert told == []


@pytest.fixture
def visit(watched: Page, live_server) -> Callable[..., Page]:
    """Log somebody in and open an address, at a width and in a language."""

    def open_page(address: str, employee: Employee | None = None, *, width: str = "desk", language: str = "zh-hans"):
        cookies = [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}]
        if employee is not None:
            session = import_module(settings.SESSION_ENGINE).SessionStore()
            session[SESSION_KEY] = str(employee.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = employee.get_session_auth_hash()
            session.save()
            cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url})
        watched.context.add_cookies(cookies)
        across, down = WIDTHS[width]
        watched.set_viewport_size({"width": across, "height": down})
        watched.goto(f"{live_server.url}{address}")
        return watched

    return open_page


@pytest.fixture
def faults() -> Callable[[Page], list[str]]:
    """Say what axe finds wrong with the page as it stands, and whether it is wider than the screen.

    Colours are the same at every width; to look at their contrast takes axe as long as all the rest, so a desk does it.
    """

    def find(page: Page) -> list[str]:
        expect(page.locator(UNDER_WAY)).to_have_count(0)
        size = page.viewport_size
        rules = {"color-contrast": {"enabled": size is None or size["width"] > WIDTHS["phone"][0]}}
        result = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})
        found = [f"{fault['id']}: {fault['nodes'][0]['html'][:150]}" for fault in result.response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("the page is wider than the screen")
        return found

    return find
