"""Points: what a person was charged, why, and how it adds up. What is under appeal stays out of every total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from shopops.kit.clock import shop_day
from staff.models import Appeal, Employee, MetricReading, Offence, PointEntry
from staff.queries.appeals import appeal_until, open_offences
from staff.queries.units import unit_names
from staff.states import ClauseKind, EntryKind, Standing

NOTHING = Decimal(0)
POINTS_METRIC = "staff.points"

_COUNTERS = Q(kind=EntryKind.COUNTER)
_CHARGES = Q(kind=EntryKind.CHARGE)
_PERSON = ("employee__name", "employee__name_pinyin", "employee__unit_id")
_MONEY = Sum("fund", filter=~open_offences() & ~Q(offence__clause__kind=ClauseKind.REWARD))


def month_span(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month a day lies in."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def points_moved(first: date, last: date) -> dict[date, datetime]:
    """Return when the points of each day of a span moved last: booked, or under appeal, or no longer; one query."""
    rows = (
        PointEntry.objects.filter(day__gte=first, day__lte=last)
        .values("day")
        .annotate(at=Greatest(Max("booked_at"), Max("offence__appeal__filed_at"), Max("offence__appeal__closed_at")))
    )
    return dict(rows.values_list("day", "at"))


def old_days_moved(before: date, *, since: datetime) -> list[date]:
    """Return the days before another whose points moved after they were read, newest first; three queries.

    :param since: movements before that moment are not looked for; a day nobody has read stays so.
    """
    moved: dict[date, datetime] = {}
    old = PointEntry.objects.filter(day__lt=before).order_by()
    booked = old.filter(booked_at__gt=since).values_list("day").annotate(at=Max("booked_at"))
    contested = Appeal.objects.filter(Q(filed_at__gt=since) | Q(closed_at__gt=since)).values("offence")
    appealed = (
        old.filter(offence__in=contested)
        .values_list("day")
        .annotate(at=Greatest(Max("offence__appeal__filed_at"), Max("offence__appeal__closed_at")))
    )
    for day, at in [*booked, *appealed]:
        moved[day] = max(at, moved.get(day, at))
    readings = MetricReading.objects.filter(metric=POINTS_METRIC, day__in=list(moved)).order_by()
    read = readings.values_list("day").annotate(at=Max("read_at"))
    return sorted((day for day, at in read if at < moved[day]), reverse=True)


def entries_of_person(employee: Employee, *, first: date, last: date) -> QuerySet[PointEntry]:
    """Return a person's entries of a span, newest first, with clause, evidence and appeal."""
    return (
        PointEntry.objects.filter(employee=employee, day__gte=first, day__lte=last)
        .select_related("offence__clause", "offence__version", "offence__appeal", "booked_by", "countered_by")
        .order_by("-day", "-pk")
    )


def days_to_appeal(entry: PointEntry, *, at: datetime) -> int | None:
    """Return the whole days left besides today to appeal the charge of an entry read with `entries_of_person`.

    None where it costs nothing, was taken back, was appealed, or the days are over.
    """
    costs = entry.points < 0 or (entry.fund and entry.offence.clause.kind != ClauseKind.REWARD)
    if (
        entry.kind != EntryKind.CHARGE
        or not costs
        or hasattr(entry, "countered_by")
        or hasattr(entry.offence, "appeal")
    ):
        return None
    until = appeal_until(entry.offence, entry)
    return (shop_day(until) - shop_day(at)).days - 1 if at < until else None


def warnings_of_person(employee: Employee, *, first: date, last: date) -> QuerySet[Offence]:
    """Return what was found against a person without costing points, newest first."""
    return (
        Offence.objects.filter(employee=employee, day__gte=first, day__lte=last, standing=Standing.WARNED)
        .select_related("clause")
        .order_by("-day", "-pk")
    )


def settled_without_points(employee: Employee, *, first: date, last: date) -> QuerySet[Offence]:
    """Return what was found against a person and excused, or merged into another case, newest first."""
    return (
        Offence.objects.filter(
            employee=employee, day__gte=first, day__lte=last, standing__in=(Standing.EXCUSED, Standing.MERGED)
        )
        .select_related("clause", "excuse", "merged_into__clause")
        .order_by("-day", "-pk")
    )


@dataclass(frozen=True)
class Total:
    """Points of a span: those that count, and those under appeal; yuan into the fund alike."""

    points: Decimal = NOTHING
    frozen: Decimal = NOTHING
    fund: Decimal = NOTHING

    @property
    def is_provisional(self) -> bool:
        """Say whether an open appeal may still change it."""
        return bool(self.frozen)

    @property
    def at_worst(self) -> Decimal:
        """Return what it comes to if every open appeal fails."""
        return self.points + self.frozen


def totals_of(employees: Iterable[int], *, first: date, last: date) -> dict[int, Total]:
    """Return the points of people in a span, by employee; one query, and people without entries are missing."""
    rows = (
        PointEntry.objects.filter(employee__in=list(employees), day__gte=first, day__lte=last)
        .order_by()
        .values("employee_id")
        .annotate(
            sum=Sum("points", filter=~open_offences()), frozen=Sum("points", filter=open_offences()), money=_MONEY
        )
    )
    return {
        row["employee_id"]: Total(row["sum"] or NOTHING, row["frozen"] or NOTHING, row["money"] or NOTHING)
        for row in rows
    }


def total_of_person(employee: Employee, *, first: date, last: date) -> Decimal:
    """Return the sum of a person's points of a span, without what is under appeal."""
    return whole_total(employee, first=first, last=last).points


