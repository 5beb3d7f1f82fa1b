"""The files the demo's orders came in: one import a shop, told as a real one tells."""

from __future__ import annotations

from datetime import datetime, timedelta

from orders.models import ImportBatch
from orders.states import ImportState
from service.actions.demo.sales import Sale
from shopops.kit.clock import shop_day
from staff.models import Employee, Shop

SHOWN = 20
"""New orders the page of an import names."""


def open_imports(shops: list[Shop], *, by: Employee, at: datetime, name: str) -> dict[int, ImportBatch]:
    """Begin an import for each shop (shop id → import), so that its orders can name it."""
    return {
        shop.pk: ImportBatch.objects.create(
            shop=shop,
            state=ImportState.DONE,
            digest=f"demo-{name}-{shop.pk}",
            started_by=by,
            started_at=at + timedelta(minutes=place),
            finished_at=at + timedelta(minutes=place, seconds=9),
        )
        for place, shop in enumerate(shops)
    }


def close_imports(batches: dict[int, ImportBatch], sales: list[Sale], *, at: datetime) -> None:
    """Write down what came in with each import; the orders are written already."""
    for shop_id, batch in batches.items():
        own = [sale for sale in sales if sale.order.shop_id == shop_id]
        lines = sum(len(sale.lines) for sale in own)
        day = f"{shop_day(at):%Y%m%d}"
        batch.files = [
            {"name": f"ExportOrderList{day}0805.csv", "reports": ["orders"], "rows": len(own)},
            {"name": f"ExportOrderDetailList{day}0806.csv", "reports": ["lines"], "rows": lines},
        ]
        nothing = {"changed": 0, "unchanged": 0, "refused": 0}
        batch.counts = {
            "orders": {"new": len(own), **nothing},
            "lines": {"new": lines, "removed": 0, **nothing},
            "held_back": 0,
        }
        batch.sample = {"new": [_shown(sale, batch) for sale in own[:SHOWN]]}
        batch.save()


def _shown(sale: Sale, batch: ImportBatch) -> dict[str, object]:
    order = sale.order
    return {
        "id": order.pk,
        "number": order.number,
        "summary": order.summary,
        "pieces": order.pieces,
        "total": str(order.total),
        "state": order.state,
        "shop": str(batch.shop),
    }
