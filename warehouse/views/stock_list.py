"""The stock list and the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import (
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListPage,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from staff.models import Employee
from warehouse.actions.stock import place_sku
from warehouse.filters import MoveFilters, StockFilters
from warehouse.forms import BinForm
from warehouse.models import Bin, StockBalance
from warehouse.queries.stock import (
    add_move_words,
    add_stock_words,
    listed_balances,
    listed_moves,
    matching_moves,
    matching_skus,
    running_out,
)
from warehouse.states import MoveKind


def _place(ids: Sequence[int], *, by: Employee, at: datetime, bin: Bin | None) -> Refusals:  # noqa: A002 -- the field's name
    balances = StockBalance.objects.filter(pk__in=ids).select_related("bin", "sku", "warehouse")
    return one_by_one(balances, lambda balance: place_sku(balance, bin, by=by, at=at))


STOCK_LIST = ListPage(
    name="warehouse.stock_list",
    title=_("Stock"),
    note=_("What is on the shelves, what is promised to parcels, and what is left to sell."),
    permission="warehouse.view_stockbalance",
    icon="boxes",
    rows=listed_balances,
    values=(
        "sku_id",
        "sku__code",
        "sku__name",
        "sku__attributes",
        "sku__barcode",
        "bin__code",
        "on_hand",
        "reserved",
        "free",
        "warehouse__name",
    ),
    finish=add_stock_words,
    cells="warehouse/stock/cells.html",
    columns=(
        Column("sku", _("SKU"), fixed=True, sort="code", card="full"),
        Column("attributes", _("Attributes"), card="full"),
        Column("bin", _("Bin"), sort="bin", card="left"),
        Column("on_hand", _("On hand"), sort="on_hand", end=True, card="right"),
        Column("reserved", _("Reserved"), sort="reserved", end=True, card="left"),
        Column("free", _("Available"), sort="free", end=True, card="right"),
        Column("barcode", _("Barcode"), shown=False),
        Column("warehouse", _("Warehouse"), shown=False),
    ),
    tabs=(
        Tab("all", _("All")),
        Tab("low", _("Running out"), lambda _reader: running_out(), tone="warn"),
        Tab("none", _("Nothing left"), Q(free__lte=0), tone="danger"),
        Tab("reserved", _("Reserved"), Q(reserved__gt=0)),
        Tab("unplaced", _("Without bin"), Q(bin=None, on_hand__gt=0)),
    ),
    sorts=(
        Sort("code", "sku__code", _("Merchant code"), ascending=True),
        Sort("free", "free", _("Available"), ascending=True),
        Sort("on_hand", "on_hand", _("On hand")),
        Sort("reserved", "reserved", _("Reserved")),
        Sort("bin", "bin__code", _("Bin"), ascending=True, nullable=True),
    ),
    filters=StockFilters,
    search=matching_skus,
    search_hint=_("Code, barcode, name or pinyin"),
    opens="warehouse:stock_sku",
    opens_by="sku_id",
    row_name="sku__code",
    row_tone="edge",
    summary=lambda rows: [
        (_("On hand"), str(sum(row["on_hand"] for row in rows))),
        (_("Available"), str(sum(row["free"] for row in rows))),
    ],
    batch=(
        BatchAction(
            "bin", _("Choose bin"), run=_place, form=BinForm, permission="warehouse.adjust_stock", icon="map-pin"
        ),
    ),
    export=Export(
        permission="warehouse.export_dispatch",
        columns=(
            ExportColumn(_("Merchant code"), "sku__code"),
            ExportColumn(_("Barcode"), "sku__barcode"),
            ExportColumn(_("Name"), "sku__name"),
            ExportColumn(_("Attributes"), "sku__attributes"),
            ExportColumn(_("Warehouse"), "warehouse__name"),
            ExportColumn(_("Bin"), "bin__code"),
            ExportColumn(_("On hand"), "on_hand", kind="count"),
            ExportColumn(_("Reserved"), "reserved", kind="count"),
            ExportColumn(_("Available"), "free", kind="count"),
        ),
    ),
    template="warehouse/stock/list.html",
    empty=Empty(
        _("No stock yet."),
        _("Book the goods that are on the shelves; from then on every piece is followed."),
        _("Receive goods"),
        "warehouse:receipt",
    ),
)

LEDGER = ListPage(
    name="warehouse.ledger",
    title=_("Stock ledger"),
    note=_("Every piece that came or went, with who, when and why. A line is never changed; another one corrects it."),
    permission="warehouse.view_stockmove",
    icon="scroll-text",
    rows=listed_moves,
    values=(
        "at",
        "kind",
        "quantity",
        "on_hand_after",
        "reference",
        "reason",
        "by__name",
        "balance__sku_id",
        "balance__sku__code",
        "balance__sku__name",
        "balance__warehouse__name",
    ),
    finish=add_move_words,
    cells="warehouse/stock/ledger_cells.html",
    columns=(
        Column("at", _("Booked"), sort="booked", fixed=True, card="left"),
        Column("kind", _("Kind"), card="right"),
        Column("sku", _("SKU"), card="full"),
        Column("quantity", _("Pieces"), end=True, card="right"),
        Column("after", _("On hand after"), end=True, card="none"),
        Column("reference", _("Document"), card="left"),
        Column("reason", _("Reason"), card="full"),
        Column("by", _("By"), card="left"),
    ),
    tabs=(
        Tab("all", _("All"), counted=False),
        Tab("in", _("Received"), Q(kind__in=(MoveKind.OPENING, MoveKind.RECEIPT, MoveKind.RETURN)), counted=False),
        Tab("out", _("Shipped"), Q(kind__in=(MoveKind.SHIPMENT, MoveKind.UNSHIPMENT)), counted=False),
        Tab("corrected", _("Corrected"), Q(kind=MoveKind.ADJUSTMENT)),
    ),
    sorts=(Sort("booked", "at", _("Booked")),),
    filters=MoveFilters,
    search=matching_moves,
    search_hint=_("Document, code or name"),
    row_name="balance__sku__code",
    export=Export(
        permission="warehouse.export_dispatch",
        columns=(
            ExportColumn(_("Booked"), "at", kind="time"),
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("Merchant code"), "balance__sku__code"),
            ExportColumn(_("Name"), "balance__sku__name"),
            ExportColumn(_("Pieces"), "quantity", kind="count"),
            ExportColumn(_("On hand after"), "on_hand_after", kind="count"),
            ExportColumn(_("Document"), "reference"),
            ExportColumn(_("Reason"), "reason"),
            ExportColumn(_("By"), "by__name"),
        ),
    ),
    empty=Empty(_("No moves yet."), _("Every receipt, shipment and correction leaves a line here.")),
)
