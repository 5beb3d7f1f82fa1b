"""A return, from the buyer's request over the pages to goods on the shelf, the refund, and whose step it was."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import Order
from service.models import AfterSale, ReturnParcel
from service.states import AfterSaleState, Cause, ReturnState
from staff.models import Employee, Event
from tests.factories.aftersales import a_signed_order
from tests.factories.catalog import make_bundle
from tests.factories.orders import stocked_sku
from tests.factories.staff import make_cast
from warehouse.models import StockBalance, StockMove
from warehouse.queries.proof import prove_stock
from warehouse.queries.stock import available
from warehouse.states import MoveKind

pytestmark = pytest.mark.django_db


def screen(person: Employee) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def press(client: Client, name: str, *args: Any, desk: bool = False, **values: Any) -> Any:
    headers = {"X-Desk": "returns"} if desk else {}
    return client.post(reverse(f"service:{name}", args=args), values, headers=headers)


def bought() -> Order:
    """Return a signed order of a coat and a bundle of scarf and two gloves."""
    coat, scarf, glove = (stocked_sku(20, cost=Decimal(cost)) for cost in (80, 20, 5))
    bundle = make_bundle({scarf: 1, glove: 2})
    return a_signed_order({coat: 1, bundle: 1})


def test_a_return_from_request_to_restocked_goods_and_refund():
    cast = make_cast()
    agent, keeper, money, chief = (screen(cast[name]) for name in ("wufang", "wangqiang", "zhenghong", "hejie"))
    order = bought()
    coat, bundle = order.lines.order_by("pk")
    scarf, glove = [part.part for part in bundle.sku.parts.order_by("pk")]
    before = available([coat.sku_id, scarf.pk, glove.pk])

    agent.post(
        f"{reverse('service:after_sale_new')}?order={order.pk}",
        {"kind": "return", f"line_{coat.pk}": "1", f"line_{bundle.pk}": "1", "reason": "发错颜色，围巾开线"},
    )
    case = AfterSale.objects.get()
    assert (case.state, case.amount) == (AfterSaleState.ASKED, Decimal(200))
    assert f"/service/after_sales/case/{case.number}/" in agent.get(f"/orders/order/{order.pk}/").text

    press(agent, "after_sale_agreement", case.number, answer="请寄回，运费由我们承担")
    press(agent, "after_sale_waybill", case.number, waybill="SF1000000001", carrier="顺丰速运")

    found = keeper.get(reverse("service:return_scan"), {"code": "SF1000000001"}).json()
    assert case.number in found["html"]
    press(keeper, "return_arrival", waybill="SF1000000001", case=case.number)
    parcel = ReturnParcel.objects.get()
    lines = {line.order_line_id: line.pk for line in case.lines.all()}
    told = press(
        keeper,
        "return_inspection",
        parcel.pk,
        desk=True,
        **{f"good_{lines[coat.pk]}": 1, f"good_{lines[bundle.pk]}": 0, f"defective_{lines[bundle.pk]}": 1},
    ).json()
    assert told["tone"] == "done"
    parcel.refresh_from_db()
    case.refresh_from_db()
    assert (parcel.state, case.state) == (ReturnState.SETTLED, AfterSaleState.TO_REFUND)
    after = available([coat.sku_id, scarf.pk, glove.pk])
    assert after == before | {coat.sku_id: before[coat.sku_id] + 1}
    kept = dict(StockBalance.objects.filter(warehouse__code="defective").values_list("sku_id", "on_hand"))
    assert kept == {scarf.pk: 1, glove.pk: 2}
    assert StockMove.objects.filter(kind=MoveKind.RETURN, reference=case.number).count() == 3

    assert press(agent, "after_sale_refund", case.number, amount="200").status_code == 403
    press(money, "after_sale_refund", case.number, amount="500")
    case.refresh_from_db()
    assert case.state == AfterSaleState.TO_REFUND  # more than was paid
    press(money, "after_sale_refund", case.number, amount="200", reason="原路退回")
    case.refresh_from_db()
    assert (case.state, case.refunded) == (AfterSaleState.DONE, Decimal(200))

    assert (case.cause, case.culprit) == (Cause.PACKING, cast["wangqiang"])
    press(
        chief,
        "after_sale_cause",
        case.number,
        cause=Cause.PACKING,
        culprit=cast["wangqiang"].pk,
        text="打包时拿错颜色",
        goods="30",
        postage="12",
        compensation="0",
    )
    case.refresh_from_db()
    assert (case.cause_confirmed_by, case.postage_cost) == (cast["hejie"], Decimal(12))
    assert prove_stock().ok
    told_by = Event.objects.filter(subject_type="service.AfterSale", subject_id=case.pk).order_by("pk")
    assert [(event.verb.partition(".")[2], event.by and event.by.name) for event in told_by] == [
        ("after_sale_opened", "吴芳"),
        ("after_sale_agreed", "吴芳"),
        ("return_on_the_way", "吴芳"),
        ("return_arrived", "王强"),
        ("return_inspected", "王强"),
        ("cause_proposed", None),
        ("refunded", "郑红"),
        ("cause_confirmed", "何洁"),
    ]
    assert case.done_at is not None
