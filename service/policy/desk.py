"""Numbers of the agent's day."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

ANNOTATION_LEAST = Setting(
    "service.annotation_least",
    6,
    label=_("Shortest annotation of a conversation"),
    help=_("A conversation is closed only when it is annotated in so much detail (CS-051)."),
    unit=_("characters"),
    least=1,
    most=500,
)
MOVE_DAYS = Setting(
    "service.follow_up_move_days",
    7,
    label=_("A follow-up or promise is put off by at most"),
    help=_("Counted from the moment of moving. What is late already is not moved any more."),
    unit=_("days"),
    least=1,
    most=90,
)
DESK_REFRESH = Setting(
    "service.desk_refresh_seconds",
    15,
    label=_("The queue of the agent's desk is read anew every"),
    unit=_("seconds"),
    least=5,
    most=300,
)
CHASE_GROUP = Setting(
    "service.chase_group",
    "催付",
    label=_("Group of quick phrases for asking buyers to pay"),
    help=_("Phrases of this group are the scripts at unpaid orders (ORD-020). Empty offers all phrases."),
)
AFTER_SALE_FOLLOW_UP_DAYS = Setting(
    "service.after_sale_follow_up_days",
    3,
    label=_("A buyer who got goods again is asked after"),
    help=_("Exchanges, re-sent and repaired goods plan a follow-up by themselves (CS-066, CS-069). 0 plans none."),
    unit=_("days"),
    least=0,
    most=30,
)
