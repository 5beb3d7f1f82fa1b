"""Goods no SKU is known for: grouped as the shop calls them, with suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import F, Q, QuerySet

from catalog.models import Sku, SkuAlias
from orders.models import Order
from orders.queries.screening import GONE
from orders.queries.suggestions import Called, Suggestion, suggestions
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
    code: str
    """The platform's code; empty where it gives none and the title is the name."""
    suggestions: list[Suggestion] = field(default_factory=list)

    @property
    def called(self) -> Called:
        """Return what the platform calls it."""
        return Called(self.code, self.title, self.attributes)


def unmatched_goods(
    most: int = 100, *, skip: int = 0, shop_id: int | None = None, words: str = "", name: str | None = None
) -> list[Unmatched]:
    """Return the goods orders wait for a SKU of, the most urgent first. One query, and one for suggestions.

    :param skip: how many of the most urgent are left out: those on the pages before.
    :param words: only goods whose name, title or attributes contain them.
    :param name: only goods the platform calls exactly so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _GROUPS,
            {
                "states": list(UNREVIEWED),
                "gone": list(GONE),
                "most": most,
                "skip": skip,
                "shop": shop_id,
                "words": words,
                "name": name,
            },
        )
        found = [Unmatched(*row) for row in cursor.fetchall()]
    for one, likely in zip(found, suggestions([one.called for one in found]), strict=True):
        one.suggestions = likely
    return found


def unmatched_totals() -> tuple[int, int]:
    """Return how many kinds of goods have no SKU, and how many orders wait for them."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"states": list(UNREVIEWED), "gone": list(GONE)})
        kinds, orders = cursor.fetchone()
    return kinds, orders


def orders_with(shop_id: int, name: str, most: int = 20) -> list[Order]:
    """Return the most urgent of the orders that wait for goods of that name."""
    waiting = Order.objects.filter(pk__in=orders_wanting(shop_id, name)).order_by(
        F("ship_by").asc(nulls_last=True), "pk"
    )
    return list(waiting[:most])


def remembered_lately(most: int = 8) -> list[SkuAlias]:
    """Return the names remembered last."""
    told = SkuAlias.objects.filter(remembered_by__isnull=False).select_related("shop", "sku", "remembered_by")
    return list(told.order_by("-remembered_at", "-pk")[:most])


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


def lines_meant(alias: SkuAlias) -> list[tuple[int, int]]:
    """Return (line, order) of what got its SKU from a remembered name, in orders nobody has released."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.id, o.id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id"  # noqa: S608
            f" WHERE l.sku_id = %s AND l.kind = 'sale' AND o.shop_id = %s AND o.state = ANY(%s) AND {NAME} = %s",
            [alias.sku_id, alias.shop_id, list(UNREVIEWED), alias.code],
        )
        return [(line, order) for line, order in cursor.fetchall()]


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


_FROM = """
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE l.sku_id IS NULL AND o.state = ANY(%(states)s) AND l.status <> ALL(%(gone)s)
"""
_GROUPS = f"""
SELECT g.shop_id, s.name, g.known_as, g.title, g.attributes, g.orders, g.pieces, g.since, g.due, g.sample, g.code
FROM (
    SELECT o.shop_id, {NAME} AS known_as, max(l.title) AS title, max(l.attributes) AS attributes,
           count(DISTINCT o.id) AS orders, sum(l.quantity) AS pieces, min(o.placed_at) AS since, min(o.ship_by) AS due,
           min(l.id) AS sample, max(l.code) AS code
    {_FROM} AND (%(shop)s::bigint IS NULL OR o.shop_id = %(shop)s)
      AND (%(name)s::text IS NULL OR {NAME} = %(name)s)
      AND (%(words)s = '' OR strpos(lower(l.code || ' ' || l.title || ' ' || l.attributes), lower(%(words)s)) > 0)
    GROUP BY o.shop_id, known_as
) g JOIN staff_shop s ON s.id = g.shop_id
ORDER BY g.due NULLS LAST, g.orders DESC, g.known_as
LIMIT %(most)s OFFSET %(skip)s
"""  # noqa: S608 -- no values in it
_TOTALS = f"SELECT count(DISTINCT (o.shop_id, {NAME})), count(DISTINCT o.id) {_FROM}"
