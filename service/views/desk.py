"""The agent's desk: who waits, the conversation beside it, what of mine is open, status and checklist."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from service.actions.notebook import tick_item
from service.forms.agents_day import PresenceForm
from service.models import ChecklistItem
from service.policy import desk as policy
from service.queries.desk import checklist_of, my_counts, presence_of, read_queue, status_of
from service.views.conversation import conversation_of, shown_conversation
from service.views.papers import find, values_of
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists.cells import draw_rows
from shopops.kit.refusals import Refused
from staff.actions.presence import set_presence
from staff.models import Duty, Employee
from staff.states import PresenceSource, PresenceStatus
from warehouse.views.asking import actor

LONGEST_KEY = 19
_WAITER = "service/desk/waiter.html"


def _asked(request: HttpRequest) -> int | None:
    """Return the conversation asked for, or None."""
    asked = request.GET.get("conversation", "")
    return int(asked) if asked.isdecimal() and len(asked) < LONGEST_KEY else None


def _queue(request: HttpRequest, employee: Employee) -> dict[str, Any]:
    at = now()
    everybody = request.GET.get("whose") == "all"
    queue, chosen = read_queue(employee, everybody=everybody, at=at), _asked(request)
    for row in (*queue.waiting, *queue.mine):
        row["is_chosen"] = row["pk"] == chosen
    return {
        "queue": queue,
        "waiting": draw_rows(_WAITER, queue.waiting, {}),
        "mine": draw_rows(_WAITER, queue.mine, {}),
        "everybody": everybody,
        "chosen": chosen,
        "refresh": policy.DESK_REFRESH(),
        "at": at,
        "epoch": int(at.timestamp()),
    }


@allowed("service.serve_buyer")
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk, or the conversation asked for by its right half."""
    employee, at = actor(request), now()
    chosen = _asked(request)
    if request.headers.get("HX-Target") == "talk" and chosen is not None:
        return render(request, "service/desk/talk.html", shown_conversation(conversation_of(chosen), employee))
    context = _queue(request, employee)
    presence = presence_of(employee)
    context |= {
        "tiles": my_counts(employee, at),
        "checklist": checklist_of(employee, at),
        "presence": presence,
        "status": status_of(presence),
    }
    if chosen is not None:
        context |= shown_conversation(conversation_of(chosen), employee)
    return render(request, "service/desk/page.html", context)


@allowed("service.serve_buyer")
@require_GET
def desk_queue(request: HttpRequest) -> HttpResponse:
    """Show the queue alone; the desk reads it anew every few seconds."""
    return render(request, "service/desk/queue.html", _queue(request, actor(request)))


@allowed("service.serve_buyer")
@require_http_methods(["GET", "HEAD", "POST"])
def desk_presence(request: HttpRequest) -> HttpResponseBase:
    """Ask, and say, how one is now, why, and who stands in (CS-049)."""
    employee = actor(request)
    if request.method != "POST":
        form = PresenceForm(auto_id="presence_%s", initial={"status": status_of(presence_of(employee))})
        part = "service/desk/presence.html" if request.headers.get("HX-Request") else "service/desk/presence_page.html"
        return render(request, part, {"form": form})
    values = values_of(request, PresenceForm)
    if values["status"] == PresenceStatus.AWAY and not values["reason"].strip():
        raise Refused(_("Say why you are away; whoever stands in may be named."))
    set_presence(
        employee,
        PresenceStatus(values["status"]),
        source=PresenceSource.BUTTON,
        covered_by=values["covered_by"],
        reason=values["reason"],
        by=employee,
        at=now(),
    )
    messages.success(request, _("Your status is set."))
    return redirect("service:desk")


@allowed("service.serve_buyer")
@require_POST
def desk_tick(request: HttpRequest, duty_id: int, item_id: int) -> HttpResponseBase:
    """Tick a line of the checklist before work, or take the tick back."""
    employee, at = actor(request), now()
    tick_item(find(Duty, duty_id), find(ChecklistItem, item_id), by=employee, at=at)
    if not request.headers.get("HX-Request"):
        return redirect("service:desk")
    checklist = checklist_of(employee, at)
    if checklist is None:
        raise Http404
    return render(request, "service/desk/checklist.html", {"checklist": checklist, "is_open": True})
