"""The review desk: one order after the other, everything on one screen, all of it by keyboard."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from orders.actions.seats import take_seat
from orders.models import Order
from orders.queries.desk import Place, cursor_of, place_in_queue, said
from orders.views.order import ON_THE_DESK, order_of, shown_order
from shopops.kit.access import allowed
from shopops.kit.clock import now
from warehouse.views.asking import actor

TAB_LABELS = {
    "ready": _("Can be approved"),
    "short": _("Out of stock"),
    "troubled": _("Exceptions"),
    "all": _("All to review"),
}


@allowed("orders.review_order")
@require_GET
def review_desk(request: HttpRequest) -> HttpResponse:
    """Show the most urgent order of the queue, or the one asked for."""
    employee, at = actor(request), now()
    asked = request.GET.get("order", "")
    order_id = int(asked) if asked.isdecimal() and len(asked) < 19 else None  # noqa: PLR2004 -- longer is no key
    place = place_in_queue(
        request.GET.get("tab", ""), at=at, by=employee.pk, order_id=order_id, after=request.GET.get("after", "")
    )
    context: dict[str, Any] = {"place": place, "tabs": _tabs(place), "url": reverse("orders:review_desk"), "at": at}
    if place.order_id:
        found = order_of(place.order_id, ON_THE_DESK)
        take_seat(found.pk, by=employee, at=at)
        context |= shown_order(found, employee)
        context |= _links(place, found)
    part = "orders/review/desk.html" if request.headers.get("HX-Target") == "desk" else "orders/review/page.html"
    return render(request, part, context)


def _tabs(place: Place) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "label": label,
            "count": said(place.counts[key]),
            "is_active": key == place.tab,
            "tone": "danger" if key in {"short", "troubled"} and place.counts[key] else "plain",
        }
        for key, label in TAB_LABELS.items()
    ]


def _links(place: Place, found: Order) -> dict[str, str]:
    """Return where the desk goes on after a deed, and where it stays."""
    desk = reverse("orders:review_desk")
    tab = {"tab": place.tab}

    def at_order(key: int | None) -> str:
        return f"{desk}?{urlencode({**tab, 'order': key})}" if key else ""

    return {
        "onwards": f"{desk}?{urlencode({**tab, 'after': cursor_of(found)})}",
        "here": at_order(found.pk),
        "previous": at_order(place.previous_id),
        "next": at_order(place.next_id),
    }
