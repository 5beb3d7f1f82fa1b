"""The bonus sheet for payroll: one row a person, from the snapshots, with a number that changes with any of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shopops.kit.refusals import Refused
from shopops.kit.spreadsheets import Column, xlsx_book
from staff.actions.events import record
from staff.models import Appraisal, AppraisalCycle, Employee
from staff.queries.appraisals import span_in_words
from staff.states import AppraisalState, CycleKind, CycleState


@dataclass(frozen=True)
class BonusSheet:
    """The rows of a sheet with their sums, and the number it goes by."""

    number: str
    digest: str
    rows: list[dict[str, Any]]
    is_final: bool

    @property
    def total(self) -> Decimal:
        """Return the sum of the bonuses, in yuan."""
        return sum((row["bonus"] for row in self.rows), Decimal("0.00"))

    @property
    def deductions(self) -> Decimal:
        """Return the sum of what is deducted from wages, in yuan: usually nothing."""
        return sum((row["deduction"] for row in self.rows), Decimal("0.00"))


def bonus_sheet(cycle: AppraisalCycle) -> BonusSheet:
    """Put the sheet of a published month together; one query.

    :raises Refused: if the month is not published, or the period has no bonus.
    """
    if cycle.kind != CycleKind.MONTH:
        raise Refused(_("Only months have a bonus."))
    if cycle.state not in {CycleState.PUBLISHED, CycleState.LOCKED}:
        raise Refused(_("The bonus sheet is made of published results."))
    people = Appraisal.objects.filter(cycle=cycle).order_by("employee__employee_number", "pk")
    rows = [_row(shot, state) for shot, state in people.values_list("snapshot", "state")]
    digest = hashlib.sha256("".join(row["digest"] for row in rows).encode()).hexdigest()
    number = f"BONUS-{span_in_words(cycle).replace('-', '')}-{digest[:8].upper()}"
    return BonusSheet(number, digest, rows, cycle.state == CycleState.LOCKED)


@transaction.atomic
def take_bonus_sheet(cycle: AppraisalCycle, *, by: Employee, at: Any) -> tuple[BonusSheet, bytes]:
    """Return the sheet as .xlsx, and write down who took it.

    :raises Refused: if there is none.
    """
    sheet = bonus_sheet(cycle)
    record("staff.payroll_taken", cycle, by=by, at=at, reason=sheet.number)
    return sheet, bonus_workbook(sheet, cycle)


def bonus_workbook(sheet: BonusSheet, cycle: AppraisalCycle) -> bytes:
    """Write the workbook: the rows with their sum, and how they were reckoned."""
    target = BytesIO()
    columns = [
        Column(_("Employee number"), width=14),
        Column(_("Full name"), width=14),
        Column(_("Unit"), width=16),
        Column(_("Post"), width=16),
        Column(_("Score"), "money", width=10),
        Column(_("Grade"), width=12),
        Column(_("Coefficient"), "money", width=10),
        Column(_("Bonus at 100"), "money", width=14),
        Column(_("Bonus"), "money", width=14),
        Column(_("Deducted from the wage"), "money", width=14),
        Column(_("State"), width=12),
        Column(_("Snapshot"), width=26),
    ]
    with xlsx_book(target) as add_sheet:
        write = add_sheet(_("Bonus %(span)s") % {"span": span_in_words(cycle)}, columns)
        for row in sheet.rows:
            write(
                [
                    row["employee_number"], row["employee"], row["unit"], row["post"], row["score"], row["grade"],
                    row["coefficient"], row["bonus_base"], row["bonus"], row["deduction"], row["state"], row["number"],
                ]
            )  # fmt: skip
        write([_("Total"), None, None, None, None, None, None, None, sheet.total, sheet.deductions, None, None])
        notes = add_sheet(_("How it was reckoned"), [Column(_("About this sheet"), width=24), Column("", width=90)])
        for label, text in _notes(sheet, cycle):
            notes([label, text])
    return target.getvalue()


def _notes(sheet: BonusSheet, cycle: AppraisalCycle) -> list[tuple[str, str]]:
    by_score = all(row["by_score"] for row in sheet.rows)
    formula = _("bonus at 100 × score ÷ 100 × coefficient of the grade, rounded to 0.01, never below 0")
    return [
        (_("Number"), sheet.number),
        ("SHA-256", sheet.digest),
        (_("Period"), span_in_words(cycle)),
        (_("State"), _("locked") if sheet.is_final else _("published, not locked: objections may still change it")),
        (_("Bonus"), formula if by_score else _("bonus at 100 × coefficient of the grade, never below 0")),
        (
            _("Wages"),
            _(
                "Points move the performance bonus only. Nothing is deducted from the wage unless a manager turned it"
                " on, and then at most the configured share, leaving at least the local minimum wage."
            ),
        ),
    ]


def _row(shot: dict[str, Any], state: str) -> dict[str, Any]:
    english = get_language() == "en"
    return {
        "employee_number": shot["employee_number"],
        "employee": shot["employee"],
        "unit": shot["unit_en"] if english else shot["unit"],
        "post": shot["post_en"] if english else shot["post"],
        "score": Decimal(shot["score"]),
        "grade": shot["grade_en"] if english else shot["grade"],
        "coefficient": Decimal(shot["coefficient"] or 0),
        "bonus_base": Decimal(shot["bonus_base"] or 0),
        "bonus": Decimal(shot["bonus"] or 0).quantize(Decimal("0.01")),
        "deduction": Decimal(shot["deduction"] or 0).quantize(Decimal("0.01")),
        "state": str(dict(AppraisalState.choices)[state]),
        "number": shot["number"],
        "digest": shot["digest"],
        "by_score": bool(shot["by_score"]),
    }
