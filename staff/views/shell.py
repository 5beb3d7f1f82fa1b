"""The frame around every page: menu, bell, work in the background, the search box."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from shopops.kit.navigation import Menu, current_entry, hits_for, menu_for, waiting_counts
from staff.actions.notifications import put_away
from staff.models import Employee
from staff.queries.shell import Pulse, company_name, post_of, pulse_of

COUNTS_HOLD = 60.0
"""Seconds for which a person's counts in the menu are drawn from memory; the pulse renews them."""
QUEUE_HOLD = 5.0
QUEUE_PATIENCE = 0.3
_KEPT = 500
_KEPT_MENUS = 100
"""Drawn menus: of 30 KB each, one a set of permissions, marked line and row of counts."""

_numbers = count()
_allowed_menus: dict[frozenset[str], tuple[int, Menu]] = {}
_menus: dict[tuple[Any, ...], SafeString] = {}
_posts: dict[tuple[int, str], tuple[float, str]] = {}
_pulses: dict[int, tuple[float, Pulse, dict[str, int]]] = {}
_queue: list[float | bool] = [0.0, False]


@dataclass
class MenuLine:
    """A line of the menu as it is drawn."""

    key: str
    slug: str
    label: Any
    url: str
    icon: str
    jump: str
    waits: str
    count: str


class Shell:
    """What the frame shows; every part is worked out only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        """Read from a request."""
        self.request = request
        self.language = get_language() or settings.LANGUAGE_CODE

    @cached_property
    def employee(self) -> Employee | None:
        """The person logged in."""
        user = getattr(self.request, "user", None)
        return user if isinstance(user, Employee) or getattr(user, "is_authenticated", False) else None

    @cached_property
    def layout(self) -> str:
        """The template a page that may stand in the drawer extends."""
        in_drawer = self.request.headers.get("HX-Target") == "drawer-body"
        return "shell/drawer.html" if in_drawer else "base.html"

    @cached_property
    def company(self) -> str:
        """The company's name under the brand."""
        return company_name()

    @cached_property
    def post(self) -> str:
        """The person's post, drawn from memory for a minute."""
        if self.employee is None:
            return ""
        key = (self.employee.pk, self.language)
        held = _posts.get(key)
        if held is None or time.monotonic() - held[0] > COUNTS_HOLD:
            if len(_posts) >= _KEPT:
                _posts.clear()
            held = _posts[key] = (time.monotonic(), post_of(self.employee))
        return held[1]

    @cached_property
    def _counts(self) -> tuple[Pulse | None, dict[str, int]]:
        if self.employee is None:
            return None, {}
        held = _pulses.get(self.employee.pk)
        return (held[1], held[2]) if held and time.monotonic() - held[0] < COUNTS_HOLD else (None, {})

    @property
    def unread_text(self) -> str:
        """The number on the bell, as far as it is known without asking."""
        pulse = self._counts[0]
        return pulse.unread_text if pulse else ""

    @property
    def urgent_text(self) -> str:
        """The number on the radar: what will soon cost points, as far as it is known without asking."""
        return count_text(self._counts[1].get("staff.radar", 0))

    @cached_property
    def navigation(self) -> SafeString:
        """The menu, drawn once for each set of permissions and counts."""
        if self.employee is None:
            return SafeString()
        number, menu = _menu_of(self.employee)
        counts = self._counts[1]
        current = current_entry(self.request.path, menu)
        key = (number, self.language, current, tuple(sorted(counts.items())))
        held = _menus.get(key)
        if held is None:
            if len(_menus) >= _KEPT_MENUS:
                _menus.clear()
            drawn = [
                (
                    department,
                    [
                        MenuLine(
                            entry.key,
                            slug(entry.key),
                            entry.label,
                            entry.url,
                            entry.icon,
                            entry.jump,
                            entry.waits,
                            count_text(counts.get(entry.key, 0)),
                        )
                        for entry in entries
                    ],
                )
                for department, entries in menu
            ]
            text = render_to_string("shell/navigation.html", {"menu": drawn, "current": current})
            held = _menus[key] = SafeString(text)
        return held

    @property
    def queue_is_down(self) -> bool:
        """Whether the queue does not answer; asked at most every few seconds."""
        return self.employee is not None and queue_is_down()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template the frame (context processor)."""
    frame = Shell(request)
    return {"shell": frame, "layout": frame.layout}


@allowed(SIGNED_IN)
@require_GET
def pulse(request: HttpRequest) -> HttpResponse:
    """Answer the page's regular question: what is running, what is new, how much waits."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    at = now()
    found = pulse_of(request.user, at=at)
    counts = waiting_counts(request.user, menu_for(request.user), at=at)
    remember(request.user, found, counts)
    waits = [(slug(key), count_text(count)) for key, count in counts.items()]
    urgent = count_text(counts.get("staff.radar", 0))
    return render(request, "shell/pulse.html", {"pulse": found, "waits": waits, "urgent": urgent})


