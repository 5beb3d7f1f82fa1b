"""Questions about SKUs."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from catalog.models import Sku


def skus_called(codes: Iterable[str]) -> dict[str, Sku]:
    """Return for each code the SKU whose merchant code or barcode it is; a barcode wins. One query."""
    wanted = set(codes)
    found: dict[str, Sku] = {}
    upper = {code.upper(): code for code in wanted}
    skus = list(Sku.objects.filter(Q(code__in=wanted | set(upper)) | Q(barcode__in=wanted)))
    for sku in skus:
        for name in (sku.code, upper.get(sku.code, "")):
            if name in wanted:
                found[name] = sku
    for sku in skus:
        if sku.barcode and sku.barcode in wanted:
            found[sku.barcode] = sku
    return found
