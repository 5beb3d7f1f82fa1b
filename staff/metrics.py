"""What is measured of the rulebook each day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Sum, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import SHANGHAI, day_window, start_of_day
from shopops.kit.metrics import METRICS, Fact, FactRows, Metric, Reading
from staff.models import Appraisal, GradeBand, PointEntry, ReportSnapshot
from staff.policy.kpi import FIGURES_BY_HOUR
from staff.queries.appeals import open_offences
from staff.queries.points import POINTS_METRIC
from staff.states import CycleKind, EntryKind

UPPER_GRADES = 2


def entries_of(day: date, employee_id: int | None = None) -> QuerySet[PointEntry]:
    """Return the point entries of a day that count, of everybody or of one person: what is under appeal does not."""
    entries = PointEntry.objects.filter(~open_offences(), day=day)
    return entries.filter(employee_id=employee_id) if employee_id else entries


def read_points(day: date) -> Iterator[Reading]:
    """Sum the points of each person and of the company."""
    total = Decimal(0)
    for row in entries_of(day).values("employee_id").annotate(points=Sum("points")).order_by("employee_id"):
        total += row["points"]
        yield Reading(row["points"], employee_id=row["employee_id"])
    yield Reading(total)


def point_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the entries of the day, those that cost most first."""

    def show(offence: int, clause: str, subject: str, name: str, points: Decimal, kind: str) -> Fact:
        counter = kind == EntryKind.COUNTER
        return Fact(
            f"{clause} · {subject}",
            reverse("staff:offence", args=[offence]),
            name,
            points,
            tag=_("waived") if counter else "",
            tone="good" if counter else "",
        )

    rows = entries_of(day, employee_id)
    if shop_id:
        rows = rows.none()
    columns = ("offence_id", "offence__clause__number", "offence__subject_label", "employee__name", "points", "kind")
    return FactRows(rows.order_by("points", "pk").values_list(*columns), show)


def reports_on(day: date) -> QuerySet[ReportSnapshot]:
    """Return the first version of the daily report of the day before, where it was made on `day` or earlier."""
    return ReportSnapshot.objects.filter(
        kind="daily", version=1, day=day - timedelta(days=1), made_at__lt=day_window(day).end
    )


def read_reports(day: date) -> Iterator[Reading]:
    """Say whether the daily report of the day before was there in time."""
    yield Reading(int(reports_on(day).filter(made_at__lte=_by_the_hour(day)).exists()), 1)


def report_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the report due on the day, if there is one."""
    limit = _by_the_hour(day)

    def show(number: str, made_at: datetime) -> Fact:
        in_time = made_at <= limit
        return Fact(
            number,
            reverse("staff:report", args=[number]),
            f"{made_at.astimezone(SHANGHAI):%m-%d %H:%M}",
            tag=_("in time") if in_time else _("late"),
            tone="good" if in_time else "danger",
        )

    rows = reports_on(day)
    if shop_id or employee_id:
        rows = rows.none()
    return FactRows(rows.order_by("number").values_list("number", "made_at"), show)


def _by_the_hour(day: date) -> datetime:
    return start_of_day(day) + timedelta(hours=FIGURES_BY_HOUR())


def results_on(day: date) -> QuerySet[Any]:
    """Return the results of monthly appraisals published on `day`, and whether the grade is one of the upper two."""
    start, end = day_window(day)
    upper = GradeBand.objects.order_by("-from_score").values("pk")[:UPPER_GRADES]
    results = Appraisal.objects.filter(
        cycle__kind=CycleKind.MONTH, cycle__published_at__gte=start, cycle__published_at__lt=end, grade__isnull=False
    )
    return results.annotate(is_good=Case(When(grade__in=upper, then=1), default=0, output_field=IntegerField()))


def read_grades(day: date) -> Iterator[Reading]:
    """Count the results published, and those in the upper two grades."""
    counted = results_on(day).aggregate(good=Sum("is_good"), all=Count("pk"))
    yield Reading(counted["good"] or 0, counted["all"])


def grade_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the results published, the lower grades first."""

    def show(pk: int, name: str, grade: str, is_good: int) -> Fact:
        return Fact(name, reverse("staff:appraisal", args=[pk]), tag=grade, tone="good" if is_good else "warn")

    rows = results_on(day)
    if shop_id or employee_id:
        rows = rows.none()
    columns = ("pk", "employee__name", "grade__name", "is_good")
    return FactRows(rows.order_by("is_good", "employee__name_pinyin", "pk").values_list(*columns), show)


for metric in (
    Metric(
        POINTS_METRIC,
        _("Points"),
        _(
            "Points booked by the rulebook for what happened on the day, counter-entries included; "
            "those frozen by an open appeal are left out."
        ),
        "count",
        "more",
        read_points,
        point_facts,
        answers="self",
        zero_when_nothing=True,
        register_ids=("STF-217",),
    ),
    Metric(
        "staff.reports_in_time",
        _("Reports on time"),
        _("Whether the daily report of the day before was there by the hour set for figures (10:00); each day is one."),
        "share",
        "more",
        read_reports,
        report_facts,
        register_ids=("STF-202", "DATA-019"),
    ),
    Metric(
        "staff.good_grades",
        _("Good grades"),
        _("Of the monthly results published on the day, the share in the upper two of the four grades."),
        "share",
        "more",
        read_grades,
        grade_facts,
        register_ids=("STF-141",),
    ),
):
    METRICS.add(metric.name, metric)
