"""Which report a sheet is, by its header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets import cell_text
from shopops.taobao.columns import (
    CARRIERS,
    CREATED,
    FIELDS,
    LINE_ORDER_NUMBERS,
    ORDER_NUMBERS,
    PAID,
    PAID_AT,
    TITLES,
    TRACE_FIELDS,
    ReportKind,
    header_key,
)
from shopops.taobao.values import unwrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise

    from shopops.kit.spreadsheets import Cell

Group = tuple[str, ...]

SEARCHED_ROWS = 20
"""Rows at the top in which the header is looked for; some reports and some people put a title above it."""

LABELS = {
    ReportKind.ORDERS: _("order report (订单报表)"),
    ReportKind.LINES: _("item report (宝贝报表)"),
    ReportKind.REFUNDS: _("refund report"),
    ReportKind.SETTLEMENTS: _("settlement statement"),
    ReportKind.FUNDS: _("fund statement"),
    ReportKind.GOODS_PAYMENTS: _("goods payments"),
    ReportKind.ABNORMAL_PARCELS: _("abnormal parcels"),
    ReportKind.TRACES: _("parcel traces"),
}

ANY_OF_ORDERS = (
    *("订单状态", "总金额", "买家应付货款", "收货人姓名", "收货地址", "宝贝种类", "宝贝总数量", "订单关闭原因"),
    *("运送方式", "发货时间", *PAID, *CREATED, *PAID_AT, *CARRIERS),
)

RULES: tuple[tuple[ReportKind, tuple[Group, ...]], ...] = (
    (ReportKind.REFUNDS, (("退款编号",), ORDER_NUMBERS)),
    (ReportKind.SETTLEMENTS, (("入帐类型",), ("支付流水号",))),
    (ReportKind.FUNDS, (("入账类型",), ("支付流水号",))),
    (ReportKind.ABNORMAL_PARCELS, (("交易单号", "订单编号"), ("超时类型", "异常类型"))),
    (ReportKind.GOODS_PAYMENTS, (("订单号",), ("订单实际金额(元)",))),
    (ReportKind.LINES, (LINE_ORDER_NUMBERS, ("购买数量",), TITLES)),
    (ReportKind.TRACES, tuple(field.headers for field in TRACE_FIELDS[:3])),
    (ReportKind.ORDERS, (ORDER_NUMBERS, ANY_OF_ORDERS)),
)
"""Kind → groups of headers of each of which one must be there. The first kind that fits wins."""


@dataclass(frozen=True, slots=True)
class Detected:
    """What a sheet is and where its header stands."""

    kind: ReportKind
    row: int
    """From 1, as the spreadsheet program shows it."""
    header: list[str]
    """Stripped, as in the file."""


def header_cells(row: Sequence[Cell]) -> list[str]:
    """Return a row as headers: stripped, without empty ones at the end."""
    header = [unwrapped(cell_text(cell)) for cell in row]
    while header and not header[-1]:
        header.pop()
    return header


def kind_of_header(header: Sequence[str]) -> ReportKind | None:
    """Return which report has such a header, or None."""
    keys = set(map(header_key, header))
    for kind, groups in RULES:
        if all(any(header_key(name) in keys for name in group) for group in groups):
            return kind
    return None


def detect(rows: Sequence[Sequence[Cell]]) -> Detected | None:
    """Return which report it is by the first rows of a sheet, or None."""
    for number, row in enumerate(rows[:SEARCHED_ROWS], start=1):
        header = header_cells(row)
        kind = kind_of_header(header) if len(header) > 1 else None
        if kind is not None:
            return Detected(kind, number, header)
    return None


def unknown_report(sheets: Sequence[Sequence[Sequence[Cell]]]) -> Refused:
    """Return the refusal of a file none of whose sheets is a known report.

    It says which columns were found, which report is nearest and what that lacks.
    """
    headers = [header for rows in sheets for row in rows[:SEARCHED_ROWS] if (header := header_cells(row))]
    if not headers:
        return Refused(_("The file has no rows."))
    known = {kind: {header_key(name) for field in fields for name in field.headers} for kind, fields in FIELDS.items()}
    shares = [
        (len(known[kind] & set(map(header_key, header))), kind, header) for header in headers for kind, _g in RULES
    ]
    share, nearest, header = max(shares, key=lambda found: (found[0], found[1] == ReportKind.ORDERS))
    found = "、".join(name for name in header if name)[:300]
    if not share:
        return Refused(
            sentence(
                _(
                    "This is none of the seller centre's reports the program knows. The first row holds: %(found)s. "
                    "Upload the order report (订单报表) or the item report (宝贝报表) as downloaded."
                ),
                found=found,
            )
        )
    keys = set(map(header_key, header))
    missing = [
        " / ".join(group[:3]) for group in dict(RULES)[nearest] if not any(header_key(name) in keys for name in group)
    ]
    return Refused(
        sentence(
            _(
                "This is none of the seller centre's reports the program knows. Found are the columns %(found)s. It is "
                "nearest to the %(report)s, but has no column %(missing)s."
            ),
            found=found,
            report=label(nearest),
            missing="、".join(missing),
        )
    )


def wrong_kind(found: ReportKind, wanted: ReportKind) -> Refused:
    """Return the refusal of a file that is another report than the one asked for."""
    return Refused(
        sentence(_("This file is a “%(found)s”; wanted is a “%(wanted)s”."), found=label(found), wanted=label(wanted))
    )


def label(kind: ReportKind) -> _StrPromise:
    """Return the name of a report for people."""
    return LABELS[kind]
