"""Words and steps of handing a shift over, of problems, meetings and the reports people hand in."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class HandoverState(TextChoices):
    """Where a handover is (CS-007)."""

    DRAFT = "draft", _("being written")
    OFFERED = "offered", _("waiting for acceptance")
    CLOSED = "closed", _("accepted")


HANDOVER_MOVES: Moves = {
    HandoverState.DRAFT: frozenset({HandoverState.OFFERED, HandoverState.CLOSED}),
    HandoverState.OFFERED: frozenset({HandoverState.CLOSED}),
}


class ItemState(TextChoices):
    """What became of one thing that was open at the end of a shift."""

    LISTED = "listed", _("to be decided")
    DONE = "done", _("done")
    KEPT = "kept", _("kept by oneself")
    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    WITH_LEADER = "with_leader", _("with the leader")


ITEM_MOVES: Moves = {
    ItemState.LISTED: frozenset({ItemState.DONE, ItemState.KEPT, ItemState.OFFERED}),
    ItemState.DONE: frozenset({ItemState.KEPT, ItemState.OFFERED}),
    ItemState.KEPT: frozenset({ItemState.DONE, ItemState.OFFERED}),
    ItemState.OFFERED: frozenset({ItemState.ACCEPTED, ItemState.WITH_LEADER, ItemState.DONE, ItemState.KEPT}),
    ItemState.WITH_LEADER: frozenset({ItemState.ACCEPTED, ItemState.DONE}),
}


class ProblemState(TextChoices):
    """Where a problem raised to a superior is (CS-009, STF-125)."""

    RAISED = "raised", _("raised")
    SOLVED = "solved", _("solved")
    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")


PROBLEM_MOVES: Moves = {
    ProblemState.RAISED: frozenset({ProblemState.SOLVED, ProblemState.WITHDRAWN}),
    ProblemState.SOLVED: frozenset({ProblemState.CONFIRMED, ProblemState.RAISED}),
}


class MeetingKind(TextChoices):
    """Which meeting it is (CS-074, CS-075)."""

    WEEKLY = "weekly", _("weekly meeting")
    MONTHLY = "monthly", _("monthly meeting")
    TRAINING = "training", _("training")
    OTHER = "other", _("other meeting")


class AttendeeState(TextChoices):
    """Whether somebody came to a meeting."""

    INVITED = "invited", _("invited")
    PRESENT = "present", _("was there")
    LATE = "late", _("came late")
    ABSENT = "absent", _("was not there")
    EXCUSED = "excused", _("excused from it")


_SEEN = frozenset({AttendeeState.PRESENT, AttendeeState.LATE, AttendeeState.ABSENT, AttendeeState.EXCUSED})
ATTENDEE_MOVES: Moves = {state: _SEEN - {state} for state in AttendeeState}
"""Until the list is closed what was noted may be mended."""


class WorkReportKind(TextChoices):
    """What people hand in by a deadline."""

    SALES_DAY = "sales_day", _("daily sales report")
    FIGURES_DAY = "figures_day", _("daily figures of conversations")
    WEEK = "week", _("weekly summary and plan")


declare_verbs(
    {
        "staff.handover_begun": _("began the handover"),
        "staff.handover_offered": _("handed the shift over"),
        "staff.handover_read": _("read the handover"),
        "staff.item_decided": _("decided about an open thing"),
        "staff.problem_raised": _("raised the problem"),
        "staff.meeting_called": _("called the meeting"),
        "staff.attendance_noted": _("noted who was there"),
        "staff.minutes_written": _("wrote the minutes"),
        "staff.report_handed_in": _("handed in the report"),
    }
)
declare_verbs(
    {
        "staff.item_accepted": _("accepted an open thing"),
        "staff.handover_closed": _("closed the handover"),
        "staff.problem_solved": _("solved the problem"),
        "staff.problem_confirmed": _("confirmed the solution"),
        "staff.list_closed": _("closed the list of who was there"),
        "staff.report_read": _("read the report"),
    },
    tone="good",
)
declare_verbs(
    {
        "staff.item_left_with_leader": _("left an open thing with the leader"),
        "staff.problem_escalated": _("took the problem one level up"),
        "staff.problem_reopened": _("was not content with the solution"),
        "staff.problem_withdrawn": _("withdrew the problem"),
    },
    tone="warn",
)
