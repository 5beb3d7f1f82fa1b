"""Indicators scored on forms: who is measured by which, by whom they are scored, and what was scored."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import get_language

from staff.models import Appointment, Employee, Kpi, KpiScore, OrgUnit
from staff.queries.people import holds_on
from staff.queries.superiors import superiors_of
from staff.states import Machine

TO_COME = Path(__file__).resolve().parent.parent / "data" / "metrics_to_come.toml"


class ToCome(NamedTuple):
    """Why an indicator is not measured yet: which department brings its records, and which they are."""

    department: str
    needs: str


@dataclass(frozen=True)
class FormLine:
    """One indicator of one person's month: the score in force, and those it replaced, the newest first."""

    kpi: Kpi
    score: KpiScore | None
    replaced: list[KpiScore]


@dataclass(frozen=True)
class Sheet:
    """What somebody's superior scores for a month."""

    person: Employee
    superior: Employee | None
    lines: list[FormLine]

    @property
    def missing(self) -> int:
        """Return how many are not scored yet."""
        return sum(line.score is None for line in self.lines)


def metrics_to_come() -> dict[str, ToCome]:
    """Return number of the indicator → what is missing, in the language in force."""
    place = 1 if get_language() == "en" else 0
    return {
        number: ToCome(row["department"][place], row["needs"][place]) for row in _to_come() for number in row["numbers"]
    }


def indicators() -> QuerySet[Kpi]:
    """Return every indicator with its posts and units, by area and number."""
    return Kpi.objects.prefetch_related("posts", "units").order_by("number")


def measured_people(kpis: Sequence[Kpi], *, on: date) -> dict[int, set[int]]:
    """Return indicator → people it is meant for on a day: holders of its posts, members of its units and below.

    Three queries, besides those for posts and units where they were not prefetched.
    """
    by_post: dict[int, set[int]] = defaultdict(set)
    held = Appointment.objects.filter(holds_on(on), employee__is_active=True)
    for person, post in held.values_list("employee_id", "position_id"):
        by_post[post].add(person)
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    by_unit: dict[int, set[int]] = defaultdict(set)
    for person, unit in Employee.objects.filter(is_active=True, unit__isnull=False).values_list("pk", "unit_id"):
        above: int | None = unit
        while above is not None:
            by_unit[above].add(person)
            above = parents.get(above)
    return {
        kpi.pk: set().union(
            *(by_post[post.pk] for post in kpi.posts.all()), *(by_unit[unit.pk] for unit in kpi.units.all())
        )
        for kpi in kpis
    }


def sheets_of(month: date, *, scorer: int | None = None, on: date) -> list[Sheet]:
    """Return what is to be scored for a month, of the people that `scorer` is the superior of, or of everybody.

    :param on: the day whose posts and units count.
    """
    kpis = list(
        Kpi.objects.filter(machine=Machine.FORM, is_used=True).prefetch_related("posts", "units").order_by("number")
    )
    measured = measured_people(kpis, on=on)
    everybody = Employee.objects.filter(pk__in=set().union(*measured.values())).select_related("unit")
    people = list(everybody.order_by("name_pinyin", "pk"))
    superiors = superiors_of(people)
    if scorer is not None:
        people = [one for one in people if (superior := superiors[one.pk]) and superior.pk == scorer]
    scores: dict[tuple[int, int], list[KpiScore]] = defaultdict(list)
    rows = KpiScore.objects.filter(month=month, employee__in=people).select_related("scored_by")
    for row in rows.order_by("-scored_at", "-pk"):
        scores[row.employee_id, row.kpi_id].append(row)
    sheets = []
    for person in people:
        lines = [line_of(kpi, scores[person.pk, kpi.pk]) for kpi in kpis if person.pk in measured[kpi.pk]]
        sheets.append(Sheet(person, superiors[person.pk], lines))
    return sheets


def form_line(kpi: Kpi, person: Employee, month: date) -> FormLine:
    """Return one indicator of one person's month; one query."""
    rows = KpiScore.objects.filter(kpi=kpi, employee=person, month=month).select_related("scored_by")
    return line_of(kpi, list(rows.order_by("-scored_at", "-pk")))


def line_of(kpi: Kpi, scores: Sequence[KpiScore]) -> FormLine:
    """Tell the score in force from those it replaced."""
    in_force = next((one for one in scores if one.replaced_at is None), None)
    return FormLine(kpi, in_force, [one for one in scores if one.replaced_at is not None])


def scored_lately(kpi: Kpi, *, most: int = 12) -> QuerySet[KpiScore]:
    """Return the newest scores of an indicator."""
    return kpi.scores.filter(replaced_at=None).select_related("employee", "scored_by").order_by("-scored_at")[:most]


@cache
def _to_come() -> list[dict[str, list[str]]]:
    rows: list[dict[str, list[str]]] = tomllib.loads(TO_COME.read_text(encoding="utf-8"))["metric"]
    return rows
