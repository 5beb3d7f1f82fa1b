"""Goods for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from catalog.models import BundlePart, Item, Sku


class SkuFactory(DjangoModelFactory[Sku]):
    class Meta:
        model = Sku

    code = factory.Sequence(lambda number: f"YS-{number:04}")
    barcode = factory.Sequence(lambda number: f"69{number:011}")
    name = "加厚羊羔绒外套"
    attributes = "颜色分类:米白;尺码:M"
    weight_g = 600


class ItemFactory(DjangoModelFactory[Item]):
    class Meta:
        model = Item

    platform_id = factory.Sequence(lambda number: f"6{number:011}")
    title = "加厚羊羔绒外套 女 冬季新款"


def make_bundle(parts: dict[Sku, int], **values) -> Sku:
    """Return a bundle of the given SKUs."""
    bundle = SkuFactory(name="冬季三件套", attributes="", is_bundle=True, **values)
    for part, quantity in parts.items():
        BundlePart.objects.create(bundle=bundle, part=part, quantity=quantity)
    return bundle
