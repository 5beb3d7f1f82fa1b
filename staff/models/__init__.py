"""Tables of staff, one file a subject."""

from staff.models.appraisal import (
    Appraisal,
    AppraisalCycle,
    AppraisalLine,
    AppraisalWeight,
    CountedEntry,
    GradeBand,
    PayTerms,
)
from staff.models.cases import Appeal, AppealOpinion, Attachment, CaseReport
from staff.models.duty import Attendance, Duty, DutySwap, Leave, Presence, RosterPattern, Shift
from staff.models.events import Event, Notification
from staff.models.handover import (
    Attendee,
    Handover,
    HandoverItem,
    Meeting,
    Problem,
    ProblemSpan,
    WorkReport,
)
from staff.models.jobs import JobRun
from staff.models.kpi import Kpi, KpiScore
from staff.models.organisation import Appointment, Employee, OrgUnit, Position, Shop, SubAccount
from staff.models.plans import YearPlan
from staff.models.points import Excuse, Offence, PointEntry, RadarSighting
from staff.models.reports import MetricReading, ReportSnapshot
from staff.models.rulebook import Clause, ClauseVersion, Rulebook
from staff.models.settings import CalendarDay, SavedView, SettingValue
from staff.models.trials import Trial, TrialOffence

__all__ = [
    "Appeal",
    "AppealOpinion",
    "Appointment",
    "Appraisal",
    "AppraisalCycle",
    "AppraisalLine",
    "AppraisalWeight",
    "Attachment",
    "Attendance",
    "Attendee",
    "CalendarDay",
    "CaseReport",
    "Clause",
    "ClauseVersion",
    "CountedEntry",
    "Duty",
    "DutySwap",
    "Employee",
    "Event",
    "Excuse",
    "GradeBand",
    "Handover",
    "HandoverItem",
    "JobRun",
    "Kpi",
    "KpiScore",
    "Leave",
    "Meeting",
    "MetricReading",
    "Notification",
    "Offence",
    "OrgUnit",
    "PayTerms",
    "PointEntry",
    "Position",
    "Presence",
    "Problem",
    "ProblemSpan",
    "RadarSighting",
    "ReportSnapshot",
    "RosterPattern",
    "Rulebook",
    "SavedView",
    "SettingValue",
    "Shift",
    "Shop",
    "SubAccount",
    "Trial",
    "TrialOffence",
    "WorkReport",
    "YearPlan",
]
