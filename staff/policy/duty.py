"""What a manager may change about shifts, presence, handovers, problems and reports."""

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

REST_HOURS = Setting(
    "staff.rest_hours",
    10,
    label=_("Rest between two duties"),
    help=_("A late shift that ends at midnight forbids an early one the next morning. Planning refuses less."),
    unit=_("hours"),
    least=0,
    most=24,
)
DAYS_A_WEEK = Setting(
    "staff.days_a_week",
    5,
    label=_("Days on duty in a week"),
    help=_("Planning refuses more; weekend duty comes on top and earns a rest day (STF-098)."),
    unit=_("days"),
    least=1,
    most=7,
)
GRACE_MINUTES = Setting(
    "staff.grace_minutes",
    5,
    label=_("Minutes that are not late yet"),
    help=_("Who comes or leaves by so much off the hours of the shift kept it; attendance counts it as in time."),
    unit=_("minutes"),
    least=0,
    most=60,
)
ACCEPT_MINUTES = Setting(
    "staff.accept_minutes",
    30,
    label=_("Time to accept a handover"),
    help=_("What the next shift has not accepted by then is with the leader (CS-007)."),
    unit=_("minutes"),
    least=5,
    most=1440,
)
PROBLEM_DAYS = Setting(
    "staff.problem_days",
    2,
    label=_("Time to solve a problem"),
    help=_("Working days; after that it goes one level up. What STF-126 charges stands in the clause."),
    unit=_("days"),
    least=1,
    most=30,
)
COVER_WEEKDAY = Setting(
    "staff.cover_weekday",
    1,
    label=_("People there on working days"),
    help=_("So many cover each half hour from 9:00 to 23:00 (CS-047); the roster shows fewer as a hole."),
    unit=_("people"),
    least=1,
    most=99,
)
COVER_WEEKEND = Setting(
    "staff.cover_weekend",
    1,
    label=_("People there at weekends"),
    help=_("So many cover each half hour from 9:00 to 23:00 on days off (CS-050)."),
    unit=_("people"),
    least=0,
    most=99,
)

SERVICE_HOURS = (9, 23)
"""Hours between which somebody of customer service is there: the roster shows gaps between them (CS-047)."""
REST_DAY_LIFE = 365
"""Days after a weekend duty within which its rest day is taken."""
