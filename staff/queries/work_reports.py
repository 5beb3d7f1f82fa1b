"""Reports people owe: to whom a clause says so, of which days, until when, and the figures they start from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.urls import reverse

from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.lists import Reader, Row
from shopops.kit.metrics import METRICS
from staff.models import Appointment, Clause, Duty, Employee, MetricReading, WorkReport
from staff.queries.calendar import work_calendar
from staff.queries.figures import parts_in_words, value_of, written
from staff.queries.kpi_scores import added
from staff.queries.people import matching_people
from staff.queries.rulebook import in_force
from staff.queries.superiors import superiors_of
from staff.states import DutyState, WorkReportKind

DETECTORS_OF = {
    WorkReportKind.SALES_DAY: "staff.missing_sales_report",
    WorkReportKind.FIGURES_DAY: "staff.late_daily_figures",
    WorkReportKind.WEEK: "staff.late_weekly_summary",
}
"""The detector whose clause says who owes the report and until when."""
SEES_ALL = "staff.read_reports"
LOOKED_BACK = 14
"""Days back for which a report that is missing is still asked for."""
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class Due(NamedTuple):
    """A report somebody owes."""

    kind: WorkReportKind
    day: date
    due_at: datetime


@dataclass(frozen=True)
class FigureRow:
    """One figure of a report, as it was when it was handed in."""

    name: str
    label: str
    value: str
    parts: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the plain values that are kept."""
        return asdict(self)


def report_url(report: WorkReport) -> str:
    """Return the page of a report."""
    return reverse("staff:work_report", args=[report.pk])


def bound_people(detector: str) -> Q:
    """Return the condition for duties of those whom the clause with this detector binds on the day of the duty.

    A clause that names no post binds everybody.
    """
    names_posts = Clause.binds.through.objects.filter(clause__detector=detector).exists()
    return _holders(detector) if names_posts else Q()


def _holders(detector: str) -> Q:
    """Return the condition for duties of those who hold a post that the clause with this detector names."""
    posts = Clause.binds.through.objects.filter(clause__detector=detector)
    held = Appointment.objects.filter(
        Q(until=None) | Q(until__gte=OuterRef("day")),
        employee=OuterRef("employee"),
        since__lte=OuterRef("day"),
        position__in=posts.values("position"),
    )
    return Q(Exists(held))


def first_of_day() -> Q:
    """Return the condition for the first duty of a person and day, so that two shifts owe one report."""
    earlier = Duty.objects.filter(
        employee=OuterRef("employee"), day=OuterRef("day"), state=DutyState.PLANNED, starts_at__lt=OuterRef("starts_at")
    )
    return ~Q(Exists(earlier))


def sales_due(day: date) -> datetime:
    """Return until when the sales report of a day is handed in: midnight at its end (CS-016)."""
    return start_of_day(day + _DAY)


def figures_due(day: date, parameters: dict[str, Any]) -> datetime:
    """Return until when the figures of a day are entered: a time on a working day after it (DATA-019, DATA-021)."""
    days = whole(parameters, "working_days", 1)
    clock = clock_of(parameters.get("time"), time(10))
    return datetime.combine(work_calendar().add_working_days(day, days), clock, tzinfo=SHANGHAI)


def week_due(monday: date, parameters: dict[str, Any]) -> datetime | None:
    """Return until when the summary of a week is sent: the end of its Friday, or of the last working day before.

    None where nobody works up to that day (STF-122).
    """
    weekday = min(whole(parameters, "weekday", 5), 7)
    calendar = work_calendar()
    days = [monday + timedelta(days=number) for number in range(weekday)]
    working = [day for day in days if calendar.is_working_day(day)]
    return start_of_day(working[-1] + _DAY) if working else None


def due_reports(employee: Employee, *, at: datetime) -> list[Due]:
    """Return the reports somebody owes for duties of the last days and has not handed in, the most urgent first.

    Four queries.
    """
    today = shop_day(at)
    first = today - timedelta(days=LOOKED_BACK)
    duties = Duty.objects.filter(employee=employee, state=DutyState.PLANNED, day__gte=first, day__lte=today)
    handed = set(WorkReport.objects.filter(employee=employee, day__gte=first - _WEEK).values_list("kind", "day"))
    terms = terms_today(today)
    asked = {kind: detector for kind, detector in DETECTORS_OF.items() if detector in terms}
    named = Clause.binds.through.objects.filter(clause__detector__in=asked.values())
    naming = set(named.values_list("clause__detector", flat=True))
    bound = {
        str(kind): ExpressionWrapper(_holders(detector), BooleanField()) if detector in naming else Value(True)
        for kind, detector in asked.items()
    }
    worked = list(duties.annotate(**bound).values("day", *bound))
    owed: list[Due] = []
    for kind, detector in asked.items():
        days = sorted({duty["day"] for duty in worked if duty[str(kind)]})
        if kind == WorkReportKind.WEEK:
            days = sorted({day - timedelta(days=day.weekday()) for day in days})
        for day in days:
            due_at = due_of(kind, day, terms[detector])
            if due_at is not None and (kind, day) not in handed:
                owed.append(Due(kind, day, due_at))
    return sorted(owed, key=lambda one: (one.due_at, one.kind))


