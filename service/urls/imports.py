"""Addresses of imports of service files, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from service.views import column_mappings, imports
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Entry

PATHS: list[URLPattern | URLResolver] = [
    path("imports/", include(list_urls(imports.FILE_IMPORT_LIST))),
    path("imports/upload/", imports.file_upload, name="file_upload"),
    path("import/columns/", column_mappings.mappings, name="mappings"),
    path("import/columns/<int:key>/", column_mappings.mapping, name="mapping"),
    path("import/columns/<int:key>/forgetting/", column_mappings.mapping_forgetting, name="mapping_forgetting"),
    path("import/<int:number>/", imports.file_import, name="file_import"),
    path("import/<int:number>/progress/", imports.file_import_progress, name="file_import_progress"),
    path("import/<int:number>/rejected/", imports.file_import_rejected, name="file_import_rejected"),
    path("import/<int:number>/repetition/", imports.file_import_repetition, name="file_import_repetition"),
    path("import/<int:number>/columns/", imports.file_import_columns, name="file_import_columns"),
    path("import/<int:number>/sub_account/", imports.file_import_nick, name="file_import_nick"),
    path("agent_days/", include(list_urls(imports.AGENT_DAY_LIST))),
]

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "service.imports",
        _("Imports of chats"),
        "service:imports",
        "service.import_service_files",
        icon="file-up",
        covers=("/service/import",),
    ),
    Entry("service.agent_days", _("Agents' days"), "service:agent_days", "service.view_agentday", icon="table"),
)
