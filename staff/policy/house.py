"""What a manager may change about people and the house itself."""

from __future__ import annotations

from datetime import time

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting
from shopops.kit.workdays import Hours

_SPAN = r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)"

COMPANY_NAME = Setting(
    "staff.company_name",
    "",
    label=_("Name of the company"),
    help=_("Stands under the brand and on printed reports."),
)
OFFICE_HOURS = Setting(
    "staff.office_hours",
    "09:00-12:00 13:00-18:00",
    label=_("Office hours"),
    help=_(
        "Spans of a working day, such as 09:00-12:00 13:00-18:00. Deadlines in working hours count these (STF-096)."
    ),
    pattern=rf"{_SPAN}( {_SPAN})*",
)
FILE_DAYS = Setting(
    "staff.file_days",
    30,
    label=_("Days that files of finished jobs are kept"),
    help=_("Exports hold personal data of buyers; after this they are deleted. The job itself stays listed."),
    unit=_("days"),
    least=1,
    most=365,
)
RUN_DAYS = Setting(
    "staff.run_days",
    180,
    label=_("Days that finished jobs stay listed"),
    help=_("Imports, exports and reports themselves stay; what the clock started stays too."),
    unit=_("days"),
    least=30,
    most=3650,
)
TRIAL_DAYS = Setting(
    "staff.trial_days",
    180,
    label=_("Days that results of trials are kept"),
    help=_("Counted from the end of a replay, wind tunnel or shadow; afterwards it is discarded. Booked replays stay."),
    unit=_("days"),
    least=7,
    most=3650,
)
NOTICE_DAYS = Setting(
    "staff.notice_days",
    90,
    label=_("Days that notifications are kept"),
    unit=_("days"),
    least=7,
    most=730,
)
LATE_DAYS = Setting(
    "staff.late_days",
    7,
    label=_("Days back that facts imported late are still charged for"),
    help=_(
        "Chat records come in the morning after. Of days longer ago only the figures are read; a replay charges them "
        "where people decide so."
    ),
    unit=_("days"),
    least=1,
    most=92,
)


def office_hours() -> Hours:
    """Return the working hours of a day as the work calendar wants them; those of the default when unusable."""
    try:
        return spans(OFFICE_HOURS())
    except ValueError:
        return spans(OFFICE_HOURS.default)


def spans(text: str) -> Hours:
    """Read `09:00-12:00 13:00-18:00`.

    :raises ValueError: if a span is no span of hours.
    """
    return tuple((_clock(start), _clock(end)) for start, _dash, end in (span.partition("-") for span in text.split()))


def _clock(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)
