"""Uploading a table of goods."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.forms import GoodsFileForm
from catalog.queries.imports import latest_goods_imports
from shopops.kit.access import allowed
from shopops.kit.clock import now
from staff.actions.jobs import start_job
from staff.models import Employee


@allowed("catalog.import_goods")
@require_http_methods(["GET", "POST"])
@require_http_methods(["GET", "POST"])
def goods_import(request: HttpRequest) -> HttpResponseBase:
    """Take a table of goods; it is read in the background."""
    form = GoodsFileForm(request.POST, request.FILES) if request.method == "POST" else GoodsFileForm()
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, Employee)  # noqa: S101 -- the decorator has seen to it
        file = form.cleaned_data["table"]
        kept = default_storage.save(f"goods/{uuid4().hex}", file)
        start_job("catalog.import_goods", by=request.user, at=now(), kept=kept, file_name=str(file.name)[:120])
        messages.success(request, _("The table is being read; what came of it appears below."))
        return redirect("catalog:goods_import")
    return render(request, "catalog/import.html", {"form": form, "runs": latest_goods_imports()})
