"""What a manager may change, one file a subject."""

from staff.policy.house import COMPANY_NAME, FILE_DAYS, NOTICE_DAYS, OFFICE_HOURS, office_hours, spans
from staff.policy.kpi import SMALL_SAMPLE

__all__ = ["COMPANY_NAME", "FILE_DAYS", "NOTICE_DAYS", "OFFICE_HOURS", "SMALL_SAMPLE", "office_hours", "spans"]
