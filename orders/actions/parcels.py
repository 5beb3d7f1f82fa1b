"""What happens to orders after the approval: shipped, taken back, signed for, in trouble on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from orders.actions.exceptions import raise_exceptions
from orders.actions.trail import record_orders
from orders.models import Order
from orders.states import ORDER_MOVES, ExceptionKind, OrderState
from shopops.kit.moves import move_many
from staff.models import Employee
from warehouse.models import DispatchNote, Parcel
from warehouse.states import ParcelState

_TROUBLE = (ParcelState.FAILED, ParcelState.RETURNED)


@transaction.atomic
def note_shipped(notes: Sequence[DispatchNote], *, by: Employee | None, at: datetime) -> None:
    """Note that the orders of these parcels have left, by whom and under which waybill."""
    carried = {note.pk: note for note in notes}
    orders = _of_notes(carried, OrderState.APPROVED)
    if not orders:
        return
    move_many(orders, OrderState.SHIPPED, moves=ORDER_MOVES, shipped_at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_order o SET waybill = v.waybill, carrier_id = v.carrier, carrier_name = v.name
            FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[]) AS v (note, waybill, carrier, name)
            WHERE o.note_id = v.note AND o.id = ANY(%s)
            """,
            [
                list(carried),
                [note.waybill for note in notes],
                [note.carrier_id for note in notes],
                [note.carrier.name if note.carrier else "" for note in notes],
                [order.pk for order in orders],
            ],
        )
    record_orders(
        "orders.shipped",
        [
            (
                order.pk,
                {
                    "state": (OrderState.APPROVED, OrderState.SHIPPED),
                    "waybill": (order.waybill, carried[order.note_id or 0].waybill),
                },
                "",
            )
            for order in orders
        ],
        by=by,
        at=at,
    )


@transaction.atomic
def note_shipment_undone(notes: Sequence[DispatchNote], *, by: Employee | None, at: datetime, reason: str) -> None:
    """Note that parcels were taken back before the carrier had them."""
    orders = _of_notes({note.pk: note for note in notes}, OrderState.SHIPPED)
    told = [
        (order.pk, {"state": (OrderState.SHIPPED, OrderState.APPROVED), "waybill": (order.waybill, "")}, reason)
        for order in orders
    ]
    move_many(orders, OrderState.APPROVED, moves=ORDER_MOVES, shipped_at=None, waybill="")
    record_orders("orders.shipment_undone", told, by=by, at=at)


@transaction.atomic
def note_parcel_news(parcels: Sequence[Parcel], *, by: Employee | None, at: datetime) -> None:
    """Note what carriers say: signed for, or failed and returned, which wants somebody (ORD-036)."""
    signed = {one.note_id: one for one in parcels if one.state == ParcelState.SIGNED}
    orders = _of_notes(signed, OrderState.SHIPPED)
    move_many(orders, OrderState.SIGNED, moves=ORDER_MOVES)
    record_orders(
        "orders.signed",
        [(order.pk, {"state": (OrderState.SHIPPED, OrderState.SIGNED)}, "") for order in orders],
        by=by,
        at=at,
    )
    troubled = {one.note_id: one for one in parcels if one.state in _TROUBLE}
    if troubled:
        rows = Order.objects.filter(note__in=troubled).order_by("pk").values_list("pk", "note_id")
        raise_exceptions(
            [
                (key, ExceptionKind.LOGISTICS, f"{troubled[note].waybill} {troubled[note].last_news}".strip(), False)
                for key, note in rows
            ],
            by=by,
            at=at,
        )


def _of_notes(notes: dict[int, DispatchNote] | dict[int, Parcel], state: str) -> list[Order]:
    """Lock and return the orders of these notes that are in a state; others have been moved by the platform's word."""
    if not notes:
        return []
    return list(
        Order.objects.select_for_update(no_key=True, of=("self",))
        .filter(note__in=list(notes), state=state)
        .only("number", "part", "state", "waybill", "note_id")
        .order_by("pk")
    )
