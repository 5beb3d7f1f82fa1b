"""The tally of a month: what people approved, what shops sold, which paid orders were left over (ORD-023…ORD-025)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from orders.queries.tally import (
    RULES,
    Month,
    PersonRow,
    Tally,
    asked_month,
    left_rows,
    listed,
    of_person,
    part_counts,
    parts_of,
    tally_of,
)
from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from staff.actions.jobs import start_job
from warehouse.views.asking import actor

PAGE = 50
PARTS = {
    "all": gettext_lazy("All"),
    "waiting": gettext_lazy("Still here"),
    "in_time": gettext_lazy("Gone in the first week"),
    "late": gettext_lazy("Gone later"),
}


@allowed("orders.view_order")
@require_GET
def tally(request: HttpRequest) -> HttpResponse:
    """Show the tally of the month asked for, and the orders it left over."""
    month = asked_month(request.GET.get("month", ""), at=now())
    found = tally_of(month)
    asked = _asked(request, found)
    rows = listed(month)
    if "person" in asked:
        rows = of_person(rows, asked["person"])
    if "shop" in asked:
        rows = rows.filter(shop=asked["shop"])
    counts = part_counts(rows, month)
    part = request.GET.get("part", "")
    part = part if part in PARTS else "waiting" if counts["waiting"] else "all"
    page = _page(request, counts[part])
    shown = rows.filter(parts_of(month)[part]) if part != "all" else rows
    context = {
        "tally": found,
        "month": month.first,
        "span": month,
        "answers": month.answers,
        "rows": left_rows(shown, month, most=PAGE, skip=(page - 1) * PAGE),
        "tabs": [
            {
                "label": label,
                "url": _link(month, **asked, part=name),
                "is_active": name == part,
                "count": str(counts[name]),
            }
            for name, label in PARTS.items()
        ],
        "only": _only(found, asked),
        "everybody": _link(month),
        "pages": _pages(month, page, counts[part], **asked, part=part),
        "people": [(row, _link(month, **asked | {"person": row.key})) for row in found.people],
        "by_shop": [(row, _link(month, **asked | {"shop": row.shop_id})) for row in found.shops],
        "at": month.at,
    }
    return render(request, "orders/tally/tally.html", context | _months(month))


@allowed("orders.export_orders")
@require_POST
def tally_sheet(request: HttpRequest) -> HttpResponseBase:
    """Make the workbook of a month in the background."""
    at = now()
    month = f"{asked_month(request.POST.get('month', ''), at=at).first:%Y-%m}"
    start_job("orders.export_tally", by=actor(request), at=at, month=month)
    said = _("The workbook is being made; the file appears at the bottom right.")
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Trigger"] = json.dumps({"toast": {"tone": "good", "text": said}, "work-started": True})
        return answer
    messages.success(request, said)
    return redirect(f"{reverse('orders:tally')}?month={month}")


def _asked(request: HttpRequest, found: Tally) -> dict[str, Any]:
    """Return the person and the shop the list is narrowed to, if they occur in the tally."""
    asked: dict[str, Any] = {}
    person, shop = request.GET.get("person", ""), request.GET.get("shop", "")
    for row in found.people:
        if person == row.key:
            asked["person"] = row.key
    for one in found.shops:
        if shop == str(one.shop_id):
            asked["shop"] = one.shop_id
    return asked


def _only(found: Tally, asked: dict[str, Any]) -> list[str]:
    """Return the names of what the list is narrowed to."""
    people = [called(row) for row in found.people if asked.get("person") == row.key]
    return people + [row.name for row in found.shops if asked.get("shop") == row.shop_id]


def called(row: PersonRow) -> str:
    """Return what a line of the tally by person is called."""
    return row.name or (_("By rules") if row.key == RULES else _("Nobody yet"))


def _page(request: HttpRequest, count: int) -> int:
    text = request.GET.get("page", "")
    page = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004
    return max(1, min(page, -(-count // PAGE)))


def _pages(month: Month, page: int, count: int, **kept: Any) -> dict[str, Any]:
    first = (page - 1) * PAGE
    return {
        "first": first + 1,
        "last": min(first + PAGE, count),
        "count": count,
        "newer": _link(month, **kept, page=page - 1) if page > 1 else "",
        "older": _link(month, **kept, page=page + 1) if first + PAGE < count else "",
    }


def _link(month: Month, **values: Any) -> str:
    return f"?{urlencode({'month': f'{month.first:%Y-%m}', **values})}"


def _months(month: Month) -> dict[str, Any]:
    """Return the addresses of the months before and after, for the chooser."""
    base, this = reverse("orders:tally"), shop_day(month.at).replace(day=1)
    return {
        "this_month": this,
        "action": base,
        "before": f"{base}?month={month.first - timedelta(days=1):%Y-%m}",
        "after": f"{base}?month={month.next:%Y-%m}" if month.next <= this else "",
    }
