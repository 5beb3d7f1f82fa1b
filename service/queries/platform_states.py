"""Where the platform stands with a case, and what that means for ours: differences, and time that ran out."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext as _

from service.models import AfterSale
from service.states import GIVEN_UP, OPEN_AFTER_SALES, PAID_KINDS, AfterSaleState
from shopops.taobao.statuses import RefundStatus

S = AfterSaleState
WORDS = {
    RefundStatus.WAIT_SELLER_AGREE: "等待卖家同意",
    RefundStatus.WAIT_BUYER_RETURN: "等待买家退货",
    RefundStatus.WAIT_SELLER_RECEIVE: "等待卖家确认收货",
    RefundStatus.WAIT_SELLER_RESEND: "等待卖家发出换货商品",
    RefundStatus.REFUSED: "卖家拒绝退款",
    RefundStatus.CLOSED: "退款关闭",
    RefundStatus.SUCCESS: "退款成功",
}
"""How the platform calls its states; kept on the case."""
PAID, CLOSED, REFUSED = (WORDS[one] for one in (RefundStatus.SUCCESS, RefundStatus.CLOSED, RefundStatus.REFUSED))
WAITING = tuple(word for word in WORDS.values() if word not in {PAID, CLOSED, REFUSED})
_GOING_ON = tuple(state for state in OPEN_AFTER_SALES if state not in {S.ASKED, S.DISPUTED})
_WITHOUT_MONEY = Q(state=S.DONE, refunded=0)

DIFFERS = Q(kind__in=PAID_KINDS) & (
    Q(platform_status=PAID) & (~Q(state=S.DONE) | _WITHOUT_MONEY)
    | Q(platform_status=CLOSED) & (Q(state__in=OPEN_AFTER_SALES) | Q(state=S.DONE, refunded__gt=0))
    | Q(platform_status=REFUSED) & (Q(state__in=_GOING_ON) | Q(state=S.DONE, refunded__gt=0))
    | Q(platform_status__in=WAITING, platform_told_at__gt=F("done_at"), state__in=(S.DONE, *GIVEN_UP))
)
"""Cases in which money or end are told otherwise by the platform. Steps we take there first are no difference."""


def differs_from_platform(case: AfterSale) -> bool:
    """Say whether the platform's last word of a case and ours cannot both be true; no query (`DIFFERS` is the same)."""
    if case.kind not in PAID_KINDS or not case.platform_status:
        return False
    is_paid = case.state == S.DONE and case.refunded > 0
    if case.platform_status == PAID:
        return not is_paid
    if case.platform_status == CLOSED:
        return is_paid or case.state in OPEN_AFTER_SALES
    if case.platform_status == REFUSED:
        return is_paid or case.state in _GOING_ON
    told, done = case.platform_told_at, case.done_at
    return told is not None and done is not None and told > done and case.state in {S.DONE, *GIVEN_UP}


def what_differs(case: AfterSale) -> str:
    """Return what to do about a case the platform tells otherwise of; empty where both agree."""
    if not differs_from_platform(case):
        return ""
    if case.platform_status == PAID:
        return _("The platform has paid the buyer. Note “Platform has paid”, or take the amount up with the platform.")
    if case.refunded:
        return _("We have kept this as refunded; the platform has not paid. Pay there, or have the books corrected.")
    if case.state in OPEN_AFTER_SALES:
        return _("The platform has closed this. Note that the buyer withdrew, or refuse it here too.")
    return _("The platform still waits for us. Refuse it there too, or review it again here.")


def when_time_is_over(case: AfterSale, at: datetime) -> str:
    """Return what the platform does once the time of the next step is over; empty while there is time."""
    if case.times_out_at is None or case.times_out_at > at:
        return ""
    return {
        S.ASKED: _("The platform agrees by itself once the time is over. Import the refund list, or agree here."),
        S.AGREED: _("The buyer sent nothing in time; the platform closes the request. Note that the buyer withdrew."),
        S.ON_THE_WAY: _("The platform refunds by itself once the time is over. If it has, note “Platform has paid”."),
        S.ARRIVED: _("The platform refunds by itself once the time is over. Inspect the goods now."),
        S.TO_SEND: _("The buyer was promised these goods by then. Have them sent, or refund the buyer."),
        S.TO_REFUND: _("The refund should have been paid by then. Pay it on the platform and confirm it here."),
    }.get(S(case.state), "")
