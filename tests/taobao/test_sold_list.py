"""The JSON behind the page of sold goods reads as an order report and an item report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shopops.kit.refusals import Refused
from shopops.taobao.columns import ReportKind
from shopops.taobao.reports import open_reports


def sold(number: str = "1965925308955324867", status: str = "卖家已发货", **changes: Any) -> dict[str, Any]:
    """Return an order as the page has it."""
    return {
        "id": number,
        "statusInfo": {"text": status},
        "orderInfo": {"createTime": "2023-09-06 23:07:13", "id": number},
        "payInfo": {"actualFee": "394.00", "postType": "(含快递:￥6.00)"},
        "buyer": {"nick": "测**", "decodeNick": "测试买家", "phoneNum": "159********"},
        "subOrders": [
            {
                "priceInfo": {"realTotal": "194.00"},
                "quantity": "2",
                "itemInfo": {
                    "title": "手链",
                    "skuText": [{"name": "颜色", "value": "红"}, {"name": "尺寸", "value": "15"}],
                },
            }
        ],
        **changes,
    }


def saved(folder: Path, *orders: dict[str, Any], text: str = "") -> Path:
    path = folder / "sold.json"
    path.write_text(text or json.dumps({"page": {"totalNumber": 1}, "mainOrders_1": orders}, ensure_ascii=False))
    return path


def read(path: Path) -> dict[ReportKind, dict[str, Any]]:
    found = {}
    for report in open_reports(path, name=path.name):
        chunk = next(report.chunks())
        found[report.kind] = {name: chunk.column(name)[0] for name in chunk.fields}
    return found


def test_an_order_of_the_page_is_an_order_with_its_lines(tmp_path):
    found = read(saved(tmp_path, sold()))

    order, line = found[ReportKind.ORDERS], found[ReportKind.LINES]
    assert (order["order_number"], order["status"]) == ("1965925308955324867", "shipped")
    assert (order["total"], order["postage"], order["paid_amount"]) == ("394.00", "6.00", "394.00")
    assert (order["line_count"], order["item_count"], order["buyer_nick"]) == ("1", "2", "测试买家")
    assert (line["order_number"], line["quantity"], line["properties"]) == (
        order["order_number"],
        "2",
        "颜色：红;尺寸：15",
    )


@pytest.mark.parametrize("status", ["等待买家付款", "交易关闭"])
def test_what_was_to_be_paid_was_not_paid(tmp_path, status):
    assert read(saved(tmp_path, sold(status=status)))[ReportKind.ORDERS]["paid_amount"] is None


@pytest.mark.parametrize(
    "text",
    [
        '{"page": {"totalNumber": 1}, "mainOrders_1": [{"id": 1}]}',
        '{"page": 1, "mainOrders_1": [',
        '{"page": {}, "mainOrders_1": []}',
        '{"page": {}, "mainOrders_1": ' + "[" * 100_000,
        '{"page": {}, "mainOrders_1": 5}',
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, text):
    with pytest.raises(Refused):
        open_reports(saved(tmp_path, text=text), name="sold.json")
