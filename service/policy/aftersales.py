"""What a manager may change about after-sales: how long each step may take, and what a parcel costs."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

ANSWER_HOURS = Setting(
    "service.after_sale_answer_hours",
    24,
    label=_("After-sale cases are answered within"),
    help=_("Our own time, shorter than the platform's."),
    unit=_("hours"),
    least=1,
    most=240,
)
PLATFORM_ANSWER_HOURS = Setting(
    "service.after_sale_platform_hours",
    48,
    label=_("The platform decides an unanswered case after"),
    help=_("Where the platform's file gives the moment, that one counts."),
    unit=_("hours"),
    least=1,
    most=720,
)
RETURN_DAYS = Setting(
    "service.return_days",
    7,
    label=_("The buyer sends the goods back within"),
    help=_("From the day we agreed; then the platform closes the case."),
    unit=_("days"),
    least=1,
    most=60,
)
CONFIRM_DAYS = Setting(
    "service.return_confirm_days",
    10,
    label=_("Returned goods are confirmed within"),
    help=_("From the day the buyer named the waybill; then the platform pays by itself."),
    unit=_("days"),
    least=1,
    most=60,
)
INSPECT_HOURS = Setting(
    "service.return_inspect_hours",
    48,
    label=_("Returned parcels are inspected within"),
    unit=_("hours"),
    least=1,
    most=240,
)
REFUND_HOURS = Setting(
    "service.refund_hours",
    24,
    label=_("Refunds that were agreed are paid within"),
    unit=_("hours"),
    least=1,
    most=240,
)
SEND_HOURS = Setting(
    "service.replacement_hours",
    48,
    label=_("Goods are sent out again within"),
    help=_("Exchange, re-send and repair, from the moment nothing more is awaited of the buyer."),
    unit=_("hours"),
    least=1,
    most=240,
)
TIMER_HOURS = Setting(
    "service.after_sale_timer_hours",
    12,
    label=_("Warn before the platform decides"),
    help=_("Cases with less time left are shown in red and on “my work”."),
    unit=_("hours"),
    least=1,
    most=72,
)
PARCEL_COST = Setting(
    "service.parcel_cost",
    Decimal("5.00"),
    label=_("What sending a parcel costs"),
    help=_("Reckoned into the cost of a case for every parcel of ours that was sent again."),
    unit=_("yuan"),
    least=0,
    most=1000,
)
STALL_HOURS = Setting(
    "service.parcel_stall_hours",
    48,
    label=_("A parcel stalled when the carrier said nothing for"),
    help=_("Shown as grounds when the cause of an after-sale case is looked for."),
    unit=_("hours"),
    least=12,
    most=240,
)
RETURN_PHOTO_MB = Setting(
    "service.return_photo_mb",
    10,
    label=_("Largest photo of a returned parcel"),
    unit=_("MB"),
    least=1,
    most=100,
)
