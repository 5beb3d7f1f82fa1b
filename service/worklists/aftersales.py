"""What waits in after-sales: answers, refunds, parcels to inspect, and what the platform decides soon."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from service.models import AfterSale, ReturnParcel
from service.queries.aftersales import pressing
from service.states import AfterSaleState, ReturnState
from shopops.kit.worklists import WORKLISTS, Rows, Task, Worklist


def _task(one: AfterSale, due: Any) -> Task:
    return Task(one.number, one.get_absolute_url(), due, f"{one.get_kind_display()} · {one.reason[:40]}")


to_answer = Rows(
    lambda _employee, _at: AfterSale.objects.filter(state=AfterSaleState.ASKED),
    lambda one: _task(one, one.answer_by),
    (F("answer_by").asc(nulls_last=True), "pk"),
    late=lambda at: Q(answer_by__lt=at),
)
"""The cases that wait for an answer."""
to_refund = Rows(
    lambda _employee, _at: AfterSale.objects.filter(state=AfterSaleState.TO_REFUND),
    lambda one: _task(one, one.times_out_at),
    (F("times_out_at").asc(nulls_last=True), "pk"),
    late=lambda at: Q(times_out_at__lt=at),
)
"""The cases whose money is to be refunded."""
timers = Rows(
    lambda _employee, at: AfterSale.objects.filter(pressing(at)),
    lambda one: _task(one, one.times_out_at),
    (F("times_out_at").asc(nulls_last=True), "pk"),
    late=lambda at: Q(times_out_at__lt=at),
)
"""The cases the platform decides within the hours set."""
returns_to_inspect = Rows(
    lambda _employee, _at: ReturnParcel.objects.filter(state=ReturnState.MATCHED),
    lambda one: Task(
        one.waybill, one.get_absolute_url(), one.case.times_out_at if one.case else None, str(one.case or "")
    ),
    ("received_at", "pk"),
    late=lambda at: Q(case__times_out_at__lt=at),
    related=("case",),
)
"""The parcels that are here and not inspected; due when their case is."""

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
