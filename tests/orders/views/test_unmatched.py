"""Goods without a SKU: one click remembers, a search finds, a new SKU is added, and a mistake is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from catalog.models import Sku, SkuAlias
from orders.actions.review import approve_order
from orders.actions.screening import screen_orders
from orders.models import Order, OrderLine
from orders.queries.suggestions import Called, suggestions
from orders.states import ExceptionKind, OrderState
from orders.views import unmatched
from shopops.kit.clock import now
from staff.models import Event
from tests.factories.catalog import SkuFactory
from tests.factories.orders import add_line, make_order, stocked_sku
from tests.factories.staff import ShopFactory, employee_with
from tests.orders.views.conftest import said, text_of

pytestmark = pytest.mark.django_db
LIST = reverse("orders:unmatched")


def unknown(code: str = "爆款杯", title: str = "304不锈钢保温杯", attributes: str = "雾霾蓝", **values) -> OrderLine:
    """Return a line nobody knows the SKU of, in an order that was screened."""
    order = make_order({stocked_sku(): 1}, pieces=2, **values)
    line = add_line(order, None, code=code, title=title, attributes=attributes)
    screen_orders([order.pk], at=now())
    return line


def post(desk, name: str, /, *args, **data):
    return desk.post(reverse(f"orders:{name}", args=args), data, follow=True)


def test_the_queue_groups_what_is_called_the_same_in_a_shop(desk):
    unknown()
    unknown()
    unknown(shop=ShopFactory(name="云杉生活馆"))
    unknown(code="", title="儿童拖鞋", ship_by=now() - timedelta(hours=1))
    response = desk.get(LIST)
    groups = [(one.shop, one.name, one.orders) for one in response.context["groups"]]
    assert sorted(groups) == [
        ("云杉旗舰店", "儿童拖鞋 雾霾蓝", 1),
        ("云杉旗舰店", "爆款杯", 2),
        ("云杉生活馆", "爆款杯", 1),
    ]
    assert "3 names of the platform, 4 orders wait." in text_of(response)


def test_a_long_queue_has_pages_that_keep_the_filter(desk, monkeypatch):
    monkeypatch.setattr(unmatched, "MOST", 2)
    for number in range(3):
        unknown(code=f"爆款-{number}", ship_by=now() + timedelta(hours=number + 1))
    unknown(code="别的")
    first, second = desk.get(LIST, {"q": "爆款"}), desk.get(LIST, {"q": "爆款", "page": "2"})
    assert [one.name for one in first.context["groups"]] == ["爆款-0", "爆款-1"]
    assert [one.name for one in second.context["groups"]] == ["爆款-2"]
    assert "page=2" in first.context["following"]
    assert "page=1" in second.context["previous"]
    assert not second.context["following"]
    assert desk.get(LIST, {"page": "x"}).status_code == 200


def test_the_queue_is_narrowed_by_shop_and_words(desk):
    unknown()
    other = ShopFactory(name="云杉生活馆")
    unknown(code="100%_棉", shop=other)
    found = desk.get(LIST, {"shop": other.pk}).context["groups"]
    assert [one.name for one in found] == ["100%_棉"]
    assert [one.name for one in desk.get(LIST, {"q": "0%_"}).context["groups"]] == ["100%_棉"]
    assert desk.get(LIST, {"q": "%"}).context["groups"][0].name == "100%_棉"
    assert "Nothing matches" in text_of(desk.get(LIST, {"q": "帽子\x00", "shop": "abc"}))


def test_the_queue_asks_as_few_questions_with_three_as_with_one(desk, queries_of):
    line = unknown()
    addresses = (LIST, reverse("orders:unmatched_one", args=[line.pk]))
    for address in addresses:
        desk.get(address)
    one = [queries_of(lambda to=address: text_of(desk.get(to))) for address in addresses]
    unknown(code="杯二")
    unknown(code="杯三")
    assert [queries_of(lambda to=address: text_of(desk.get(to))) for address in addresses] == one
    assert max(one) <= 16


def test_only_who_matches_goods_gets_in(stranger):
    line, sku = unknown(), SkuFactory()
    assert stranger.get(LIST).status_code == 403
    assert stranger.get(reverse("orders:unmatched_one", args=[line.pk])).status_code == 403
    assert post(stranger, "unmatched_matching", line.pk, sku=sku.pk).status_code == 403
    assert not SkuAlias.objects.exists()


def test_one_click_remembers_and_the_orders_are_looked_at_anew(desk, chenjing):
    first, second, sku = unknown(), unknown(), stocked_sku(code="BWB-12")
    assert Order.objects.get(pk=first.order_id).troubles == [ExceptionKind.UNMATCHED]
    response = post(desk, "unmatched_matching", first.pk, sku=sku.pk)
    assert said(response) == ["“爆款杯” is BWB-12 from now on; 2 orders were looked at anew."]
    alias = SkuAlias.objects.get()
    assert (alias.code, alias.sku, alias.remembered_by) == ("爆款杯", sku, chenjing)
    for line in (first, second):
        line.refresh_from_db()
        assert line.sku == sku
        assert Order.objects.get(pk=line.order_id).troubles == []
    assert Event.objects.filter(verb="orders.alias_remembered", by=chenjing).count() == 1
    page = text_of(response)
    assert "Every line has its SKU" in page
    assert "Remembered lately" in page


def test_htmx_gets_a_line_that_says_what_was_done(desk):
    line, sku = unknown(), stocked_sku(code="BWB-12")
    address = reverse("orders:unmatched_matching", args=[line.pk])
    page = text_of(desk.post(address, {"sku": sku.pk}, headers={"HX-Request": "true"}))
    assert page.startswith('<li class="unmatched-row is-done"')
    assert "1 order was looked at anew" in page


def test_who_is_slower_is_told_so(desk):
    line, sku = unknown(), stocked_sku()
    post(desk, "unmatched_matching", line.pk, sku=sku.pk)
    again = post(desk, "unmatched_matching", line.pk, sku=SkuFactory().pk)
    assert "Somebody has matched these goods meanwhile." in again.content.decode()
    assert SkuAlias.objects.get().sku == sku
    assert said(desk.get(reverse("orders:unmatched_one", args=[line.pk]), follow=True)) == [
        "Somebody has matched these goods meanwhile."
    ]


@pytest.mark.parametrize("sku", ["", "x", "99999", "9" * 40, "1; DROP"])
def test_a_sku_that_does_not_exist_is_refused_in_words(desk, sku):
    response = post(desk, "unmatched_matching", unknown().pk, sku=sku)
    assert (response.status_code, "Choose the SKU that is meant." in response.content.decode()) == (409, True)


def test_a_sku_out_of_use_is_refused(desk):
    sku = SkuFactory(code="OLD-1", is_active=False)
    assert "SKU OLD-1 is not in use." in post(desk, "unmatched_matching", unknown().pk, sku=sku.pk).content.decode()


def test_a_line_that_does_not_exist_is_not_found(desk):
    assert desk.get(reverse("orders:unmatched_one", args=[999])).status_code == 404
    assert post(desk, "unmatched_matching", 999, sku=SkuFactory().pk).status_code == 404


def test_another_sku_is_found_by_code_name_and_pinyin(desk):
    line = unknown()
    SkuFactory(code="MTX-1", name="儿童防滑棉拖鞋")
    for words in ("mtx", "防滑", "etfh"):
        page = text_of(
            desk.get(reverse("orders:unmatched_one", args=[line.pk]), {"q": words}, headers={"HX-Request": "true"})
        )
        assert "MTX-1" in page
    assert "No SKU in use fits “帽”." in text_of(desk.get(reverse("orders:unmatched_one", args=[line.pk]), {"q": "帽"}))


def test_a_new_sku_is_added_and_remembered_by_who_may(desk, browser_of):
    line = unknown()
    values = {"code": "BWB-99", "name": "304不锈钢保温杯", "attributes": "雾霾蓝"}
    refused = post(desk, "unmatched_sku", line.pk, **values)
    assert "You may not add SKUs." in refused.content.decode()
    keeper = browser_of(
        employee_with("orders.match_goods", "catalog.add_sku", username="linxiao", employee_number="A5", name="林晓")
    )
    assert 'value="爆款杯"' in text_of(keeper.get(reverse("orders:unmatched_one", args=[line.pk])))
    post(keeper, "unmatched_sku", line.pk, **values)
    line.refresh_from_db()
    assert line.sku == Sku.objects.get(code="BWB-99")
    assert Event.objects.filter(verb="catalog.sku_added").count() == 1
    taken = post(keeper, "unmatched_sku", unknown(code="另一个").pk, **values)
    assert taken.status_code == 422
    assert "There is a SKU with the merchant code BWB-99 already." in taken.content.decode()
    empty = post(keeper, "unmatched_sku", unknown(code="第三个").pk, code="", name="只有名称")
    assert (empty.status_code, 'value="只有名称"' in empty.content.decode()) == (422, True)
    assert not SkuAlias.objects.exclude(code="爆款杯").exists()


def test_what_was_remembered_is_taken_back_where_nothing_was_released(desk, lina):
    kept, gone, sku = unknown(), unknown(), stocked_sku()
    post(desk, "unmatched_matching", kept.pk, sku=sku.pk)
    approve_order(Order.objects.get(pk=gone.order_id), by=lina, at=now())
    response = post(desk, "unmatched_forgetting", SkuAlias.objects.get().pk)
    assert said(response) == ["“爆款杯” is forgotten; 1 order waits for a SKU again."]
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.sku, gone.sku) == (None, sku)
    assert Order.objects.get(pk=kept.order_id).troubles == [ExceptionKind.UNMATCHED]
    assert Order.objects.get(pk=gone.order_id).state == OrderState.APPROVED
    assert not SkuAlias.objects.exists()
    assert desk.post(reverse("orders:unmatched_forgetting", args=[999])).status_code == 404


def codes(code: str = "", title: str = "", attributes: str = "") -> list[str]:
    [found] = suggestions([Called(code, title, attributes)])
    return [one.sku.code for one in found]


def test_suggestions_know_codes_titles_attributes_and_sounds():
    SkuFactory(code="BWB-11", name="304不锈钢保温杯", attributes="颜色:雾霾蓝;规格:350ml")
    SkuFactory(code="BWB-12", name="304不锈钢保温杯", attributes="颜色:雾霾蓝;规格:500ml")
    SkuFactory(code="MTX-11", name="儿童防滑棉拖鞋", attributes="颜色:小熊;规格:28-29")
    SkuFactory(code="OLD-11", name="304不锈钢保温杯", attributes="颜色:雾霾蓝;规格:500ml", is_active=False)
    assert codes("bwb12") == ["BWB-12"]
    assert codes("2024-BWB-12-新") == ["BWB-12"]
    assert codes("", "304不锈钢保温杯 大容量 情侣款", "颜色分类:雾霾蓝;规格:500ml")[0] == "BWB-12"
    assert codes("", "304不锈钢保温杯 大容量 情侣款", "颜色分类:雾霾蓝;规格:350ml")[0] == "BWB-11"
    assert codes("", "儿童仿滑绵托鞋", "")[0] == "MTX-11"
    assert codes("XX", "帽子", "") == []
    assert suggestions([]) == []
