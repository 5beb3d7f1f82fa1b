"""Questions about imports."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from orders.models import ImportBatch, Order
from orders.states import UNREVIEWED

AT_ONCE = 5000


def orders_to_screen(batch: ImportBatch) -> Iterator[list[int]]:
    """Yield the ids of the orders an import has made or changed and nobody has released, some thousand at a time."""
    touched = Order.objects.filter(Q(first_batch=batch) | Q(last_batch=batch), state__in=UNREVIEWED).order_by("pk")
    last = 0
    while ids := list(touched.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        yield ids
        last = ids[-1]
