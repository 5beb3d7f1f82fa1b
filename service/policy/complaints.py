"""Numbers of complaints and reviews."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

COMPLAINT_ESCALATE_HOURS = Setting(
    "service.complaint_escalate_hours",
    4,
    label=_("A complaint nobody answered goes up again after"),
    help=_("When its time has passed it goes to the superior; after so many hours more to the shop's head (CS-038)."),
    unit=_("hours"),
    least=1,
    most=72,
)
COMPLAINT_REVISIT_DAYS = Setting(
    "service.complaint_revisit_days",
    3,
    label=_("Days until a buyer who complained is visited again"),
    help=_("Counted from the day the complaint was archived; the evaluation sheet is filed then (CS-033)."),
    unit=_("days"),
    least=1,
    most=30,
)
REVIEW_HOURS = Setting(
    "service.review_hours",
    2,
    label=_("A middling or bad review is dealt with within"),
    help=_("Office hours, counted from when it was imported (CS-020)."),
    unit=_("hours"),
    least=1,
    most=72,
)
