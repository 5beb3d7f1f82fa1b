"""After-sales of the demo shop: cases in every state, ownerless parcels, causes confirmed; through the real verbs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from orders.models import Order, OrderLine
from orders.states import LineKind, OrderState
from service.actions.aftersales import (
    agree_after_sale,
    dispute_after_sale,
    open_after_sale,
    refuse_after_sale,
    withdraw_after_sale,
)
from service.actions.causes import confirm_cause
from service.actions.refunds import confirm_refund
from service.actions.replacements import send_replacement
from service.actions.returned_goods import Found, inspect_parcel, put_aside
from service.actions.returns import note_return_waybill, take_parcel_in
from service.models import AfterSale, ReturnParcel
from service.states import AFTER_INSPECTION, Cause
from service.states import AfterSaleKind as Kind
from shopops.kit.refusals import Refused
from staff.models import Employee
from warehouse.states import ParcelState

END = "end"
LEAST = 20


@dataclass(frozen=True)
class Story:
    """How one case goes: what is asked for, why, how long ago, and how far it comes."""

    kind: str
    reason: str
    hours: int
    until: str
    defective: int = 0
    cause: str = ""
    text: str = ""


STORIES = (
    Story(Kind.REFUND, "不想要了", 5, "asked"),
    Story(Kind.RETURN, "尺码偏小，想退货", 20, "asked"),
    Story(Kind.RETURN, "质量问题，袖口开线", 30, "asked"),
    Story(Kind.EXCHANGE, "尺码拍小了，换大一码", 26, "agreed"),
    Story(Kind.RETURN, "七天无理由", 60, "agreed"),
    Story(Kind.RETURN, "颜色与图片有色差", 80, "on_the_way"),
    Story(Kind.RETURN, "七天无理由", 100, "on_the_way"),
    Story(Kind.REPAIR, "拉链坏了，想维修", 44, "arrived"),
    Story(Kind.RETURN, "收到破损，包装压坏", 60, "arrived"),
    Story(Kind.RETURN, "尺码不合适", 50, "wrong"),
    Story(Kind.RESEND, "少发了一条围巾", 28, "to_send"),
    Story(Kind.EXCHANGE, "发错颜色", 64, "sending"),
    Story(Kind.REFUND, "快递一直不动，不等了", 16, "to_refund"),
    Story(Kind.RETURN, "七天无理由", 34, "to_refund"),
    Story(Kind.PRICE_MATCH, "商城同款卖 ¥79，链接 item.example/7081", 20, "to_refund"),
    Story(Kind.PRICE_MATCH, "同款便宜 10 元，链接 item.example/3316，一直没退", 196, "to_refund"),
    Story(Kind.REFUND, "客服承诺送礼没有送", 72, "disputed"),
    Story(Kind.RETURN, "穿过洗过，说起球", 200, "refused"),
    Story(Kind.RETURN, "不喜欢", 190, "withdrawn"),
    Story(Kind.RETURN, "质量问题，掉色", 420, END, 1, Cause.GOODS, "同批次第三次掉色，已通知采购停售换批"),
    Story(Kind.RETURN, "尺码偏小", 380, END, 0, Cause.LISTING, "详情页尺码表写错一档，已改"),
    Story(Kind.RETURN, "七天无理由", 350, END, 0, Cause.BUYER, "买家改主意，货完好"),
    Story(Kind.REFUND, "少发一件", 330, END, 0, Cause.PACKING, "拣货两件，打包时漏放一件"),
    Story(Kind.REFUND, "快递丢件", 300, END, 0, Cause.CARRIER, "快递公司已认赔"),
    Story(Kind.REFUND, "发货太慢", 280, END, 0, Cause.SHIPPING, "审单后压了两天"),
    Story(Kind.PRICE_MATCH, "商城同款便宜 10 元，链接 item.example/5520", 240, END),
    Story(Kind.RETURN, "质量问题，脱线", 260, END, 1),
    Story(Kind.REFUND, "没按备注发货", 220, END),
)
POOL = (
    ("YT8830001776502", "圆通速递", "羊毛围巾一条，吊牌在，寄件人只写“李”", 30),
    ("7731290045588", "中通快递", "黑色保温杯一个，盒子压坏，手机尾号看不清", 54),
    ("SF1460078231145", "顺丰速运", "女式外套，无字条", 9),
)


def make_after_sales(
    *, agents: list[Employee], keeper: Employee, money: Employee, chief: Employee, at: datetime
) -> int:
    """Open cases about orders that were received, and take each as far as its story goes; return how many.

    :param agents: who opens and answers them; `keeper` takes parcels in, `money` refunds, `chief` confirms causes.
    """
    made, told = 0, set[int]()
    for number, story in enumerate(STORIES):
        order = next((one for one in _received(story, at) if one.pk not in told and _fits(one, story)), None)
        if order is None:
            continue
        told.add(order.pk)
        cast = Cast(agents[number % len(agents)], keeper, money, chief)
        case = _opened(order, story, cast, at)
        if case is None:
            continue
        _take_on(case, story, cast, at - timedelta(hours=story.hours), number, at)
        made += 1
    for waybill, carrier, content, hours in POOL:
        take_parcel_in(waybill, carrier=carrier, content=content, by=keeper, at=at - timedelta(hours=hours))
    return made


@dataclass(frozen=True)
class Cast:
    """Who plays in a case."""

    agent: Employee
    keeper: Employee
    money: Employee
    chief: Employee


def _received(story: Story, at: datetime) -> list[Order]:
    """Return orders whose parcel was signed for before the story begins and not long before, the latest first."""
    asked = at - timedelta(hours=story.hours)
    return list(
        Order.objects.filter(
            part=1,
            parts=1,
            state__in=(OrderState.SIGNED, OrderState.COMPLETED),
            refund=0,
            note__parcel__state=ParcelState.SIGNED,
            note__parcel__signed_at__range=(asked - timedelta(days=6), asked),
        )
        .select_related("note__parcel")
        .prefetch_related("lines__sku")
        .order_by("-note__parcel__signed_at", "pk")[: 2 * len(STORIES)]
    )


def _fits(order: Order, story: Story) -> bool:
    """Say whether something was bought that the story can be about."""
    line = _line(order)
    return line is not None and (not story.defective or line.quantity >= story.defective)


def _line(order: Order) -> OrderLine | None:
    """Return the first line that was sold, is no bundle and worth a case."""
    sold = (one for one in order.lines.all() if one.kind == LineKind.SALE and one.sku and not one.sku.is_bundle)
    return next((one for one in sold if one.paid > LEAST), None)


def _opened(order: Order, story: Story, cast: Cast, at: datetime) -> AfterSale | None:
    line = _line(order)
    if line is None:
        return None
    asked = at - timedelta(hours=story.hours)
    is_money = story.kind in {Kind.REFUND, Kind.RETURN, Kind.PRICE_MATCH}
    amount = (line.paid / line.quantity).quantize(Decimal("0.01"))
    if story.kind == Kind.PRICE_MATCH:
        amount = Decimal("10.00")
    try:
        return open_after_sale(
            order,
            story.kind,
            lines={} if story.kind == Kind.PRICE_MATCH else {line.pk: 1},
            amount=amount if is_money else Decimal(0),
            reason=story.reason,
            holder=cast.agent,
            platform_number=f"{2_700_000_000_000_000 + order.pk * 7919}" if is_money else "",
            by=cast.agent,
            at=asked,
        )
    except Refused:
        return None


def _take_on(case: AfterSale, story: Story, cast: Cast, asked: datetime, number: int, at: datetime) -> None:
    """Take a case as far as its story goes, a step every few hours."""
    moments, until = _moments(asked, at), story.until
    if until == "asked":
        return
    if until == "refused":
        refuse_after_sale(case, reason="已穿洗，影响二次销售，不符合七天无理由", by=cast.agent, at=next(moments))
        return
    agree_after_sale(case, answer="好的，已为您登记", by=cast.agent, at=next(moments))
    if until == "disputed":
        dispute_after_sale(case, reason="买家申请平台介入，凭证已提交", by=cast.agent, at=next(moments))
    elif until == "withdrawn":
        withdraw_after_sale(case, reason="买家说留下了", by=cast.agent, at=next(moments))
    elif until != "agreed":
        if case.kind in AFTER_INSPECTION:
            _come_back(case, story, cast, moments, number)
            case.refresh_from_db()
        _end(case, story, cast, moments)


def _end(case: AfterSale, story: Story, cast: Cast, moments: Iterator[datetime]) -> None:
    """Send or refund, and say what caused the case, where the story comes so far."""
    if story.until == "sending":
        with suppress(Refused):
            send_replacement(case, by=cast.agent, at=next(moments))
    if story.until != END:
        return
    confirm_refund(case, by=cast.money, at=next(moments))
    if story.cause:
        culprit = case.culprit if case.cause == story.cause and case.culprit != cast.chief else None
        confirm_cause(case, story.cause, culprit=culprit, text=story.text, by=cast.chief, at=next(moments))


def _come_back(case: AfterSale, story: Story, cast: Cast, moments: Iterator[datetime], number: int) -> None:
    waybill = f"YT77{number:04}0{case.pk % 100_000:05}6"
    note_return_waybill(case, waybill, carrier="圆通速递", by=cast.agent, at=next(moments))
    if story.until == "on_the_way":
        return
    parcel: ReturnParcel = take_parcel_in(waybill, case=case, carrier="圆通速递", by=cast.keeper, at=next(moments))
    if story.until == "arrived":
        return
    if story.until == "wrong":
        put_aside(parcel, found="里面是一双旧拖鞋，不是本店的货", by=cast.keeper, at=next(moments))
        return
    found = Found(1 - story.defective, story.defective)
    inspect_parcel(
        parcel,
        {case.lines.get().pk: found},
        note="吊牌在" if found.good else "掉色明显",
        by=cast.keeper,
        at=next(moments),
    )


def _moments(asked: datetime, at: datetime) -> Iterator[datetime]:
    """Give moments after the request, evenly on the way to now."""
    part = (at - asked) / 8
    for place in range(1, 8):
        yield asked + part * place
