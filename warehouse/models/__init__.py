"""Tables of the warehouse, one file a subject."""

from warehouse.models.carriers import Carrier, Parcel, TraceNode, WaybillRange
from warehouse.models.dispatch import DispatchLine, DispatchNote, PrintedNote, PrintRun, Scan, Wave
from warehouse.models.stock import Bin, Reservation, StockBalance, StockMove, Warehouse

__all__ = [
    "Bin",
    "Carrier",
    "DispatchLine",
    "DispatchNote",
    "Parcel",
    "PrintRun",
    "PrintedNote",
    "Reservation",
    "Scan",
    "StockBalance",
    "StockMove",
    "TraceNode",
    "Warehouse",
    "Wave",
    "WaybillRange",
]
