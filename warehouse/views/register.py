"""The day's register of what is to be shipped (ORD-030), and the day's upload file."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from staff.actions.jobs import start_job
from staff.queries.history import history_of
from warehouse.actions.stock import ensure_warehouse
from warehouse.queries.register import day_register
from warehouse.views.asking import actor, back_to


def _day(text: str) -> date:
    """Return the day asked for; today if it is none."""
    today = shop_day(now())
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        return today


@allowed("warehouse.view_dispatchnote")
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Show what is to be shipped on a day, by style, colour, and single or several pieces."""
    day = _day(request.GET.get("day", ""))
    return render(
        request,
        "warehouse/register.html",
        {
            "register": day_register(day),
            "day": day,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1) if day < shop_day(now()) else None,
            "history": history_of(ensure_warehouse(), most=8),
        },
    )


@allowed("warehouse.print_note")
@require_POST
def register_sheet(request: HttpRequest) -> HttpResponseBase:
    """Register the goods of a day and write them into a workbook."""
    day = _day(request.POST.get("day", ""))
    start_job("warehouse.register", by=actor(request), at=now(), day=day.isoformat())
    messages.success(request, _("The file is being made; it appears at the bottom right."))
    return redirect(f"{request.path_info.removesuffix('sheet/')}?day={day}")


@allowed("warehouse.ship_note")
@require_POST
def upload(request: HttpRequest) -> HttpResponseBase:
    """Make the upload file of what was shipped on a day."""
    day = _day(request.POST.get("day", ""))
    form = "xlsx" if request.POST.get("form") == "xlsx" else "csv"
    start_job("warehouse.upload_file", by=actor(request), at=now(), day=day.isoformat(), form=form)
    messages.success(request, _("The file is being made; it appears at the bottom right."))
    return back_to(request, "warehouse:register")
