"""What went wrong with duty: who came late, stayed at lunch, works too many days, missed a shift."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import CharField, DateTimeField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.detectors import Address, Finding, FoundRows, Question, detector, found
from staff.models import Attendance, Duty, Handover, Presence
from staff.policy.duty import ACCEPT_MINUTES
from staff.queries.duty import week_of
from staff.queries.work_reports import bound_people, clock_of, whole
from staff.states import AttendanceResult, DutyState, PresenceStatus, ShiftKind

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_GONE = (PresenceStatus.AWAY, PresenceStatus.OFFLINE, PresenceStatus.IDLE)
_MISSED = (
    AttendanceResult.LATE,
    AttendanceResult.EARLY,
    AttendanceResult.LATE_AND_EARLY,
    AttendanceResult.ABSENT,
)
_HOLDS = Coalesce(NullIf(F("corrected_to"), Value("")), F("result"), output_field=CharField())


class _Page(Address):
    """The day of presence on which it can be seen."""

    def expression(self) -> Combinable:
        """Return the address as the database puts it together."""
        day = Cast(self.column, CharField())
        return Concat(Value(f"{reverse('staff:presence')}?day="), day, output_field=CharField())


def _label(duty: str = "") -> Combinable:
    """Return day and shift, as the database puts them together."""
    return Concat(Cast(f"{duty}day", CharField()), Value(" "), F(f"{duty}shift__name"), output_field=CharField())


@detector("staff.late_arrival", label=_("Office hours that were not kept, by attendance"))
def late_arrival(question: Question) -> FoundRows:
    """Find office hours and weekend duty that began late, ended early or not at all (STF-096).

    Attendance says how a duty was kept, its correction first; how much off is in time yet is a setting. Agents' early
    and late shifts have a rule of their own (STF-099).
    """
    kept = _kept(question, "staff.late_arrival").filter(duty__shift__kind__in=(ShiftKind.OFFICE, ShiftKind.WEEKEND))
    return FoundRows("staff.Attendance", _attendance_found(kept))


@detector("staff.shift_missed", label=_("Early and late shifts that were not kept; handovers not read in time"))
def shift_missed(question: Question) -> FoundRows:
    """Find early and late shifts that were not kept, and handovers the next shift did not read in time (STF-099).

    Reading counts only while the receiver is on duty.
    """
    kept = _kept(question, "staff.shift_missed").filter(duty__shift__kind__in=(ShiftKind.EARLY, ShiftKind.LATE))
    return FoundRows("staff.Attendance", _attendance_found(kept), *_unread(question))


@detector("staff.long_break", label=_("Lunch and tea breaks that took longer, by the status"))
def long_break(question: Question) -> FoundRows:
    """Find breaks that went on after lunch or tea was over (STF-097): who had begun one then and was not back.

    A shift whose own meal lies at other hours, such as for cover, is left out at lunch.
    """
    queries = []
    for begins, ends, is_lunch in (("lunch_starts", "lunch_ends", True), ("tea_starts", "tea_ends", False)):
        starts = clock_of(question.parameters.get(begins), time(12) if is_lunch else time(15))
        over = clock_of(question.parameters.get(ends), time(13) if is_lunch else time(15, 10))
        for day in _days(question):
            since, limit = (datetime.combine(day, clock, tzinfo=SHANGHAI) for clock in (starts, over))
            if limit <= question.window.start or limit > question.window.end or limit > question.now:
                continue
            queries.append(_not_back(since, limit, starts if is_lunch else None, question))
    return FoundRows("staff.Presence", *queries)


@detector("staff.long_week", label=_("Weeks with too many days on duty, by the roster"))
def long_week(question: Question) -> Iterator[Finding]:
    """Find weeks in which somebody was planned for more days, or a day for more hours, than the rule says (STF-098).

    Who planned it answers, not who works. Weekend duty is swapped for a day off and does not count.
    """
    most_days, most_hours = whole(question.parameters, "days_a_week", 5), whole(question.parameters, "hours_a_day", 8)
    monday = week_of(shop_day(question.window.start - _DAY))
    while (ends := start_of_day(monday + _WEEK)) <= question.window.end:
        if ends > question.window.start:
            yield from _too_long(monday, ends, most_days, most_hours)
        monday += _WEEK


def _too_long(monday: date, ends: datetime, most_days: int, most_hours: int) -> Iterator[Finding]:
    """Give the people planned for too much in a week, each once, for whoever planned the last of it."""
    duties = (
        Duty.objects.filter(day__gte=monday, day__lt=monday + _WEEK, state=DutyState.PLANNED, planned_by__isnull=False)
        .exclude(shift__kind=ShiftKind.WEEKEND)
        .select_related("employee", "shift")
        .order_by("starts_at")
    )
    by_person: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        by_person[duty.employee_id].append(duty)
    for planned in by_person.values():
        minutes: dict[date, int] = defaultdict(int)
        for duty in planned:
            length = (duty.ends_at - duty.starts_at).total_seconds() / 60
            minutes[duty.day] += int(length) - duty.shift.meal_minutes
        longest, last = max(minutes.values()), planned[-1]
        if len(minutes) <= most_days and longest <= most_hours * 60:
            continue
        facts = {
            "person": last.employee.name,
            "period": f"{monday:%Y-%m-%d} – {monday + _WEEK - _DAY:%Y-%m-%d}",
            "days_planned": len(minutes),
            "longest_day_minutes": longest,
        }
        url = f"{reverse('staff:roster')}?day={monday:%Y-%m-%d}"
        label = f"{last.employee.name} {monday:%Y-%m-%d}"
        yield Finding(("staff.Duty", last.pk, label), last.planned_by_id or 0, ends, facts, url)


def _kept(question: Question, name: str) -> QuerySet[Attendance]:
    """Return the attendance of duties that began in the window, not kept, of people the clause binds."""
    duties = Duty.objects.filter(bound_people(name), state=DutyState.PLANNED)
    begun = Attendance.objects.filter(
        duty__in=duties.filter(starts_at__gt=question.window.start, starts_at__lte=question.window.end).values("pk")
    )
    return begun.annotate(holds=_HOLDS).filter(holds__in=_MISSED)


def _attendance_found(rows: QuerySet[Attendance]) -> QuerySet[Attendance, tuple[object, ...]]:
    return found(
        rows,
        label=_label("duty__"),
        employee="duty__employee_id",
        at="duty__starts_at",
        facts={
            "duty": _label("duty__"),
            "shift_starts_at": "duty__starts_at",
            "shift_ends_at": "duty__ends_at",
            "came_at": "came_at",
            "left_at": "left_at",
            "attendance": "holds",
        },
        address=_Page("", "duty__day"),
    )


def _unread(question: Question) -> list[QuerySet[Handover, tuple[object, ...]]]:
    """Return the question for handovers that were not read when they should have been."""
    limit = Func(
        F("offered_at"),
        Value(timedelta(minutes=ACCEPT_MINUTES())),
        template="(%(expressions)s)",
        arg_joiner=" + ",
        output_field=DateTimeField(),
    )
    offered = Handover.objects.filter(receiver__isnull=False, offered_at__isnull=False).annotate(due=limit)
    late = offered.filter(Q(read_at=None) | Q(read_at__gt=F("due")))
    inside = late.filter(due__gt=question.window.start, due__lte=question.window.end)
    there = inside.filter(
        receiver__duties__state=DutyState.PLANNED,
        receiver__duties__starts_at__lte=F("due"),
        receiver__duties__ends_at__gt=F("due"),
    )
    return [
        found(
            there,
            label=Concat(F("giver__name"), Value(" → "), F("receiver__name"), output_field=CharField()),
            employee="receiver_id",
            at="due",
            facts={"from": "giver__name", "offered_at": "offered_at", "read_at": "read_at", "deadline": "due"},
            address=Address("staff:handover", "pk"),
        )
    ]


def _not_back(
    since: datetime, limit: datetime, meal: time | None, question: Question
) -> QuerySet[Presence, tuple[object, ...]]:
    """Return the question for breaks that began in a span and went on after its end, of people on duty."""
    deadline = Value(limit, output_field=DateTimeField())
    running = Duty.objects.filter(
        bound_people("staff.long_break"), state=DutyState.PLANNED, starts_at__lt=limit, ends_at__gt=limit
    ).exclude(shift__kind=ShiftKind.LATE)
    if meal is not None:
        running = running.filter(Q(shift__meal_starts=None) | Q(shift__meal_starts=meal))
    over = Q(ends_at__gt=limit) | Q(ends_at=None)
    if question.now <= limit:
        over &= Q(pk=None)
    gone = Presence.objects.filter(
        over,
        status__in=_GONE,
        starts_at__gte=since,
        starts_at__lt=limit,
        employee__in=running.values("employee"),
    )
    day = Value(f"{shop_day(since):%Y-%m-%d}", output_field=CharField())
    return found(
        gone.annotate(on=day),
        label=Concat(F("employee__name"), Value(" "), day, output_field=CharField()),
        employee="employee_id",
        at=deadline,
        facts={"status": "status", "away_from": "starts_at", "away_until": "ends_at", "deadline": deadline},
        address=_Page("", "on"),
    )


def _days(question: Question) -> Iterator[date]:
    """Give the days the window touches."""
    day = shop_day(question.window.start)
    while start_of_day(day) < question.window.end:
        yield day
        day += _DAY
