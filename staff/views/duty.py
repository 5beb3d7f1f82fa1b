"""Duties: the list, the page of one, and planning a single one. The grid is in `roster`."""

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
from staff.actions.duty import cancel_duty, change_shift, plan_duty
from staff.forms.cases import ReasonForm
from staff.forms.duty import DutyForm, ShiftForm, SwapForm
from staff.models import Duty, Employee, Shift
from staff.queries.duty import add_duty_words, listed_duties, matching_duties, undeletable
from staff.queries.history import history_of
from staff.states import DutyState, ShiftKind
from staff.views.asking import actor, checked
from staff.views.roster import back_to_roster, cell_of


def shifts() -> list[tuple[str, str]]:
    """Return the shifts as choices of a filter."""
    return [(str(one.pk), str(one)) for one in Shift.objects.all()]


class DutyFilters(ListFilters):
    """The filters of duties."""

    shift = AnyOfFilter(field_name="shift_id", choices=shifts, label=_("Shift"), first=True)
    kind = AnyOfFilter(field_name="shift__kind", choices=ShiftKind.choices, label=_("Kind"))
    day = DaysFilter(field_name="day", dates=True, label=_("Day"), first=True)


def _take_off(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    return one_by_one(Duty.objects.filter(pk__in=ids), lambda one: cancel_duty(one, reason=reason, by=by, at=at))


def _coming(reader: Reader) -> Q:
    return Q(ends_at__gt=reader.at, state=DutyState.PLANNED)


DUTIES_PAGE = ListPage(
    name="staff.duties",
    title=_("Duties"),
    note=_("Who works which shift. Planning is done on the roster."),
    icon="calendar-days",
    permission=SIGNED_IN,
    rows=listed_duties,
    values=("day", "employee_id", "employee__name", "shift_id", "starts_at", "ends_at", "state", "note"),
    finish=add_duty_words,
    cells="staff/duty/cells.html",
    columns=(
        Column("person", _("Employee"), fixed=True, card="left"),
        Column("state", _("State"), card="right"),
        Column("day", _("Day"), sort="day", card="left"),
        Column("shift", _("Shift"), card="left"),
        Column("hours", _("Hours"), card="right"),
        Column("note", _("Note"), card="full"),
    ),
    tabs=(
        Tab("coming", _("Coming"), _coming),
        Tab("leave", _("On leave"), Q(state=DutyState.ON_LEAVE)),
        Tab("mine", _("Mine"), lambda reader: Q(employee=reader.by)),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("day", "starts_at", _("Day"), ascending=True),
        Sort("person", "employee__name_pinyin", _("Employee"), ascending=True),
    ),
    filters=DutyFilters,
    search=matching_duties,
    search_hint=_("Employee"),
    opens="staff:duty",
    row_name="employee__name",
    batch=(
        BatchAction(
            "cancelling",
            _("Take off the roster"),
            run=_take_off,
            skips=undeletable,
            form=ReasonForm,
            permission="staff.plan_duty",
            icon="x",
            tone="danger",
        ),
    ),
    export=Export(
        permission="staff.view_duty",
        columns=(
            ExportColumn(_("Day"), "day", kind="day"),
            ExportColumn(_("Employee"), "employee__name"),
            ExportColumn(_("Shift"), "shift"),
            ExportColumn(_("From"), "starts_at", kind="time"),
            ExportColumn(_("Until"), "ends_at", kind="time"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Note"), "note"),
        ),
    ),
    empty=Empty(_("No duties here."), _("A roster is planned by a pattern or duty by duty.")),
)


@allowed("staff.plan_duty")
@require_POST
def duty_planning(request: HttpRequest) -> HttpResponseBase:
    """Plan one duty."""
    asked = checked(DutyForm(request.POST))
    planned = plan_duty(
        asked["employee"], asked["day"], asked["shift"], note=asked["note"], by=actor(request), at=now()
    )
    messages.success(request, _now("Planned: %(duty)s.") % {"duty": planned})
    return redirect(f"{back_to_roster(request, asked['day'])}#at-{cell_of(planned)}")


@allowed(SIGNED_IN)
@require_GET
def duty(request: HttpRequest, number: int) -> HttpResponse:
    """Show a duty with what may be done about it."""
    found = get_object_or_404(Duty.objects.select_related("employee", "shift", "pattern", "planned_by"), pk=number)
    reader, at = actor(request), now()
    is_mine = found.employee_id == reader.pk
    if not is_mine and not reader.has_perm("staff.view_duty") and found.employee.unit_id != reader.unit_id:
        raise Http404
    is_coming = found.starts_at > at and found.state == DutyState.PLANNED
    attendance = getattr(found, "attendance", None)
    context = {
        "duty": found,
        "is_mine": is_mine,
        "may_change": is_coming and reader.has_perm("staff.plan_duty"),
        "may_swap": is_coming and is_mine,
        "attendance": attendance if is_mine or reader.has_perm("staff.view_attendance") else None,
        "shift_form": ShiftForm(initial={"shift": found.shift_id}),
        "reason_form": ReasonForm(),
        "swap_form": SwapForm(by=reader, at=at),
        "swaps": found.swaps.select_related("colleague"),
        "story": history_of(found),
    }
    return render(request, "staff/duty/duty.html", context)


@allowed("staff.plan_duty")
@require_POST
def duty_cancelling(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take a duty off."""
    found = get_object_or_404(Duty, pk=number)
    cancel_duty(found, reason=checked(ReasonForm(request.POST))["reason"], by=actor(request), at=now())
    messages.success(request, _now("Taken off."))
    return redirect("staff:duty", number)


@allowed("staff.plan_duty")
@require_POST
def duty_shift(request: HttpRequest, number: int) -> HttpResponseBase:
    """Give a duty another shift."""
    found = get_object_or_404(Duty, pk=number)
    asked = checked(ShiftForm(request.POST))
    change_shift(found, asked["shift"], reason=asked["reason"], by=actor(request), at=now())
    messages.success(request, _now("Changed."))
    return redirect("staff:duty", number)
