"""Questions about items, the listings on the platform."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from catalog.models import Item
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row


def listed_items(_reader: Reader) -> QuerySet[Item]:
    """Return the rows of the list of items."""
    return Item.objects.all()


def matching_items(text: str) -> Q:
    """Return the condition for the search box: the platform's id, or words of the title."""
    word = text.strip()
    return Q(platform_id=word) | Q(title__icontains=word)


def add_item_words(rows: list[Row], _reader: Reader) -> None:
    """Put the number of SKUs on the rows; one query."""
    counts = dict(
        Item.objects.filter(pk__in=[row["id"] for row in rows]).values_list("pk").annotate(count=Count("skus"))
    )
    for row in rows:
        row["sku_count"] = counts.get(row["id"], 0)
