"""Addresses of quality inspection and of the load, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from service.views.inspections import INSPECTIONS_PAGE, inspection, inspection_draw, inspection_dropping
from service.views.load import load
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Entry

PATHS: list[URLPattern | URLResolver] = [
    path("load/", load, name="load"),
    path("inspections/", include(list_urls(INSPECTIONS_PAGE))),
    path("inspections/drawing/", inspection_draw, name="inspection_draw"),
    path("inspections/<int:number>/", inspection, name="inspection"),
    path("inspections/<int:number>/dropping/", inspection_dropping, name="inspection_dropping"),
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