@allowed(SIGNED_IN)
@require_POST
def putting_away(request: HttpRequest, run_id: int) -> HttpResponse:
    """Take an ended run out of the tray; it stays on the page of jobs."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    at = now()
    put_away(request.user, run_id, at=at)
    return render(request, "shell/pulse.html", {"pulse": pulse_of(request.user, at=at)})


@allowed(SIGNED_IN)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Look the words up everywhere the person may; the only exact hit is opened at once."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = hits_for(text, request.user) if text else []
    if request.headers.get("HX-Request"):
        return render(request, "shell/hits.html", {"found": found, "text": text})
    exact = [hit for _finder, hits in found for hit in hits if hit.exact]
    every = [hit for _finder, hits in found for hit in hits]
    if len(exact) == 1 or len(every) == 1:
        return redirect((exact or every)[0].url)
    return render(request, "shell/search.html", {"found": found, "text": text})


def remember(employee: Employee, found: Pulse, counts: dict[str, int]) -> None:
    """Keep a person's counts for the frames drawn in the next minute."""
    if len(_pulses) > _KEPT:
        _pulses.clear()
    _pulses[employee.pk] = (time.monotonic(), found, counts)


def forget_counts(employee_id: int | None = None) -> None:
    """Forget what is kept for somebody, or for everybody."""
    if employee_id is None:
        _pulses.clear()
        _posts.clear()
    else:
        _pulses.pop(employee_id, None)


def queue_is_down() -> bool:
    """Ask the queue for a sign of life, at most every five seconds and with a third of a second's patience."""
    if time.monotonic() - float(_queue[0]) > QUEUE_HOLD:
        client = Redis.from_url(
            str(settings.RQ_QUEUES["default"]["URL"]),
            socket_timeout=QUEUE_PATIENCE,
            socket_connect_timeout=QUEUE_PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            client.ping()
            _queue[1] = False
        except RedisError:
            _queue[1] = True
        finally:
            client.close()
        _queue[0] = time.monotonic()
    return bool(_queue[1])


def slug(key: str) -> str:
    """Return an entry's key as part of an element's id."""
    return key.replace(".", "-").replace("_", "-")


def count_text(count: int) -> str:
    """Return a count for the menu; nothing for nothing."""
    return "" if not count else "999+" if count > 999 else str(count)  # noqa: PLR2004 -- what fits


def _menu_of(employee: Employee) -> tuple[int, Menu]:
    """Return what the person may open, and a number that those with the same permissions share."""
    permissions = frozenset(employee.get_all_permissions())
    held = _allowed_menus.get(permissions)
    if held is None:
        if len(_allowed_menus) >= _KEPT_MENUS:
            _allowed_menus.clear()
        held = _allowed_menus[permissions] = (next(_numbers), menu_for(employee))
    return held
