"""Words and steps of appraisals (STF-129…STF-143)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class CycleKind(TextChoices):
    """Which span an appraisal is about (STF-129, STF-130)."""

    MONTH = "month", _("month")
    HALF = "half", _("half-year")
    YEAR = "year", _("year")


class CycleState(TextChoices):
    """Where the appraisal of a period is (STF-135)."""

    OPEN = "open", _("self-review and scoring")
    AUDIT = "audit", _("checked by HR")
    PUBLISHED = "published", pgettext_lazy("of an appraisal", "published")
    LOCKED = "locked", pgettext_lazy("of an appraisal", "locked")


CYCLE_MOVES: Moves = {
    CycleState.OPEN: frozenset({CycleState.AUDIT}),
    CycleState.AUDIT: frozenset({CycleState.OPEN, CycleState.PUBLISHED}),
    CycleState.PUBLISHED: frozenset({CycleState.LOCKED}),
}


class AppraisalState(TextChoices):
    """Where one person's appraisal is."""

    WAITING = "waiting", _("self-review to come")
    SELF_REVIEWED = "self_reviewed", _("to be scored")
    SCORED = "scored", _("scored")
    PUBLISHED = "published", pgettext_lazy("of an appraisal", "published")
    SIGNED = "signed", _("signed by the person")
    APPEALED = "appealed", _("objected to")
    SETTLED = "settled", _("settled")


APPRAISAL_MOVES: Moves = {
    AppraisalState.WAITING: frozenset({AppraisalState.SELF_REVIEWED, AppraisalState.SCORED}),
    AppraisalState.SELF_REVIEWED: frozenset({AppraisalState.SCORED}),
    AppraisalState.SCORED: frozenset({AppraisalState.SELF_REVIEWED, AppraisalState.PUBLISHED}),
    AppraisalState.PUBLISHED: frozenset({AppraisalState.SIGNED, AppraisalState.APPEALED, AppraisalState.SETTLED}),
    AppraisalState.APPEALED: frozenset({AppraisalState.PUBLISHED}),
    AppraisalState.SIGNED: frozenset({AppraisalState.SETTLED}),
}


class LineKind(TextChoices):
    """What a line of an appraisal counts."""

    KPI = "kpi", _("indicator")
    FORM = "form", _("scored on a form")
    POINTS = "points", _("points")


declare_verbs(
    {
        "staff.cycle_opened": _("opened the appraisal"),
        "staff.cycle_audited": _("handed the appraisal to HR"),
        "staff.cycle_reopened": _("sent the appraisal back"),
        "staff.self_reviewed": _("filed the self-review"),
        "staff.appraisal_scored": _("scored the appraisal"),
        "staff.appraisal_adjusted": _("adjusted the result"),
        "staff.appraisal_objected": _("objected to the result"),
        "staff.appraisal_answered": _("answered the objection"),
        "staff.appraisal_returned": _("sent the score back"),
        "staff.superior_assigned": _("named who scores"),
        "staff.bonus_revealed": _("looked at the amounts"),
        "staff.pay_revealed": _("looked at the pay terms"),
        "staff.pay_terms_set": _("set the pay terms"),
        "staff.weights_changed": _("changed the weights"),
        "staff.payroll_taken": _("downloaded the bonus sheet"),
    }
)
declare_verbs(
    {
        "staff.cycle_published": _("published the appraisal"),
        "staff.cycle_locked": _("locked the month"),
        "staff.appraisal_signed": _("signed the result"),
        "staff.appraisal_settled": _("settled the result"),
    },
    tone="good",
)
