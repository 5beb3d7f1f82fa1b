"""The file for the seller centre: which orders left with which waybill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db.models import QuerySet

from shopops.taobao.shipping import Shipment, shipping_csv, write_shipping_xlsx
from warehouse.models import DispatchNote
from warehouse.states import NoteState


def shipments_of(notes: QuerySet[DispatchNote]) -> Iterator[Shipment]:
    """Give a line for each order of each shipped note; merged orders share a waybill.

    A split order's number carries its part (`…-2`); the platform knows only the number.
    """
    told: set[tuple[str, str]] = set()
    rows = (
        notes.filter(state=NoteState.SHIPPED)
        .order_by("shipped_at", "pk")
        .values_list("order_numbers", "carrier__name", "waybill")
    )
    for numbers, carrier, waybill in rows.iterator(chunk_size=2000):
        for number in numbers.split():
            plain = number.partition("-")[0]
            if (plain, waybill) not in told:
                told.add((plain, waybill))
                yield Shipment(plain, carrier or "", waybill)


def write_upload(target: Path, notes: QuerySet[DispatchNote], *, form: str = "csv") -> int:
    """Write the upload file as csv (GB18030, what the seller centre takes) or xlsx; return how many lines."""
    if form == "xlsx":
        return write_shipping_xlsx(target, shipments_of(notes))
    count = 0

    def counted() -> Iterator[Shipment]:
        nonlocal count
        for shipment in shipments_of(notes):
            count += 1
            yield shipment

    with target.open("wb") as stream:
        stream.writelines(shipping_csv(counted()))
    return count
