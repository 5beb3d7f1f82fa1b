"""Orders as spreadsheets. Personal data leave the house only for those who may see them in full."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from orders.models import PaymentSlip
from orders.queries.tally import LeftRow, Month, left_rows, listed, tally_of
from orders.states import ExceptionKind, FlagColour, OrderState, PlatformStatus
from shopops.kit.lists import Export, ExportColumn, Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick
from shopops.kit.pdf import render_pdf
from shopops.kit.spreadsheets import Column, xlsx_book
from staff.policy import COMPANY_NAME

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from shopops.kit.spreadsheets.writing import Kind

    Words = str | _StrPromise

_FULL = "orders.reveal_personal_data"


def add_exported_words(rows: list[Row], _reader: Reader) -> None:
    """Put the words of an exported row on the rows, each looked up once and not once a row; no query."""
    states = {state.value: str(state.label) for state in OrderState}
    statuses = {status.value: str(status.label) for status in PlatformStatus}
    flags = {flag.value: str(flag.label) for flag in FlagColour}
    kinds = {kind.value: str(kind.label) for kind in ExceptionKind}
    for row in rows:
        row["label"] = row["number"] if row["part"] == 1 else f"{row['number']}-{row['part']}"
        row["buyer"] = mask_nick(row["buyer_nick"])
        row["state_label"] = states[row["state"]]
        row["status_label"] = statuses[row["platform_status"]]
        row["flag_label"] = flags[row["flag"]]
        row["tag_words"] = "；".join(row["tags"])
        row["trouble_words"] = "；".join([kinds[kind] for kind in row["troubles"]])


ORDER_EXPORT = Export(
    permission="orders.export_orders",
    finish=add_exported_words,
    values=(
        "platform_status",
        "receiver_name",
        "receiver_phone",
        "district",
        "address",
        "goods_amount",
        "postage",
        "refund",
        "confirmed_at",
        "confirmed_by__name",
    ),
    columns=(
        ExportColumn(_("Order number"), "label"),
        ExportColumn(_("Shop"), "shop__name"),
        ExportColumn(_("State"), "state_label"),
        ExportColumn(_("Platform's status"), "status_label"),
        ExportColumn(_("Buyer"), "buyer"),
        ExportColumn(_("Buyer's nick"), "buyer_nick", permission=_FULL),
        ExportColumn(_("Receiver"), "receiver_name", permission=_FULL),
        ExportColumn(_("Phone"), "receiver_phone", permission=_FULL),
        ExportColumn(_("Province"), "province"),
        ExportColumn(_("City"), "city"),
        ExportColumn(_("District"), "district", permission=_FULL),
        ExportColumn(_("Street and number"), "address", permission=_FULL),
        ExportColumn(_("Goods"), "summary"),
        ExportColumn(_("Pieces"), "pieces", kind="count"),
        ExportColumn(_("Goods, yuan"), "goods_amount", kind="money"),
        ExportColumn(_("Postage, yuan"), "postage", kind="money"),
        ExportColumn(_("Total, yuan"), "total", kind="money"),
        ExportColumn(_("Paid, yuan"), "paid", kind="money"),
        ExportColumn(_("Refunded, yuan"), "refund", kind="money"),
        ExportColumn(_("Placed at"), "placed_at", kind="time"),
        ExportColumn(_("Paid at"), "paid_at", kind="time"),
        ExportColumn(_("Approved at"), "confirmed_at", kind="time"),
        ExportColumn(_("Approved by"), "confirmed_by__name"),
        ExportColumn(_("Ship by"), "ship_by", kind="time"),
        ExportColumn(_("Shipped at"), "shipped_at", kind="time"),
        ExportColumn(_("Carrier"), "carrier_name"),
        ExportColumn(_("Waybill"), "waybill"),
        ExportColumn(_("Flag"), "flag_label"),
        ExportColumn(_("Tags"), "tag_words"),
        ExportColumn(_("Exceptions"), "trouble_words"),
        ExportColumn(_("Buyer's message"), "buyer_message"),
        ExportColumn(_("Seller's memo"), "seller_memo"),
        ExportColumn(_("Internal remark"), "remark"),
    ),
)


def write_tally(month: Month, path: Path) -> int:
    """Write the tally of a month: by person, by shop, and the left-over orders; return how many of these there are."""
    tally, left = tally_of(month), left_rows(listed(month), month)
    with xlsx_book(path) as add_sheet:
        write = add_sheet(str(_("By person")), _columns(_PEOPLE))
        for person in tally.people:
            for shop, orders, sales in person.shops:
                write([person.name or str(_("released by a rule")), shop, orders, sales])
        write = add_sheet(str(_("By shop")), _columns(_SHOPS))
        for row in tally.shops:
            write([row.name, row.paid, row.sales, row.refunds, row.average, row.approved, row.listed, row.waiting])
        write = add_sheet(str(_("Left over")), _columns(_LEFT))
        for one in left:
            write(_left(one, month))
    return len(left)


def _columns(told: Sequence[tuple[Words, Kind]]) -> list[Column]:
    return [Column(str(title), kind) for title, kind in told]


_PEOPLE: tuple[tuple[Words, Kind], ...] = (
    (_("Person"), "text"),
    (_("Shop"), "text"),
    (_("Approved"), "count"),
    (_("Sales approved"), "money"),
)
_SHOPS: tuple[tuple[Words, Kind], ...] = (
    (_("Shop"), "text"),
    (_("Orders paid"), "count"),
    (_("Sales"), "money"),
    (_("Refunded"), "money"),
    (_("Average order"), "money"),
    (_("Approved"), "count"),
    (_("Left over"), "count"),
    (_("Still here"), "count"),
)
_LEFT: tuple[tuple[Words, Kind], ...] = (
    (_("Order number"), "text"),
    (_("Shop"), "text"),
    (_("State"), "text"),
    (_("What became of it"), "text"),
    (_("Left or closed at"), "time"),
    (_("Days left"), "count"),
    (_("Paid at"), "time"),
    (_("Paid, yuan"), "money"),
    (_("Goods"), "text"),
    (_("Approved by"), "text"),
    (_("Approved at"), "time"),
)


def _left(one: LeftRow, month: Month) -> list[Any]:
    order = one.order
    fate = _("still here") if one.is_here else _("in the first week") if one.is_in_time else _("after the first week")
    return [
        str(order),
        order.shop.name,
        str(OrderState(order.state).label),
        str(fate),
        one.left_at,
        month.days_left if one.is_here else None,
        order.paid_at,
        order.paid,
        order.summary,
        order.confirmed_by.name if order.confirmed_by else "",
        order.confirmed_at,
    ]


def slip_pdf(slip: PaymentSlip) -> bytes:
    """Make the paper of a payment slip (ORD-026)."""
    return render_pdf(render_to_string("orders/slips/paper.html", {"slip": slip, "company": COMPANY_NAME()}))
