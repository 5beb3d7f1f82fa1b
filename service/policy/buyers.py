"""Numbers of buyers: when somebody is lost, how often they hear from the shop."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

LOST_DAYS = Setting(
    "service.buyer_lost_days",
    180,
    label=_("A buyer is lost after"),
    help=_("Days without an order; lost buyers have a tab of their own."),
    unit=_("days"),
    least=14,
    most=1095,
)
RHYTHM_ORDERS = Setting(
    "service.buyer_rhythm_orders",
    3,
    label=_("Orders that make a rhythm"),
    help=_("From so many days with orders on, the next purchase is expected after the buyer's usual interval."),
    unit=_("orders"),
    least=2,
    most=20,
)
CARE_EVERY_DAYS = Setting(
    "service.care_every_days",
    30,
    label=_("A buyer hears from the shop at most once in"),
    help=_("Counts every message of care and every survey; birthdays too (CS-014, CS-025)."),
    unit=_("days"),
    least=1,
    most=365,
)
CARE_HOLIDAYS = Setting(
    "service.care_holidays",
    "元旦 春节 端午 中秋 国庆",
    label=_("Holidays on which buyers are greeted"),
    help=_("Beginnings of the holidays' names, with blanks between; only members are greeted (CS-025)."),
)
VISIT_DAYS = Setting(
    "service.visit_days",
    90,
    label=_("Members are visited every"),
    help=_("Counted from their last conversation or visit (CS-022)."),
    unit=_("days"),
    least=7,
    most=730,
)
CARE_DAYS_KEPT = Setting(
    "service.care_days_kept",
    7,
    label=_("A message of care that nobody sent is skipped after"),
    unit=_("days"),
    least=1,
    most=60,
)
_VARIABLES = _(
    "{buyer}, {holiday}, {level} and {goods} are filled in. A quick phrase of the occasion's name goes first."
)
CARE_TEXTS = {
    "birthday": Setting(
        "service.care_text_birthday",
        "{buyer}，祝您生日快乐！给您准备了一份生日礼，进店联系客服就能领取。感谢一直以来的支持～",
        label=_("What a buyer is written on the birthday"),
        help=_VARIABLES,
    ),
    "holiday": Setting(
        "service.care_text_holiday",
        "{buyer}，{holiday}快乐！感谢您一直以来的支持，祝您和家人节日安康。",
        label=_("What members are written on a holiday"),
        help=_VARIABLES,
    ),
    "visit": Setting(
        "service.care_text_visit",
        "{buyer}，好久不见～之前买的{goods}用得还满意吗？有任何问题或建议随时告诉我们。",
        label=_("What members are written on a regular visit"),
        help=_VARIABLES,
    ),
    "repurchase": Setting(
        "service.care_text_repurchase",
        "{buyer}，您常买的{goods}差不多该补货了，需要的话直接拍下就好，今天照常发货。",
        label=_("What buyers are written who are due to buy again"),
        help=_VARIABLES,
    ),
    "offer": Setting(
        "service.care_text_offer",
        "{buyer}，{level}专属优惠开始了，详情随时问我们。不想再收到这类消息请告诉我们，谢谢。",
        label=_("What buyers are written with an offer"),
        help=_VARIABLES,
    ),
}
"""Occasion → what is proposed for a message of care where nobody has made a quick phrase of it."""
