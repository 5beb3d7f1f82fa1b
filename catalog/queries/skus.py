"""Questions about SKUs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from catalog.models import BundlePart, Sku, SkuAlias
from catalog.queries.attributes import colour_and_size
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.navigation import Hit

SHORTEST = 2


def skus_called(codes: Iterable[str]) -> dict[str, Sku]:
    """Return for each code the SKU whose merchant code or barcode it is; a barcode wins. One query."""
    wanted = set(codes)
    skus = list(Sku.objects.filter(Q(code__in=wanted | {code.upper() for code in wanted}) | Q(barcode__in=wanted)))
    by_code = {sku.code: sku for sku in skus}
    by_barcode = {sku.barcode: sku for sku in skus if sku.barcode}
    found: dict[str, Sku] = {}
    for code in wanted:
        sku = by_barcode.get(code) or by_code.get(code) or by_code.get(code.upper())
        if sku is not None:
            found[code] = sku
    return found


def listed_skus(_reader: Reader) -> QuerySet[Sku]:
    """Return the rows of the list of SKUs."""
    return Sku.objects.all()


def matching_goods(text: str) -> Q:
    """Return the condition for the search box: code, barcode, name, pinyin, or what a shop calls it."""
    word = text.strip()
    found = Q(code__istartswith=word) | Q(barcode=word) | Q(name__icontains=word)
    found |= Q(pk__in=SkuAlias.objects.filter(code=word).values("sku_id"))
    if word.isascii():
        key = "".join(word.lower().split())
        found |= Q(name_pinyin__startswith=key) | Q(name_initials__startswith=key)
    return found


def add_sku_words(rows: list[Row], _reader: Reader) -> None:
    """Put colour and size, parts, and the number of names on the platform on the rows; two queries."""
    ids = [row["id"] for row in rows]
    aliases = dict(
        SkuAlias.objects.filter(sku_id__in=ids).values_list("sku_id").annotate(count=Count("pk")).order_by("sku_id")
    )
    parts: dict[int, list[str]] = {}
    for bundle, code, quantity in (
        BundlePart.objects.filter(bundle_id__in=ids).order_by("pk").values_list("bundle_id", "part__code", "quantity")
    ):
        parts.setdefault(bundle, []).append(f"{code} ×{quantity}")
    for row in rows:
        row["shape"] = colour_and_size(row["attributes"])
        row["aliases"] = aliases.get(row["id"], 0)
        row["parts"] = "；".join(parts.get(row["id"], ()))
        row["edge"] = "" if row["is_active"] else "warn"


def found_goods(text: str, _employee: Any) -> Iterator[Hit]:
    """Give SKUs by code, barcode or name, for the search box of every page."""
    if len(text.strip()) < SHORTEST:
        return
    word = text.strip()
    for sku in Sku.objects.filter(matching_goods(word), is_active=True).order_by("code")[:8]:
        yield Hit(
            sku.code,
            reverse("catalog:sku", args=[sku.pk]),
            f"{sku.name} {sku.attributes}".strip(),
            exact=word.upper() in {sku.code.upper(), sku.barcode},
        )


def parts_of_bundle(sku: Sku) -> list[BundlePart]:
    """Return the parts of a bundle."""
    return list(BundlePart.objects.filter(bundle=sku).select_related("part").order_by("pk"))


def bundles_with(sku: Sku) -> list[BundlePart]:
    """Return the bundles a SKU is part of."""
    return list(BundlePart.objects.filter(part=sku).select_related("bundle").order_by("bundle__code"))


def aliases_of(sku: Sku) -> list[SkuAlias]:
    """Return what shops call a SKU."""
    return list(SkuAlias.objects.filter(sku=sku).select_related("shop", "remembered_by").order_by("shop_id", "code"))
