"""Addresses of the catalog, and its lines of the menu."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from catalog.queries.skus import found_goods
from catalog.views import skus
from catalog.views.imports import goods_import
from catalog.views.lists import ITEM_LIST, SKU_LIST
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Department, Entry, Finder, add_department, add_finder

app_name = "catalog"
urlpatterns = [
    path("skus/", include(list_urls(SKU_LIST))),
    path("sku/new/", skus.new_sku, name="new_sku"),
    path("sku/<int:sku_id>/", skus.sku, name="sku"),
    path("sku/<int:sku_id>/change/", skus.sku_change, name="sku_change"),
    path("sku/<int:sku_id>/aliases/", skus.aliases, name="aliases"),
    path("alias/<int:alias_id>/removal/", skus.alias_removal, name="alias_removal"),
    path("items/", include(list_urls(ITEM_LIST))),
    path("item/<int:item_id>/", skus.item, name="item"),
    path("import/", goods_import, name="goods_import"),
]

add_department(
    Department(
        "catalog",
        _("Goods"),
        place=20,
        entries=(
            Entry(
                "catalog.skus",
                _("Goods"),
                "catalog:sku_list",
                "catalog.view_sku",
                icon="tags",
                jump="k",
                covers=("/catalog/sku/", "/catalog/import/"),
            ),
            Entry("catalog.items", _("Items"), "catalog:item_list", "catalog.view_item", icon="store"),
        ),
    )
)
add_finder(Finder("catalog.skus", _("Goods"), "catalog.view_sku", find=found_goods, place=40))
