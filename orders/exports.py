"""Orders as spreadsheets. Personal data leave the house only for those who may see them in full."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from orders.states import ExceptionKind, FlagColour, OrderState, PlatformStatus
from shopops.kit.lists import Export, ExportColumn
from shopops.kit.lists.declarations import Row

_FULL = "orders.reveal_personal_data"


def _kinds(row: Row) -> str:
    return "；".join(str(ExceptionKind(kind).label) for kind in row["troubles"])


ORDER_EXPORT = Export(
    permission="orders.export_orders",
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
        ExportColumn(_("State"), lambda row: str(OrderState(row["state"]).label)),
        ExportColumn(_("Platform's status"), lambda row: str(PlatformStatus(row["platform_status"]).label)),
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
        ExportColumn(_("Flag"), lambda row: str(FlagColour(row["flag"]).label)),
        ExportColumn(_("Tags"), lambda row: "；".join(row["tags"])),
        ExportColumn(_("Exceptions"), _kinds),
        ExportColumn(_("Buyer's message"), "buyer_message"),
        ExportColumn(_("Seller's memo"), "seller_memo"),
        ExportColumn(_("Internal remark"), "remark"),
    ),
)
