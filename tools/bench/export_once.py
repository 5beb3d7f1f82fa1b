"""Write the order list once as `xlsx`, `csv` or by `bare` xlsxwriter, and print what that took of this process."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tools.bench.import_memory import held

PIECE = 2000


def main(kind: str, target: Path) -> None:
    """Write and measure: bytes before and at the peak, seconds in all, of work, and to the first byte."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopops.settings")
    import django

    django.setup()
    import xlsxwriter  # noqa: F401 -- the idle program has its modules loaded
    from django.db import connection

    import shopops.urls  # noqa: F401

    connection.ensure_connection()
    base, began, worked = held("VmRSS"), time.perf_counter(), time.process_time()
    first = 0.0
    if kind == "bare":
        write_bare(target)
    else:
        for when in write_ours(kind, target):
            first = first or when - began
    took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - worked, "first": first}
    print(json.dumps({"base": base, "peak": held("VmHWM"), **took}))


def write_ours(kind: str, target: Path) -> Iterator[float]:
    """Write the file as the job does; give the moment at which the first bytes of rows were on their way."""
    from orders.views.order_list import ORDER_LIST
    from shopops.kit.clock import now
    from shopops.kit.lists.asking import Selection
    from shopops.kit.lists.declarations import Reader
    from shopops.kit.lists.exports import exported_rows, write_rows
    from staff.models import Employee

    reader = Reader(Employee.objects.get(username="admin"), now())
    asked = Selection.of_query(ORDER_LIST, reader, "tab=all")
    assert ORDER_LIST.export is not None  # noqa: S101 -- for the type checker
    export = ORDER_LIST.export
    moments: list[float] = []

    def told() -> Iterator[dict[str, Any]]:
        for number, row in enumerate(exported_rows(ORDER_LIST, export, asked)):
            if number == 500:  # noqa: PLR2004 -- the first piece of text has been written
                moments.append(time.perf_counter())
            yield row

    write_rows(target, kind, "orders", export.columns, told())
    yield from moments


def write_bare(target: Path) -> None:
    """Write the same cells by xlsxwriter alone: as they come from the database, words from dictionaries."""
    import xlsxwriter
    from django.utils.timezone import localtime

    from orders.models import Order
    from orders.states import ExceptionKind, FlagColour, OrderState, PlatformStatus

    words: dict[str, dict[Any, str]] = {
        "state": {one.value: str(one.label) for one in OrderState},
        "platform_status": {one.value: str(one.label) for one in PlatformStatus},
        "flag": {one.value: str(one.label) for one in FlagColour},
    }
    kinds = {one.value: str(one.label) for one in ExceptionKind}
    with xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet()
        text = workbook.add_format({"num_format": "@"})
        when = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        money = workbook.add_format({"num_format": "#,##0.00"})
        rows = Order.objects.order_by("-placed_at", "-pk").values_list(*BARE).iterator(chunk_size=PIECE)
        for number, row in enumerate(rows, start=1):
            for place, (name, value) in enumerate(zip(BARE, row, strict=True)):
                if name in words:
                    sheet.write_string(number, place, words[name][value], text)
                elif value is None or value in ("", []):
                    continue
                elif name == "troubles":
                    sheet.write_string(number, place, "；".join([kinds[one] for one in value]), text)
                elif name == "tags":
                    sheet.write_string(number, place, "；".join(value), text)
                elif isinstance(value, str):
                    sheet.write_string(number, place, value, text)
                elif isinstance(value, datetime):
                    sheet.write_datetime(number, place, localtime(value).replace(tzinfo=None), when)
                else:
                    sheet.write_number(number, place, value, money)


BARE = (
    *("number", "shop__name", "state", "platform_status", "buyer_nick", "buyer_nick", "receiver_name"),
    *("receiver_phone", "province", "city", "district", "address", "summary", "pieces", "goods_amount", "postage"),
    *("total", "paid", "refund", "placed_at", "paid_at", "confirmed_at", "confirmed_by__name", "ship_by"),
    *("shipped_at", "carrier_name", "waybill", "flag", "tags", "troubles", "buyer_message", "seller_memo", "remark"),
)
"""What the columns of our export are made of."""

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
