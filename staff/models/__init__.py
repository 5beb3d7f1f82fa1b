"""Tables of staff, one file a subject."""

from staff.models.events import Event, Notification
from staff.models.jobs import JobRun
from staff.models.organisation import Appointment, Employee, OrgUnit, Position, Shop, SubAccount
from staff.models.reports import MetricReading, ReportSnapshot
from staff.models.rulebook import Clause, ClauseVersion, Offence, PointEntry
from staff.models.settings import CalendarDay, SavedView, SettingValue

__all__ = [
    "Appointment",
    "CalendarDay",
    "Clause",
    "ClauseVersion",
    "Employee",
    "Event",
    "JobRun",
    "MetricReading",
    "Notification",
    "Offence",
    "OrgUnit",
    "PointEntry",
    "Position",
    "ReportSnapshot",
    "SavedView",
    "SettingValue",
    "Shop",
    "SubAccount",
]