def whole_total(employee: Employee, *, first: date, last: date) -> Total:
    """Return a person's points of a span, those under appeal apart; one query."""
    return totals_of([employee.pk], first=first, last=last).get(employee.pk, Total())


def totals_by_month(employee: Employee, *, first: date, last: date) -> dict[date, Decimal]:
    """Return a person's points of each month that has any, by its first day; one query."""
    totals: dict[date, Decimal] = defaultdict(Decimal)
    days = PointEntry.objects.filter(~open_offences(), employee=employee, day__gte=first, day__lte=last)
    for row in days.values("day").annotate(points=Sum("points")):
        totals[row["day"].replace(day=1)] += row["points"]
    return dict(totals)


def totals_by_person(*, first: date, last: date) -> list[dict[str, Any]]:
    """Return everybody's points of a span, those with most charges first; two queries.

    Each row has employee_id, employee__name, employee__unit_id, points (without what is under appeal), frozen, fund,
    charges, waived and warnings.
    """
    rows = {
        row["employee_id"]: {
            **row,
            "points": row["points"] or NOTHING,
            "frozen": row["frozen"] or NOTHING,
            "fund": row["money"] or NOTHING,
            "warnings": 0,
        }
        for row in PointEntry.objects.filter(day__gte=first, day__lte=last)
        .values("employee_id", *_PERSON)
        .annotate(
            charges=Count("pk", filter=_CHARGES),
            waived=Count("pk", filter=_COUNTERS),
            frozen=Sum("points", filter=open_offences()),
            money=_MONEY,
            points=Sum("points", filter=~open_offences()),
        )
    }
    warned = (
        Offence.objects.filter(day__gte=first, day__lte=last, standing=Standing.WARNED)
        .values("employee_id", *_PERSON)
        .annotate(warnings=Count("pk"))
    )
    for row in warned:
        nothing = {**row, "points": NOTHING, "frozen": NOTHING, "fund": NOTHING, "charges": 0, "waived": 0}
        rows.setdefault(row["employee_id"], nothing)["warnings"] = row["warnings"]
    return sorted(rows.values(), key=lambda row: (row["points"], -row["warnings"], row["employee__name_pinyin"]))


@dataclass
class UnitTotal:
    """What the people of one unit lost in a span."""

    name: str
    people: int = 0
    points: Decimal = NOTHING
    frozen: Decimal = NOTHING
    charges: int = 0
    warnings: int = 0


def totals_by_unit(people: Iterable[dict[str, Any]]) -> list[UnitTotal]:
    """Return the points by unit, from the rows of `totals_by_person`; the one that lost most first. One query."""
    names = unit_names()
    units: dict[int | None, UnitTotal] = {}
    for row in people:
        key = row["employee__unit_id"]
        unit = units.setdefault(key, UnitTotal(names.get(key, "")))
        unit.people += 1
        unit.points += row["points"]
        unit.frozen += row["frozen"]
        unit.charges += row["charges"]
        unit.warnings += row["warnings"]
    return sorted(units.values(), key=lambda unit: (unit.points, -unit.warnings, unit.name))


def totals_by_clause(*, first: date, last: date, employee: Employee | None = None) -> list[dict[str, Any]]:
    """Return what each clause cost in a span, the dearest first, without what is under appeal; one query."""
    entries = PointEntry.objects.filter(~open_offences(), day__gte=first, day__lte=last)
    if employee:
        entries = entries.filter(employee=employee)
    rows = (
        entries.values("offence__clause__number", "offence__clause__title", "offence__clause__title_en")
        .annotate(charges=Count("pk", filter=_CHARGES), money=Sum("fund"), points=Sum("points"))
        .order_by("points", "offence__clause__number")
    )
    return [dict(row) for row in rows]


def offence_rows(day: date) -> list[dict[str, Any]]:
    """Return what was charged for a day as the daily report prints it, by clause and person."""
    rows = (
        PointEntry.objects.filter(day=day)
        .values(
            "offence__clause__number",
            "offence__clause__title",
            "offence__clause__title_en",
            "employee_id",
            "employee__name",
        )
        .annotate(
            count=Count("pk", filter=_CHARGES),
            waived=Count("pk", filter=_COUNTERS),
            total=Sum("points", filter=~open_offences()),
        )
        .order_by("offence__clause__number", "employee__name_pinyin", "employee_id")
    )
    return [
        {
            "clause": row["offence__clause__number"],
            "title": row["offence__clause__title"],
            "title_en": row["offence__clause__title_en"],
            "employee": row["employee_id"],
            "name": row["employee__name"],
            "count": row["count"],
            "waived": row["waived"],
            "points": str(row["total"] or Decimal("0.00")),
        }
        for row in rows
    ]


def offence_cases(day: date, most: int) -> list[dict[str, Any]]:
    """Return the single cases charged for a day, at most so many, with the document each is about."""
    entries = (
        PointEntry.objects.filter(day=day, kind=EntryKind.CHARGE)
        .select_related("offence__clause", "employee")
        .order_by("offence__clause__number", "offence__happened_at", "pk")[:most]
    )
    return [
        {
            "clause": entry.offence.clause.number,
            "subject": entry.offence.subject_label,
            "orders": entry.offence.facts.get("orders", ""),
            "goods": entry.offence.facts.get("goods", ""),
            "deadline": entry.offence.happened_at,
            "shipped_at": entry.offence.facts.get("shipped_at"),
            "name": entry.employee.name,
            "points": str(entry.points),
        }
        for entry in entries
    ]
