"""The handover book: begin one, decide item by item, offer it, read and accept it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from shopops.kit.holdings import HOLDINGS
from shopops.kit.lists import (
    AnyOfFilter,
    Column,
    DaysFilter,
    Empty,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    Sort,
    Tab,
)
from staff.actions.handovers import (
    accept_items,
    begin_handover,
    decide_item,
    decide_rest,
    offer_handover,
    read_handover,
)
from staff.forms.handovers import AcceptanceForm, DecisionForm, OfferForm
from staff.models import Employee, Handover, HandoverItem
from staff.policy.duty import ACCEPT_MINUTES
from staff.queries.handovers import (
    ITEM_TONES,
    SEES_ALL,
    TONES,
    add_handover_words,
    listed_handovers,
    matching_handovers,
    may_see_handover,
    next_duty_from,
    next_on_duty,
    read_by,
    was_read_in_time,
    whole_handovers,
)
from staff.queries.history import history_of
from staff.states import HandoverState, ItemState
from staff.views.asking import actor, checked


class HandoverFilters(ListFilters):
    """The filters of the handover book."""

    state = AnyOfFilter(field_name="state", choices=HandoverState.choices, label=_("State"), first=True)
    begun = DaysFilter(field_name="begun_at", label=_("Begun"), first=True)


HANDOVERS_PAGE = ListPage(
    name="staff.handovers",
    title=_("Handover book"),
    note=_("What each shift left to the next, and whether it was read in time."),
    icon="handshake",
    permission=SIGNED_IN,
    rows=listed_handovers,
    values=(
        "giver__name",
        "receiver_id",
        "receiver__name",
        "leader__name",
        "state",
        "note",
        "begun_at",
        "offered_at",
        "read_at",
        "closed_at",
        "things",
        "waiting",
        "with_leader",
    ),
    finish=add_handover_words,
    cells="staff/handovers/cells.html",
    columns=(
        Column("people", _("From and to"), fixed=True, card="full"),
        Column("state", _("State"), card="right"),
        Column("offered", _("Handed over at"), sort="offered", card="left"),
        Column("things", _("Open things"), end=True, card="right"),
        Column("read", _("Read"), card="left"),
        Column("note", _("Note"), card="full"),
    ),
    tabs=(
        Tab("offered", _("To be accepted"), Q(state=HandoverState.OFFERED), tone="danger"),
        Tab("mine", _("To me"), lambda reader: Q(receiver=reader.by)),
        Tab("given", _("From me"), lambda reader: Q(giver=reader.by)),
        Tab("closed", _("Accepted"), Q(state=HandoverState.CLOSED)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("begun", "begun_at", _("Begun")),
        Sort("offered", "offered_at", _("Handed over at"), nullable=True),
    ),
    filters=HandoverFilters,
    search=matching_handovers,
    search_hint=_("Person or words"),
    opens="staff:handover",
    row_name="giver__name",
    export=Export(
        permission=SEES_ALL,
        columns=(
            ExportColumn(_("Given by"), "giver__name"),
            ExportColumn(_("Taken over by"), "receiver__name"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Handed over at"), "offered_at", kind="time"),
            ExportColumn(_("Read at"), "read_at", kind="time"),
            ExportColumn(_("Open things"), "things", kind="count"),
            ExportColumn(_("Still waiting"), "waiting", kind="count"),
            ExportColumn(_("Note"), "note"),
        ),
    ),
    template="staff/handovers/list.html",
    empty=Empty(
        _("No handovers here."), _("Hand your shift over at its end: everything open that is yours is listed.")
    ),
)


@allowed(SIGNED_IN)
@require_POST
def handover_new(request: HttpRequest) -> HttpResponseBase:
    """Begin the handover of one's shift, or go on with it."""
    return redirect(begin_handover(actor(request), at=now()))


