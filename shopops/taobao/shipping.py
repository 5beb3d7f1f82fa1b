"""The file that tells the seller centre what was shipped: order number, carrier, waybill.

The seller centre's template is not published; these are the names its own exports use for the three columns. Where a
shop's template differs, `headers` takes its names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shopops.kit.spreadsheets import Column, csv_lines, xlsx_writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

HEADERS = ("订单编号", "物流公司", "物流单号")


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel of one order; an order sent in several parcels has several."""

    order_number: str
    carrier: str
    """The platform's name of the carrier, as `carriers.Carrier.name`."""
    waybill: str


def shipping_csv(shipments: Iterable[Shipment], *, headers: Sequence[str] = HEADERS) -> Iterator[bytes]:
    """Yield the file as CSV in GB18030, the platform's encoding, with bare digits: for upload, not for Excel."""
    rows = ((shipment.order_number, shipment.carrier, shipment.waybill) for shipment in shipments)
    return csv_lines(headers, rows, encoding="gb18030", protect_digits=False)


def write_shipping_xlsx(
    target: Path | BinaryIO, shipments: Iterable[Shipment], *, headers: Sequence[str] = HEADERS
) -> int:
    """Write the file as a workbook of text cells, safe to open in Excel; return the number of rows."""
    written = 0
    with xlsx_writer(target, [Column(header) for header in headers], sheet="发货") as write_row:
        for shipment in shipments:
            write_row((shipment.order_number, shipment.carrier, shipment.waybill))
            written += 1
    return written
