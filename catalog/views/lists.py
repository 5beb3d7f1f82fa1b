"""The lists of SKUs and items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.actions.skus import change_sku
from catalog.filters import ItemFilters, SkuFilters
from catalog.models import Sku
from catalog.queries.items import add_item_words, listed_items, matching_items
from catalog.queries.skus import add_sku_words, listed_skus, matching_goods
from shopops.kit.lists import (
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListPage,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from staff.models import Employee


def _retire(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    skus = Sku.objects.filter(pk__in=ids)
    return one_by_one(skus, lambda sku: change_sku(sku, {"is_active": False}, by=by, at=at))


def _revive(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    skus = Sku.objects.filter(pk__in=ids)
    return one_by_one(skus, lambda sku: change_sku(sku, {"is_active": True}, by=by, at=at))


SKU_LIST = ListPage(
    name="catalog.sku_list",
    title=_("Goods"),
    note=_("SKUs as the shop knows them, bundles, and what the platform calls them."),
    permission="catalog.view_sku",
    icon="tags",
    rows=listed_skus,
    values=(
        "code",
        "barcode",
        "name",
        "attributes",
        "weight_g",
        "cost",
        "floor_price",
        "is_bundle",
        "is_gift",
        "is_active",
    ),
    finish=add_sku_words,
    cells="catalog/sku_cells.html",
    columns=(
        Column("sku", _("SKU"), fixed=True, sort="code", card="full"),
        Column("shape", _("Colour and size"), card="full"),
        Column("barcode", _("Barcode"), card="left"),
        Column("weight", _("Weight"), end=True, card="right"),
        Column("floor_price", _("Lowest price"), end=True, card="left", shown=False),
        Column("cost", _("Cost"), end=True, shown=False, permission="catalog.change_sku"),
        Column("kind", _("Kind"), card="left"),
        Column("aliases", _("Names on the platform"), end=True, card="right"),
    ),
    tabs=(
        Tab("plain", _("SKUs"), Q(is_active=True, is_bundle=False)),
        Tab("bundles", _("Bundles"), Q(is_active=True, is_bundle=True)),
        Tab("gifts", _("Gifts"), Q(is_active=True, is_gift=True)),
        Tab("retired", _("Not in use"), Q(is_active=False)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("code", "code", _("Merchant code"), ascending=True),
        Sort("name", "name_pinyin", _("Name"), ascending=True),
    ),
    filters=SkuFilters,
    search=matching_goods,
    search_hint=_("Code, barcode, name, pinyin, or name on the platform"),
    opens="catalog:sku",
    row_name="code",
    row_tone="edge",
    batch=(
        BatchAction(
            "retirement",
            _("Take out of use"),
            run=_retire,
            permission="catalog.change_sku",
            icon="archive",
            tabs=("plain", "bundles", "gifts"),
        ),
        BatchAction(
            "revival",
            _("Put into use"),
            run=_revive,
            permission="catalog.change_sku",
            icon="archive-restore",
            tabs=("retired",),
        ),
    ),
    export=Export(
        permission="catalog.export_sku",
        columns=(
            ExportColumn(_("Merchant code"), "code"),
            ExportColumn(_("Barcode"), "barcode"),
            ExportColumn(_("Name"), "name"),
            ExportColumn(_("Attributes"), "attributes"),
            ExportColumn(_("Weight, g"), "weight_g", kind="count"),
            ExportColumn(_("Cost, yuan"), "cost", kind="money", permission="catalog.change_sku"),
            ExportColumn(_("Lowest price, yuan"), "floor_price", kind="money"),
            ExportColumn(_("Parts"), "parts"),
        ),
    ),
    template="catalog/sku_list.html",
    empty=Empty(
        _("No goods yet."),
        _("Import a table of goods, or add them one by one. Orders find them by their merchant code."),
        _("Add a SKU"),
        "catalog:new_sku",
    ),
)

ITEM_LIST = ListPage(
    name="catalog.item_list",
    title=_("Items"),
    note=_("Listings on the platform, and the SKUs behind them."),
    permission="catalog.view_item",
    icon="store",
    rows=listed_items,
    values=("platform_id", "title", "shop__name", "is_listed"),
    finish=add_item_words,
    cells="catalog/item_cells.html",
    columns=(
        Column("title", _("Title"), fixed=True, card="full"),
        Column("platform_id", _("Item number"), sort="number", card="left"),
        Column("shop", _("Shop"), card="right"),
        Column("skus", _("SKUs"), end=True, card="right"),
        Column("state", _("State"), card="right"),
    ),
    tabs=(
        Tab("listed", _("Listed"), Q(is_listed=True)),
        Tab("unlisted", _("Not listed"), Q(is_listed=False)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("number", "platform_id", _("Item number"), ascending=True),),
    filters=ItemFilters,
    search=matching_items,
    search_hint=_("Item number or title"),
    opens="catalog:item",
    row_name="platform_id",
    export=Export(
        permission="catalog.export_sku",
        columns=(
            ExportColumn(_("Item number"), "platform_id"),
            ExportColumn(_("Title"), "title"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("SKUs"), "sku_count", kind="count"),
        ),
    ),
    empty=Empty(_("No items yet."), _("They appear with the first import of orders, or are added in the admin site.")),
)
