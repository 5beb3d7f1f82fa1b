"""Column mappings people have kept: what is read from where, changed and forgotten."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from service.forms.imports import MappingForm
from service.imports import READERS
from service.imports.mappings import change_mapping, forget_mapping
from service.models import ColumnMapping, FileImport
from service.views.papers import find
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.queries.history import history_of
from warehouse.views.asking import actor

PERMISSION = "service.import_service_files"


@allowed(PERMISSION)
@require_GET
def mappings(request: HttpRequest) -> HttpResponse:
    """Show every kept mapping: which header holds what, who kept it, how often and when it was used."""
    uses = FileImport.objects.exclude(mapping=None).order_by().values("mapping")
    used = {
        row["mapping"]: (row["count"], row["last"]) for row in uses.annotate(count=Count("pk"), last=Max("started_at"))
    }
    found = ColumnMapping.objects.select_related("kept_by").order_by("kind", "name")
    shown = [(one, _columns(one), *used.get(one.pk, (0, None))) for one in found]
    return render(request, "service/imports/mappings.html", {"mappings": shown})


def _columns(mapping: ColumnMapping) -> list[tuple[Any, str]]:
    """Return what is read and from which header, in the order of the reader."""
    labels = {one.name: one.label for one in READERS[mapping.kind].fields} if mapping.kind in READERS else {}
    return [(label, mapping.columns[name]) for name, label in labels.items() if mapping.columns.get(name)]


@allowed(PERMISSION)
@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, key: int) -> HttpResponseBase:
    """Show a mapping with its history, and change it."""
    found = find(ColumnMapping, key, "kept_by")
    form = MappingForm(request.POST or None, mapping=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_mapping(found, form.columns, name=form.cleaned_data["name"], by=actor(request), at=now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("Changed. Files are read so from now on."))
            return redirect("service:mapping", key)
    return render(
        request, "service/imports/mapping.html", {"mapping": found, "form": form, "history": history_of(found)}
    )


@allowed(PERMISSION)
@require_POST
def mapping_forgetting(request: HttpRequest, key: int) -> HttpResponseBase:
    """Forget a mapping."""
    forget_mapping(find(ColumnMapping, key), by=actor(request), at=now())
    messages.success(request, _now("Forgotten. The next such spreadsheet is asked about again."))
    return redirect("service:mappings")
