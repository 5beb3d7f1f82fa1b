"""Clauses of every price, watched by detectors that find what a test says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from shopops.kit.clock import day_window
from shopops.kit.detectors import DETECTORS, Detector, Finding, Question
from staff.actions.drafts import draft_version, publish_draft
from staff.models import Clause, ClauseVersion, Employee, Rulebook
from staff.states import ClauseKind, Machine, VersionState
from tests.factories.staff import NOON, EmployeeFactory

FROM_THE_START = date(2000, 1, 1)


def clause(number: str, *, points: str = "-1", detector: str = "", **terms: Any) -> ClauseVersion:
    """Return the first version of a clause, in force since always; `terms` are columns of the version."""
    book, _made = Rulebook.objects.get_or_create(code="try", defaults={"name": "试行", "name_en": "Trial rules"})
    made = Clause.objects.create(
        rulebook=book,
        number=number,
        department="service",
        kind=ClauseKind.PENALTY,
        title=number,
        title_en=number,
        machine=Machine.AUTO if detector else Machine.FORM,
        detector=detector,
    )
    return ClauseVersion.objects.create(
        clause=made,
        version=1,
        state=VersionState.PUBLISHED,
        valid_from=FROM_THE_START,
        text=number,
        text_en=number,
        points=Decimal(points),
        published_at=NOON,
        **terms,
    )


def new_version(clause: Clause, *, valid_from: date, by: Employee, at: datetime, **terms: Any) -> ClauseVersion:
    """Publish the next version of a clause; somebody else has drafted it."""
    analyst = EmployeeFactory(username="zhaomin", name="赵敏")
    draft = draft_version(clause, by=analyst, at=at, **terms)
    return publish_draft(draft, valid_from=valid_from, by=by, at=at)


class Happenings:
    """What the detectors of a test find: each on its day, for whoever was there."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._findings: dict[str, list[Finding]] = {}
        self._numbers = 0

    def add(
        self, name: str, employee: Employee, at: datetime, *, grade: str = "", cause: str = "", subject: int = 0
    ) -> Finding:
        """Let a detector find something."""
        self._numbers += 1
        number = subject or self._numbers
        finding = Finding(
            ("staff.Thing", number, f"事 {number}"), employee.pk, at, {"n": number}, "/x/", grade=grade, cause=cause
        )
        self._findings.setdefault(name, []).append(finding)
        return finding

    def forget(self, name: str, finding: Finding) -> None:
        """Let it not have happened."""
        self._findings[name].remove(finding)

    def found(self, name: str, question: Question) -> Iterator[Finding]:
        """Give what was found inside the window of a question."""
        for finding in self._findings.get(name, []):
            if question.window.start <= finding.happened_at < question.window.end:
                yield finding


@contextmanager
def watching(*names: str) -> Iterator[Happenings]:
    """Install detectors of these names that find what the test adds."""
    happenings = Happenings()
    for name in names:
        DETECTORS.add(name, Detector(name, name, lambda question, name=name: happenings.found(name, question)))
    try:
        yield happenings
    finally:
        for name in names:
            DETECTORS._things.pop(name)


def night_after(day: date) -> datetime:
    """Return half past midnight after a day."""
    return day_window(day).end + timedelta(minutes=30)
