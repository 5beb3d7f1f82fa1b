"""What may still be refunded of an order, and until when a price difference may be asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from orders.models import Order
from orders.states import OrderState
from service.models import AfterSale
from service.states import AfterSaleKind
from staff.queries.rulebook import in_force
from warehouse.models import Parcel

PRICE_MATCH_CLAUSE = "CAT-082"
_RECEIVED = (OrderState.SIGNED, OrderState.COMPLETED)


def payer_of(order: Order) -> Order:
    """Return the part of the order that carries its money: part 1."""
    if order.part == 1:
        return order
    return Order.objects.get(number=order.number, shop=order.shop_id, part=1)


def paid_for(payer: Order) -> Decimal:
    """Return what was really paid for a platform order; no query.

    Files differ in whether “paid” is before or after refunds, so what was refunded is added back, up to the total.
    """
    if payer.paid_at is None:
        return Decimal(0)
    paid: Decimal = max(payer.paid, min(payer.total, payer.paid + payer.refund))
    return paid


def cases_of_family(order: Order) -> QuerySet[AfterSale]:
    """Return the cases of a platform order, over all parts it was split into."""
    return AfterSale.objects.filter(order__number=order.number, order__shop=order.shop_id)


def refunded_so_far(order: Order, *, but: AfterSale | None = None) -> Decimal:
    """Return what was refunded over all cases of a platform order."""
    cases = cases_of_family(order)
    if but is not None:
        cases = cases.exclude(pk=but.pk)
    return cases.aggregate(all=Sum("refunded"))["all"] or Decimal(0)


def room_for_refund(order: Order, *, but: AfterSale | None = None) -> Decimal:
    """Return how much of an order may still be refunded."""
    return paid_for(payer_of(order)) - refunded_so_far(order, but=but)


def price_match_days(day: date) -> int:
    """Return within how many days of receipt a price difference may be asked for, as the rulebook says (CAT-082)."""
    found: Any = (
        in_force(day).filter(clause__number=PRICE_MATCH_CLAUSE).values_list("parameters__days", flat=True).first()
    )
    return int(found or 7)


def received_at(order: Order) -> datetime | None:
    """Return when the buyer signed for the parcel, as far as carrier or platform told."""
    if order.note_id is not None:
        signed = Parcel.objects.filter(note=order.note_id).values_list("signed_at", flat=True).first()
        if signed is not None:
            return signed
    return order.finished_at if order.state in _RECEIVED else None


def price_match_until(order: Order, *, on: date) -> datetime | None:
    """Return until when a price difference may be asked for; None before the parcel is signed for (CAT-082)."""
    signed = received_at(order)
    if signed is None:
        return None
    return signed + timedelta(days=price_match_days(on))


def usual_amount(kind: str, paid_share: Decimal, room: Decimal) -> Decimal:
    """Return what is asked for unless somebody says otherwise: the paid share of the pieces, never above the room."""
    if kind in {AfterSaleKind.REFUND, AfterSaleKind.RETURN}:
        return max(min(paid_share, room), Decimal(0)).quantize(Decimal("0.01"))
    return Decimal(0)
