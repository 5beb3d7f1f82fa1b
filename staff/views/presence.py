"""Presence: who is online now, a day lane by lane, the button of one's own status, a supervisor's check."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.charts import Lane, LaneSpan, swim_lanes
from shopops.kit.clock import SHANGHAI, now, shop_day, start_of_day
from staff.actions.presence import end_check, set_presence
from staff.forms.duty import CheckForm, StatusForm
from staff.models import Duty, Presence
from staff.queries.duty import is_on_duty
from staff.queries.presence import DayLane, current_status, lanes_of, presence_now
from staff.states import DutyState, PresenceSource, PresenceStatus
from staff.views.asking import actor, checked
from staff.views.roster import near_day

TONES = {
    PresenceStatus.ONLINE: "good",
    PresenceStatus.AWAY: "warn",
    PresenceStatus.OFFLINE: "off",
    PresenceStatus.IDLE: "bad",
}
_DAY = timedelta(days=1)


@allowed(SIGNED_IN)
@require_GET
def presence(request: HttpRequest) -> HttpResponse:
    """Show who is online now, and the lanes of a day; of oneself only where one may not see everybody."""
    reader, at = actor(request), now()
    today = shop_day(at)
    day = near_day(request, today)
    sees_all = reader.has_perm("staff.view_presence")
    only = None if sees_all else reader
    lanes = lanes_of(day, only=only)
    address = reverse("staff:presence")
    context = {
        "day": day,
        "today": today,
        "is_today": day == today,
        "before": f"{address}?day={day - _DAY:%Y-%m-%d}",
        "after": f"{address}?day={day + _DAY:%Y-%m-%d}" if day < today else "",
        "chart": _chart(lanes, day, at) if lanes else "",
        "rows": [(lane, span) for lane in lanes for span in sorted(lane.spans, key=lambda one: one.starts_at)],
        "now_rows": presence_now(at, only=only) if day == today else [],
        "mine": current_status(reader),
        "is_on_duty": is_on_duty(reader.pk, at),
        "form": StatusForm(by=reader),
        "may_check": reader.has_perm("staff.import_presence"),
        "sees_all": sees_all,
    }
    return render(request, "staff/presence/day.html", context)


@allowed(SIGNED_IN)
@require_POST
def presence_status(request: HttpRequest) -> HttpResponseBase:
    """Set one's own status."""
    reader = actor(request)
    asked = checked(StatusForm(request.POST, by=reader))
    set_presence(
        reader,
        PresenceStatus(asked["status"]),
        source=PresenceSource.BUTTON,
        covered_by=asked["covered_by"],
        reason=asked["reason"],
        by=reader,
        at=now(),
    )
    messages.success(request, _("Your status is set."))
    return redirect("staff:presence")


@allowed("staff.import_presence")
@require_POST
def presence_check(request: HttpRequest) -> HttpResponseBase:
    """Note that somebody is online but not there, or that they are back."""
    asked = checked(CheckForm(request.POST))
    reader, at = actor(request), now()
    if asked["ends"]:
        end_check(asked["employee"], by=reader, at=at)
        messages.success(request, _("Noted: back again."))
    else:
        set_presence(
            asked["employee"],
            PresenceStatus.IDLE,
            source=PresenceSource.CHECK,
            reason=asked["reason"],
            by=reader,
            at=at,
        )
        messages.success(request, _("Noted: nobody there."))
    return redirect("staff:presence")


def _chart(lanes: list[DayLane], day: date, at: datetime) -> SafeString:
    """Draw duties and statuses of a day, a lane a person."""
    midnight = start_of_day(day)
    until = min(at, midnight + _DAY)

    def minutes(moment: datetime) -> float:
        return (moment - midnight).total_seconds() / 60

    def planned(duty: Duty) -> LaneSpan:
        away = f" · {duty.get_state_display()}" if duty.state != DutyState.PLANNED else ""
        words = f"{duty.shift} {_clock(duty.starts_at)}–{_clock(duty.ends_at)}{away}"
        return LaneSpan(minutes(duty.starts_at), minutes(duty.ends_at), "plan", words)

    def seen(one: Presence) -> LaneSpan:
        end = one.ends_at or until
        words = f"{one.get_status_display()} {_clock(one.starts_at)}–{_clock(end)}"
        if one.covered_by:
            words += f" · {_('covered by')} {one.covered_by}"
        if one.reason:
            words += f" · {one.reason}"
        return LaneSpan(minutes(one.starts_at), minutes(end), TONES[PresenceStatus(one.status)], words)

    return swim_lanes(
        [Lane(lane.person.name, [*map(planned, lane.duties)], [*map(seen, lane.spans)]) for lane in lanes],
        title=_("Duties and statuses"),
        now=minutes(at) if shop_day(at) == day else None,
        key=[("plan", _("duty")), *((TONES[one], str(one.label)) for one in PresenceStatus)],
        heads=(_("Employee"), _("Duty"), _("Status")),
        desc=_("Behind each lane the duty, before it what the status was."),
        width=1040,
    )


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"