def due_of(kind: WorkReportKind, day: date, parameters: dict[str, Any]) -> datetime | None:
    """Return until when a report is handed in."""
    if kind == WorkReportKind.SALES_DAY:
        return sales_due(day)
    return figures_due(day, parameters) if kind == WorkReportKind.FIGURES_DAY else week_due(day, parameters)


def terms_today(day: date) -> dict[str, dict[str, Any]]:
    """Return detector → parameters of the clauses about reports that hold on a day; one query."""
    versions = in_force(day).filter(clause__detector__in=DETECTORS_OF.values()).select_related("clause")
    return {version.clause.detector: version.parameters for version in versions}


def figures_of(employee: Employee, first: date, last: date, *, at: datetime) -> list[FigureRow]:
    """Return what is measured of somebody in a span: what was read each night, and of today what there is so far."""
    parts: dict[str, list[tuple[Decimal, Decimal | None]]] = defaultdict(list)
    kept = MetricReading.objects.filter(employee=employee, shop=None, day__gte=first, day__lte=last)
    today, is_read = shop_day(at), False
    for name, day, part, whole_part in kept.values_list("metric", "day", "numerator", "denominator"):
        parts[name].append((part, whole_part))
        is_read = is_read or day == today
    if first <= today <= last and not is_read:
        for name, metric in METRICS.items():
            for one in metric.read(today):
                if one.employee_id == employee.pk and one.shop_id is None:
                    below = None if one.denominator is None else Decimal(one.denominator)
                    parts[name].append((Decimal(one.numerator), below))
    rows = []
    for name, metric in METRICS.items():
        if name in parts:
            part, below = added(parts[name])
            value = written(metric, value_of(name, part, below))
            rows.append(FigureRow(name, str(metric.label), value, parts_in_words(metric, part, below)))
    return rows


def to_read(employee: int, *, most: int = 1000) -> list[WorkReport]:
    """Return the reports of one's people that one has not read, the oldest first; three queries."""
    unread = (
        WorkReport.objects.filter(read_at=None)
        .exclude(employee=employee)
        .select_related("employee")
        .order_by("day", "pk")
    )
    waiting = list(unread[:most])
    above = superiors_of({one.employee_id: one.employee for one in waiting}.values()) if waiting else {}
    return [one for one in waiting if (head := above[one.employee_id]) is not None and head.pk == employee]


def may_see_report(report: WorkReport, reader: Employee) -> bool:
    """Say whether somebody may read a report."""
    return report.employee_id == reader.pk or reader.has_perm(SEES_ALL)


def report_of_duty(duty: Duty, kind: WorkReportKind) -> tuple[date, WorkReport | None]:
    """Return the day whose report a duty owes, the Monday for a weekly summary, and the report once it is there."""
    day = duty.day - timedelta(days=duty.day.weekday()) if kind == WorkReportKind.WEEK else duty.day
    return day, WorkReport.objects.filter(employee=duty.employee_id, kind=kind, day=day).first()


def listed_reports(reader: Reader) -> QuerySet[WorkReport]:
    """Return the rows of the list of reports: one's own, or everybody's."""
    rows = WorkReport.objects.all()
    return rows if reader.by.has_perm(SEES_ALL) else rows.filter(employee=reader.by)


def matching_reports(text: str) -> Q:
    """Return the condition for the search box: person or words of the report."""
    people = Employee.objects.filter(matching_people(text)).values("pk")
    return Q(employee__in=people) | Q(text__icontains=text.strip())


def add_report_words(rows: list[Row], reader: Reader) -> None:
    """Put kind and punctuality in words on the rows of a page."""
    kinds = dict(WorkReportKind.choices)
    terms = terms_today(shop_day(reader.at))
    for row in rows:
        kind = WorkReportKind(row["kind"])
        due_at = due_of(kind, row["day"], terms.get(DETECTORS_OF[kind], {}))
        row["kind_label"] = kinds[row["kind"]]
        row["in_time"] = None if due_at is None else row["handed_in_at"] <= due_at


def whole(parameters: dict[str, Any], name: str, default: int) -> int:
    """Return a parameter as a number above zero; what is none counts as its default."""
    try:
        number = int(parameters.get(name, default))
    except (TypeError, ValueError):
        return default
    return number if number > 0 else default


def clock_of(text: Any, default: time) -> time:
    """Return a parameter as a time of day; what is none counts as its default."""
    try:
        return time.fromisoformat(str(text))
    except ValueError:
        return default
