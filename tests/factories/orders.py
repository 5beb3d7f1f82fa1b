"""Orders for tests: paid, matched and waiting for review, unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from catalog.models import Sku
from orders.actions.rulebook import Draft, save_rule
from orders.models import Order, OrderLine, ReviewRule
from orders.states import OrderState, PlatformStatus
from staff.models import Employee
from tests.factories.catalog import SkuFactory
from tests.factories.staff import NOON, ShopFactory
from tests.factories.warehouse import stock_up
from warehouse.actions.stock import ensure_warehouse

_NUMBERS = count(2810012345678000001)
DIGEST = UUID("5f0c2d6e-0000-4000-8000-000000000001")


def make_order(goods: Mapping[Sku, int] | None = None, **values: Any) -> Order:
    """Return a paid order of 张敏 in 杭州, ¥100 a piece, with a line for each SKU."""
    goods = goods if goods is not None else {SkuFactory(): 1}
    shop = values.pop("shop", None) or ShopFactory()
    pieces = sum(goods.values())
    paid = values.pop("paid", Decimal(100) * pieces)
    standard: dict[str, Any] = {
        "number": str(next(_NUMBERS)),
        "state": OrderState.REVIEW,
        "platform_status": PlatformStatus.PAID,
        "buyer_nick": "tb_zhangmin",
        "receiver_name": "张敏",
        "receiver_phone": "13812341234",
        "phone_tail": "1234",
        "province": "浙江省",
        "city": "杭州市",
        "district": "余杭区",
        "address": "良渚街道测试路1号",
        "goods_amount": paid,
        "total": paid,
        "paid": paid,
        "pieces": pieces,
        "kinds": len(goods),
        "summary": "，".join(sku.name for sku in goods),
        "placed_at": NOON - timedelta(hours=2),
        "paid_at": NOON - timedelta(hours=1),
        "ship_by": NOON + timedelta(hours=23),
        "digest": DIGEST,
    }
    if values.get("state") == OrderState.UNPAID:
        standard |= {"platform_status": PlatformStatus.UNPAID, "paid": Decimal(0), "paid_at": None}
    order = Order.objects.create(shop=shop, **{**standard, **values})
    for number, (sku, quantity) in enumerate(goods.items(), start=1):
        add_line(order, sku, quantity, key=str(number), paid=paid * quantity / pieces)
    return order


def add_line(order: Order, sku: Sku | None, quantity: int = 1, **values: Any) -> OrderLine:
    """Return a new line of an order."""
    standard: dict[str, Any] = {
        "key": str(order.lines.count() + 1),
        "code": sku.code if sku else "",
        "title": sku.name if sku else "加厚羊羔绒外套",
        "list_price": Decimal(128),
        "paid": Decimal(100) * quantity,
        "status": PlatformStatus.PAID,
    }
    return OrderLine.objects.create(order=order, sku=sku, quantity=quantity, **{**standard, **values})


def stocked_sku(pieces: int = 100, **values: Any) -> Sku:
    """Return a SKU with so many pieces in the main warehouse."""
    ensure_warehouse()
    sku = SkuFactory(**values)
    if pieces:
        stock_up(sku, pieces)
    return sku


def make_rule(by: Employee, name: str = "满99自动审核", **values: Any) -> ReviewRule:
    """Return a rule that approves everything, unless told otherwise; `conditions` are [[(test, value), …], …]."""
    conditions = [[{"test": test, "value": value} for test, value in group] for group in values.pop("conditions", [])]
    actions = values.pop("actions", [{"do": "approve"}])
    return save_rule(None, Draft(name, conditions=conditions, actions=actions, **values), by=by, at=NOON)
