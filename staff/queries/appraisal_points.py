"""Which point entries count in the appraisal of a month, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet, Sum

from staff.models import AppraisalCycle, PointEntry
from staff.states import ClauseKind, CycleKind, CycleState

NOTHING = Decimal(0)
DONE = (CycleState.PUBLISHED, CycleState.LOCKED)
FROZEN = Q(offence__is_frozen=True, counted_in=None)
"""Under appeal when nothing has been counted yet; once counted an entry stays counted."""


@dataclass(frozen=True)
class MonthPoints:
    """A person's points of a month: what counts, and what is under appeal and left out."""

    net: Decimal = NOTHING
    entries: int = 0
    frozen: int = 0
    frozen_points: Decimal = NOTHING


def countable_entries(cycle: AppraisalCycle) -> QuerySet[PointEntry]:
    """Return the entries that belong into a month, those under appeal included; one query to say which months are open.

    An entry belongs to the month in which the thing happened. Where that month is published already, it lands in the
    next one that is not: corrections, and what was under appeal when its month was published. Of a published month it
    is what was counted, and nothing else ever.
    """
    if cycle.state in DONE:
        return PointEntry.objects.filter(counted_in__appraisal__cycle=cycle)
    months = AppraisalCycle.objects.filter(kind=CycleKind.MONTH, first__lt=cycle.first)
    begun = months.aggregate(start=Min("first"), loose=Min("first", filter=~Q(state__in=DONE)))
    when = Q(offence__day__gte=cycle.first, offence__day__lte=cycle.last)
    if begun["start"]:
        until = begun["loose"] or cycle.first
        when |= Q(offence__day__gte=begun["start"], offence__day__lt=until)
    return PointEntry.objects.filter(when, counted_in=None)


def points_of_people(cycle: AppraisalCycle, employees: Iterable[int] | None = None) -> dict[int, MonthPoints]:
    """Return everybody's points of a month, by employee; two queries."""
    entries = countable_entries(cycle)
    if employees is not None:
        entries = entries.filter(employee__in=list(employees))
    rows = (
        entries.order_by()
        .values("employee_id")
        .annotate(
            net=Sum("points", filter=~FROZEN, default=NOTHING),
            count=Count("pk", filter=~FROZEN),
            frozen=Count("pk", filter=FROZEN),
            frozen_points=Sum("points", filter=FROZEN, default=NOTHING),
        )
    )
    return {
        row["employee_id"]: MonthPoints(row["net"], row["count"], row["frozen"], row["frozen_points"]) for row in rows
    }


def funds_of_people(cycle: AppraisalCycle) -> dict[int, Decimal]:
    """Return what each person was charged for the happiness fund in a month, in yuan, rewards left out; two queries."""
    charged = countable_entries(cycle).exclude(FROZEN).exclude(offence__clause__kind=ClauseKind.REWARD)
    rows = charged.order_by().values("employee_id")
    return {row["employee_id"]: row["sum"] for row in rows.annotate(sum=Sum("fund")) if row["sum"]}


def entries_behind(cycle: AppraisalCycle, employee: int) -> list[PointEntry]:
    """Return the entries behind one person's points of a month, oldest first, with clause and evidence."""
    entries = countable_entries(cycle).filter(employee=employee)
    return list(entries.select_related("offence__clause").order_by("offence__day", "pk"))
