"""The nightly tally: what went wrong yesterday, priced by the rulebook in force, booked once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import Window, day_window
from shopops.kit.detectors import DETECTORS, Question
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify
from staff.actions.findings import Written, write_findings
from staff.actions.settling import Hand, Priced, charge_superiors, lock_books, settle
from staff.models import ClauseVersion, Employee, Offence
from staff.queries.pricing import excusing, versions_on
from staff.queries.rulebook import points_in_words


@dataclass
class Tally:
    """What a tally found: offences booked now, offences known already, and new ones by clause."""

    new: int = 0
    unchanged: int = 0
    by_clause: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """Return the plain values for a job page or a script."""
        return {"new": self.new, "unchanged": self.unchanged, "by_clause": dict(self.by_clause)}

    def add(self, other: Tally) -> None:
        """Take up another tally."""
        self.new += other.new
        self.unchanged += other.unchanged
        self.by_clause += other.by_clause


@transaction.atomic
def tally_day(day: date, *, at: datetime, only: str = "") -> Tally:
    """Find the offences of `day` and book what each costs; a second tally of the same day books nothing.

    Of a day that is not over, only limits that have passed by `at` count. Everybody charged is told at once, with the
    way to the evidence.

    :param only: apply the clauses of this detector and no others.
    :raises Refused: if the day has not begun.
    """
    if at <= day_window(day).start:
        raise Refused(sentence(_("%(day)s has not begun; there is nothing to tally yet."), day=day.isoformat()))
    lock_books()
    tally = Tally()
    told: list[tuple[ClauseVersion, Priced]] = []
    versions = [one for one in versions_on(day) if only in {"", one.clause.detector}]
    for version, written, priced in apply_versions(versions, day, hand=Hand(at)):
        new = sum(written.new.values())
        tally.new += new
        tally.unchanged += written.found - new
        if new:
            tally.by_clause[version.clause.number] += new
        told += [(version, one) for one in priced]
    tell_charged(told, day=day, at=at)
    return tally


def apply_versions(
    versions: Iterable[ClauseVersion], day: date, *, hand: Hand
) -> Iterator[tuple[ClauseVersion, Written, list[Priced]]]:
    """Ask the detector of each version what happened on `day`, write and price it, into the books or on trial."""
    start, end = day_window(day)
    window = Window(start, min(end, hand.at))
    excuses = excusing(window)
    for version in versions:
        valid = excuses.for_version(version) if version.excuses else []
        findings = DETECTORS[version.clause.detector].find(Question(window, hand.at, version.parameters))
        written = write_findings(version, findings, day=day, at=hand.at, excuses=valid, trial=hand.trial)
        priced = written.priced
        if written.ids:
            priced += settle(version, written.ids, day, hand=hand)
            fresh = [key for ids in written.ids.values() for key in ids]
            priced += charge_superiors(version, fresh, day=day, excuses=valid, hand=hand)
        yield version, written, priced


def tell_charged(booked: list[tuple[ClauseVersion, Priced]], *, day: date, at: datetime) -> None:
    """Tell everybody who was charged or whose charge changed: one sentence a clause, with the days left to appeal."""
    sums: dict[tuple[int, int], Told] = {}
    mended = [priced.offence_id for _version, priced in booked if not priced.is_new]
    those = Offence.objects.filter(pk__in=mended).select_related("version__clause") if mended else []
    of_mended = {one.pk: one.version for one in those}
    for known, priced in booked:
        version = of_mended.get(priced.offence_id, known)
        told = sums.setdefault((priced.employee_id, version.clause_id), Told(version))
        told.add(priced)
    people = Employee.objects.in_bulk({employee for employee, _clause in sums})
    month = f"{reverse('staff:my_points')}?month={day:%Y-%m}"
    for (employee, _clause), told in sums.items():
        notify(
            [people[employee]],
            "points",
            told.sentence,
            at=at,
            url=reverse("staff:offence", args=[told.offence_id]) if told.count == 1 else month,
            clause=told.version.clause.number,
            day=day.isoformat(),
            count=told.count,
            points=told.amount,
            appeal_days=told.version.appeal_days,
        )


@dataclass
class Told:
    """What one person is told about one clause."""

    version: ClauseVersion
    offence_id: int = 0
    count: int = 0
    points: Decimal = Decimal(0)
    fund: Decimal = Decimal(0)

    def add(self, priced: Priced) -> None:
        """Take up one booking; what was only mended is no new case."""
        if priced.is_new:
            self.count += priced.cases
            self.offence_id = priced.offence_id
        self.points += priced.points
        self.fund += priced.fund

    @property
    def amount(self) -> str:
        """Return points and yuan in words."""
        parts = [points_in_words(self.points)] if self.points or not self.fund else []
        return " · ".join([*parts, f"¥{self.fund:,.2f}"] if self.fund else parts)

    @property
    def sentence(self) -> str | Promise:
        """Return the sentence to be translated."""
        if not self.count:
            return _("%(clause)s of %(day)s: what was booked in the month was reckoned anew, %(points)s.")
        if self.fund and not self.points:
            return _(
                "%(clause)s of %(day)s: %(count)s booked, %(points)s into the happiness fund. "
                "See the evidence; you can appeal for %(appeal_days)s days."
            )
        return _(
            "%(clause)s of %(day)s: %(count)s booked, %(points)s points in all. "
            "See the evidence; you can appeal for %(appeal_days)s days."
        )
