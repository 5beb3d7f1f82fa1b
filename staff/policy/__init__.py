"""What a manager may change, one file a subject."""

from staff.policy.appraisal import OBJECTION_DAYS, SCORE_BY
from staff.policy.house import COMPANY_NAME, FILE_DAYS, NOTICE_DAYS, OFFICE_HOURS, office_hours, spans
from staff.policy.kpi import FIGURES_BY_HOUR, SMALL_SAMPLE
from staff.policy.radar import RADAR_DAYS, RADAR_HOURS, RADAR_SOON_HOURS

__all__ = [
    "COMPANY_NAME",
    "FIGURES_BY_HOUR",
    "FILE_DAYS",
    "NOTICE_DAYS",
    "OBJECTION_DAYS",
    "OFFICE_HOURS",
    "RADAR_DAYS",
    "RADAR_HOURS",
    "RADAR_SOON_HOURS",
    "SCORE_BY",
    "SMALL_SAMPLE",
    "office_hours",
    "spans",
]