@allowed(SIGNED_IN)
@require_GET
def handover(request: HttpRequest, number: int) -> HttpResponse:
    """Show a handover: for the giver to write, for the receiver to accept, for everybody else to read."""
    found = _of(request, number)
    reader, at = actor(request), now()
    items = [
        (one, HOLDINGS[one.holding].label if one.holding in HOLDINGS else "", ITEM_TONES[ItemState(one.state)])
        for one in found.items.select_related("answered_by").order_by("due_at", "pk")
    ]
    is_draft = found.state == HandoverState.DRAFT
    is_offered = found.state == HandoverState.OFFERED
    is_mine, is_leader = found.giver_id == reader.pk, found.leader_id == reader.pk
    is_receiver = found.receiver_id == reader.pk
    waits = {ItemState.OFFERED, ItemState.WITH_LEADER} if is_receiver else {ItemState.WITH_LEADER}
    acceptable = {one.pk for one, _label, _tone in items if one.state in waits} if is_receiver or is_leader else set()
    waiting = [one for one, _label, _tone in items if is_offered and one.pk in acceptable]
    context = {
        "handover": found,
        "tone": TONES[HandoverState(found.state)],
        "items": items,
        "at": at,
        "may_write": is_draft and is_mine,
        "is_receiver": is_receiver and is_offered,
        "is_leader": is_leader and is_offered,
        "acceptable": acceptable if is_offered else set(),
        "late_count": sum(one.due_at is not None and one.due_at < at for one in waiting),
        "first_due": next((one for one in waiting if one.due_at is not None), None),
        "waiting_count": len(waiting),
        "open_count": sum(one.state == ItemState.LISTED for one, _label, _tone in items),
        "read_due": read_by(found) if found.receiver_id else None,
        "in_time": was_read_in_time(found),
        "offer_form": OfferForm(
            by=reader,
            initial={
                "receiver": found.receiver_id or getattr(next_on_duty(found.giver, found.duty, at), "pk", None),
                "note": found.note,
            },
        ),
        "acceptance_form": AcceptanceForm(auto_id=False),
        "story": history_of(found, *(one for one, _label, _tone in items)),
    }
    return render(request, "staff/handovers/handover.html", context)


@allowed(SIGNED_IN)
@require_POST
def handover_decision(request: HttpRequest, number: int, item: int) -> HttpResponseBase:
    """Say what becomes of one open thing."""
    found = get_object_or_404(HandoverItem, pk=item, handover=_of(request, number))
    asked = checked(DecisionForm(request.POST))
    decide_item(found, ItemState(asked["state"]), note=asked["note"], by=actor(request), at=now())
    return redirect(f"{reverse('staff:handover', args=[number])}#item-{item}")


@allowed(SIGNED_IN)
@require_POST
def handover_rest(request: HttpRequest, number: int) -> HttpResponseBase:
    """Say what becomes of everything that is not decided yet."""
    asked = checked(DecisionForm(request.POST))
    count = decide_rest(
        _of(request, number), ItemState(asked["state"]), note=asked["note"], by=actor(request), at=now()
    )
    messages.success(request, _now("%(count)s decided.") % {"count": count})
    return redirect("staff:handover", number)


@allowed(SIGNED_IN)
@require_POST
def handover_offer(request: HttpRequest, number: int) -> HttpResponseBase:
    """Hand the shift over."""
    reader = actor(request)
    asked = checked(OfferForm(request.POST, by=reader))
    at, receiver = now(), asked["receiver"]
    offer_handover(_of(request, number), receiver=receiver, note=asked["note"], rest=asked["rest"], by=reader, at=at)
    messages.success(request, _now("Handed over."))
    if receiver is not None:
        _warn_of_absence(request, receiver, at)
    return redirect("staff:handover", number)


@allowed(SIGNED_IN)
@require_POST
def handover_reading(request: HttpRequest, number: int) -> HttpResponseBase:
    """Say that one has read it."""
    read_handover(_of(request, number), by=actor(request), at=now())
    messages.success(request, _now("Noted that you have read it."))
    return redirect("staff:handover", number)


@allowed(SIGNED_IN)
@require_POST
def handover_acceptance(request: HttpRequest, number: int) -> HttpResponseBase:
    """Accept one open thing, or all of them."""
    asked = checked(AcceptanceForm(request.POST))
    only = [asked["item"]] if asked["item"] else None
    count = accept_items(_of(request, number), only, to=asked["to"], by=actor(request), at=now())
    messages.success(request, _now("%(count)s accepted.") % {"count": count})
    return redirect("staff:handover", number)


def _warn_of_absence(request: HttpRequest, receiver: Employee, at: datetime) -> None:
    """Say so if who takes over is not on duty: what is not accepted in time goes to the leader."""
    coming = next_duty_from(receiver, at)
    if coming is None or coming.starts_at > at + timedelta(minutes=ACCEPT_MINUTES()):
        named = {"name": receiver.name, "minutes": ACCEPT_MINUTES()}
        text = _now("%(name)s is not on duty: what is not accepted in %(minutes)s minutes goes to the leader.")
        messages.warning(request, text % named)


def _of(request: HttpRequest, number: int) -> Handover:
    """Return a handover one may see."""
    found = get_object_or_404(whole_handovers(), pk=number)
    if not may_see_handover(found, actor(request)):
        raise Http404
    return found
