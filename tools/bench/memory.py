"""What a web worker holds after everybody has looked at everything: gunicorn's two workers on the demo shop."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.bench.registry import Result, bench
from tools.bench.serving import Server, serving, times_of
from tools.dev.places import say

ORDERS, DAYS = 2_000, 20
PEOPLE = ("chenjing", "lina", "wangqiang", "zhaomin")
"""店长, 客服, 仓储, 数据分析员."""
TIMES = 12
"""Requests for each page: eight threads share them."""
MIB = 1024
"""KiB."""


@bench("web.memory")
def memory(_rounds: int) -> Iterable[Result]:
    """Walk over every page that can be opened without knowing a document, and over a document of each kind."""
    from service.actions.demo.shop import make_demo_shop
    from shopops.kit.clock import now

    make_demo_shop(orders=ORDERS, days=DAYS, seed=1, at=now())
    asked = 0
    with serving(os.environ["DATABASE_URL"], application="shopops.wsgi:application") as server:
        begun = max(held(server))
        for cookie, paths in rounds_of_pages():
            for path in paths:
                times_of(server, path, [cookie], requests=TIMES, clients=4)
                asked += TIMES
        most = max(held(server))
    say(f"    {asked:,} requests")
    yield Result(
        "web worker after a round of pages", most, None, 120, "less", unit="MiB",
        note=f"{begun:.0f} MiB before, {asked:,} requests",
    )  # fmt: skip


def held(server: Server) -> list[float]:
    """Return the MiB of memory each worker holds."""
    found = []
    for worker in server.workers():
        lines = Path(f"/proc/{worker}/status").read_text(encoding="ascii").splitlines()
        found.append(int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / MIB)
    return found


def rounds_of_pages() -> Iterator[tuple[str, list[str]]]:
    """Give a cookie and the addresses that answer, for each of the people."""
    from django.conf import settings
    from django.test import Client

    from staff.models import Employee

    logging.disable(logging.CRITICAL)
    every = [*addresses(), *documents()]
    for name in PEOPLE:
        client = Client(HTTP_HOST="localhost")
        client.force_login(Employee.objects.get(username=name), settings.AUTHENTICATION_BACKENDS[-1])
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        yield cookie, [path for path in every if client.get(path).status_code == 200]  # noqa: PLR2004 -- OK


def addresses() -> Iterator[str]:
    """Give every address of ours that takes no argument and may be fetched."""
    from django.urls import get_resolver

    for pattern in get_resolver().url_patterns:
        yield from _under("/", pattern)


def _under(prefix: str, pattern: object) -> Iterator[str]:
    path = f"{prefix}{pattern.pattern}"  # type: ignore[attr-defined]  # a URL pattern or resolver
    if "<" in path or "^" in path or path.startswith("/admin/"):
        return
    for one in getattr(pattern, "url_patterns", ()):
        yield from _under(path, one)
    if not hasattr(pattern, "url_patterns") and "logout" not in path:
        yield path


def documents() -> Iterator[str]:
    """Give the addresses of an order, a dispatch note, a wave, a SKU and a person, and of long lists."""
    from django.urls import reverse

    from catalog.models import Sku
    from orders.models import Order
    from staff.models import Employee
    from warehouse.models import DispatchNote, Wave

    for order in Order.objects.order_by("-pk")[:3]:
        yield reverse("orders:order", args=[order.pk])
    for note in DispatchNote.objects.order_by("-pk")[:3]:
        yield reverse("warehouse:note", args=[note.number])
    for wave in Wave.objects.order_by("-pk")[:1]:
        yield reverse("warehouse:wave", args=[wave.number])
    for sku in Sku.objects.order_by("pk")[:1]:
        yield reverse("catalog:sku", args=[sku.pk])
        yield reverse("warehouse:stock_sku", args=[sku.pk])
    for person in Employee.objects.order_by("pk")[:2]:
        yield reverse("staff:person", args=[person.pk])
        yield reverse("staff:person_points", args=[person.pk])
    for page in ("orders:order_list", "warehouse:note_list"):
        yield f"{reverse(page)}?size=200&more=1"
