"""Following the platform: what its refund list says of a case, carried out by the same verbs people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from orders.models import Order
from service.actions.aftersales import (
    agree_after_sale,
    dispute_after_sale,
    open_after_sale,
    refuse_after_sale,
    withdraw_after_sale,
)
from service.actions.refunds import note_platform_payment
from service.actions.returns import note_return_waybill
from service.models import AfterSale, FileImport
from service.queries.platform_states import WORDS
from service.queries.returns import tidy_waybill
from service.states import AFTER_AGREEMENT, AFTER_SALE_MOVES, PAID_KINDS, AfterSaleKind, AfterSaleState
from shopops.taobao.statuses import RefundStatus
from staff.actions.events import record
from staff.models import Employee

S = AfterSaleState
_AGREED = (RefundStatus.WAIT_BUYER_RETURN, RefundStatus.WAIT_SELLER_RECEIVE, RefundStatus.WAIT_SELLER_RESEND)


@dataclass(frozen=True)
class PlatformRefund:
    """A row of the platform's refund list."""

    number: str
    kind: str
    status: str
    amount: Decimal
    asked_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    reason: str
    waybill: str
    carrier: str
    is_disputed: bool
    pieces: dict[int, int]
    """Order line id → pieces it is about."""


@transaction.atomic
def open_as_on_platform(
    order: Order, told: PlatformRefund, *, batch: FileImport, by: Employee | None, at: datetime
) -> AfterSale:
    """Open a case the platform knows and we do not, and follow it to where it stands there.

    :raises Refused: if more is claimed or refunded than was bought and paid.
    """
    case = open_after_sale(
        order,
        told.kind,
        lines=told.pieces,
        amount=told.amount if told.kind in PAID_KINDS else Decimal(0),
        reason=told.reason,
        asked_at=told.asked_at,
        times_out_at=told.due_at,
        platform_number=told.number,
        batch=batch,
        by=by,
        at=at,
    )
    follow_platform(case, told, by=by, at=at)
    return case


@transaction.atomic
def follow_platform(case: AfterSale, told: PlatformRefund, *, by: Employee | None, at: datetime) -> bool:
    """Take over what the platform says of a case: how far it is, until when, how much; say whether anything changed.

    Our own steps are never taken back: goods that were inspected stay inspected.

    :raises Refused: if more was refunded there than was paid.
    """
    had = (case.state, case.platform_status, case.times_out_at, case.amount, case.return_waybill)
    changes: dict[str, tuple[Any, Any]] = {}
    word = WORDS.get(RefundStatus(told.status), "") if told.status else ""
    if word and word != case.platform_status:
        changes["platform_status"] = (case.platform_status, word)
        case.platform_status = word
    if case.done_at is None and told.amount and told.amount != case.amount and case.kind in PAID_KINDS:
        changes["amount"] = (case.amount, told.amount)
        case.amount = told.amount
    case.platform_told_at = at
    case.save(update_fields=[*changes, "platform_told_at"])
    _go_along(case, told, by=by, at=at)
    if case.done_at is None and told.due_at is not None and told.due_at != case.times_out_at:
        changes["times_out_at"] = (case.times_out_at, told.due_at)
        case.times_out_at = told.due_at
        case.save(update_fields=["times_out_at"])
    if case.state != had[0]:
        changes["state"] = (had[0], case.state)
    if changes:
        record("service.platform_refund_imported", case, by=by, at=at, changes=changes)
    return had != (case.state, case.platform_status, case.times_out_at, case.amount, case.return_waybill)


def _go_along(case: AfterSale, told: PlatformRefund, *, by: Employee | None, at: datetime) -> None:
    """Take the step the platform has taken. Who imports the list did none of them: the platform answered."""
    if told.status == RefundStatus.SUCCESS:
        _paid(case, told, by=by, at=at)
    elif case.done_at is not None:
        return
    elif told.status == RefundStatus.CLOSED:
        if S.WITHDRAWN in AFTER_SALE_MOVES[case.kind].get(case.state, frozenset()) and case.note_id is None:
            withdraw_after_sale(case, reason=WORDS[RefundStatus.CLOSED], by=None, at=at)
    elif told.status == RefundStatus.REFUSED:
        if case.state in {S.ASKED, S.ARRIVED}:
            refuse_after_sale(case, reason=WORDS[RefundStatus.REFUSED], by=None, at=at)
    else:
        _open_ones(case, told, at=at)


def _open_ones(case: AfterSale, told: PlatformRefund, *, at: datetime) -> None:
    if told.is_disputed:
        if S.DISPUTED in AFTER_SALE_MOVES[case.kind].get(case.state, frozenset()):
            dispute_after_sale(case, by=None, at=at)
        return
    if told.status in _AGREED and case.state == S.ASKED:
        agree_after_sale(case, by=None, at=at)
    waybill = tidy_waybill(told.waybill)
    awaits_goods = AFTER_AGREEMENT[AfterSaleKind(case.kind)] == S.AGREED
    if waybill and awaits_goods and case.state in {S.AGREED, S.ON_THE_WAY} and waybill != case.return_waybill:
        note_return_waybill(case, waybill, carrier=told.carrier, by=None, at=at)


def _paid(case: AfterSale, told: PlatformRefund, *, by: Employee | None, at: datetime) -> None:
    """Note that the platform has paid: whatever step of ours was next, and where we had refused too."""
    if case.state == S.DONE or case.kind not in PAID_KINDS:
        return
    note_platform_payment(case, told.amount or case.amount, paid_at=told.finished_at, by=by, at=at)
