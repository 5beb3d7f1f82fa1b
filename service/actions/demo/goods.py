"""The demo shop's goods, bins and carriers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from catalog.models import BundlePart, Item, Sku
from service.actions.demo.words import GIFTS, GOODS
from shopops.kit.copying import copy_in
from shopops.kit.pinyin import search_keys
from staff.models import Shop
from staff.states import Platform
from warehouse.models import Bin, Warehouse


@dataclass
class Article:
    """A SKU as orders buy it: under which item, for how much, how often."""

    sku: Sku
    item: Item
    title: str
    price: Decimal
    weight: float


def make_shops() -> list[Shop]:
    """Open the two demo shops."""
    return [
        Shop.objects.create(name="云杉旗舰店", platform=Platform.TMALL, platform_id="57301188"),
        Shop.objects.create(name="云杉生活馆", platform=Platform.TAOBAO, platform_id="10466207"),
    ]


def make_goods(shops: list[Shop], warehouse: Warehouse, random: Random) -> tuple[list[Article], dict[int, Bin]]:
    """Stock the shelves: SKUs of every colour and size, a bundle, gifts; each SKU has a bin."""
    bins = _make_bins(warehouse)
    articles: list[Article] = []
    skus: list[Sku] = []
    items: list[Item] = []
    for number, (code, title, _group, colours, sizes, price, grams) in enumerate(GOODS):
        popularity = min(random.paretovariate(1.6), 6)
        for shop in shops:
            item = Item(shop=shop, platform_id=str(6_780_000_000_00 + number * 137 + shop.pk), title=title)
            items.append(item)
        for colour_number, colour in enumerate(colours):
            for size_number, size in enumerate(sizes):
                sku = _sku(f"{code}-{colour_number + 1}{size_number + 1}", title, f"颜色:{colour};规格:{size}")
                sku.weight_g = grams + size_number * 40
                sku.barcode = _ean13(f"69{5280000000 + number * 1000 + colour_number * 50 + size_number:010d}")
                charged = Decimal(price + size_number * 20)
                sku.cost = (charged * Decimal("0.45")).quantize(Decimal("0.01"))
                sku.floor_price = (charged * Decimal("0.7")).quantize(Decimal("0.01"))
                skus.append(sku)
                chance = popularity * random.uniform(0.3, 1)
                articles += [Article(sku, item, title, charged, chance) for item in items[-len(shops) :]]
    gifts = [_sku(code, name, "") for code, name, _grams in GIFTS]
    for gift, (_code, _name, grams) in zip(gifts, GIFTS, strict=True):
        gift.weight_g, gift.is_gift = grams, True
    bundle = _sku("SET-BWB", "保温杯情侣套装", "雾霾蓝+樱粉 500ml")
    bundle.is_bundle, bundle.weight_g = True, 800
    copy_in([*skus, *gifts, bundle])
    copy_in(items)
    Item.skus.through.objects.bulk_create(
        {
            (article.item.pk, article.sku.pk): Item.skus.through(item_id=article.item.pk, sku_id=article.sku.pk)
            for article in articles
        }.values()
    )
    parts = [sku for sku in skus if sku.code in {"BWB-12", "BWB-32"}]
    BundlePart.objects.bulk_create(BundlePart(bundle=bundle, part=part, quantity=1) for part in parts)
    places = {sku.pk: bins[number % len(bins)] for number, sku in enumerate([*skus, *gifts])}
    return articles, places


def _sku(code: str, name: str, attributes: str) -> Sku:
    """Return a SKU with its pinyin keys."""
    full, initials = search_keys(name)
    return Sku(code=code, name=name, attributes=attributes, name_pinyin=full[:400], name_initials=initials[:200])


def _make_bins(warehouse: Warehouse) -> list[Bin]:
    """Put up four rows of shelves, walked in a snake."""
    bins = []
    for row_number, row in enumerate("ABCD"):
        columns = range(1, 13) if row_number % 2 == 0 else range(12, 0, -1)
        for walked, column in enumerate(columns):
            bins += [
                Bin(
                    warehouse=warehouse,
                    code=f"{row}-{column:02d}-{level}",
                    pick_order=row_number * 1000 + walked * 10 + level,
                )
                for level in (1, 2)
            ]
    return list(copy_in(bins))


def _ean13(twelve: str) -> str:
    """Add the check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return twelve + str(-total % 10)
