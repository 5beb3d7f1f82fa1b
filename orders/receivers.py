"""News from the warehouse: what becomes of orders when their parcels move. In the same transaction as the news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from orders.actions.closing import return_from_warehouse
from orders.actions.parcels import note_parcel_news, note_shipment_undone, note_shipped
from staff.models import Employee
from warehouse.models import DispatchNote, Parcel
from warehouse.signals import note_cancelled, parcel_news, parcel_shipped, shipment_undone


@receiver(parcel_shipped)
def orders_are_shipped(notes: Sequence[DispatchNote], by: Employee | None, at: datetime, **_more: Any) -> None:
    """Move the orders of shipped parcels on."""
    note_shipped(notes, by=by, at=at)


@receiver(shipment_undone)
def orders_are_back(
    notes: Sequence[DispatchNote], by: Employee | None, at: datetime, reason: str, **_more: Any
) -> None:
    """Move the orders of parcels that were taken back to where they were."""
    note_shipment_undone(notes, by=by, at=at, reason=reason)


@receiver(note_cancelled)
def orders_are_returned(
    notes: Sequence[DispatchNote], by: Employee | None, at: datetime, reason: str, **_more: Any
) -> None:
    """Take back the orders of notes the warehouse has cancelled by itself."""
    return_from_warehouse(notes, by=by, at=at, reason=reason)


@receiver(parcel_news)
def orders_hear_of_their_parcels(parcels: Sequence[Parcel], by: Employee | None, at: datetime, **_more: Any) -> None:
    """Note that parcels were signed for, or that something is wrong with them."""
    note_parcel_news(parcels, by=by, at=at)
