"""Office hours in the demo shop: an analyst who once came late, once sat long at lunch, and once had six days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from shopops.kit.clock import SHANGHAI, shop_day
from staff.models import Duty, Employee, Presence, Shift
from staff.queries.duty import span_of_shift, week_of
from staff.states import PresenceStatus

_DAY = timedelta(days=1)
_WEEKDAYS = 5
_LATE_ON, _LONG_LUNCH_ON = 1, 2
"""Tuesday and Wednesday of last week."""


def keep_office_hours(*, first: date, last: date, at: datetime) -> int:
    """Plan the analyst in office hours from last week on, and say when they were there; return the duties.

    Of last week one day begins late (STF-096), one lunch is too long (STF-097), and the supervisor planned Saturday on
    top (STF-098).
    """
    people = Employee.objects.filter(is_active=True, appointments__until=None)
    analyst = people.filter(appointments__position__code="analyst").order_by("employee_number").first()
    planner = people.filter(appointments__position__code="operations-supervisor").order_by("employee_number").first()
    monday = week_of(shop_day(at)) - 7 * _DAY
    if analyst is None or planner is None or monday < first:
        return 0
    shift = Shift.objects.get(code="office")
    duties = []
    for number in range((last - monday).days + 1):
        day = monday + number * _DAY
        if day.weekday() < _WEEKDAYS or day == monday + _WEEKDAYS * _DAY:
            starts_at, ends_at = span_of_shift(shift, day)
            duties.append(
                Duty(employee=analyst, day=day, shift=shift, starts_at=starts_at, ends_at=ends_at, planned_by=planner)
            )
    Duty.objects.bulk_create(duties)
    begun = [one for one in duties if one.starts_at < at]
    Presence.objects.bulk_create(span for duty in begun for span in _spans(duty, monday, at=at))
    return len(duties)


def _spans(duty: Duty, monday: date, *, at: datetime) -> list[Presence]:
    """Return the statuses of a day: there, at lunch, there again; what runs still has no end."""
    late = timedelta(minutes=26) if duty.day == monday + _LATE_ON * _DAY else -timedelta(minutes=4)
    lunch = datetime.combine(duty.day, time(12), tzinfo=SHANGHAI)
    back = lunch + timedelta(minutes=74 if duty.day == monday + _LONG_LUNCH_ON * _DAY else 55)
    parts = (
        (duty.starts_at + late, lunch, PresenceStatus.ONLINE, ""),
        (lunch, back, PresenceStatus.AWAY, "午餐"),
        (back, duty.ends_at + timedelta(minutes=3), PresenceStatus.ONLINE, ""),
    )
    return [
        Presence(
            employee=duty.employee,
            status=status,
            starts_at=begins,
            ends_at=over if over <= at else None,
            reason=reason,
        )
        for begins, over, status, reason in parts
        if begins < at
    ]
