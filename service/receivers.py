"""News from the departments before service. In the same transaction as the news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from orders.signals import orders_checked
from service.actions.blacklist import warn_of_orders
from service.actions.replacements import (
    note_replacements_back,
    note_replacements_cancelled,
    note_replacements_shipped,
)
from staff.models import Employee
from warehouse.models import DispatchNote
from warehouse.signals import note_cancelled, parcel_shipped, shipment_undone


@receiver(parcel_shipped)
def after_sales_are_sent(notes: Sequence[DispatchNote], by: Employee | None, at: datetime, **_more: Any) -> None:
    """End the after-sale cases whose parcels have left."""
    note_replacements_shipped(notes, by=by, at=at)


@receiver(shipment_undone)
def after_sales_are_back(
    notes: Sequence[DispatchNote], by: Employee | None, at: datetime, reason: str, **_more: Any
) -> None:
    """Open the after-sale cases again whose parcels were taken back."""
    note_replacements_back(notes, by=by, at=at, reason=reason)


@receiver(note_cancelled)
def after_sales_wait_again(
    notes: Sequence[DispatchNote], by: Employee | None, at: datetime, reason: str, **_more: Any
) -> None:
    """Let the after-sale cases wait for another parcel whose notes were cancelled."""
    note_replacements_cancelled(notes, by=by, at=at, reason=reason)


@receiver(orders_checked)
def orders_of_the_blacklist_wait(order_ids: Sequence[int], at: datetime, **_more: Any) -> None:
    """Keep orders of buyers on the blacklist from being released unseen."""
    warn_of_orders(order_ids, at=at)
