"""What a manager may change about reported cases, waivers and the files that prove them."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

WAIVER_LIMIT = Setting(
    "staff.waiver_limit",
    Decimal(3),
    label=_("Points that one person may waive alone"),
    help=_("A waiver of more waits for a second person."),
    unit=_("points"),
    least=0,
    most=100,
)
REWARD_POINTS = Setting(
    "staff.reward_points",
    Decimal(10),
    label=_("Most points of one reward"),
    help=_("Of rewards whose amount the reporter proposes (STF-144, STF-145)."),
    unit=_("points"),
    least=0,
    most=100,
)
REWARD_FUND = Setting(
    "staff.reward_fund",
    Decimal(200),
    label=_("Most money of one reward"),
    help=_("Of rewards whose amount the reporter proposes (STF-144, STF-145)."),
    unit=_("yuan"),
    least=0,
    most=100_000,
)
EVIDENCE_MB = Setting(
    "staff.evidence_mb",
    20,
    label=_("Largest file of evidence"),
    unit=_("MB"),
    least=1,
    most=500,
)
EVIDENCE_FILES = Setting(
    "staff.evidence_files",
    9,
    label=_("Most files of one case or appeal"),
    unit=_("files"),
    least=1,
    most=50,
)
