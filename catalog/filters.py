"""Filters of the catalog's lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import AnyOfFilter, ListFilters, NumbersFilter, RangeFilter, WordsFilter, YesNoFilter
from staff.models import Shop


def shop_choices() -> Iterable[tuple[Any, str]]:
    """Return the shops as choices."""
    return Shop.objects.values_list("pk", "name")


class SkuFilters(ListFilters):
    """Filters of the list of SKUs."""

    code = NumbersFilter(field_name="code", label=_("Merchant codes"), first=True)
    barcode = NumbersFilter(field_name="barcode", label=_("Barcodes"), first=True)
    name = WordsFilter(field_name="name", label=_("Name"), first=True)
    attributes = WordsFilter(field_name="attributes", label=_("Attributes"))
    weight = RangeFilter(field_name="weight_g", label=_("Weight, g"))
    gift = YesNoFilter(field_name="is_gift", label=_("Gift"))


class ItemFilters(ListFilters):
    """Filters of the list of items."""

    number = NumbersFilter(field_name="platform_id", label=_("Item numbers"), first=True)
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
    title = WordsFilter(field_name="title", label=_("Title"), first=True)
