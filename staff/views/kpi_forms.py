"""Indicators: the register of them, what is good, and the forms on which people are scored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.metrics import METRICS
from shopops.kit.refusals import Refused
from staff.actions.kpi import change_kpi, score_kpi
from staff.forms.kpi import BoundsForm, ScoreForm
from staff.models import Employee, Kpi
from staff.queries.figures import written
from staff.queries.history import history_of
from staff.queries.kpi_forms import form_line, measured_people, metrics_to_come, scored_lately, sheets_of
from staff.queries.kpi_forms import indicators as all_indicators
from staff.states import Machine

DAY = timedelta(days=1)


@allowed("staff.view_kpi")
@require_GET
def indicators(request: HttpRequest) -> HttpResponse:
    """List the indicators of the register by area."""
    to_come = metrics_to_come()
    rows = [row(kpi, to_come) for kpi in all_indicators()]
    rows.sort(key=lambda one: (str(one["area"]), one["kpi"].number))
    return render(
        request,
        "staff/kpi/indicators.html",
        {
            "areas": [(area, list(found)) for area, found in groupby(rows, key=lambda one: one["area"])],
            "count": len(rows),
            "measured": sum(bool(one["metric"]) for one in rows),
            "on_forms": sum(one["kpi"].machine == Machine.FORM for one in rows),
            "to_come": sum(bool(one["to_come"]) for one in rows),
        },
    )


@allowed("staff.view_kpi")
@require_GET
def indicator(request: HttpRequest, number: str) -> HttpResponse:
    """Show an indicator: what it means, whom it measures, what is good, and how that changed."""
    kpi = get_object_or_404(all_indicators(), number=number)
    initial = {name: plain(getattr(kpi, name)) for name in ("target", "warn_at", "floor")}
    people = measured_people([kpi], on=shop_day(now()))[kpi.pk]
    return render(
        request,
        "staff/kpi/indicator.html",
        {
            "kpi": kpi,
            **row(kpi, metrics_to_come()),
            "form": BoundsForm(initial=initial | {"is_used": kpi.is_used}),
            "people": Employee.objects.filter(pk__in=people).order_by("name_pinyin", "pk"),
            "scores": scored_lately(kpi) if request.user.has_perm("staff.score_kpi") else [],
            "history": history_of(kpi),
        },
    )


@allowed("staff.change_kpi")
@require_POST
def indicator_bounds(request: HttpRequest, number: str) -> HttpResponse:
    """Say what is good from now on."""
    kpi = get_object_or_404(Kpi, number=number)
    form = BoundsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Those are no numbers an indicator can be measured by."))
        return redirect("staff:indicator", number)
    try:
        changed = change_kpi(kpi, **form.cleaned_data, by=cast("Employee", request.user), at=now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved.") if changed else _("Nothing would change."))
    return redirect("staff:indicator", number)


@allowed("staff.score_kpi")
@require_GET
def kpi_scores(request: HttpRequest) -> HttpResponse:
    """Show whom one scores for a month, last month where none is asked for."""
    today = shop_day(now())
    month = asked_month(request.GET.get("month", ""), (today.replace(day=1) - DAY).replace(day=1))
    me = cast("Employee", request.user)
    is_all = request.GET.get("who") == "all"
    sheets = [one for one in sheets_of(month, scorer=None if is_all else me.pk, on=today) if one.person.pk != me.pk]
    missing = sum(sheet.missing for sheet in sheets)
    after = (month + timedelta(days=31)).replace(day=1)
    return render(
        request,
        "staff/kpi/scores.html",
        {
            "month": month,
            "month_text": f"{month:%Y-%m}",
            "sheets": sheets,
            "missing": missing,
            "total": sum(len(sheet.lines) for sheet in sheets),
            "is_all": is_all,
            "older": scores_page((month - DAY).replace(day=1), is_all=is_all),
            "newer": scores_page(after, is_all=is_all) if after <= today else "",
            "mine": scores_page(month, is_all=False),
            "all": scores_page(month, is_all=True),
            "open": request.GET.get("open", ""),
        },
    )


@allowed("staff.score_kpi")
@require_POST
def kpi_score(request: HttpRequest) -> HttpResponse:
    """Score one indicator of one person's month."""
    form = ScoreForm(request.POST)
    month = asked_month(request.POST.get("month", ""), shop_day(now()).replace(day=1))
    is_all = request.POST.get("who") == "all"
    is_valid = form.is_valid()
    kpi = get_object_or_404(Kpi, pk=form.cleaned_data.get("kpi", 0))
    person = get_object_or_404(Employee, pk=form.cleaned_data.get("employee", 0))
    complaint = "" if is_valid else _("A score lies between 0 and 100, and says what it rests on.")
    if is_valid:
        given = {name: form.cleaned_data[name] for name in ("score", "text")}
        try:
            score_kpi(kpi, person, month, **given, by=cast("Employee", request.user), at=now())
        except Refused as refusal:
            complaint = str(refusal)
    if request.headers.get("HX-Request"):
        shown = {
            "line": form_line(kpi, person, month),
            "person": person,
            "month_text": f"{month:%Y-%m}",
            "is_all": is_all,
            "complaint": complaint,
            "typed": request.POST if complaint else {},
        }
        return render(request, "staff/kpi/score_line.html", shown)
    if complaint:
        messages.error(request, complaint)
    else:
        messages.success(request, _("%(kpi)s of %(name)s is scored.") % {"kpi": kpi, "name": person})
    return redirect(f"{scores_page(month, is_all=is_all)}#person-{person.pk}")


def row(kpi: Kpi, to_come: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return an indicator as the pages show it."""
    english = get_language() == "en"
    metric = METRICS[kpi.metric] if kpi.metric in METRICS else None  # noqa: SIM401 -- a registry has no get
    return {
        "kpi": kpi,
        "area": (kpi.area_en if english else kpi.area) or kpi.area,
        "definition": (kpi.definition_en if english else kpi.definition) or kpi.definition,
        "guidance": (kpi.guidance_en if english else kpi.guidance) or kpi.guidance,
        "metric": metric,
        "to_come": to_come.get(kpi.number),
        "bounds": [
            (label, written(metric, value) if metric else plain(value), tone)
            for label, value, tone in (
                (_("Target"), kpi.target, "good"),
                (_("Amber from"), kpi.warn_at, "warn"),
                (_("Worth nothing at"), kpi.floor, "danger"),
            )
            if value is not None
        ],
    }


def plain(value: Decimal | None) -> str:
    """Return a bound without the zeros of its column."""
    return "" if value is None else format(value.normalize(), "f")


def asked_month(text: str, default: date) -> date:
    """Return the first day of a month written YYYY-MM; the default where it is none.

    :raises Http404: if the month lies in no calendar we keep.
    """
    try:
        month = date.fromisoformat(f"{text}-01") if text else default
    except ValueError:
        return default
    if not 2000 <= month.year < 2100:  # noqa: PLR2004 -- the years of a shop
        raise Http404
    return month


def scores_page(month: date, *, is_all: bool) -> str:
    """Return the address of the forms of a month."""
    query = {"month": f"{month:%Y-%m}"} | ({"who": "all"} if is_all else {})
    return f"{reverse('staff:kpi_scores')}?{urlencode(query)}"
