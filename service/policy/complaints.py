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
COMPLAINT_REPEAT_DAYS = Setting(
    "service.complaint_repeat_days",
    30,
    label=_("A complaint is a repeated one within"),
    help=_("After another of the same buyer; about the same order however late. It goes to the supervisor at once."),
    unit=_("days"),
    least=1,
    most=365,
)
COMPLAINT_REPORT_DAYS = Setting(
    "service.complaint_report_days",
    30,
    label=_("Complaints are reported on every"),
    help=_("So many days after the last report it is a task of who handles complaints (CS-034)."),
    unit=_("days"),
    least=1,
    most=366,
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
