"""What went wrong, one file a subject: staff prices it like what the departments find."""

from staff.detectors import appraisals, duty, plans, reports

__all__ = ["appraisals", "duty", "plans", "reports"]
