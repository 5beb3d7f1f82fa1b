"""Words and steps of the plans of a year (STF-132)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class PlanState(TextChoices):
    """Where a plan is: its writer files it, the superior approves it or sends it back."""

    DRAFT = "draft", _("being written")
    FILED = "filed", _("waits for the superior")
    APPROVED = "approved", _("approved")


PLAN_MOVES: Moves = {
    PlanState.DRAFT: frozenset({PlanState.FILED}),
    PlanState.FILED: frozenset({PlanState.DRAFT, PlanState.APPROVED}),
    PlanState.APPROVED: frozenset({PlanState.DRAFT}),
}

declare_verbs(
    {
        "staff.plan_written": _("wrote the plan"),
        "staff.plan_filed": _("filed the plan"),
    }
)
declare_verbs({"staff.plan_approved": _("approved the plan")}, tone="good")
declare_verbs({"staff.plan_returned": _("sent the plan back")}, tone="warn")
