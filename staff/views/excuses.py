"""Excuses: the list, the form, and the page where a second person decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shopops.kit.access import allowed
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
from shopops.kit.refusals import Refused
from staff.actions.excuses import confirm_excuse, enter_excuse, excuse_offence, refuse_excuse
from staff.forms.cases import ReasonForm
from staff.forms.excuses import ExcuseForm
from staff.models import Employee, Excuse
from staff.queries.excuses import (
    CONFIRMED,
    REFUSED,
    WAITING,
    add_excuse_words,
    excused_offences,
    listed_excuses,
    matching_excuses,
    state_of,
    unconfirmable,
    whole_excuses,
)
from staff.queries.history import history_of
from staff.queries.pricing import offences_under
from staff.states import ExcuseKind
from staff.views.asking import actor, checked
from staff.views.offences import visible_offence

MOST_SHOWN = 100


class ExcuseFilters(ListFilters):
    """The filters of excuses."""

    kind = AnyOfFilter(field_name="kind", choices=ExcuseKind.choices, label=_("Kind"), first=True)
    starts = DaysFilter(field_name="starts_at", label=_("Begins on"), first=True)


def _confirm(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(Excuse.objects.filter(pk__in=ids), lambda one: confirm_excuse(one, by=by, at=at))


def _refuse(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    return one_by_one(Excuse.objects.filter(pk__in=ids), lambda one: refuse_excuse(one, reason=reason, by=by, at=at))


def _to_decide(reader: Reader) -> Q:
    return WAITING & ~Q(entered_by=reader.by) & (Q(employee=None) | ~Q(employee=reader.by))


EXCUSES_PAGE = ListPage(
    name="staff.excuses",
    title=_("Excuses"),
    note=_("Leave, outages, handovers and objective causes. Only what a second person confirmed excuses."),
    icon="handshake",
    permission="staff.view_excuse",
    rows=listed_excuses,
    values=(
        "kind",
        "employee_id",
        "employee__name",
        "clause__number",
        "clause__title",
        "clause__title_en",
        "subject_id",
        "starts_at",
        "ends_at",
        "reason",
        "entered_by__name",
        "entered_at",
        "confirmed_by__name",
        "confirmed_at",
        "refused_at",
        "covered",
    ),
    finish=add_excuse_words,
    cells="staff/excuses/cells.html",
    columns=(
        Column("excuse", _("Excuse"), fixed=True, card="full"),
        Column("person", _("Whom"), card="left"),
        Column("state", _("State"), card="right"),
        Column("span", _("Span"), sort="starts", card="full"),
        Column("clause", _("Clause"), card="full"),
        Column("covered", _("Excused"), end=True, card="right"),
        Column("entered", _("Entered by"), sort="entered", card="left"),
    ),
    tabs=(
        Tab("decide", _("To decide"), _to_decide, permission="staff.confirm_excuse", tone="danger"),
        Tab("waiting", _("Undecided"), WAITING),
        Tab("confirmed", _("Confirmed"), CONFIRMED),
        Tab("refused", _("Refused"), REFUSED),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("starts", "starts_at", _("From")), Sort("entered", "entered_at", _("Entered at"))),
    filters=ExcuseFilters,
    search=matching_excuses,
    search_hint=_("Person, clause or words"),
    opens="staff:excuse",
    row_name="reason",
    batch=(
        BatchAction(
            "confirmation",
            _("Confirm"),
            run=_confirm,
            skips=unconfirmable,
            permission="staff.confirm_excuse",
            icon="check",
            tone="primary",
            says=_("What they cover and was charged already is taken back at once."),
            tabs=("decide", "waiting"),
        ),
        BatchAction(
            "refusal",
            _("Refuse"),
            run=_refuse,
            skips=unconfirmable,
            form=ReasonForm,
            permission="staff.confirm_excuse",
            icon="x",
            tone="danger",
            tabs=("decide", "waiting"),
        ),
    ),
    export=Export(
        permission="staff.view_excuse",
        columns=(
            ExportColumn(_("Kind"), "kind_label"),
            ExportColumn(_("Whom"), "employee__name"),
            ExportColumn(_("Clause"), "clause__number"),
            ExportColumn(_("From"), "starts_at", kind="time"),
            ExportColumn(_("Until"), "ends_at", kind="time"),
            ExportColumn(_("Reason"), "reason"),
            ExportColumn(_("Entered by"), "entered_by__name"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Confirmed by"), "confirmed_by__name"),
            ExportColumn(_("Excused"), "covered", kind="count"),
        ),
    ),
    template="staff/excuses/list.html",
    empty=Empty(_("No excuses here."), _("Enter leave, outages and handovers so that nobody pays for them.")),
)


@allowed("staff.add_excuse")
@require_http_methods(["GET", "POST"])
def excuse_new(request: HttpRequest) -> HttpResponseBase:
    """Ask for an excuse, and enter it."""
    form = ExcuseForm(request.POST or None, initial={"employee": request.GET.get("employee", "")})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            entered = enter_excuse(
                ExcuseKind(asked["kind"]),
                starts_at=asked["starts_at"],
                ends_at=asked["ends_at"],
                reason=asked["reason"],
                employee=asked["employee"],
                clause=asked["clause"],
                by=actor(request),
                at=now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("Entered; somebody else confirms it."))
            return redirect(entered)
    return render(request, "staff/excuses/new.html", {"form": form})


@allowed("staff.view_excuse")
@require_GET
def excuse(request: HttpRequest, number: int) -> HttpResponse:
    """Show an excuse with what it excused, or would take back."""
    found = get_object_or_404(whole_excuses(), pk=number)
    reader = actor(request)
    is_waiting = not (found.confirmed_at or found.refused_at)
    covered = offences_under(found) if is_waiting else excused_offences(found)
    label, tone = state_of(found.confirmed_at, found.refused_at)
    return render(
        request,
        "staff/excuses/excuse.html",
        {
            "excuse": found,
            "state": label,
            "tone": tone,
            "is_waiting": is_waiting,
            "offences": covered[:MOST_SHOWN],
            "count": covered.count(),
            "may_decide": is_waiting
            and reader.pk not in {found.entered_by_id, found.employee_id}
            and reader.has_perm("staff.confirm_excuse"),
            "form": ReasonForm(),
            "story": history_of(found),
        },
    )


@allowed("staff.confirm_excuse")
@require_POST
def excuse_confirmation(request: HttpRequest, number: int) -> HttpResponseBase:
    """Confirm what somebody else entered."""
    found = get_object_or_404(Excuse, pk=number)
    count = confirm_excuse(found, by=actor(request), at=now())
    messages.success(request, _now("Confirmed; %(count)s charges were taken back.") % {"count": count})
    return redirect(found)


@allowed("staff.confirm_excuse")
@require_POST
def excuse_refusal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Refuse what somebody else entered."""
    found = get_object_or_404(Excuse, pk=number)
    refuse_excuse(found, reason=checked(ReasonForm(request.POST))["reason"], by=actor(request), at=now())
    messages.success(request, _now("Refused."))
    return redirect(found)


@allowed("staff.add_excuse")
@require_POST
def offence_excuse(request: HttpRequest, number: int) -> HttpResponseBase:
    """Enter an objective cause for the very document of an offence."""
    found = visible_offence(request, number)
    entered = excuse_offence(found, reason=checked(ReasonForm(request.POST))["reason"], by=actor(request), at=now())
    messages.success(request, _now("Entered; somebody else confirms it."))
    return redirect(entered)
