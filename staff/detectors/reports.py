"""What was not handed in, not attended or not solved: reports, meetings, problems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.detectors import Address, Finding, FoundRows, Question, detector, found
from staff.models import Appointment, Attendee, Clause, Duty, Leave, ProblemSpan, WorkReport
from staff.queries.problems import due_after
from staff.queries.work_reports import (
    bound_people,
    figures_due,
    first_of_day,
    sales_due,
    week_due,
    whole,
)
from staff.states import AttendeeState, DutyState, LeaveState, MeetingKind, WorkReportKind

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_LONGEST_HOLIDAY = timedelta(days=16)
_ANY_NUMBER = 7007007  # stands for the number of a duty when an address is taken apart


@detector("staff.missing_sales_report", label=_("Sales reports of a day that are missing when it is over"))
def missing_sales_report(question: Question) -> FoundRows:
    """Find days on duty without the personal sales report by midnight (CS-016)."""
    queries = []
    for day in _days(shop_day(question.window.start) - _DAY, shop_day(question.window.end)):
        limit = sales_due(day)
        if question.window.start < limit <= question.window.end:
            queries.append(_owed_of_day(day, limit, WorkReportKind.SALES_DAY, "staff.missing_sales_report"))
    return FoundRows("staff.Duty", *queries)


@detector("staff.late_daily_figures", label=_("Figures of a day not entered by their time on the next working day"))
def late_daily_figures(question: Question) -> FoundRows:
    """Find days on duty whose figures were not entered by `time` on working day `working_days` after (DATA-021)."""
    queries = []
    first = shop_day(question.window.start) - _LONGEST_HOLIDAY
    for day in _days(first, shop_day(question.window.end)):
        limit = figures_due(day, question.parameters)
        if question.window.start < limit <= question.window.end:
            queries.append(_owed_of_day(day, limit, WorkReportKind.FIGURES_DAY, "staff.late_daily_figures"))
    return FoundRows("staff.Duty", *queries)


def _owed_of_day(day: date, limit: object, kind: WorkReportKind, name: str) -> QuerySet[Duty, tuple[object, ...]]:
    """Return the question for duties of a day whose report was not there at the limit."""
    deadline = Value(limit, output_field=DateTimeField())
    handed = WorkReport.objects.filter(
        kind=kind, employee=OuterRef("employee"), day=OuterRef("day"), handed_in_at__lte=limit
    )
    owed = Duty.objects.filter(bound_people(name), first_of_day(), day=day, state=DutyState.PLANNED)
    return _duty_found(owed.filter(~Exists(handed)), kind, deadline)


@detector("staff.late_weekly_summary", label=_("Weekly summaries not sent on Friday or the last day before a holiday"))
def late_weekly_summary(question: Question) -> FoundRows:
    """Find weeks with duties whose summary was not sent by the end of day `weekday` of the week (STF-123)."""
    queries = []
    start = shop_day(question.window.start)
    monday = start - timedelta(days=start.weekday()) - _WEEK
    while start_of_day(monday) < question.window.end:
        limit = week_due(monday, question.parameters)
        if limit is not None and question.window.start < limit <= question.window.end:
            queries.append(_owed_of_week(monday, limit))
        monday += _WEEK
    return FoundRows("staff.Duty", *queries)


def _owed_of_week(monday: date, limit: object) -> QuerySet[Duty, tuple[object, ...]]:
    """Return the question for the first duty of a week of people whose summary was not there at the limit."""
    deadline = Value(limit, output_field=DateTimeField())
    handed = WorkReport.objects.filter(
        kind=WorkReportKind.WEEK, employee=OuterRef("employee"), day=monday, handed_in_at__lte=limit
    )
    week = Duty.objects.filter(day__gte=monday, starts_at__lt=limit, state=DutyState.PLANNED)
    earlier = week.filter(employee=OuterRef("employee"), starts_at__lt=OuterRef("starts_at"))
    owed = week.filter(bound_people("staff.late_weekly_summary"), ~Exists(earlier), ~Exists(handed))
    return _duty_found(owed, WorkReportKind.WEEK, deadline)


def _duty_found(rows: QuerySet[Duty], kind: WorkReportKind, deadline: Value) -> QuerySet[Duty, tuple[object, ...]]:
    handed = WorkReport.objects.filter(kind=kind, employee=OuterRef("employee"), day=OuterRef("day"))
    return found(
        rows,
        label=Concat(F("employee__name"), Value(" "), Cast("day", CharField()), output_field=CharField()),
        employee="employee_id",
        at=deadline,
        facts={
            "duty": Concat(Cast("day", CharField()), Value(" "), F("shift__name"), output_field=CharField()),
            "deadline": deadline,
            "handed_in_at": handed.values("handed_in_at")[:1],  # type: ignore[dict-item]  # a subquery is combinable
        },
        address=_report_of(kind),
    )


def _report_of(kind: WorkReportKind) -> Combinable:
    """Return the address under which the report of a duty is found, as the database puts it together."""
    address = reverse("staff:duty_report", args=[_ANY_NUMBER, kind.value])
    before, _number, after = address.rpartition(str(_ANY_NUMBER))
    return Concat(Value(before), F("pk"), Value(after), output_field=TextField())


@detector(
    "staff.missed_meeting", label=_("Who was not at a weekly or monthly meeting in time, once its list is closed")
)
def missed_meeting(question: Question) -> FoundRows:
    """Find who missed a weekly or monthly meeting or came late (CS-075), once who was there is settled.

    It happened when the meeting began, however late its list is closed: the day is tallied again then. People who had
    no duty that day or were on leave then owe nothing.
    """
    began = Q(meeting__starts_at__gt=question.window.start, meeting__starts_at__lte=question.window.end)
    missed = Attendee.objects.filter(
        began,
        meeting__closed_at__lte=question.now,
        state__in=(AttendeeState.ABSENT, AttendeeState.LATE),
        meeting__kind__in=(MeetingKind.WEEKLY, MeetingKind.MONTHLY),
    )
    duties = Duty.objects.filter(
        bound_people("staff.missed_meeting"),
        employee=OuterRef("employee"),
        state=DutyState.PLANNED,
        day=OuterRef("meeting__starts_at__date"),
    )
    away = Leave.objects.filter(
        employee=OuterRef("employee"),
        state=LeaveState.APPROVED,
        starts_at__lte=OuterRef("meeting__starts_at"),
        ends_at__gt=OuterRef("meeting__starts_at"),
    )
    return FoundRows(
        "staff.Attendee",
        found(
            missed.filter(Exists(duties), ~Exists(away)),
            label=Concat(F("employee__name"), Value(" "), F("meeting__title"), output_field=CharField()),
            employee="employee_id",
            at="meeting__starts_at",
            facts={"meeting": "meeting__title", "happened_at": "meeting__starts_at", "attendance": "state"},
            address=Address("staff:meeting", "meeting_id"),
        ),
    )


@detector("staff.problem_unsolved", label=_("Problems raised to a head and not solved within their days"))
def problem_unsolved(question: Question) -> Iterator[Finding]:
    """Find problems that lay with a head for longer than `days` working days (STF-126); each level for its own time.

    A problem that was solved, taken back or gone one level up before its limit costs nobody anything.
    """
    days = whole(question.parameters, "days", 2)
    window = question.window
    since = start_of_day(shop_day(window.start)) - timedelta(days=days) - _LONGEST_HOLIDAY
    posts = Clause.binds.through.objects.filter(clause__detector="staff.problem_unsolved")
    heads = None
    if posts.exists():
        held = Appointment.objects.filter(position__in=posts.values("position"))
        heads = set(held.filter(Q(until=None) | Q(until__gte=shop_day(since))).values_list("employee_id", flat=True))
    spans = ProblemSpan.objects.filter(since__gt=since, since__lte=window.end).select_related("problem__raised_by")
    for span in spans.order_by("since", "pk"):
        limit = due_after(span.since, days)
        if not window.start < limit <= window.end or (span.until is not None and span.until <= limit):
            continue
        if heads is not None and span.owner_id not in heads:
            continue
        problem = span.problem
        facts = {
            "problem": problem.title,
            "from": problem.raised_by.name,
            "asked_at": span.since,
            "deadline": limit,
            "solved_at": problem.solved_at if span.until == problem.solved_at else None,
        }
        subject = ("staff.ProblemSpan", span.pk, str(problem))
        yield Finding(subject, span.owner_id, limit, facts, problem.get_absolute_url())


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY
