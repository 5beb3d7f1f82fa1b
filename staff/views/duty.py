"""Rosters: the grid of a span with its cover, my own roster, the list of duties, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.charts import cover_map
from shopops.kit.clock import now, shop_day
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
from staff.actions.roster import plan_roster, publish_roster
from staff.forms.cases import ReasonForm
from staff.forms.duty import DutyForm, PlanForm, ShiftForm, SpanForm, SwapForm
from staff.models import Duty, Employee, OrgUnit, Shift
from staff.queries.duty import (
    RosterRow,
    add_duty_words,
    cover_of,
    half_hours,
    listed_duties,
    matching_duties,
    roster_days,
    roster_of,
    rostered_people,
    undeletable,
    units_with_people,
    week_of,
)
from staff.queries.history import history_of
from staff.queries.leave import on_leave, rest_days_left
from staff.states import DutyState, ShiftKind
from staff.views.asking import actor, checked
from staff.views.kpi import asked_day

WEEKS = (1, 2, 4)
YEARS = (2000, 2099)
MOST_LEFT_OUT = 20
_DAY = timedelta(days=1)


def near_day(request: HttpRequest, default: date) -> date:
    """Return the day that was asked for, if it is of this century."""
    day = asked_day(request, default)
    return day if YEARS[0] <= day.year <= YEARS[1] else default


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
            _("Take off"),
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


@allowed(SIGNED_IN)
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """Show who works when: cover by the half hour first, then the grid of people and days."""
    reader = actor(request)
    today = shop_day(now())
    first, weeks = week_of(near_day(request, today)), _weeks(request)
    days = roster_days(first, 7 * weeks, today=today)
    unit = _unit(request, reader)
    people = rostered_people(unit, days[0].day, days[-1].day)
    rows = roster_of(people, days)
    if unit is not None:
        rows = [row for row in rows if row.days or reader.has_perm("staff.plan_duty")]
    may_plan = reader.has_perm("staff.plan_duty")
    address = reverse("staff:roster")
    query = f"&weeks={weeks}" + (f"&unit={unit.code}" if unit else "&unit=all")
    context: dict[str, Any] = {
        "rows": rows,
        "days": days,
        "first": days[0].day,
        "last": days[-1].day,
        "chart": _cover(rows, days),
        "weeks": weeks,
        "all_weeks": WEEKS,
        "unit": unit,
        "units": units_with_people(),
        "before": f"{address}?day={first - timedelta(days=7 * weeks):%Y-%m-%d}{query}",
        "after": f"{address}?day={first + timedelta(days=7 * weeks):%Y-%m-%d}{query}",
        "this_week": f"{address}?day={today:%Y-%m-%d}{query}",
        "back": f"{address}?day={first:%Y-%m-%d}{query}",
        "may_plan": may_plan,
        "away": on_leave(now()) if may_plan else (),
    }
    if may_plan:
        span = {"first": days[0].day, "last": days[-1].day}
        plan = PlanForm(initial=span, staff=people)
        context |= {
            "plan_form": plan,
            "plan_people": [(one, plan[f"person-{one.pk}"], plan[f"offset-{one.pk}"]) for one in people],
            "duty_form": DutyForm(initial={"day": max(today, days[0].day)}),
        }
    return render(request, "staff/duty/roster.html", context)


@allowed(SIGNED_IN)
@require_GET
def my_roster(request: HttpRequest) -> HttpResponse:
    """Show one's own duties of four weeks, day by day, and the rest days that are left."""
    reader, at = actor(request), now()
    first = week_of(near_day(request, shop_day(at)))
    days = roster_days(first, 28, today=shop_day(at))
    row = roster_of([reader], days)[0]
    address = reverse("staff:my_roster")
    context = {
        "row": row,
        "weeks": [row.cells[number : number + 7] for number in range(0, 28, 7)],
        "first": first,
        "last": days[-1].day,
        "before": f"{address}?day={first - timedelta(days=28):%Y-%m-%d}",
        "after": f"{address}?day={first + timedelta(days=28):%Y-%m-%d}",
        "rest_days": rest_days_left(reader, at=at),
    }
    return render(request, "staff/duty/mine.html", context)


@allowed("staff.plan_duty")
@require_POST
def roster_plan(request: HttpRequest) -> HttpResponseBase:
    """Plan a span by a pattern."""
    unit = _unit(request, actor(request))
    first = near_day(request, shop_day(now()))
    staff = rostered_people(unit, first, first + 31 * _DAY)
    form = PlanForm(request.POST, staff=staff)
    asked = checked(form)
    made, left_out = plan_roster(
        asked["pattern"], form.chosen, first=asked["first"], last=asked["last"], by=actor(request), at=now()
    )
    messages.success(request, _now("%(count)s duties planned.") % {"count": len(made)})
    if left_out:
        shown = "\n".join(str(one) for one in left_out[:MOST_LEFT_OUT])
        messages.warning(request, _now("Left out: %(count)s days.") % {"count": len(left_out)} + "\n" + shown)
    return redirect(_back(request, asked["first"]))


@allowed("staff.plan_duty")
@require_POST
def duty_planning(request: HttpRequest) -> HttpResponseBase:
    """Plan one duty."""
    asked = checked(DutyForm(request.POST))
    planned = plan_duty(
        asked["employee"], asked["day"], asked["shift"], note=asked["note"], by=actor(request), at=now()
    )
    messages.success(request, _now("Planned: %(duty)s.") % {"duty": planned})
    return redirect(_back(request, asked["day"]))


@allowed("staff.plan_duty")
@require_POST
def roster_publication(request: HttpRequest) -> HttpResponseBase:
    """Tell people their duties of the span."""
    asked = checked(SpanForm(request.POST))
    people = rostered_people(_unit(request, actor(request)), asked["first"], asked["last"])
    told = publish_roster(people, first=asked["first"], last=asked["last"], by=actor(request), at=now())
    messages.success(request, _now("%(count)s people were told.") % {"count": told})
    return redirect(_back(request, asked["first"]))


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


def _cover(rows: list[RosterRow], days: list[Any]) -> SafeString | str:
    """Draw how many cover each half hour, a line a day; nothing where nobody is planned."""
    counts = cover_of(rows, days)
    if not any(map(any, counts)):
        return ""
    address = reverse("staff:presence")
    return cover_map(
        [f"{one.day:%m-%d} {date_format(one.day, 'D')}" for one in days],
        half_hours(),
        counts,
        title=_now("On duty by the half hour"),
        nobody=_now("nobody"),
        links=[f"{address}?day={one.day:%Y-%m-%d}" for one in days],
        desc=_now("Red half hours have nobody between 9:00 and 23:00."),
        width=1040,
    )


def _weeks(request: HttpRequest) -> int:
    text = request.GET.get("weeks", "")
    return int(text) if text.isdecimal() and len(text) == 1 and int(text) in WEEKS else 1


def _unit(request: HttpRequest, reader: Employee) -> OrgUnit | None:
    """Return the unit that was asked for: one's own without a word, none for everybody."""
    code = request.GET.get("unit", "").replace("\0", "")
    if code == "all":
        return None
    return OrgUnit.objects.filter(code=code).first() if code else reader.unit


def _back(request: HttpRequest, day: date) -> str:
    unit, weeks = request.GET.get("unit", "").replace("\0", ""), _weeks(request)
    address = f"{reverse('staff:roster')}?day={day:%Y-%m-%d}&weeks={weeks}"
    return f"{address}&unit={unit}" if OrgUnit.objects.filter(code=unit).exists() or unit == "all" else address
