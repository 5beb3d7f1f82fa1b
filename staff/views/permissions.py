"""Who may do what: the readable page, and the same as a spreadsheet."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from staff.exports.permissions import write_matrix
from staff.models import OrgUnit
from staff.queries.permissions import DEPARTMENTS, Matrix, blocks_of, matrix


@allowed("staff.view_role")
@require_GET
def permissions(request: HttpRequest) -> HttpResponse:
    """Show roles against permissions."""
    found = _asked(request)
    context = {
        "matrix": found,
        "units": OrgUnit.objects.filter(posts__isnull=False).distinct(),
        "departments": blocks_of(),
        "asked": request.GET,
        "query": request.GET.urlencode(),
        "yes": _("may"),
    }
    return render(request, "staff/permissions/matrix.html", context)


@allowed("staff.view_role")
@require_GET
def permissions_sheet(request: HttpRequest) -> FileResponse:
    """Hand over the same rows and columns as a spreadsheet."""
    buffer = BytesIO()
    write_matrix(_asked(request), buffer)
    buffer.seek(0)
    name = f"{_('Who may do what')}_{shop_day(now()):%Y-%m-%d}.xlsx"
    return FileResponse(buffer, as_attachment=True, filename=name)


def _asked(request: HttpRequest) -> Matrix:
    """Return the part of the matrix the address asks for; what is not understood asks for nothing."""
    app = request.GET.get("app", "")
    unit = request.GET.get("unit", "").replace("\x00", "")
    return matrix(unit=unit, app=app if app in DEPARTMENTS else "", held_only=bool(request.GET.get("held")))
