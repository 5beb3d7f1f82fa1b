"""Boxes that later departments put on the pages of earlier ones: an order's page shows its after-sale cases.

A page lives in the first app that can see everything it shows; what only a later app can see is added by that app,
beside its addresses::

    add_aside("orders.order", Aside("service.after_sales", "service.view_aftersale", "service/aftersales/aside.html",
                                    load=queries.cases_of_order, place=20))

The page asks `asides_of("orders.order", order, employee, at)` and includes each one's template with `aside` as what
`load` returned. A page asks only for what its reader may see, and a box with nothing to show is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Aside:
    """A box on a page of an earlier department.

    :param permission: who sees it.
    :param template: draws it; finds what `load` returned under the name `aside`.
    :param load: asked with (the page's document, the employee, now) in few queries; None leaves the box out.
    :param place: boxes stand in the order of their places.
    """

    name: str
    permission: str
    template: str
    load: Callable[[Any, Any, datetime], Any]
    place: int = 50


@dataclass(frozen=True)
class ShownAside:
    """A box with what it shows."""

    template: str
    shown: Any


_asides: dict[str, dict[str, Aside]] = {}


def add_aside(page: str, aside: Aside) -> None:
    """Put a box on the page of that name, such as `orders.order`."""
    _asides.setdefault(page, {})[aside.name] = aside


def asides_of(page: str, thing: Any, employee: Any, at: datetime) -> list[ShownAside]:
    """Return the boxes of a page that this employee may see and that have something to show."""
    found = []
    for aside in sorted(_asides.get(page, {}).values(), key=lambda one: (one.place, one.name)):
        if employee.has_perm(aside.permission):
            shown = aside.load(thing, employee, at)
            if shown is not None:
                found.append(ShownAside(aside.template, shown))
    return found
