"""Every address of the program with the permission its view asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from shopops.kit.access import permission_of


@dataclass(frozen=True)
class Address:
    """One address.

    :param route: the pattern as it is written, such as `orders/<str:number>/`.
    :param name: the URL name with its department, such as `orders:order`; empty where there is none.
    :param permission: what its view was declared with, or None where it was not.
    :param parameters: the names of the pattern's parameters, in order.
    """

    route: str
    name: str
    view: Any
    permission: str | None
    parameters: tuple[str, ...]


def addresses() -> Iterator[Address]:
    """Give every address, the admin site's included, in the order in which they are tried."""
    yield from _walk(get_resolver().url_patterns, "", "", ())


def _walk(
    patterns: list[URLPattern | URLResolver], route: str, space: str, parameters: tuple[str, ...]
) -> Iterator[Address]:
    for one in patterns:
        here = f"{route}{one.pattern}"
        names = parameters + tuple(one.pattern.regex.groupindex)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _walk(one.url_patterns, here, inner, names)
        else:
            name = f"{space}{one.name}" if one.name else ""
            yield Address(here, name, one.callback, permission_of(one.callback), names)
