"""What a manager may change, one file a subject."""

from staff.policy.appeals import LEADER_DAYS, PANEL_DAYS, PANEL_SIZE, STEP_DAYS
from staff.policy.appraisal import OBJECTION_DAYS
from staff.policy.cases import EVIDENCE_FILES, EVIDENCE_MB, REWARD_FUND, REWARD_POINTS, WAIVER_LIMIT
from staff.policy.duty import (
    ACCEPT_MINUTES,
    COVER_WEEKDAY,
    COVER_WEEKEND,
    DAYS_A_WEEK,
    GRACE_MINUTES,
    PROBLEM_DAYS,
    REST_HOURS,
)
from staff.policy.house import (
    COMPANY_NAME,
    FILE_DAYS,
    LATE_DAYS,
    NOTICE_DAYS,
    OFFICE_HOURS,
    RUN_DAYS,
    office_hours,
    spans,
)
from staff.policy.kpi import FIGURES_BY_HOUR, SMALL_SAMPLE
from staff.policy.radar import RADAR_DAYS, RADAR_HOURS, RADAR_SOON_HOURS

__all__ = [
    "ACCEPT_MINUTES",
    "COMPANY_NAME",
    "COVER_WEEKDAY",
    "COVER_WEEKEND",
    "DAYS_A_WEEK",
    "EVIDENCE_FILES",
    "EVIDENCE_MB",
    "FIGURES_BY_HOUR",
    "FILE_DAYS",
    "GRACE_MINUTES",
    "LATE_DAYS",
    "LEADER_DAYS",
    "NOTICE_DAYS",
    "OBJECTION_DAYS",
    "OFFICE_HOURS",
    "PANEL_DAYS",
    "PANEL_SIZE",
    "PROBLEM_DAYS",
    "RADAR_DAYS",
    "RADAR_HOURS",
    "RADAR_SOON_HOURS",
    "REST_HOURS",
    "REWARD_FUND",
    "REWARD_POINTS",
    "RUN_DAYS",
    "SMALL_SAMPLE",
    "STEP_DAYS",
    "WAIVER_LIMIT",
    "office_hours",
    "spans",
]
