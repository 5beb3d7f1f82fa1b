"""Words and steps of appeals against points."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class Stage(TextChoices):
    """Who judges an appeal."""

    LEADER = "leader", _("leader")
    PANEL = "panel", _("panel")


class AppealState(TextChoices):
    """Where an appeal is."""

    WITH_LEADER = "with_leader", _("with the leader")
    ANSWERED = "answered", _("answered, may go on to the panel")
    WITH_PANEL = "with_panel", _("with the panel")
    CLOSED = "closed", _("closed")
    WITHDRAWN = "withdrawn", _("withdrawn")


APPEAL_MOVES: Moves = {
    AppealState.WITH_LEADER: frozenset({AppealState.ANSWERED, AppealState.CLOSED, AppealState.WITHDRAWN}),
    AppealState.ANSWERED: frozenset({AppealState.WITH_PANEL, AppealState.CLOSED}),
    AppealState.WITH_PANEL: frozenset({AppealState.CLOSED, AppealState.WITHDRAWN}),
}


class Verdict(TextChoices):
    """How an appeal was decided."""

    UPHOLD = "uphold", _("points stay")
    REDUCE = "reduce", _("points reduced")
    WITHDRAW = "withdraw", _("points withdrawn")
    RULE_DEFECT = "rule_defect", _("the rule is at fault")


declare_verbs(
    {
        "staff.appeal_filed": _("appealed"),
        "staff.appeal_answered": _("gave an opinion on the appeal"),
        "staff.appeal_taken_on": _("took the appeal to the panel"),
        "staff.appeal_withdrawn": _("withdrew the appeal"),
        "staff.appeal_closed": _("closed the appeal"),
        "staff.appeal_lapsed": _("the appeal was decided by its deadline"),
    }
)
