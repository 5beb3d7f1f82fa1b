"""django-import-export as people use it: a default resource, and one tuned by its own manual. Orders only.

:raises ImportError: where the extra `bench` is not installed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tablib  # type: ignore[import-untyped]  # comes with django-import-export
from import_export import fields, resources
from import_export.instance_loaders import CachedInstanceLoader
from import_export.widgets import DateTimeWidget, ForeignKeyWidget

from orders.models import Order
from staff.models import Shop
from tools.bench.import_anchor import ORDER_CELLS
from tools.bench.imports import csv_rows

STATES = {"等待买家付款": "unpaid", "交易关闭": "closed", "交易成功": "completed", "买家已付款，等待卖家发货": "review"}
COLUMNS = {
    "number": "number",
    "buyer_nick": "nick",
    "receiver_name": "receiver",
    "receiver_phone": "phone",
    "address": "address",
    "goods_amount": "goods",
    "postage": "postage",
    "total": "total",
    "paid": "paid",
    "refund": "refund",
    "pieces": "pieces",
    "kinds": "kinds",
    "summary": "title",
    "buyer_message": "message",
    "seller_memo": "memo",
    "carrier_name": "carrier",
    "waybill": "waybill",
}


class OrderResource(resources.ModelResource):  # type: ignore[misc]  # the library has no types
    """The library's defaults."""

    shop = fields.Field("shop", "shop", widget=ForeignKeyWidget(Shop, "name"))
    placed_at = fields.Field("placed_at", "placed_at", widget=DateTimeWidget("%Y-%m-%d %H:%M:%S"))
    paid_at = fields.Field("paid_at", "paid_at", widget=DateTimeWidget("%Y-%m-%d %H:%M:%S"))

    class Meta:
        model = Order
        import_id_fields = ("number",)
        fields = (*COLUMNS, "shop", "placed_at", "paid_at", "state", "platform_status")


class RememberedShop(ForeignKeyWidget):  # type: ignore[misc]  # the library has no types
    """Looks each shop up once."""

    def __init__(self) -> None:
        super().__init__(Shop, "name")
        self.known: dict[str, Shop] = {}

    def clean(self, value: str, row: Any = None, **named: Any) -> Shop:
        """Return the shop of that name."""
        if value not in self.known:
            self.known[value] = super().clean(value, row, **named)
        return self.known[value]


class TunedResource(OrderResource):
    """Bulk writing, no diffs, instances loaded at once, shops remembered."""

    shop = fields.Field("shop", "shop", widget=RememberedShop())

    class Meta(OrderResource.Meta):
        use_bulk = True
        batch_size = 2000
        skip_diff = True
        skip_html_diff = True
        report_skipped = False
        instance_loader_class = CachedInstanceLoader


def dataset(path: Path) -> Any:
    """Return the order list as the library's table."""
    Shop.objects.get_or_create(name="import-export")
    table = tablib.Dataset(headers=[*COLUMNS, "shop", "placed_at", "paid_at", "state", "platform_status"])
    places = [ORDER_CELLS[cell] for cell in COLUMNS.values()]
    for row in csv_rows(path):
        state = STATES.get(row[10], "shipped")
        status = {"review": "paid", "completed": "success"}.get(state, state)
        table.append([*(row[place] for place in places), "import-export", row[17], row[18], state, status])
    return table


def default_import(path: Path) -> None:
    """Import with the defaults."""
    _import(OrderResource(), path)


def tuned_import(path: Path) -> None:
    """Import with the tuned resource."""
    _import(TunedResource(), path)


def _import(resource: Any, path: Path) -> None:
    table = dataset(path)
    result = resource.import_data(table, raise_errors=True, use_transactions=True)
    if result.total_rows != len(table):
        raise SystemExit("django-import-export left rows out")
