"""How long those who judge an appeal may take, and how many sit on the panel."""

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

LEADER_DAYS = Setting(
    "staff.appeal_leader_days",
    3,
    label=_("Days in which the leader answers an appeal"),
    help=_("Without an answer by then the points are withdrawn."),
    unit=_("working days"),
    least=1,
    most=30,
)
STEP_DAYS = Setting(
    "staff.appeal_step_days",
    3,
    label=_("Days in which an answered appeal may go on to the panel"),
    help=_("After that the leader's answer holds."),
    unit=_("days"),
    least=1,
    most=30,
)
PANEL_DAYS = Setting(
    "staff.appeal_panel_days",
    5,
    label=_("Days in which the panel decides an appeal"),
    help=_("Without a decision by then the points are withdrawn."),
    unit=_("working days"),
    least=1,
    most=60,
)
PANEL_SIZE = Setting(
    "staff.appeal_panel_size",
    3,
    label=_("Judges of an appeal on the panel"),
    help=_("The first so many who answer decide; fewer where fewer may sit on it."),
    least=1,
    most=15,
)
