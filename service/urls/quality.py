"""Addresses of quality inspection and of the load, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from service.views.inspection import inspection, inspection_dropping, inspection_objection, inspection_upholding
from service.views.inspections import INSPECTIONS_PAGE, inspection_draw, inspection_figures
from service.views.load import load
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Entry

PATHS: list[URLPattern | URLResolver] = [
    path("load/", load, name="load"),
    path("inspections/", include(list_urls(INSPECTIONS_PAGE))),
    path("inspections/drawing/", inspection_draw, name="inspection_draw"),
    path("inspections/figures/", inspection_figures, name="inspection_figures"),
    path("inspections/<int:number>/", inspection, name="inspection"),
    path("inspections/<int:number>/dropping/", inspection_dropping, name="inspection_dropping"),
    path("inspections/<int:number>/objection/", inspection_objection, name="inspection_objection"),
    path("inspections/<int:number>/upholding/", inspection_upholding, name="inspection_upholding"),
]

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "service.inspections",
        _("Quality inspection"),
        "service:inspections",
        "service.view_conversation",
        icon="clipboard-check",
    ),
    Entry("service.load", _("Load and roster"), "service:load", "service.lead_service", icon="chart-column"),
)
