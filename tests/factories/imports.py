"""Uploads of made-up exports, and what came of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from orders.imports import Upload, import_orders
from orders.models import ImportBatch
from tests.factories.staff import NOON
from tests.factories.taobao import LINE_HEADERS, ORDER_HEADERS, platform_csv

Rows = Sequence[Mapping[str, str]]


def order_csv(rows: Rows, version: str = "2017-07") -> str:
    """Return an order report of some version."""
    return platform_csv(ORDER_HEADERS[version], rows)


def line_csv(rows: Rows, version: str = "2011") -> str:
    """Return an item report of some version."""
    return platform_csv(LINE_HEADERS[version], rows, comma_at_end=version == "2011")


def import_texts(*texts: str, names: Sequence[str] = (), at: datetime = NOON, **how: Any) -> ImportBatch:
    """Import files of these texts, in GB18030 as the platform writes them."""
    with tempfile.TemporaryDirectory() as folder:
        uploads = []
        for place, text in enumerate(texts):
            path = Path(folder) / f"{place}.csv"
            path.write_bytes(text.encode("gb18030"))
            uploads.append(Upload(path, names[place] if names else f"file{place}.csv"))
        return import_orders(uploads, at=at, **{"by": None, **how})


def import_pair(orders: Rows, lines: Rows, **how: Any) -> ImportBatch:
    """Import an order report and its item report."""
    return import_texts(order_csv(orders), line_csv(lines), **how)


def said(batch: ImportBatch) -> list[str]:
    """Return the texts of the complaints."""
    return [one["text"] for one in batch.complaints]
