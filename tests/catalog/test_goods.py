"""Goods: SKUs, bundles, names on the platform, tables of goods."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from catalog.actions.aliases import forget_alias, remember_alias
from catalog.actions.skus import add_sku, change_sku, set_parts
from catalog.imports import import_goods
from catalog.models import BundlePart, Sku, SkuAlias
from catalog.queries.attributes import colour_and_size
from catalog.queries.skus import found_goods, skus_called
from shopops.kit.clock import SHANGHAI
from shopops.kit.refusals import Refused
from staff.actions.jobs import run_job
from staff.models import Employee, Event, JobRun, Shop
from tests.factories.catalog import ItemFactory, SkuFactory, make_bundle
from tests.factories.staff import ShopFactory, employee_with

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def gao() -> Employee:
    """采购 高峰, who keeps the goods."""
    return employee_with(
        "catalog.view_sku", "catalog.add_sku", "catalog.change_sku", "catalog.view_item", "catalog.export_sku",
        "catalog.import_goods", "catalog.add_skualias", "catalog.delete_skualias", username="gaofeng", name="高峰",
    )  # fmt: skip


@pytest.fixture
def desk(client, gao):
    client.force_login(gao)
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.parametrize(
    ("attributes", "colour", "size", "rest"),
    [
        ("颜色分类:米白;尺码:M", "米白", "M", ""),
        ("颜色分类：雾霾蓝；容量：500ml", "雾霾蓝", "500ml", ""),
        ("尺码:XL,材质:羊毛", "", "XL", "材质:羊毛"),
        ("米白;M", "米白", "M", ""),
        ("Color: red; Size: 40", "red", "40", ""),
        ("", "", "", ""),
        ("套餐:官方标配;颜色:黑;颜色:白", "黑", "", "套餐:官方标配; 颜色:白"),
    ],
)
def test_colour_and_size_are_taken_out_of_the_attributes(attributes, colour, size, rest):
    assert colour_and_size(attributes) == (colour, size, rest)


def test_a_code_finds_its_sku_and_a_barcode_goes_before_a_merchant_code():
    first, second = SkuFactory(code="YS-1", barcode="YS-2"), SkuFactory(code="YS-2", barcode="")
    found = skus_called(["YS-1", "ys-1", "YS-2", "nobody"])
    assert found == {"YS-1": first, "ys-1": first, "YS-2": first}
    assert second.code == "YS-2"


def test_a_sku_is_changed_with_one_event_that_says_what(gao):
    sku = add_sku({"code": "YS-1", "name": "保温杯", "weight_g": 300}, by=gao, at=NOON)
    assert (sku.name_pinyin, sku.name_initials) == ("baowenbei", "bwb")
    assert change_sku(sku, {"weight_g": 320, "name": "保温杯"}, by=gao, at=NOON) is True
    assert change_sku(sku, {"weight_g": 320}, by=gao, at=NOON) is False
    assert Event.objects.get(verb="catalog.sku_changed").changes == {"weight_g": [300, 320]}
    SkuFactory(code="YS-2", barcode="69")
    with pytest.raises(Refused, match="YS-2"):
        add_sku({"code": "YS-2", "name": "杯"}, by=gao, at=NOON)
    with pytest.raises(Refused, match="69"):
        change_sku(sku, {"barcode": "69"}, by=gao, at=NOON)


def test_a_bundle_is_made_of_plain_skus_only(gao):
    coat = SkuFactory()
    bundle = make_bundle({coat: 1})
    with pytest.raises(Refused):
        set_parts(bundle, {}, by=gao, at=NOON)
    with pytest.raises(Refused):
        set_parts(coat, {bundle.pk: 1}, by=gao, at=NOON)
    with pytest.raises(Refused):
        set_parts(bundle, {make_bundle({coat: 1}).pk: 1}, by=gao, at=NOON)
    hat = SkuFactory()
    set_parts(bundle, {coat.pk: 2, hat.pk: 1}, by=gao, at=NOON)
    assert dict(BundlePart.objects.filter(bundle=bundle).values_list("part", "quantity")) == {coat.pk: 2, hat.pk: 1}


def test_a_name_on_the_platform_means_one_sku_in_a_shop(gao):
    shop = ShopFactory()
    coat, hat = SkuFactory(), SkuFactory()
    alias = remember_alias(coat, shop, " 羊羔绒外套 米白 M ", by=gao, at=NOON)
    assert alias.code == "羊羔绒外套 米白 M"
    remember_alias(coat, shop, "羊羔绒外套 米白 M", by=gao, at=NOON)
    with pytest.raises(Refused, match=coat.code):
        remember_alias(hat, shop, "羊羔绒外套 米白 M", by=gao, at=NOON)
    forget_alias(alias, by=gao, at=NOON)
    assert not SkuAlias.objects.exists()
    assert Event.objects.filter(verb="catalog.alias_remembered").count() == 1


def table(tmp_path, *rows) -> object:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path = tmp_path / "goods.xlsx"
    book.save(path)
    return path


def test_a_table_of_goods_is_taken_and_the_same_again_changes_nothing(gao, tmp_path):
    SkuFactory(code="YS-2", name="帽子", weight_g=80)
    path = table(
        tmp_path,
        ["名称", "商家编码", "规格", "重量(克)", "成本价", "备注"],
        ["保温杯", "YS-1", "颜色分类:蓝", 300, 25.5, "x"],
        [],
        ["帽子", "YS-2", None, 90, None, None],
        [None, "YS-3", None, None, None, None],
        ["杯", "YS-1", None, None, None, None],
        ["杯", "YS-4", None, "重", None, None],
        ["无编码", None, None, None, None, None],
    )
    result = import_goods(path, name="goods.xlsx", by=gao, at=NOON)
    assert (result.new, result.changed, result.refused) == (1, 1, 4)
    assert [one["row"] for one in result.complaints] == [5, 6, 7, 8]
    cup = Sku.objects.get(code="YS-1")
    assert (cup.attributes, cup.weight_g, cup.cost) == ("颜色分类:蓝", 300, Decimal("25.50"))
    again = import_goods(path, name="goods.xlsx", by=gao, at=NOON)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)


def test_a_table_without_merchant_codes_is_refused_whole(gao, tmp_path):
    with pytest.raises(Refused, match="商家编码"):
        import_goods(table(tmp_path, ["名称"], ["杯"]), name="goods.xlsx", by=gao, at=NOON)


def test_lists_ask_as_few_questions_for_three_rows_as_for_one(desk):
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        return sum("staff_settingvalue" not in query["sql"] for query in queries)

    for name, make in (
        ("catalog:sku_list", lambda: make_bundle({SkuFactory(): 1})),
        ("catalog:item_list", lambda: ItemFactory(shop=ShopFactory()).skus.add(SkuFactory())),
    ):
        make()
        address = reverse(name) + "?tab=all"
        count(address)
        one = count(address)
        make()
        make()
        assert count(address) == one


def test_the_form_adds_a_bundle_and_complains_in_its_place(desk):
    coat = SkuFactory(code="YS-1")
    values = {"code": "YS-B", "name": "两件装", "weight_g": "0", "is_bundle": "on", "is_active": "on"}
    page = desk.post(reverse("catalog:new_sku"), {**values, "parts": "YS-9 × 2"}).content.decode()
    assert "No SKU is called YS-9." in page
    page = desk.post(reverse("catalog:new_sku"), {**values, "parts": ""}).content.decode()
    assert "A bundle wants its parts." in page
    answer = desk.post(reverse("catalog:new_sku"), {**values, "parts": "YS-1 × 2"}, follow=True)
    assert answer.status_code == 200
    bundle = Sku.objects.get(code="YS-B")
    assert [(one.part, one.quantity) for one in bundle.parts.all()] == [(coat, 2)]
    desk.post(reverse("catalog:sku_change", args=[bundle.pk]), {**values, "name": "双件装", "parts": "YS-1 x 3"})
    bundle.refresh_from_db()
    assert (bundle.name, bundle.parts.get().quantity) == ("双件装", 3)
    assert Event.objects.get(verb="catalog.sku_changed").changes == {"name": ["两件装", "双件装"]}


def test_names_on_the_platform_are_kept_on_the_page_of_the_sku(desk):
    shop: Shop = ShopFactory()
    sku = SkuFactory()
    address = reverse("catalog:aliases", args=[sku.pk])
    assert "羊羔绒" in desk.post(address, {"shop": shop.pk, "code": "羊羔绒"}, follow=True).content.decode()
    desk.post(reverse("catalog:alias_removal", args=[SkuAlias.objects.get().pk]))
    assert not SkuAlias.objects.exists()


def test_the_search_box_finds_goods_by_pinyin(gao):
    sku = SkuFactory(name="保温杯")
    assert [hit.label for hit in found_goods("bwb", gao)] == [sku.code]
    assert [hit.exact for hit in found_goods(sku.barcode, gao)] == [True]
    assert not list(found_goods("b", gao))


def test_an_uploaded_table_is_taken_by_a_job(desk, gao, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("goods.csv", "商家编码,名称\nYS-7,围巾\n".encode())
    desk.post(reverse("catalog:goods_import"), {"table": file})
    run = JobRun.objects.get()
    run_job(run, at=NOON)
    run.refresh_from_db()
    assert (run.result["new"], run.result["file"]) == (1, "goods.csv"), run.sentence
    assert "goods.csv" in desk.get(reverse("catalog:goods_import")).content.decode()
    assert not list((tmp_path / "goods").iterdir())
