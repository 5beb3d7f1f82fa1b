"""Words and steps of duty: shifts, leave, swaps, presence, attendance."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class ShiftKind(TextChoices):
    """What a shift is for (STF-096…STF-099, CS-050)."""

    OFFICE = "office", _("office hours")
    EARLY = "early", _("early shift")
    LATE = "late", _("late shift")
    WEEKEND = "weekend", _("weekend duty")


class DutyState(TextChoices):
    """Whether somebody really is on duty then."""

    PLANNED = "planned", _("on duty")
    ON_LEAVE = "on_leave", _("on leave")
    CANCELLED = "cancelled", _("taken off")


DUTY_MOVES: Moves = {
    DutyState.PLANNED: frozenset({DutyState.ON_LEAVE, DutyState.CANCELLED}),
    DutyState.ON_LEAVE: frozenset({DutyState.PLANNED, DutyState.CANCELLED}),
    DutyState.CANCELLED: frozenset({DutyState.PLANNED}),
}


class LeaveKind(TextChoices):
    """Why somebody is away."""

    PERSONAL = "personal", _("personal leave")
    SICK = "sick", _("sick leave")
    ANNUAL = "annual", _("annual leave")
    REST = "rest", _("rest day for a duty")
    OTHER = "other", _("other leave")


class LeaveState(TextChoices):
    """Where an application for leave is."""

    ASKED = "asked", _("asked for")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


LEAVE_MOVES: Moves = {
    LeaveState.ASKED: frozenset({LeaveState.APPROVED, LeaveState.REFUSED, LeaveState.WITHDRAWN}),
    LeaveState.APPROVED: frozenset({LeaveState.WITHDRAWN}),
}


class SwapState(TextChoices):
    """Where a swap of duties is: the colleague agrees first, then the leader."""

    ASKED = "asked", _("colleague asked")
    AGREED = "agreed", _("agreed, with the leader")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


SWAP_MOVES: Moves = {
    SwapState.ASKED: frozenset({SwapState.AGREED, SwapState.REFUSED, SwapState.WITHDRAWN}),
    SwapState.AGREED: frozenset({SwapState.APPROVED, SwapState.REFUSED, SwapState.WITHDRAWN}),
}


class PresenceStatus(TextChoices):
    """What the chat tool, or its button here, says of an agent (CS-047, CS-049)."""

    ONLINE = "online", _("online")
    AWAY = "away", _("away")
    OFFLINE = "offline", _("offline")
    IDLE = "idle", _("online, but nobody there")


class PresenceSource(TextChoices):
    """Who said so."""

    BUTTON = "button", _("set here")
    IMPORT = "import", _("status log")
    CHECK = "check", _("seen by a supervisor")


class AttendanceResult(TextChoices):
    """How a duty was kept."""

    NORMAL = "normal", _("kept")
    LATE = "late", _("came late")
    EARLY = "early", _("left early")
    LATE_AND_EARLY = "late_early", _("came late and left early")
    ABSENT = "absent", _("did not come")
    ON_LEAVE = "on_leave", _("on leave")


declare_verbs(
    {
        "staff.duty_planned": _("planned the duty"),
        "staff.roster_made": _("made the roster"),
        "staff.duty_moved": _("changed the duty"),
        "staff.roster_published": _("published the roster"),
        "staff.leave_asked": _("asked for leave"),
        "staff.swap_asked": _("asked for a swap"),
        "staff.presence_set": _("set the status"),
        "staff.presence_imported": _("imported the status log"),
    }
)
declare_verbs(
    {
        "staff.leave_approved": _("approved the leave"),
        "staff.swap_agreed": _("agreed to the swap"),
        "staff.swap_approved": _("approved the swap"),
        "staff.attendance_corrected": _("corrected the attendance"),
    },
    tone="good",
)
declare_verbs(
    {
        "staff.duty_cancelled": _("took the duty off"),
        "staff.leave_refused": _("refused the leave"),
        "staff.leave_withdrawn": _("withdrew the leave"),
        "staff.swap_refused": _("refused the swap"),
        "staff.swap_withdrawn": _("withdrew the swap"),
    },
    tone="warn",
)
