"""What a manager may change, one file a subject."""

from staff.policy.house import COMPANY_NAME, FILE_DAYS, NOTICE_DAYS, OFFICE_HOURS, office_hours, spans

__all__ = ["COMPANY_NAME", "FILE_DAYS", "NOTICE_DAYS", "OFFICE_HOURS", "office_hours", "spans"]
