"""Exceptions the demo's staff met and cleared, so that their history and figures are not empty."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from orders.models import OrderException
from orders.states import ExceptionKind
from service.actions.demo.sales import Sale
from shopops.kit.copying import copy_in

MET = (
    (ExceptionKind.ADDRESS, "收货地址缺少门牌号", "已联系买家补全"),
    (ExceptionKind.PRICE, "成交价低于底价", "店长确认是活动价"),
    (ExceptionKind.SHORT, "库存不足", "到货后已分配"),
    (ExceptionKind.MEMO_CHANGED, "平台备注在审单后有改动", "已按新备注处理"),
    (ExceptionKind.LOGISTICS, "快递停发该地区", "已改发其他快递"),
)
SHARE = 0.03


def write_troubles(sales: list[Sale], random: Random) -> int:
    """Write an exception for a few of the approved orders, cleared when the order was approved; return how many."""
    met = []
    for sale in sales:
        order = sale.order
        if not (order.paid_at and order.confirmed_at and sale.confirmed_by_id) or random.random() >= SHARE:
            continue
        kind, reason, outcome = random.choice(MET)
        met.append(
            OrderException(
                order_id=order.pk,
                kind=kind,
                reason=reason,
                raised_at=min(order.paid_at + timedelta(minutes=2), order.confirmed_at),
                cleared_by_id=sale.confirmed_by_id,
                cleared_at=order.confirmed_at,
                outcome=outcome,
            )
        )
    copy_in(met)
    return len(met)
