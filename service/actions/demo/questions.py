"""What the demo leaves open: goods under names nobody has matched yet, and questions to finance."""

from __future__ import annotations

from datetime import datetime

from orders.actions.answers import answer_finance
from orders.actions.finance import ask_finance_about
from orders.models import Order, OrderLine, Payment
from orders.states import OrderState
from staff.models import Employee

NAMES = (
    ("新款-BWB500蓝", "304不锈钢保温杯 2026新款", "颜色:雾霾蓝;规格:500ml"),
    ("", "加厚羊羔绒外套 加绒升级款", "颜色:燕麦色;尺码:L"),
    ("SJT-18M-赠枕套", "纯棉四件套 送枕套一对", "颜色:奶茶色;规格:1.8m"),
    ("LED-PRO", "护眼台灯 Pro", "颜色:白;规格:触控"),
)
"""(merchant code, title, attributes) as a shop renames its listings before a campaign."""
QUESTIONS = (
    ("买家说已对公转账，请核对到账。", True, "已到账，与订单金额一致。"),
    ("客服改价后金额偏低，请确认。", False, "与审批单不符，请重新报价。"),
    ("线下补差价 20 元，请确认是否收到。", None, ""),
    ("大客户批量采购价，请核对合同。", None, ""),
)
"""(what is asked, the answer: yes, no, or none yet, its words)."""


def forget_goods(order_ids: list[int]) -> int:
    """Let a few open orders call their goods by names no SKU has; return how many lines. Screening finds them."""
    lines = list(
        OrderLine.objects.filter(order_id__in=order_ids, order__state=OrderState.REVIEW)
        .select_related("order")
        .order_by("order_id", "pk")[: 3 * len(NAMES) : 2]
    )
    for place, line in enumerate(lines):
        line.code, line.title, line.attributes = NAMES[place % len(NAMES)]
        line.sku = None
    return OrderLine.objects.bulk_update(lines, ["code", "title", "attributes", "sku"])


def ask_finance_of(*, asker: Employee, finance: Employee, at: datetime) -> int:
    """Ask finance about orders in review, and let some be answered; return how many were asked."""
    orders = list(
        Order.objects.filter(state=OrderState.REVIEW, is_blocked=False).order_by("-total", "pk")[: len(QUESTIONS)]
    )
    asked = dict(zip([order.pk for order in orders], QUESTIONS, strict=False))
    ask_finance_about({key: one[0] for key, one in asked.items()}, by=asker, at=at)
    for payment in Payment.objects.filter(order__in=list(asked), answered_at=None).order_by("pk"):
        _question, is_confirmed, words = asked[payment.order_id]
        if is_confirmed is not None:
            answer_finance(payment, confirmed=is_confirmed, answer=words, by=finance, at=at)
    return len(asked)
