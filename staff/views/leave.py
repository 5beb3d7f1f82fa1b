"""Leave: the list, the application, the page on which the leader decides."""

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
from django.views.decorators.http import require_GET, require_http_methods, require_POST

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
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from shopops.kit.refusals import Refused
from staff.actions.leave import approve_leave, ask_leave, duties_inside, refuse_leave, withdraw_leave
from staff.forms.cases import ReasonForm
from staff.forms.duty import AnswerForm
from staff.forms.leave import LeaveForm
from staff.models import Employee, Leave
from staff.queries.history import history_of
from staff.queries.leave import (
    TONES,
    add_leave_words,
    days_of,
    listed_leave,
    matching_leave,
    may_see_leave,
    rest_days_left,
    undecidable,
)
from staff.states import LeaveKind, LeaveState
from staff.views.asking import actor, checked


class LeaveFilters(ListFilters):
    """The filters of leave."""

    kind = AnyOfFilter(field_name="kind", choices=LeaveKind.choices, label=_("Kind"), first=True)
    starts = DaysFilter(field_name="starts_at", label=_("Begins on"), first=True)


def _approve(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(Leave.objects.filter(pk__in=ids), lambda one: approve_leave(one, by=by, at=at))


def _refuse(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    return one_by_one(Leave.objects.filter(pk__in=ids), lambda one: refuse_leave(one, reason=reason, by=by, at=at))


LEAVES_PAGE = ListPage(
    name="staff.leaves",
    title=_("Leave"),
    note=_("Approved leave takes duties off and excuses what is found meanwhile."),
    icon="calendar-check",
    permission=SIGNED_IN,
    rows=listed_leave,
    values=(
        "kind",
        "employee_id",
        "employee__name",
        "starts_at",
        "ends_at",
        "reason",
        "state",
        "asked_at",
        "decided_by__name",
        "decided_at",
        "answer",
        "stand_in__name",
    ),
    finish=add_leave_words,
    cells="staff/leave/cells.html",
    columns=(
        Column("leave", _("Leave"), fixed=True, card="full"),
        Column("person", _("Employee"), card="left"),
        Column("state", _("State"), card="right"),
        Column("span", _("From – until"), sort="starts", card="full"),
        Column("days", _("Days"), end=True, card="right"),
        Column("stand_in", _("Stand-in"), card="left"),
        Column("decided", _("Decided by"), card="left"),
    ),
    tabs=(
        Tab("asked", _("Waiting for an answer"), Q(state=LeaveState.ASKED), tone="danger"),
        Tab("approved", _("Granted"), Q(state=LeaveState.APPROVED)),
        Tab("mine", _("Mine"), lambda reader: Q(employee=reader.by)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("starts", "starts_at", _("From")), Sort("asked", "asked_at", _("Asked for at"))),
    filters=LeaveFilters,
    search=matching_leave,
    search_hint=_("Person or words"),
    opens="staff:leave",
    row_name="employee__name",
    batch=(
        BatchAction(
            "approval",
            _("Grant"),
            run=_approve,
            skips=undecidable,
            permission="staff.decide_leave",
            icon="check",
            tone="primary",
            says=_("Duties inside are off, and what is found inside is excused."),
            tabs=("asked",),
        ),
        BatchAction(
            "refusal",
            _("Refuse"),
            run=_refuse,
            skips=undecidable,
            form=ReasonForm,
            permission="staff.decide_leave",
            icon="x",
            tone="danger",
            tabs=("asked",),
        ),
    ),
    export=Export(
        permission="staff.view_leave",
        columns=(
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("Employee"), "employee__name"),
            ExportColumn(_("From"), "starts_at", kind="time"),
            ExportColumn(_("Until"), "ends_at", kind="time"),
            ExportColumn(_("Days"), "days", kind="count"),
            ExportColumn(_("Reason"), "reason"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Decided by"), "decided_by__name"),
            ExportColumn(_("Answer"), "answer"),
        ),
    ),
    template="staff/leave/list.html",
    context=lambda request, _shown: {"rest_days": rest_days_left(actor(request), at=now())},
    empty=Empty(_("No leave here."), _("Apply for leave; your superior decides.")),
)


@allowed(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def leave_new(request: HttpRequest) -> HttpResponseBase:
    """Ask for leave."""
    reader, at = actor(request), now()
    form = LeaveForm(request.POST or None, by=reader, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = ask_leave(
                reader,
                LeaveKind(asked["kind"]),
                starts_at=asked["starts_at"],
                ends_at=asked["ends_at"],
                reason=asked["reason"],
                stand_in=asked["stand_in"],
                by=reader,
                at=at,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("Asked; your superior decides."))
            return redirect(made)
    context = {"form": form, "rest_days": rest_days_left(reader, at=at)}
    return render(request, "staff/leave/new.html", context)


@allowed(SIGNED_IN)
@require_GET
def leave(request: HttpRequest, number: int) -> HttpResponse:
    """Show an application with the duties it touches."""
    found = _of(request, number)
    reader, at = actor(request), now()
    is_mine = found.employee_id == reader.pk
    is_open = found.state == LeaveState.ASKED or (found.state == LeaveState.APPROVED and found.ends_at > at)
    may_revoke = found.state == LeaveState.APPROVED and reader.has_perm("staff.decide_leave")
    context = {
        "leave": found,
        "tone": TONES[LeaveState(found.state)],
        "days": days_of(found.starts_at, found.ends_at),
        "duties": duties_inside(found).exclude(state="cancelled").select_related("shift"),
        "may_decide": found.state == LeaveState.ASKED and not is_mine and reader.has_perm("staff.decide_leave"),
        "may_withdraw": is_open and (is_mine or may_revoke),
        "is_mine": is_mine,
        "has_begun": found.state == LeaveState.APPROVED and found.starts_at < at,
        "rest_days": rest_days_left(found.employee, at=at),
        "answer_form": AnswerForm(),
        "reason_form": ReasonForm(),
        "story": history_of(found),
    }
    return render(request, "staff/leave/leave.html", context)


@allowed("staff.decide_leave")
@require_POST
def leave_approval(request: HttpRequest, number: int) -> HttpResponseBase:
    """Approve leave."""
    answer = checked(AnswerForm(request.POST))["answer"]
    approve_leave(get_object_or_404(Leave, pk=number), answer=answer, by=actor(request), at=now())
    messages.success(request, _now("Approved."))
    return redirect("staff:leave", number)


@allowed("staff.decide_leave")
@require_POST
def leave_refusal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Refuse leave."""
    reason = checked(ReasonForm(request.POST))["reason"]
    refuse_leave(get_object_or_404(Leave, pk=number), reason=reason, by=actor(request), at=now())
    messages.success(request, _now("Refused."))
    return redirect("staff:leave", number)


@allowed(SIGNED_IN)
@require_POST
def leave_withdrawal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take leave back, or end it now."""
    withdraw_leave(_of(request, number), reason=request.POST.get("reason", "")[:300], by=actor(request), at=now())
    messages.success(request, _now("Taken back."))
    return redirect("staff:leave", number)


def _of(request: HttpRequest, number: int) -> Leave:
    """Return an application one may see."""
    whole = Leave.objects.select_related("employee", "decided_by", "stand_in", "excuse")
    found = get_object_or_404(whole, pk=number)
    if not may_see_leave(found, actor(request)):
        raise Http404
    return found
