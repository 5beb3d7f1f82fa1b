"""The menu and the search box: what each department offers, declared beside its addresses.

A department says, at the end of its `urls.py`::

    add_department(Department("orders", _("Orders"), place=20, entries=(
        Entry("orders.review", _("Review"), "orders:review_desk", "orders.review_order",
              icon="clipboard-check", jump="r", waits="orders.review"),
        Entry("orders.orders", _("Orders"), "orders:order_list", "orders.view_order", icon="shopping-bag", jump="o"),
    )))
    add_finder(Finder("orders.by_number", _("Orders"), "orders.view_order", find=queries.found_orders, place=10))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse

from shopops.kit.registry import Registry
from shopops.kit.worklists import WORKLISTS, counts_on

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


_addresses: dict[str, str] = {}


@dataclass(frozen=True)
class Entry:
    """One line of the menu.

    :param key: dotted name, department first.
    :param permission: who sees it; empty for everybody who is logged in.
    :param jump: the key that opens it after `g`.
    :param waits: the worklist whose count stands beside it.
    :param covers: further URL prefixes under which it is marked as the current one.
    """

    key: str
    label: str | _StrPromise
    url_name: str
    permission: str
    icon: str
    jump: str = ""
    waits: str = ""
    covers: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Return the address, or nothing while the page does not exist; looked up once, as every page asks."""
        if self.url_name not in _addresses:
            try:
                _addresses[self.url_name] = reverse(self.url_name)
            except NoReverseMatch:
                return ""
        return _addresses[self.url_name]


@dataclass(frozen=True)
class Department:
    """A heading of the menu with its lines; departments stand in the order of `place`."""

    key: str
    label: str | _StrPromise
    place: int
    entries: tuple[Entry, ...]


Menu = list[tuple[Department, list[Entry]]]
"""What somebody may open, department by department."""


@dataclass(frozen=True)
class Hit:
    """Something found; an `exact` one is opened at once when it is the only one."""

    label: str
    url: str
    note: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Finder:
    """Looks things up for the search box: `find(text, employee)` returns at most ten hits, fast (an index, no scan)."""

    key: str
    label: str | _StrPromise
    permission: str
    find: Callable[[str, Any], Iterable[Hit]]
    place: int = 50


_departments: dict[str, Department] = {}
FINDERS: Registry[Finder] = Registry("finder")


def add_department(department: Department) -> None:
    """Put a department into the menu."""
    _departments[department.key] = department


def add_finder(finder: Finder) -> None:
    """Let the search box ask one more place."""
    if finder.key not in FINDERS:
        FINDERS.add(finder.key, finder)


def departments() -> list[Department]:
    """Return the departments in their order."""
    return sorted(_departments.values(), key=lambda department: department.place)


def menu_for(employee: Any) -> Menu:
    """Return what this employee may open, department by department."""
    menu = []
    for department in departments():
        entries = [
            entry
            for entry in department.entries
            if (not entry.permission or employee.has_perm(entry.permission)) and entry.url
        ]
        if entries:
            menu.append((department, entries))
    return menu


def current_entry(path: str, menu: Menu) -> str:
    """Return the key of the entry whose address is the longest beginning of `path`; empty if there is none."""
    best, length = "", 0
    for _department, entries in menu:
        for entry in entries:
            for prefix in (entry.url, *entry.covers):
                fits = path == prefix if prefix == "/" else path.startswith(prefix)
                if fits and len(prefix) > length:
                    best, length = entry.key, len(prefix)
    return best


def waiting_counts(employee: Any, menu: Menu, *, at: datetime) -> dict[str, int]:
    """Return how much waits behind the entries that show a count; most of them in one query."""
    asked = {
        entry.key: WORKLISTS[entry.waits]
        for _department, entries in menu
        for entry in entries
        if entry.waits and entry.waits in WORKLISTS
    }
    return counts_on(asked, employee.pk, at)


def hits_for(text: str, employee: Any) -> list[tuple[Finder, list[Hit]]]:
    """Ask every finder the employee may use; return those that found something."""
    finders = sorted((finder for _key, finder in FINDERS.items()), key=lambda finder: finder.place)
    found = []
    for finder in finders:
        if not finder.permission or employee.has_perm(finder.permission):
            hits = list(finder.find(text, employee))[:10]
            if hits:
                found.append((finder, hits))
    return found
