"""Swaps of duties: asking, answering, deciding; the list and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from shopops.kit.lists import (
    AnyOfFilter,
    BatchAction,
    Column,
    DaysFilter,
    Empty,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    Reader,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from staff.actions.swaps import agree_swap, approve_swap, ask_swap, refuse_swap, withdraw_swap
from staff.forms.cases import ReasonForm
from staff.forms.duty import AnswerForm, SwapForm
from staff.models import Duty, DutySwap, Employee
from staff.queries.history import history_of
from staff.queries.swaps import (
    TONES,
    add_swap_words,
    listed_swaps,
    matching_swaps,
    may_see_swap,
    swap_url,
    swappable,
    whole_swaps,
)
from staff.states import SwapState
from staff.views.asking import actor, checked


class SwapFilters(ListFilters):
    """The filters of swaps."""

    state = AnyOfFilter(field_name="state", choices=SwapState.choices, label=_("State"), first=True)
    day = DaysFilter(field_name="duty__day", dates=True, label=_("Day"), first=True)


def _approve(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(DutySwap.objects.filter(pk__in=ids), lambda one: approve_swap(one, by=by, at=at))


def _mine(reader: Reader) -> Q:
    return Q(asked_by=reader.by) | Q(colleague=reader.by)


def _to_answer(reader: Reader) -> Q:
    return Q(state=SwapState.ASKED, colleague=reader.by)


def _to_decide(reader: Reader) -> Q:
    return Q(state=SwapState.AGREED) & ~_mine(reader)


SWAPS_PAGE = ListPage(
    name="staff.swaps",
    title=_("Swaps"),
    note=_("The colleague agrees, then the leader; then the duties change hands."),
    icon="arrow-left-right",
    permission=SIGNED_IN,
    rows=listed_swaps,
    values=(
        "duty__day",
        "duty__shift_id",
        "asked_by__name",
        "colleague__name",
        "in_return__day",
        "in_return__shift_id",
        "reason",
        "state",
        "asked_at",
        "answer",
    ),
    finish=add_swap_words,
    cells="staff/swaps/cells.html",
    columns=(
        Column("duty", _("Duty"), fixed=True, card="full", sort="day"),
        Column("people", _("Who with whom"), card="full"),
        Column("return", _("In return"), card="left"),
        Column("state", _("State"), card="right"),
        Column("asked", _("Asked for at"), sort="asked", card="left"),
    ),
    tabs=(
        Tab("mine", _("Mine"), _mine),
        Tab("answer", _("For me to answer"), _to_answer, tone="danger"),
        Tab("decide", _("For me to decide"), _to_decide, permission="staff.plan_duty", tone="danger"),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("asked", "asked_at", _("Asked for at")), Sort("day", "duty__starts_at", _("Day"))),
    filters=SwapFilters,
    search=matching_swaps,
    search_hint=_("Employee"),
    opens="staff:swap",
    row_name="asked_by__name",
    batch=(
        BatchAction(
            "approval",
            _("Grant"),
            run=_approve,
            permission="staff.plan_duty",
            icon="check",
            tone="primary",
            tabs=("decide",),
        ),
    ),
    export=Export(
        permission="staff.view_duty",
        columns=(
            ExportColumn(_("Day"), "duty__day", kind="day"),
            ExportColumn(_("Shift"), "shift"),
            ExportColumn(_("Asked by"), "asked_by__name"),
            ExportColumn(_("Colleague"), "colleague__name"),
            ExportColumn(_("In return"), "in_return__day", kind="day"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Reason"), "reason"),
            ExportColumn(_("Answer"), "answer"),
        ),
    ),
    template="staff/swaps/list.html",
    context=lambda request, _shown: {"my_duties": swappable(actor(request), at=now())[:14]},
    empty=Empty(_("No swaps here."), _("Open a coming duty of yours to ask a colleague.")),
)


@allowed(SIGNED_IN)
@require_GET
def swap(request: HttpRequest, number: int) -> HttpResponse:
    """Show a swap with what one may answer."""
    found = get_object_or_404(whole_swaps(), pk=number)
    reader = actor(request)
    if not may_see_swap(found, reader):
        raise Http404
    parties = {found.asked_by_id, found.colleague_id}
    context = {
        "swap": found,
        "tone": TONES[SwapState(found.state)],
        "may_agree": found.state == SwapState.ASKED and reader.pk == found.colleague_id,
        "may_decide": found.state == SwapState.AGREED
        and reader.pk not in parties
        and reader.has_perm("staff.plan_duty"),
        "may_withdraw": found.state in {SwapState.ASKED, SwapState.AGREED} and reader.pk == found.asked_by_id,
        "answer_form": AnswerForm(),
        "reason_form": ReasonForm(),
        "story": history_of(found),
    }
    return render(request, "staff/swaps/swap.html", context)


@allowed(SIGNED_IN)
@require_POST
def swap_asking(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask a colleague to take a duty."""
    found = get_object_or_404(Duty, pk=number)
    reader, at = actor(request), now()
    asked = checked(SwapForm(request.POST, by=reader, at=at))
    made = ask_swap(found, asked["colleague"], in_return=asked["in_return"], reason=asked["reason"], by=reader, at=at)
    messages.success(request, _now("Asked; first the colleague answers, then the leader."))
    return redirect(swap_url(made))


@allowed(SIGNED_IN)
@require_POST
def swap_agreement(request: HttpRequest, number: int) -> HttpResponseBase:
    """Agree to take the duty."""
    agree_swap(_of(request, number), by=actor(request), at=now())
    messages.success(request, _now("Agreed; the leader decides."))
    return redirect("staff:swap", number)


@allowed("staff.plan_duty")
@require_POST
def swap_approval(request: HttpRequest, number: int) -> HttpResponseBase:
    """Approve a swap."""
    answer = checked(AnswerForm(request.POST))["answer"]
    approve_swap(_of(request, number), answer=answer, by=actor(request), at=now())
    messages.success(request, _now("Approved; the duties have changed hands."))
    return redirect("staff:swap", number)


@allowed(SIGNED_IN)
@require_POST
def swap_refusal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Refuse a swap."""
    reason = checked(ReasonForm(request.POST))["reason"]
    refuse_swap(_of(request, number), reason=reason, by=actor(request), at=now())
    messages.success(request, _now("Refused."))
    return redirect("staff:swap", number)


@allowed(SIGNED_IN)
@require_POST
def swap_withdrawal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take back one's swap."""
    withdraw_swap(_of(request, number), by=actor(request), at=now())
    messages.success(request, _now("Taken back."))
    return redirect("staff:swap", number)


def _of(request: HttpRequest, number: int) -> DutySwap:
    """Return a swap one may see."""
    found = get_object_or_404(whole_swaps(), pk=number)
    if not may_see_swap(found, actor(request)):
        raise Http404
    return found
