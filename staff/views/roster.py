"""Rosters: the grid of a span with its cover and holes, my own roster; plan by pattern or copy a week, seen first."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.charts import cover_map
from shopops.kit.clock import now, shop_day
from staff.actions.roster import copy_week, plan_roster, publish_roster
from staff.forms.duty import CopyForm, DutyForm, PlanForm, SpanForm
from staff.models import Duty, Employee, OrgUnit, Shift
from staff.queries.cover import HALVES, Cover, cover_of
from staff.queries.duty import (
    RosterDay,
    RosterRow,
    day_by_day,
    roster_days,
    roster_of,
    rostered_people,
    units_with_people,
    week_of,
)
from staff.queries.leave import on_leave, rest_days_left
from staff.queries.roster import LeftOut, propose_copy, propose_pattern, with_proposal
from staff.views.asking import actor, checked
from staff.views.kpi import asked_day

WEEKS = (1, 2, 4)
YEARS = (2000, 2099)
MOST_LEFT_OUT = 20
MOST_HOLES = 12
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


def near_day(request: HttpRequest, default: date) -> date:
    """Return the day that was asked for, if it is of this century."""
    day = asked_day(request, default)
    return day if YEARS[0] <= day.year <= YEARS[1] else default


def cell_of(duty: Duty) -> str:
    """Return the name of a duty's cell in the grid."""
    return f"c{duty.employee_id}-{duty.day:%Y-%m-%d}"


def back_to_roster(request: HttpRequest, day: date) -> str:
    """Return the address of the roster as it was, on the week of a day."""
    unit, weeks = request.GET.get("unit", "").replace("\0", ""), _weeks(request)
    address = f"{reverse('staff:roster')}?day={day:%Y-%m-%d}&weeks={weeks}"
    return f"{address}&unit={unit}" if unit == "all" or OrgUnit.objects.filter(code=unit).exists() else address


@allowed(SIGNED_IN)
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """Show who works when: the holes and the cover by the half hour first, then the grid of people and days."""
    reader, at = actor(request), now()
    today = shop_day(at)
    first, weeks = week_of(near_day(request, today)), _weeks(request)
    days = roster_days(first, 7 * weeks, today=today)
    unit = _unit(request, reader)
    may_plan = reader.has_perm("staff.plan_duty")
    people = rostered_people(unit, days[0].day, days[-1].day)
    rows = [row for row in roster_of(people, days) if row.days or may_plan or unit is None]
    address = reverse("staff:roster")
    query = f"&weeks={weeks}&unit={unit.code if unit else 'all'}"
    cover = cover_of(rows, days)
    holes = [one for one in cover.holes if one.day >= today]
    context: dict[str, Any] = {
        **_grid(rows, days, cover),
        "has_duties": any(row.days for row in rows),
        "holes": holes[:MOST_HOLES],
        "more_holes": max(len(holes) - MOST_HOLES, 0),
        "missing": cover.missing,
        "weeks": weeks,
        "all_weeks": WEEKS,
        "unit": unit,
        "units": units_with_people(),
        "before": f"{address}?day={first - weeks * _WEEK:%Y-%m-%d}{query}",
        "after": f"{address}?day={first + weeks * _WEEK:%Y-%m-%d}{query}",
        "this_week": f"{address}?day={today:%Y-%m-%d}{query}",
        "query": query,
        "may_plan": may_plan,
        "away": on_leave(at) if may_plan else (),
    }
    if may_plan:
        begin = max(today + _DAY, first)
        plan = PlanForm(initial={"first": begin, "last": max(begin + 6 * _DAY, days[-1].day)}, staff=people)
        picked = _picked(request, people, max(today, first))
        context |= {
            "plan_form": plan,
            "plan_people": [(one, plan[f"person-{one.pk}"], plan[f"offset-{one.pk}"]) for one in people],
            "copy_form": CopyForm(initial={"source": first, "target": first + _WEEK}),
            "duty_form": DutyForm(initial=picked),
            "shifts": list(Shift.objects.filter(is_used=True)),
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
        "before": f"{address}?day={first - 28 * _DAY:%Y-%m-%d}",
        "after": f"{address}?day={first + 28 * _DAY:%Y-%m-%d}",
        "rest_days": rest_days_left(reader, at=at),
    }
    return render(request, "staff/duty/mine.html", context)


