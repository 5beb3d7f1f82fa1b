"""After-sale cases for tests: a signed order of two lines, and cases in any state by the real verbs."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from catalog.models import Sku
from orders.models import Order
from orders.states import OrderState
from service.actions.aftersales import agree_after_sale, open_after_sale
from service.actions.returns import take_parcel_in
from service.models import AfterSale, ReturnParcel
from service.states import AfterSaleKind
from staff.models import Employee
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON, EmployeeFactory
from tests.factories.warehouse import make_shipped_note
from warehouse.models import DispatchNote

_WAYBILLS = count(1)


def wangqiang() -> Employee:
    """Return 仓储 王强."""
    return EmployeeFactory(username="wangqiang", name="王强")


def lina() -> Employee:
    """Return 客服 李娜."""
    return EmployeeFactory(username="lina", name="李娜")


def a_signed_order(goods: dict[Sku, int] | None = None, *, signed_at: datetime | None = None, **values: Any) -> Order:
    """Return an order whose parcel was shipped by 王强 and signed for a day ago."""
    goods = goods if goods is not None else {stocked_sku(cost=Decimal(40)): 2}
    note: DispatchNote = make_shipped_note(
        wangqiang(),
        sku=next(iter(goods)),
        pieces=next(iter(goods.values())),
        key=next(_WAYBILLS),
        waybill=f"43010{next(_WAYBILLS):010}",
    )
    order = make_order(
        goods,
        state=OrderState.SIGNED,
        note=note,
        waybill=note.waybill,
        confirmed_at=NOON - timedelta(days=3),
        confirmed_by=lina(),
        **values,
    )
    note.parcel.signed_at = signed_at or NOON - timedelta(days=1)
    note.parcel.state = "signed"
    note.parcel.save()
    return order


def a_case(
    kind: str = AfterSaleKind.RETURN, *, order: Order | None = None, pieces: int = 1, at: datetime = NOON, **values: Any
) -> AfterSale:
    """Return a case about the first line of an order, just opened."""
    order = order or a_signed_order()
    line = order.lines.order_by("pk")[0]
    asks_money = kind in {AfterSaleKind.REFUND, AfterSaleKind.RETURN, AfterSaleKind.PRICE_MATCH}
    standard: dict[str, Any] = {
        "lines": {} if kind == AfterSaleKind.PRICE_MATCH else {line.pk: pieces},
        "amount": Decimal(100) * pieces if asks_money else Decimal(0),
        "reason": "https://item.example/1 ¥89" if kind == AfterSaleKind.PRICE_MATCH else "质量问题，袖口开线",
        "holder": lina(),
    }
    return open_after_sale(order, kind, by=lina(), at=at, **{**standard, **values})


def an_agreed_case(kind: str = AfterSaleKind.RETURN, **values: Any) -> AfterSale:
    """Return a case we have agreed to."""
    case = a_case(kind, **values)
    agree_after_sale(case, by=lina(), at=NOON)
    return case


def an_arrived_parcel(case: AfterSale, waybill: str = "") -> ReturnParcel:
    """Return a parcel taken in for a case."""
    return take_parcel_in(waybill or f"SF{next(_WAYBILLS):013}", case=case, by=wangqiang(), at=NOON)
