"""Goods in the admin site."""

from __future__ import annotations

from django.contrib import admin

from catalog.models import BundlePart, Item, Sku, SkuAlias
from staff.admin.recorded import RecordedAdmin


class PartInline(admin.TabularInline):  # type: ignore[type-arg]  # generic only for the type checker
    """The parts of a bundle."""

    model = BundlePart
    fk_name = "bundle"
    extra = 0
    autocomplete_fields = ("part",)


class SkuAdmin(RecordedAdmin[Sku]):
    """SKUs and bundles."""

    list_display = ("code", "name", "attributes", "barcode", "weight_g", "is_bundle", "is_active")
    list_filter = ("is_active", "is_bundle", "is_gift")
    search_fields = ("code", "barcode", "name", "name_initials")
    inlines = (PartInline,)


class ItemAdmin(RecordedAdmin[Item]):
    """Listings on the platform."""

    list_display = ("platform_id", "title", "shop", "is_listed")
    list_filter = ("shop", "is_listed")
    list_select_related = ("shop",)
    search_fields = ("platform_id", "title")
    autocomplete_fields = ("skus",)


class SkuAliasAdmin(RecordedAdmin[SkuAlias]):
    """What shops call SKUs."""

    list_display = ("code", "shop", "sku", "remembered_by", "remembered_at")
    list_filter = ("shop",)
    list_select_related = ("shop", "sku", "remembered_by")
    search_fields = ("code", "sku__code")
    autocomplete_fields = ("sku",)


admin.site.register(Sku, SkuAdmin)
admin.site.register(Item, ItemAdmin)
admin.site.register(SkuAlias, SkuAliasAdmin)
