"""The happiness fund (GOV-010…GOV-016): what was paid into it month by month, by whom, for the teams of each centre."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from staff.models import PointEntry
from staff.queries.appeals import open_offences
from staff.queries.units import centres, unit_names
from staff.states import ClauseKind

NOTHING = Decimal(0)
_REWARD = Q(offence__clause__kind=ClauseKind.REWARD)


@dataclass
class FundOfCentre:
    """What came into the fund from one centre in a span; it becomes that centre's budget for its team (GOV-014)."""

    name: str
    paid: Decimal = NOTHING
    frozen: Decimal = NOTHING
    people: int = 0


@dataclass
class Fund:
    """The fund of a span: by centre, in all, under appeal, and what the company granted as rewards beside it."""

    centres: list[FundOfCentre]
    paid: Decimal
    frozen: Decimal
    granted: Decimal


def fund_of(*, first: date, last: date) -> Fund:
    """Return the fund of a span, the centre that paid most first; three queries."""
    rows = (
        _entries(first, last)
        .values("employee_id", "employee__unit_id")
        .annotate(
            paid=Sum("fund", filter=~_REWARD & ~open_offences()),
            frozen=Sum("fund", filter=~_REWARD & open_offences()),
            granted=Sum("fund", filter=_REWARD),
        )
    )
    names, above = unit_names(), centres()
    found: dict[int | None, FundOfCentre] = {}
    granted = NOTHING
    for row in rows:
        granted += row["granted"] or NOTHING
        if not (row["paid"] or row["frozen"]):
            continue
        centre = above.get(row["employee__unit_id"])
        one = found.setdefault(centre, FundOfCentre(names.get(centre, "")))
        one.paid += row["paid"] or NOTHING
        one.frozen += row["frozen"] or NOTHING
        one.people += 1
    ranked = sorted(found.values(), key=lambda one: (-one.paid, one.name))
    return Fund(
        ranked, sum((one.paid for one in ranked), NOTHING), sum((one.frozen for one in ranked), NOTHING), granted
    )


def fund_by_month(*, first: date, last: date) -> dict[date, Decimal]:
    """Return what was paid into the fund each month of a span, by its first day; one query."""
    months: dict[date, Decimal] = defaultdict(Decimal)
    for row in _entries(first, last).filter(~_REWARD, ~open_offences()).values("day").annotate(paid=Sum("fund")):
        months[row["day"].replace(day=1)] += row["paid"]
    return dict(months)


def fund_entries(*, first: date, last: date) -> QuerySet[PointEntry]:
    """Return the entries with money of a span, newest first, with person, clause and evidence."""
    return _entries(first, last).select_related("offence__clause", "employee__unit").order_by("-day", "-pk")


def _entries(first: date, last: date) -> QuerySet[PointEntry]:
    return PointEntry.objects.filter(day__gte=first, day__lte=last).exclude(fund=0).order_by()
