"""The close of a month as a line of steps: what each is for, what it lacks, what may be done now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from staff.models import AppraisalCycle
from staff.queries.appraisal_cycles import (
    Missing,
    cases_missing,
    data_missing,
    people_missing,
    results_missing,
)
from staff.states import CycleKind, CycleState

ORDER = (CycleState.OPEN, CycleState.AUDIT, CycleState.PUBLISHED, CycleState.LOCKED)


@dataclass(frozen=True)
class CloseStep:
    """One step: `is_done`, or `is_now`, with what it lacks."""

    key: str
    title: str
    text: str
    missing: list[Missing]
    is_done: bool
    is_now: bool

    @property
    def tone(self) -> str:
        """Return how it stands."""
        if self.is_done:
            return "good"
        return max((one.tone for one in self.missing), key=["good", "warn", "danger"].index, default="plain")

    @property
    def open_points(self) -> int:
        """Return how many kinds of things it lacks."""
        return sum(1 for one in self.missing if one.count)


def steps_of(cycle: AppraisalCycle, today: date) -> list[CloseStep]:
    """Return the steps of a period's close, in their order."""
    place = ORDER.index(CycleState(cycle.state))
    is_month, is_over = cycle.kind == CycleKind.MONTH, today > cycle.last
    is_out = place >= ORDER.index(CycleState.PUBLISHED)
    steps = []
    if is_month:
        data = [] if is_out else [*data_missing(cycle, today), *cases_missing(cycle)]
        steps.append(
            CloseStep(
                "data",
                _("Records"),
                _("Every day imported, read and tallied; appeals and reported cases decided."),
                data,
                is_done=is_out or (is_over and not any(one.count for one in data)),
                is_now=place == 0,
            )
        )
    people = [] if is_out else people_missing(cycle)
    steps += [
        CloseStep(
            "scores",
            _("Self-reviews and scores"),
            _("People look back on the month; their superiors score from the 1st to the 10th.")
            if is_month
            else _("The mean of the locked months."),
            people,
            is_done=place > 0,
            is_now=place == 0,
        ),
        CloseStep(
            "check",
            _("Check"),
            _("HR looks at what stands out, and sends back what does not hold."),
            [],
            is_done=is_out,
            is_now=place == 1,
        ),
        CloseStep(
            "publish",
            _("Publication"),
            _("Everything is reckoned once more and frozen; everybody is told and signs or objects."),
            results_missing(cycle) if is_out and place < len(ORDER) - 1 else [],
            is_done=place == len(ORDER) - 1,
            is_now=place == ORDER.index(CycleState.PUBLISHED),
        ),
        CloseStep(
            "lock",
            _("Lock"),
            _("A second person looks and locks. What is booked later lands in the next month."),
            [],
            is_done=place == len(ORDER) - 1,
            is_now=False,
        ),
    ]
    return steps
