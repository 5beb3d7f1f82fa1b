"""The list of waves."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import Column, Empty, Export, ExportColumn, ListPage, Sort, Tab
from warehouse.filters import WaveFilters
from warehouse.queries.waves import add_wave_counts, listed_waves, matching_waves
from warehouse.states import WaveState

WAVE_LIST = ListPage(
    name="warehouse.wave_list",
    title=_("Waves"),
    note=_("Dispatch notes picked in one walk: made, picked, packed, shipped."),
    permission="warehouse.view_wave",
    icon="layers",
    rows=listed_waves,
    values=("number", "state", "kind", "carrier__name", "made_by__name", "made_at", "picker__name", "picked_at"),
    finish=add_wave_counts,
    cells="warehouse/waves/cells.html",
    columns=(
        Column("number", _("Wave"), fixed=True, card="full"),
        Column("kind", _("Kind"), card="left"),
        Column("carrier", _("Carrier"), card="right"),
        Column("notes", _("Notes"), end=True, card="none"),
        Column("pieces", _("Pieces"), end=True, card="none"),
        Column("progress", _("Progress"), card="full"),
        Column("picker", _("Picker"), card="left"),
        Column("state", _("State"), card="right"),
        Column("made_at", _("Made at"), sort="made", card="left"),
    ),
    tabs=(
        Tab("open", _("To pick"), Q(state=WaveState.OPEN)),
        Tab("picking", _("Being picked"), Q(state=WaveState.PICKING)),
        Tab("picked", _("To pack and ship"), Q(state=WaveState.PICKED)),
        Tab("done", _("Done"), Q(state=WaveState.DONE), counted=False),
        Tab("cancelled", _("Cancelled"), Q(state=WaveState.CANCELLED), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("made", "made_at", _("Made at")),),
    filters=WaveFilters,
    search=matching_waves,
    search_hint=_("Wave or dispatch note"),
    opens="warehouse:wave",
    opens_by="number",
    row_tone="edge",
    export=Export(
        permission="warehouse.export_dispatch",
        columns=(
            ExportColumn(_("Wave"), "number"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("Carrier"), "carrier__name"),
            ExportColumn(_("Notes"), "notes", kind="count"),
            ExportColumn(_("Pieces"), "all_pieces", kind="count"),
            ExportColumn(_("Packed"), "packed", kind="count"),
            ExportColumn(_("Shipped"), "shipped", kind="count"),
            ExportColumn(_("Made by"), "made_by__name"),
            ExportColumn(_("Made at"), "made_at", kind="time"),
            ExportColumn(_("Picker"), "picker__name"),
            ExportColumn(_("Picked at"), "picked_at", kind="time"),
        ),
    ),
    template="warehouse/waves/list.html",
    empty=Empty(
        _("No waves here."),
        _("Choose waiting dispatch notes by carrier, kind and time, and pick them in one walk."),
        _("Make a wave"),
        "warehouse:new_wave",
    ),
)
