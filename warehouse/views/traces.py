"""Uploading traces, and what came of earlier uploads."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shopops.kit.access import allowed
from shopops.kit.clock import now
from staff.actions.jobs import start_job
from warehouse.forms import TraceFilesForm
from warehouse.queries.traces import latest_trace_imports
from warehouse.views.asking import actor


@allowed("warehouse.import_trace")
@require_http_methods(["GET", "POST"])
def traces(request: HttpRequest) -> HttpResponseBase:
    """Take files of traces; they are read in the background."""
    form = TraceFilesForm(request.POST, request.FILES) if request.method == "POST" else TraceFilesForm()
    if request.method == "POST" and form.is_valid():
        files = [[_keep(one), str(one.name)[:120]] for one in form.cleaned_data["traces"]]
        start_job("warehouse.import_traces", by=actor(request), at=now(), files=files)
        messages.success(request, _("The files are being read; what came of them appears below."))
        return redirect("warehouse:traces")
    return render(request, "warehouse/parcels/traces.html", {"form": form, "runs": latest_trace_imports()})


def _keep(file: UploadedFile[bytes]) -> str:
    """Keep an uploaded file until the job has read it; return its name in the store."""
    return str(default_storage.save(f"traces/{uuid4().hex}", file))
