"""Reported cases: what may be reported and what it costs, whose they are, who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shopops.kit.detectors import DETECTORS
from shopops.kit.lists import Reader, Row
from staff.models import CaseReport, Clause, ClauseVersion, Employee, Offence
from staff.queries.people import matching_people
from staff.queries.rulebook import in_force
from staff.queries.terms import grade_in_words, points_in_words
from staff.states import CaseKind, CaseState, ClauseKind, Machine

SEES_ALL = "staff.view_casereport"
NOTHING = Decimal(0)
REPORTABLE = (ClauseKind.PENALTY, ClauseKind.REWARD)
TONES = {
    CaseState.REPORTED: "warn",
    CaseState.CONFIRMED: "good",
    CaseState.REJECTED: "danger",
    CaseState.WITHDRAWN: "plain",
}


@dataclass(frozen=True)
class Grade:
    """A degree of a case, with what it costs."""

    key: str
    points: Decimal

    @property
    def label(self) -> str:
        """Return the degree and its points in words."""
        return f"{grade_in_words(self.key)} {points_in_words(self.points)}"


@dataclass(frozen=True)
class Price:
    """What a version makes of a case reported by hand."""

    version: ClauseVersion
    grades: list[Grade]

    @property
    def is_proposed(self) -> bool:
        """Say whether whoever reports names the amount: of rewards the rulebook leaves open."""
        version = self.version
        is_reward = version.clause.kind == ClauseKind.REWARD
        return is_reward and not self.grades and not version.points and not version.fund

    @property
    def has_plain_price(self) -> bool:
        """Say whether a case may have no degree: the degrees are exceptions then, or there are none."""
        return not self.grades or self.version.points not in {NOTHING, *(one.points for one in self.grades)}

    def points_of(self, grade: str) -> Decimal | None:
        """Return what a grade costs; without one the plain price, where that is none of the grades; else None."""
        if not grade and self.has_plain_price:
            return self.version.points
        return next((one.points for one in self.grades if one.key == grade), None)


def reportable_clauses(day: date) -> QuerySet[Clause]:
    """Return the clauses in force on a day that people report: nothing here finds what falls under them."""
    held = in_force(day).filter(clause=OuterRef("pk"))
    clauses = Clause.objects.filter(Exists(held), kind__in=REPORTABLE)
    reckoned = Q(kind=ClauseKind.REWARD, machine=Machine.AUTO)
    return clauses.exclude(reckoned).exclude(detector__in=list(DETECTORS)).select_related("rulebook").order_by("number")


def is_reportable(clause: Clause) -> bool:
    """Say whether people report what falls under a clause."""
    is_reckoned = clause.kind == ClauseKind.REWARD and clause.machine == Machine.AUTO
    return clause.kind in REPORTABLE and not is_reckoned and clause.detector not in DETECTORS


def price_on(clause: Clause, day: date) -> Price | None:
    """Return what a clause cost on a day, or None where it did not hold; one query."""
    version = in_force(day).filter(clause=clause).select_related("clause").first()
    return Price(version, grades_of(version)) if version else None


def grades_of(version: ClauseVersion) -> list[Grade]:
    """Return the degrees of a version, the mildest first."""
    found = []
    for key, text in version.grades.items():
        try:
            found.append(Grade(str(key), Decimal(str(text))))
        except InvalidOperation:
            continue
    return sorted(found, key=lambda one: abs(one.points))


def kind_for(clause: Clause) -> CaseKind:
    """Return what a report under a clause is."""
    return CaseKind.REWARD if clause.kind == ClauseKind.REWARD else CaseKind.PENALTY


def listed_cases(reader: Reader) -> QuerySet[CaseReport]:
    """Return the cases somebody may see: their own reports, what was confirmed about them, or all."""
    cases = CaseReport.objects.annotate(file_count=Count("files"))
    return cases.filter(_visible_to(reader.by))


def visible_cases(reader: Employee) -> QuerySet[CaseReport]:
    """Return the cases whose pages somebody may open, with what the page shows."""
    return CaseReport.objects.filter(_visible_to(reader)).select_related(
        "clause", "offence__version", "employee__unit", "witness", "reported_by", "decided_by"
    )


def _visible_to(reader: Employee) -> Q:
    """Nobody reads a report about themselves before it is decided, whatever else they may read."""
    about_me = Q(employee=reader) & Q(state=CaseState.CONFIRMED)
    mine = Q(reported_by=reader)
    if reader.has_perm(SEES_ALL):
        return mine | about_me | ~Q(employee=reader)
    return mine | about_me


def may_see_case(case: CaseReport, reader: Employee) -> bool:
    """Say whether somebody may read a case; one query."""
    return CaseReport.objects.filter(_visible_to(reader), pk=case.pk).exists()


def knows_reporter(case: CaseReport, reader: Employee) -> bool:
    """Say whether somebody may know who reported a case and who saw it: not the person it is about."""
    return reader.pk in {case.reported_by_id, case.witness_id} or (
        reader.pk != case.employee_id and reader.has_perm(SEES_ALL)
    )


def matching_cases(text: str) -> Q:
    """Return the condition for the search box: clause, person or words of the report."""
    people = Employee.objects.filter(matching_people(text)).values("pk")
    words = text.strip()
    said = Q(text__icontains=words) | Q(incident__icontains=words)
    return Q(clause__number__istartswith=words) | Q(employee__in=people) | said


def add_case_words(rows: list[Row], reader: Reader) -> None:
    """Put kind, state and price in words on the rows of a page, and hide reporters from whom they reported."""
    english = get_language() == "en"
    states, kinds = dict(CaseState.choices), dict(CaseKind.choices)
    for row in rows:
        row["clause_title"] = row["clause__title_en"] if english else row["clause__title"]
        row["state_label"], row["tone"] = states[row["state"]], TONES[CaseState(row["state"])]
        row["kind_label"] = kinds[row["kind"]]
        row["price"] = amount_in_words(row["points"], row["fund"])
        if row["employee_id"] == reader.by.pk != row["reported_by_id"]:
            row["reported_by__name"] = ""


def amount_in_words(points: Decimal, fund: Decimal) -> str:
    """Return points and money as people read them: −3, ¥50, −1 · ¥20."""
    parts = [points_in_words(points)] if points else []
    if fund:
        parts.append(f"¥{abs(fund).normalize():f}")
    return " · ".join(parts) or "–"


def waiver_waiting(offence: Offence) -> CaseReport | None:
    """Return the waiver of an offence that waits for a second person."""
    return offence.cases.filter(kind=CaseKind.WAIVER, state=CaseState.REPORTED).first()


def case_of(offence: Offence) -> CaseReport | None:
    """Return the reported case an offence came from; one query."""
    return offence.cases.exclude(kind=CaseKind.WAIVER).select_related("reported_by", "decided_by").first()


def issuers_of(offence: Offence) -> set[int]:
    """Return who brought an offence about by hand: who reported the case, and who confirmed it."""
    cases = offence.cases.filter(state=CaseState.CONFIRMED).exclude(kind=CaseKind.WAIVER)
    return {person for pair in cases.values_list("reported_by", "decided_by") for person in pair if person}


def cases_to_decide(reader: Employee) -> QuerySet[CaseReport]:
    """Return the cases that wait for a second person who could be this one."""
    waiting = CaseReport.objects.filter(state=CaseState.REPORTED)
    return waiting.exclude(reported_by=reader).exclude(employee=reader)


def undecidable(ids: Iterable[int], reader: Reader) -> dict[int, Any]:
    """Return which of some cases this person cannot decide, with the reason."""
    refused: dict[int, Any] = {}
    for case in CaseReport.objects.filter(pk__in=list(ids)):
        if case.state != CaseState.REPORTED:
            refused[case.pk] = _("was decided already")
        elif reader.by.pk == case.reported_by_id:
            refused[case.pk] = _("you reported it yourself")
        elif reader.by.pk == case.employee_id:
            refused[case.pk] = _("it is about you")
    return refused
