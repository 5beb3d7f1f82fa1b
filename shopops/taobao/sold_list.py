"""The JSON behind the seller centre's page 已卖出的宝贝, as the two reports it stands for.

It is no export: the buyer's name and phone are masked, there is no address, no time of payment and no memo, and titles
are cut. What it has is enough to know that an order is there, how far it is and what was bought.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.spreadsheets import BATCH, Batch, Sheet
from shopops.kit.spreadsheets.cells import Cell
from shopops.taobao.statuses import OrderStatus, order_status

LARGEST = 64 * 2**20
"""Bytes of such a file; a page of it has 15 orders in 100 KB."""
PAGE = re.compile(r"mainOrders(_\d+)?")
POSTAGE = re.compile(r"[￥¥]\s*([0-9.]+)")
NOT_PAID = (OrderStatus.UNPAID, OrderStatus.CLOSED)

ORDER_HEADER = [
    *("订单编号", "订单状态", "订单创建时间", "买家会员名", "联系手机", "总金额", "买家应付邮费", "买家实际支付金额"),
    *("宝贝标题", "宝贝种类", "宝贝总数量"),
]
LINE_HEADER = ["订单编号", "标题", "价格", "购买数量", "商品属性", "订单状态"]


REMARK = _(
    "This is the page 已卖出的宝贝, no report: names and phones are masked, and address, memo and time of payment are "
    "missing. Import the order report (订单报表) to complete these orders."
)


@dataclass(slots=True)
class MadeSheet(Sheet):
    """A sheet whose rows are there already."""

    rows: list[list[Cell]] = field(default_factory=list)

    def batches(self, size: int = BATCH) -> Iterator[Batch]:
        """Yield the rows."""
        for start in range(0, len(self.rows), size):
            rows = self.rows[start : start + size]
            yield Batch(start + 1, rows, several_lines=False, last=start + size >= len(self.rows))


def is_sold_list(path: Path) -> bool:
    """Tell by its beginning whether a file is such JSON."""
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{") and (b'"mainOrders' in start or b'"page"' in start)


def sold_list_sheets(path: Path) -> list[Sheet]:
    """Return the list as a sheet of orders and a sheet of lines; the row of an order is its place in the list, plus 1.

    :raises Refused: if it is too big, no JSON, or holds no orders.
    """
    if path.stat().st_size > LARGEST:
        raise Refused(_("The file is too big for a page of the seller centre. Download the order report instead."))
    try:
        found = json.loads(path.read_bytes())
        orders = [order for name, page in found.items() if PAGE.fullmatch(name) for order in page]
        made = [(_order(order), _lines(order)) for order in orders]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Refused(
            _("The file looks like a page of the seller centre, but cannot be read. Save it again.")
        ) from error
    if not made:
        raise Refused(_("The file has no rows."))
    order_rows: list[list[Cell]] = [list(ORDER_HEADER), *(row for row, _its in made)]
    line_rows: list[list[Cell]] = [list(LINE_HEADER), *(row for _order, its in made for row in its)]
    return [
        MadeSheet(path, "orders", encoding="utf-8-sig", rows=order_rows),
        MadeSheet(path, "lines", encoding="utf-8-sig", rows=line_rows),
    ]


def _order(order: dict[str, Any]) -> list[Cell]:
    """Return an order as a row."""
    status, buyer, pay = order["statusInfo"]["text"], order.get("buyer") or {}, order.get("payInfo") or {}
    bought, fee = order["subOrders"], _text(pay.get("actualFee"))
    postage = POSTAGE.search(_text(pay.get("postType")))
    return [
        _text(order["id"]),
        status,
        _text(order["orderInfo"]["createTime"]),
        _text(buyer.get("decodeNick") or buyer.get("nick")),
        _text(buyer.get("phoneNum")),
        fee,
        postage[1] if postage else "",
        "" if order_status(status) in NOT_PAID else fee,
        "，".join(_text(one["itemInfo"]["title"]) for one in bought),
        str(len(bought)),
        str(sum(int(one["quantity"]) for one in bought)),
    ]


def _lines(order: dict[str, Any]) -> list[list[Cell]]:
    """Return the lines of an order as rows."""
    return [
        [
            _text(order["id"]),
            _text(one["itemInfo"]["title"]),
            _text((one.get("priceInfo") or {}).get("realTotal")),
            _text(one["quantity"]),
            ";".join(f"{_text(part['name'])}：{_text(part['value'])}" for part in one["itemInfo"].get("skuText") or ()),
            order["statusInfo"]["text"],
        ]
        for one in order["subOrders"]
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
