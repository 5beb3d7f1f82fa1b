"""What a manager may change about indicators."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

SMALL_SAMPLE = Setting(
    "staff.small_sample",
    10,
    label=_("Fewest cases a share is judged by"),
    help=_("A share of fewer cases is shown grey with its counts, such as 1 of 1, and has no part in rankings."),
    unit=_("cases"),
    least=1,
    most=1000,
)
FIGURES_BY_HOUR = Setting(
    "staff.figures_by_hour",
    10,
    label=_("Hour by which the figures of the day before are to be here"),
    help=_("Imports of orders and the daily report count as on time until then (DATA-019, STF-200, STF-202)."),
    unit=_("o'clock"),
    least=1,
    most=23,
)
