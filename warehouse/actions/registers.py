"""That the day's register and the upload file were made, by whom and when."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from staff.actions.events import record
from staff.models import Employee, Event
from warehouse.actions.stock import ensure_warehouse
from warehouse.queries.register import Register


@transaction.atomic
def log_register(register: Register, *, by: Employee, at: datetime) -> Event:
    """Write down that the goods to ship on a day were sorted and registered (ORD-030)."""
    return record(
        "warehouse.register_made",
        ensure_warehouse(),
        by=by,
        at=at,
        changes={"notes": ("", register.notes), "pieces": ("", register.pieces)},
        reason=register.day.isoformat(),
    )


@transaction.atomic
def log_upload(count: int, *, name: str, by: Employee, at: datetime) -> Event:
    """Write down that an upload file for the platform was made."""
    return record("warehouse.upload_made", ensure_warehouse(), by=by, at=at, changes={"rows": ("", count)}, reason=name)
