"""One incident, several cases: people reported at once, and reports that turn out to be about the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from staff.actions.cases import DECIDES, report_case
from staff.actions.events import record
from staff.models import CaseReport, Clause, Employee
from staff.queries.incidents import joinable
from staff.states import CaseState

MOST_PEOPLE = 30


@transaction.atomic
def report_people(
    people: Sequence[Employee],
    *,
    clause: Clause,
    happened_at: datetime,
    text: str,
    files: Sequence[File[Any]] = (),
    incident: str = "",
    joins: CaseReport | None = None,
    grade: str = "",
    points: Decimal | None = None,
    fund: Decimal | None = None,
    witness: Employee | None = None,
    by: Employee,
    at: datetime,
) -> list[CaseReport]:
    """Report several people for one incident: a case for each, decided and contested by itself; all or none.

    :raises Refused: as `report_case`, or if they are nobody or too many.
    """
    those = list({one.pk: one for one in people}.values())
    if not those or len(those) > MOST_PEOPLE:
        raise Refused(_("One report names one to %(most)s people.") % {"most": MOST_PEOPLE})
    cases: list[CaseReport] = []
    for employee in those:
        for file in files:
            file.seek(0)
        case = report_case(
            clause=clause,
            employee=employee,
            happened_at=happened_at,
            text=text,
            grade=grade,
            points=points,
            fund=fund,
            witness=witness,
            files=files,
            incident=incident,
            joins=joins or (cases[0] if cases else None),
            by=by,
            at=at,
        )
        cases.append(case)
    return cases


@transaction.atomic
def join_incident(case: CaseReport, other: CaseReport, *, by: Employee, at: datetime) -> None:
    """Say that an undecided report is about the same incident as another one.

    :raises Refused: if it is decided, others have joined it, it is the same or one that cannot be joined, or it is
        neither one's own report nor one's to decide.
    """
    locked = CaseReport.objects.select_for_update().get(pk=case.pk)
    if by.pk != locked.reported_by_id and (by.pk == locked.employee_id or not by.has_perm(DECIDES)):
        raise Refused(_("Only who reported a case or may decide it says which incident it belongs to."))
    if locked.state != CaseState.REPORTED:
        raise Refused(_("The case was decided already."))
    if locked.joined.exists():
        raise Refused(_("Others joined this report; join the other one to this."))
    if other.incident_id == locked.incident_id or not joinable(by).filter(pk=other.pk).exists():
        raise Refused(_("That report cannot be joined."))
    first = CaseReport.objects.get(pk=other.incident_id)
    before = locked.incident
    locked.incident_of, locked.incident = first, first.incident
    locked.save(update_fields=["incident_of", "incident"])
    changes = {"incident": (before, first.incident)} if before != first.incident else {}
    record("staff.case_joined", locked, by=by, at=at, changes=changes, reason=str(first))
