"""CPU of one list page in this process, beside the plain page: `python -m tools.bench.list_cpu [ADDRESS …]`.

A quick look while working on the lists, on whatever orders the database of DATABASE_URL holds; the bench proper is
`./dev bench pages`. Each page is asked in turn; what is printed is milliseconds of CPU a request.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from statistics import median, quantiles

ROUNDS, REQUESTS = 5, 30
ADDRESSES = ("/orders/", "/orders/?q=4087", "/")
PLAIN = "plain page"


def main(addresses: list[str]) -> int:
    """Measure the pages as the first superuser and print a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopops.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client, RequestFactory

    from staff.models import Employee
    from tools.bench.plain_pages import orders

    logging.disable(logging.CRITICAL)
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(Employee.objects.filter(is_superuser=True)[0], settings.AUTHENTICATION_BACKENDS[-1])
    request = RequestFactory().get("/plain/")
    pages: dict[str, Callable[[], object]] = {PLAIN: lambda: orders(request)}
    pages |= {address: lambda address=address: client.get(address) for address in addresses or ADDRESSES}  # type: ignore[misc]  # bound now
    times: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(ROUNDS + 1):
        for name, ask in pages.items():
            for _request in range(REQUESTS):
                began = time.process_time()
                ask()
                if turn:  # the first round only warms up
                    times[name].append((time.process_time() - began) * 1000)
    plain = median(times[PLAIN])
    for name, taken in times.items():
        low, high = quantiles(taken, n=10)[0], quantiles(taken, n=10)[8]
        ratio = median(taken) / plain
        print(f"{name:40} p10 {low:6.2f}  median {median(taken):6.2f}  p90 {high:6.2f}  {ratio:.2f}×")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
