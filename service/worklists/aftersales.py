"""What waits in after-sales: answers, refunds, parcels to inspect, and what the platform decides soon."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from service.models import AfterSale, ReturnParcel
from service.queries.aftersales import pressing
from service.states import AfterSaleState, ReturnState
from shopops.kit.worklists import WORKLISTS, Task, Waiting, Worklist

MOST = 1000
SHOWN = 5


def _waiting(rows: QuerySet[AfterSale], at: datetime, *, due: str) -> Waiting:
    count = rows.order_by()[: MOST + 1].count()
    overdue = rows.filter(**{f"{due}__lt": at}).order_by()[: MOST + 1].count() if count else 0
    first = rows.select_related("order").order_by(F(due).asc(nulls_last=True), "pk")[:SHOWN] if count else ()
    tasks = [
        Task(one.number, one.get_absolute_url(), getattr(one, due), f"{one.get_kind_display()} · {one.reason[:40]}")
        for one in first
    ]
    return Waiting(count, overdue, tasks)


def to_answer(_employee: int, at: datetime) -> Waiting:
    """Return the cases that wait for an answer."""
    return _waiting(AfterSale.objects.filter(state=AfterSaleState.ASKED), at, due="answer_by")


def to_refund(_employee: int, at: datetime) -> Waiting:
    """Return the cases whose money is to be refunded."""
    return _waiting(AfterSale.objects.filter(state=AfterSaleState.TO_REFUND), at, due="times_out_at")


def timers(_employee: int, at: datetime) -> Waiting:
    """Return the cases the platform decides within the hours set."""
    return _waiting(AfterSale.objects.filter(pressing(at)), at, due="times_out_at")


def returns_to_inspect(_employee: int, at: datetime) -> Waiting:
    """Return the parcels that are here and not inspected; due when their case is."""
    rows = ReturnParcel.objects.filter(state=ReturnState.MATCHED)
    count = rows.order_by()[: MOST + 1].count()
    overdue = rows.filter(case__times_out_at__lt=at).order_by()[: MOST + 1].count() if count else 0
    first = rows.select_related("case").order_by("received_at", "pk")[:SHOWN] if count else ()
    tasks = [
        Task(one.waybill, one.get_absolute_url(), one.case.times_out_at if one.case else None, str(one.case or ""))
        for one in first
    ]
    return Waiting(count, overdue, tasks)


for _worklist in (
    Worklist(
        "service.after_sales_to_answer",
        _("After-sale cases to answer"),
        "service.handle_aftersale",
        "service:after_sales",
        to_answer,
        icon="rotate-ccw",
        query="?tab=asked",
    ),
    Worklist(
        "service.after_sale_timers",
        _("After-sale cases the platform decides soon"),
        "service.handle_aftersale",
        "service:after_sales",
        timers,
        icon="alarm-clock",
        query="?tab=pressing",
    ),
    Worklist(
        "service.refunds",
        _("Refunds to confirm"),
        "service.refund_buyer",
        "service:after_sales",
        to_refund,
        icon="wallet",
        query="?tab=to_refund",
    ),
    Worklist(
        "service.returns_to_inspect",
        _("Returned parcels to inspect"),
        "service.receive_return",
        "service:returns",
        returns_to_inspect,
        icon="package-open",
        query="?tab=matched",
    ),
):
    WORKLISTS.add(_worklist.name, _worklist)
