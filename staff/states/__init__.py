"""Words and steps of staff, one file a subject."""

from staff.states.appeals import APPEAL_MOVES, AppealState, Stage, Verdict
from staff.states.appraisal import (
    APPRAISAL_MOVES,
    CYCLE_MOVES,
    AppraisalState,
    CycleKind,
    CycleState,
    LineKind,
)
from staff.states.house import JOB_MOVES, JobState, Platform
from staff.states.kpi import KpiCycle, Machine
from staff.states.rulebook import (
    CASE_MOVES,
    TRIAL_MOVES,
    VERSION_MOVES,
    CaseKind,
    CaseState,
    ClauseKind,
    EntryKind,
    ExcuseKind,
    Outcome,
    Per,
    Standing,
    TrialKind,
    TrialState,
    VersionState,
)

__all__ = [
    "APPEAL_MOVES",
    "APPRAISAL_MOVES",
    "CASE_MOVES",
    "CYCLE_MOVES",
    "JOB_MOVES",
    "TRIAL_MOVES",
    "VERSION_MOVES",
    "AppealState",
    "AppraisalState",
    "CaseKind",
    "CaseState",
    "ClauseKind",
    "CycleKind",
    "CycleState",
    "EntryKind",
    "ExcuseKind",
    "JobState",
    "KpiCycle",
    "LineKind",
    "Machine",
    "Outcome",
    "Per",
    "Platform",
    "Stage",
    "Standing",
    "TrialKind",
    "TrialState",
    "Verdict",
    "VersionState",
]
