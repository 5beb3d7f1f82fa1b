"""The list of parcels on their way."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import Column, Empty, Export, ExportColumn, ListPage, Sort, Tab
from warehouse.filters import ParcelFilters
from warehouse.queries.parcels import add_parcel_words, listed_parcels, matching_parcels, stalled
from warehouse.states import ARRIVED, ParcelState

PARCEL_LIST = ListPage(
    name="warehouse.parcel_list",
    title=_("Parcels"),
    note=_("Where shipped parcels are, by what their carriers say."),
    permission="warehouse.view_parcel",
    icon="truck",
    rows=listed_parcels,
    values=(
        "waybill",
        "state",
        "carrier__name",
        "carrier__stalled_hours",
        "shipped_at",
        "collected_at",
        "signed_at",
        "last_news_at",
        "last_news",
        "note__number",
        "note__order_numbers",
        "note__province",
        "note__city",
        "note__shop__name",
    ),
    finish=add_parcel_words,
    cells="warehouse/parcels/cells.html",
    columns=(
        Column("waybill", _("Waybill"), fixed=True, card="full"),
        Column("note", _("Dispatch note"), card="full"),
        Column("place", _("Destination"), card="left"),
        Column("state", _("State"), card="right"),
        Column("news", _("Last news"), sort="news", card="full"),
        Column("shipped_at", _("Shipped at"), sort="shipped", card="left"),
        Column("collected_at", _("Collected at"), card="right"),
        Column("signed_at", _("Signed at"), sort="signed", shown=False),
        Column("shop", _("Shop"), shown=False),
    ),
    tabs=(
        Tab("moving", _("On their way"), ~Q(state__in=ARRIVED)),
        Tab("stalled", _("Stalled"), lambda reader: stalled(reader.at), tone="danger", sort="-news"),
        Tab("handed_over", _("Not collected"), Q(state=ParcelState.HANDED_OVER), tone="warn"),
        Tab("out", _("Being delivered"), Q(state__in=(ParcelState.OUT_FOR_DELIVERY, ParcelState.AT_PICKUP_POINT))),
        Tab("failed", _("Failed"), Q(state=ParcelState.FAILED), tone="danger"),
        Tab("returned", _("Returned"), Q(state=ParcelState.RETURNED), tone="danger"),
        Tab("signed", _("Signed"), Q(state=ParcelState.SIGNED), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("shipped", "shipped_at", _("Shipped at")),
        Sort("news", "last_news_at", _("Last news")),
        Sort("signed", "signed_at", _("Signed at"), nullable=True),
    ),
    filters=ParcelFilters,
    search=matching_parcels,
    search_hint=_("Waybill, dispatch note or order"),
    opens="warehouse:note",
    opens_by="note__number",
    row_name="waybill",
    row_tone="edge",
    export=Export(
        permission="warehouse.export_dispatch",
        columns=(
            ExportColumn(_("Waybill"), "waybill"),
            ExportColumn(_("Carrier"), "carrier__name"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Stalled"), "why"),
            ExportColumn(_("Dispatch note"), "note__number"),
            ExportColumn(_("Orders"), "note__order_numbers"),
            ExportColumn(_("Shop"), "note__shop__name"),
            ExportColumn(_("Province"), "note__province"),
            ExportColumn(_("City"), "note__city"),
            ExportColumn(_("Shipped at"), "shipped_at", kind="time"),
            ExportColumn(_("Collected at"), "collected_at", kind="time"),
            ExportColumn(_("Signed at"), "signed_at", kind="time"),
            ExportColumn(_("Last news at"), "last_news_at", kind="time"),
            ExportColumn(_("Last news"), "last_news"),
        ),
    ),
    template="warehouse/parcels/list.html",
    empty=Empty(
        _("No parcels here."),
        _("A parcel appears when its dispatch note is shipped."),
    ),
)
