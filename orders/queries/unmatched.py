"""Goods no SKU is known for: grouped as the shop calls them, with suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher

from django.db import connection
from django.db.models import Q, QuerySet

from catalog.models import Sku
from orders.models import Order
from orders.queries.screening import GONE
from orders.states import IN_REVIEW, UNREVIEWED, ExceptionKind
from shopops.kit.pinyin import search_keys

NAME = "coalesce(nullif(l.code, ''), left(btrim(l.title || ' ' || l.attributes), 200))"
"""What the platform calls a thing; as in `OrderLine.known_as` and `match_goods`."""


@dataclass
class Unmatched:
    """Lines of one shop that are called the same and have no SKU."""

    shop_id: int
    shop: str
    name: str
    title: str
    attributes: str
    orders: int
    pieces: int
    since: datetime
    due: datetime | None
    sample_id: int
    """A line of them."""
    suggestions: list[Sku] = field(default_factory=list)


def unmatched_goods(most: int = 100) -> list[Unmatched]:
    """Return the goods orders wait for a SKU of, the most urgent first. Two queries, and one for suggestions."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [list(UNREVIEWED), list(GONE), most])
        found = [Unmatched(*row) for row in cursor.fetchall()]
    _suggest(found)
    return found


def waiting_for_goods() -> QuerySet[Order]:
    """Return the orders in review that have the exception of goods without a SKU."""
    return Order.objects.filter(~Q(troubles=[]), troubles__contains=[ExceptionKind.UNMATCHED], state__in=IN_REVIEW)


def orders_wanting(shop_id: int, name: str) -> list[int]:
    """Return the orders nobody has released with goods of that name and no SKU."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT o.id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id"  # noqa: S608
            f" WHERE l.sku_id IS NULL AND o.shop_id = %s AND o.state = ANY(%s) AND {NAME} = %s ORDER BY o.id",
            [shop_id, list(UNREVIEWED), name],
        )
        return [row[0] for row in cursor.fetchall()]


def found_skus(text: str, most: int = 10) -> list[Sku]:
    """Return SKUs whose code, barcode, name or pinyin begins with or contains the text."""
    text = text.strip()
    if not text:
        return []
    full, _initials = search_keys(text)
    return list(
        Sku.objects.filter(is_active=True)
        .filter(
            Q(code__istartswith=text)
            | Q(barcode=text)
            | Q(name__icontains=text)
            | Q(name_initials__startswith=full)
            | Q(name_pinyin__startswith=full)
        )
        .order_by("code")[:most]
    )


def _suggest(found: list[Unmatched]) -> None:
    """Put up to three SKUs on each group: whose code is contained in the other's, or whose name is alike."""
    if not found:
        return
    skus = list(Sku.objects.filter(is_active=True).order_by("code")[:5000])
    for one in found:
        scored = [(score, sku) for sku in skus if (score := _alike(one, sku)) >= _LEAST]
        one.suggestions = [sku for _score, sku in sorted(scored, key=lambda pair: -pair[0])[:3]]


_LEAST = 0.45


def _alike(one: Unmatched, sku: Sku) -> float:
    code, name = sku.code.lower(), one.name.lower()
    if code == name:
        return 2.0
    if len(code) >= 3 and (code in name or name in code):  # noqa: PLR2004 -- shorter codes are in everything
        return 1.0 + min(len(code), len(name)) / max(len(code), len(name))
    if not one.title or not set(one.title) & set(sku.name):
        return 0.0
    matcher = SequenceMatcher(None, f"{sku.name} {sku.attributes}", f"{one.title} {one.attributes}")
    return matcher.ratio() if matcher.quick_ratio() >= _LEAST else 0.0


_GROUPS = f"""
SELECT o.shop_id, s.name, {NAME} AS known_as, max(l.title), max(l.attributes),
       count(DISTINCT o.id), sum(l.quantity), min(o.placed_at), min(o.ship_by), min(l.id)
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN staff_shop s ON s.id = o.shop_id
WHERE l.sku_id IS NULL AND o.state = ANY(%s) AND l.status <> ALL(%s)
GROUP BY o.shop_id, s.name, known_as
ORDER BY min(o.ship_by) NULLS LAST, count(DISTINCT o.id) DESC, known_as
LIMIT %s
"""  # noqa: S608 -- no values in it
