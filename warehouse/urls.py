"""Addresses of the warehouse, and its lines of the menu."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import list_urls
from shopops.kit.navigation import Department, Entry, Finder, add_department, add_finder
from warehouse.queries.finding import found_notes
from warehouse.views import notes, pack, register, stock, traces, waves
from warehouse.views.note_list import NOTE_LIST
from warehouse.views.parcel_list import PARCEL_LIST
from warehouse.views.print_list import PRINT_LIST
from warehouse.views.stock_list import LEDGER, STOCK_LIST
from warehouse.views.wave_list import WAVE_LIST

app_name = "warehouse"

_NOTE_DEEDS = (
    "carrier",
    "waybill",
    "next_waybill",
    "stop",
    "resumption",
    "cancellation",
    "dropping",
    "passing",
    "reopening",
    "shipment",
    "shipment_undoing",
    "weight",
    "label",
    "paper",
)
_WAVE_DEEDS = (
    "picking",
    "picked",
    "cancellation",
    "waybills",
    "shipment",
    "labels",
    "papers",
    "pick_list_print",
    "upload",
    "reprint",
)

urlpatterns = [
    path("notes/", include(list_urls(NOTE_LIST))),
    path("note/<str:number>/", notes.note, name="note"),
    path("note/<str:number>/receiver/", notes.note_receiver, name="note_receiver"),
    *(
        path(f"note/<str:number>/{deed.replace('_', '-')}/", getattr(notes, f"note_{deed}"), name=f"note_{deed}")
        for deed in _NOTE_DEEDS
    ),
    path("waves/", include(list_urls(WAVE_LIST))),
    path("new-wave/", waves.new_wave, name="new_wave"),
    path("new-waves/", waves.waves, name="waves"),
    path("wave/<str:number>/", waves.wave, name="wave"),
    path("wave/<str:number>/pick-list/", waves.wave_pick_list, name="wave_pick_list"),
    *(
        path(f"wave/<str:number>/{deed.replace('_', '-')}/", getattr(waves, f"wave_{deed}"), name=f"wave_{deed}")
        for deed in _WAVE_DEEDS
    ),
    path("pack/", pack.pack, name="pack"),
    path("pack/scans/", pack.pack_scans, name="pack_scans"),
    path("pack/putting-aside/", pack.pack_putting_aside, name="pack_putting_aside"),
    path("pack/call/", pack.pack_call, name="pack_call"),
    path("pack/cancellation/", pack.pack_cancellation, name="pack_cancellation"),
    path("pack/weight/", pack.pack_weight, name="pack_weight"),
    path("stock/", include(list_urls(STOCK_LIST))),
    path("stock/receipt/", stock.receipt, name="receipt"),
    path("stock/proof/", stock.proof, name="proof"),
    path("stock/sku/<int:sku_id>/", stock.stock_sku, name="stock_sku"),
    path("stock/sku/<int:sku_id>/adjustment/", stock.stock_adjustment, name="stock_adjustment"),
    path("stock/sku/<int:sku_id>/bin/", stock.stock_bin, name="stock_bin"),
    path("ledger/", include(list_urls(LEDGER))),
    path("parcels/", include(list_urls(PARCEL_LIST))),
    path("traces/", traces.traces, name="traces"),
    path("prints/", include(list_urls(PRINT_LIST))),
    path("register/", register.register, name="register"),
    path("register/sheet/", register.register_sheet, name="register_sheet"),
    path("register/upload/", register.upload, name="upload"),
]

add_department(
    Department(
        "warehouse",
        _("Warehouse"),
        place=30,
        entries=(
            Entry(
                "warehouse.notes",
                _("Dispatch notes"),
                "warehouse:note_list",
                "warehouse.view_dispatchnote",
                icon="package",
                jump="n",
                waits="warehouse.late_notes",
                covers=("/warehouse/note/",),
            ),
            Entry(
                "warehouse.waves",
                _("Waves"),
                "warehouse:wave_list",
                "warehouse.view_wave",
                icon="layers",
                jump="w",
                waits="warehouse.waves",
                covers=("/warehouse/wave/", "/warehouse/new-wave/"),
            ),
            Entry(
                "warehouse.pack",
                _("Packing table"),
                "warehouse:pack",
                "warehouse.pack_note",
                icon="scan-barcode",
                jump="p",
            ),
            Entry(
                "warehouse.parcels",
                _("Parcels"),
                "warehouse:parcel_list",
                "warehouse.view_parcel",
                icon="truck",
                jump="t",
                waits="warehouse.stalled_parcels",
                covers=("/warehouse/traces/",),
            ),
            Entry(
                "warehouse.register",
                _("Daily register"),
                "warehouse:register",
                "warehouse.view_dispatchnote",
                icon="clipboard-list",
            ),
            Entry(
                "warehouse.stock",
                _("Stock"),
                "warehouse:stock_list",
                "warehouse.view_stockbalance",
                icon="boxes",
                jump="s",
            ),
            Entry(
                "warehouse.ledger",
                _("Stock ledger"),
                "warehouse:ledger",
                "warehouse.view_stockmove",
                icon="scroll-text",
            ),
            Entry(
                "warehouse.prints", _("Print log"), "warehouse:print_list", "warehouse.view_printrun", icon="printer"
            ),
        ),
    )
)
add_finder(Finder("warehouse.notes", _("Dispatch notes"), "warehouse.view_dispatchnote", find=found_notes, place=20))