@allowed("staff.plan_duty")
@require_GET
def roster_preview(request: HttpRequest) -> HttpResponseBase:
    """Show what a pattern or a copied week would add and what it would leave out; nothing is written yet."""
    by, today = actor(request), shop_day(now())
    if not {"source", "pattern"} & request.GET.keys():
        return redirect("staff:roster")
    if "source" in request.GET:
        asked = checked(CopyForm(request.GET))
        first, last = week_of(asked["target"]), week_of(asked["target"]) + _WEEK - _DAY
        people = _copied_people(request, asked["source"])
        proposal = propose_copy(people, source=asked["source"], target=first, by=by)
        action = reverse("staff:roster_copy")
    else:
        form = _plan_form(request, request.GET)
        asked = checked(form)
        first, last, people = asked["first"], asked["last"], [one for one, _offset in form.chosen]
        proposal = propose_pattern(asked["pattern"], form.chosen, first=first, last=last, by=by)
        action = reverse("staff:roster_plan")
    begin = week_of(first)
    days = roster_days(begin, ((last - begin).days // 7 + 1) * 7, today=today)
    everybody = rostered_people(_unit(request, by), days[0].day, days[-1].day)
    known = {one.pk for one in everybody}
    rows = roster_of([*everybody, *(one for one in people if one.pk not in known)], days)
    after = with_proposal(rows, proposal)
    cover, was = cover_of(after, days), cover_of(rows, days)
    touched = {one.employee_id for one in proposal.duties} | {one.employee.pk for one in proposal.left_out}
    context = {
        **_grid([row for row in after if row.person.pk in touched], days, cover, all_rows=after),
        "proposal": proposal,
        "left_out": proposal.left_out[:200],
        "missing_before": was.missing,
        "missing": cover.missing,
        "holes": [one for one in cover.holes if one.day >= today][:MOST_HOLES],
        "people": len({one.employee_id for one in proposal.duties}),
        "action": f"{action}?{urlencode({'unit': request.GET.get('unit', ''), 'weeks': _weeks(request)})}",
        "fields": [(key, value) for key, value in request.GET.items() if key not in {"unit", "weeks"} and value],
        "back": back_to_roster(request, begin),
    }
    return render(request, "staff/duty/preview.html", context)


@allowed("staff.plan_duty")
@require_POST
def roster_plan(request: HttpRequest) -> HttpResponseBase:
    """Plan a span by a pattern."""
    form = _plan_form(request, request.POST)
    asked = checked(form)
    made, left_out = plan_roster(
        asked["pattern"], form.chosen, first=asked["first"], last=asked["last"], by=actor(request), at=now()
    )
    _say(request, made, left_out)
    return redirect(back_to_roster(request, asked["first"]))


@allowed("staff.plan_duty")
@require_POST
def roster_copy(request: HttpRequest) -> HttpResponseBase:
    """Give another week the duties of one."""
    asked = checked(CopyForm(request.POST))
    people = _copied_people(request, asked["source"])
    made, left_out = copy_week(people, source=asked["source"], target=asked["target"], by=actor(request), at=now())
    _say(request, made, left_out)
    return redirect(back_to_roster(request, asked["target"]))


@allowed("staff.plan_duty")
@require_POST
def roster_publication(request: HttpRequest) -> HttpResponseBase:
    """Tell people their duties of the span."""
    asked = checked(SpanForm(request.POST))
    people = rostered_people(_unit(request, actor(request)), asked["first"], asked["last"])
    told = publish_roster(people, first=asked["first"], last=asked["last"], by=actor(request), at=now())
    messages.success(request, _now("%(count)s people were told.") % {"count": told})
    return redirect(back_to_roster(request, asked["first"]))


def _grid(
    rows: list[RosterRow], days: list[RosterDay], cover: Cover, *, all_rows: list[RosterRow] | None = None
) -> dict[str, Any]:
    """Return what the grid shows: rows, days with the hours that are short, and the chart of the cover."""
    return {
        "rows": rows,
        "days": [(one, cover.hours_short(number)) for number, one in enumerate(days)],
        "by_day": day_by_day(rows),
        "first": days[0].day,
        "last": days[-1].day,
        "is_tight": len(days) > 14,  # noqa: PLR2004 -- two weeks fit with their hours
        "chart": _chart(days, cover) if any(row.days for row in all_rows or rows) else "",
    }


def _chart(days: list[RosterDay], cover: Cover) -> SafeString:
    """Draw how many cover each half hour, a line a day; where there are too few it is red."""
    address = reverse("staff:presence")
    return cover_map(
        [f"{one.day:%m-%d} {date_format(one.day, 'D')}" for one in days],
        [f"{minute // 60:02}:{minute % 60:02}" for minute in HALVES],
        cover.counts,
        title=_now("On duty by the half hour"),
        nobody=_now("nobody"),
        links=[f"{address}?day={one.day:%Y-%m-%d}" for one in days],
        short=cover.short,
        desc=_now("Red half hours have fewer people than there should be between 9:00 and 23:00."),
        width=1040,
    )


def _say(request: HttpRequest, made: list[Duty], left_out: list[LeftOut]) -> None:
    messages.success(request, _now("%(count)s duties planned.") % {"count": len(made)})
    if left_out:
        shown = "\n".join(str(one) for one in left_out[:MOST_LEFT_OUT])
        messages.warning(request, _now("Left out: %(count)s days.") % {"count": len(left_out)} + "\n" + shown)


def _plan_form(request: HttpRequest, data: Any) -> PlanForm:
    first = near_day(request, shop_day(now()))
    return PlanForm(data, staff=rostered_people(_unit(request, actor(request)), first, first + 31 * _DAY))


def _copied_people(request: HttpRequest, source: date) -> list[Employee]:
    monday = week_of(source)
    return rostered_people(_unit(request, actor(request)), monday, monday + _WEEK - _DAY)


def _picked(request: HttpRequest, people: list[Employee], day: date) -> dict[str, Any]:
    """Return whom and which day the cell names that was clicked; otherwise the first day one can plan."""
    person, on = request.GET.get("person", ""), request.GET.get("on", "")
    known = {str(one.pk): one.pk for one in people}
    with suppress(ValueError):
        day = date.fromisoformat(on)
    return {"employee": known.get(person), "day": day}


def _weeks(request: HttpRequest) -> int:
    text = request.GET.get("weeks", "")
    return int(text) if text.isdecimal() and len(text) == 1 and int(text) in WEEKS else 1


def _unit(request: HttpRequest, reader: Employee) -> OrgUnit | None:
    """Return the unit that was asked for: one's own without a word, none for everybody."""
    code = request.GET.get("unit", "").replace("\0", "")
    if code == "all":
        return None
    return OrgUnit.objects.filter(code=code).first() if code else reader.unit
