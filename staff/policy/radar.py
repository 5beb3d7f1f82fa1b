"""What a manager may change about the radar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

RADAR_HOURS = Setting(
    "staff.radar_hours",
    48,
    label=_("Hours the radar looks ahead"),
    help=_(
        "What will become an offence within so many hours stands on “my work” of the person it would be charged to."
    ),
    unit=_("hours"),
    least=1,
    most=240,
)
RADAR_SOON_HOURS = Setting(
    "staff.radar_soon_hours",
    4,
    label=_("Hours before an offence from which it is urgent"),
    help=_("From then on it is marked in the frame of every page."),
    unit=_("hours"),
    least=1,
    most=48,
)
RADAR_DAYS = Setting(
    "staff.radar_days",
    120,
    label=_("Days that what the radar saw is kept"),
    help=_("Avoided and committed offences are counted as long as this."),
    unit=_("days"),
    least=35,
    most=730,
)
