"""The log of prints."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import Column, Empty, Export, ExportColumn, ListPage, Sort, Tab
from warehouse.filters import PrintFilters
from warehouse.queries.prints import add_print_words, listed_prints, matching_prints
from warehouse.states import PrintKind

PRINT_LIST = ListPage(
    name="warehouse.print_list",
    title=_("Print log"),
    note=_("Every sheet that was printed, by whom and when, and why again."),
    permission="warehouse.view_printrun",
    icon="printer",
    rows=listed_prints,
    values=("kind", "wave__number", "reason", "by__name", "at"),
    finish=add_print_words,
    cells="warehouse/prints/cells.html",
    columns=(
        Column("kind", _("Kind"), fixed=True, card="left"),
        Column("sheets", _("Sheets"), end=True, card="right"),
        Column("notes", _("Dispatch notes"), card="full"),
        Column("wave", _("Wave"), card="left"),
        Column("reason", _("Reason for printing again"), card="full"),
        Column("by", _("By"), card="left"),
        Column("at", _("At"), sort="printed", card="right"),
    ),
    tabs=(
        Tab("labels", _("Labels"), Q(kind=PrintKind.LABEL), counted=False),
        Tab("again", _("Printed again"), Q(is_again=True), tone="warn"),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("printed", "at", _("Printed")),),
    filters=PrintFilters,
    search=matching_prints,
    search_hint=_("Wave or dispatch note"),
    export=Export(
        permission="warehouse.export_dispatch",
        columns=(
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("Sheets"), "count", kind="count"),
            ExportColumn(_("First"), "first"),
            ExportColumn(_("Last"), "last"),
            ExportColumn(_("Wave"), "wave__number"),
            ExportColumn(_("Reason for printing again"), "reason"),
            ExportColumn(_("By"), "by__name"),
            ExportColumn(_("At"), "at", kind="time"),
        ),
    ),
    empty=Empty(_("Nothing has been printed."), _("Print labels and lists from the page of a wave.")),
)
