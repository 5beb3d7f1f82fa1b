"""What caused an after-sale case: the order's own steps walked one by one, the step that fits best, and what it cost.

The buyer's words point at a step; what happened there (a late parcel, a wrong scan, a stalled carrier, a promise that
was not kept) speaks for or against it. Nothing is decided here: a person confirms, with a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from service.models import AfterSale
from service.policy.aftersales import PARCEL_COST
from service.queries.chains import Link, chain_of
from service.queries.shares import paid_for_lines
from service.states import SENT_KINDS, AfterSaleKind, AfterSaleState, Cause
from staff.models import Employee

SAID = 3
"""How much the buyer's own words weigh against one thing that happened."""
WORDS: tuple[tuple[Cause, str], ...] = (
    (
        Cause.PACKING,
        r"发错|错发|[少漏]发|少件|少了|空包|不是我[买拍]的|wrong (?:item|goods)|missing (?:item|piece)",
    ),
    (Cause.SHIPPING, r"发货慢|发货太慢|未按约定时间发货|没(?:有)?按时发|迟迟不发|一直不发|late (?:dispatch|shipping)"),
    (Cause.CARRIER, r"快递|物流|未收到|没收到|丢件|停滞|送错|破损|压坏|摔坏|courier|never arrived|damaged"),
    (Cause.GOODS, r"质量|瑕疵|开线|脱线|掉色|起球|异味|破洞|坏了|不能用|假货|污渍|做工|faulty|defect|quality"),
    (Cause.LISTING, r"描述不符|与描述|色差|尺[码寸]|偏[大小]|图片不|与图|材质不|not as described|size|colour"),
    (Cause.PROMISE, r"态度|承诺|答应|说好|客服|返现|promis|rude"),
    (Cause.REVIEW, r"改地址|地址(?:错|没改)|备注|没按备注|address"),
    (Cause.BUYER, r"不喜欢|不想要|不要了|拍错|多拍|买错|无理由|后悔|买贵|便宜|changed my mind|no reason|by mistake"),
    (Cause.PLATFORM, r"平台|系统(?:自动)?|活动价|platform"),
)
"""What buyers write, and which step it points at; the first that fits counts."""
_WORDS = tuple((cause, re.compile(pattern, re.IGNORECASE)) for cause, pattern in WORDS)


@dataclass(frozen=True)
class Proposal:
    """What the system takes for the cause: the step, whose it was, and the grounds in words."""

    cause: str
    culprit: Employee | None
    words: str
    links: list[Link]


class Cost(NamedTuple):
    """What a case cost, in yuan."""

    goods: Decimal
    postage: Decimal
    compensation: Decimal

    @property
    def total(self) -> Decimal:
        """Return the sum."""
        return self.goods + self.postage + self.compensation


def proposal_of(case: AfterSale, *, at: datetime) -> Proposal:
    """Return the cause that the buyer's words and the order's events speak for."""
    links = chain_of(case, at=at)
    said = cause_said(case.reason)
    weights: dict[str, int] = {}
    if said:
        weights[said] = SAID
    if any(line.defective for line in case.lines.all()):
        weights[Cause.GOODS] = weights.get(Cause.GOODS, 0) + 1
    for link in links:
        if link.cause and link.weight:
            weights[link.cause] = weights.get(link.cause, 0) + link.weight
    if not weights:
        return Proposal(Cause.OTHER, None, _("Neither the buyer's words nor the order's steps tell."), links)
    cause = max(weights, key=lambda key: (weights[key], key == said))
    grounds = [link for link in links if link.cause == cause and link.weight]
    answering = next((link for link in [*grounds, *links] if link.cause == cause and link.person), None)
    words = [f"{link.title}: {link.text}" for link in grounds]
    if said == cause:
        words.insert(0, _("The buyer says: %(words)s") % {"words": case.reason[:80]})
    return Proposal(cause, answering.person if answering else None, "；".join(words), links)


def cause_said(words: str) -> str:
    """Return the step that a buyer's words point at; empty if they point at none."""
    return next((cause.value for cause, pattern in _WORDS if pattern.search(words)), "")


def cost_of(case: AfterSale) -> Cost:
    """Return what a case cost: pieces lost at the cost of their SKU, parcels sent again, money given for nothing."""
    lost = Decimal(0)
    lines = list(case.lines.select_related("order_line", "sku"))
    share = paid_for_lines(lines)
    for line in lines:
        each = (line.sku.cost if line.sku else None) or Decimal(0)
        if case.state != AfterSaleState.DONE:
            continue
        if case.kind in {AfterSaleKind.REFUND, AfterSaleKind.RESEND}:
            kept = line.quantity - line.good
            lost += each * kept
        elif case.kind != AfterSaleKind.PRICE_MATCH:
            lost += each * line.defective
    sent = case.kind in SENT_KINDS and case.note_id is not None
    postage = PARCEL_COST() if sent else Decimal(0)
    if case.kind == AfterSaleKind.PRICE_MATCH or not lines:
        given = case.refunded
    else:
        given = max(case.refunded - share, Decimal(0))
    return Cost(_cents(lost), _cents(postage), _cents(given))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
