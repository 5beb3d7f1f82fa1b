"""Words and steps of the rulebook: clauses and their versions, offences, reported cases, trials of a rule."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class ClauseKind(TextChoices):
    """What a clause of the rulebook does."""

    DEADLINE = "deadline", _("deadline")
    PENALTY = "penalty", _("penalty")
    REWARD = "reward", _("reward")
    REPORT = "report", _("report")


class Per(TextChoices):
    """How often one person is charged under a clause; what comes on top is merged into the first."""

    CASE = "case", _("each case")
    CAUSE = "cause", _("once a cause")
    DAY = "day", _("once a day")
    MONTH = "month", _("once a month")


class VersionState(TextChoices):
    """Where a version of a clause is."""

    DRAFT = "draft", _("draft")
    SHADOW = "shadow", _("in shadow")
    PUBLISHED = "published", _("published")
    DROPPED = "dropped", _("dropped")


VERSION_MOVES: Moves = {
    VersionState.DRAFT: frozenset({VersionState.SHADOW, VersionState.PUBLISHED, VersionState.DROPPED}),
    VersionState.SHADOW: frozenset({VersionState.DRAFT, VersionState.PUBLISHED, VersionState.DROPPED}),
}


class Standing(TextChoices):
    """What became of an offence when it was booked."""

    CHARGED = "charged", _("charged")
    WARNED = "warned", _("warned")
    EXCUSED = "excused", _("excused")
    MERGED = "merged", _("merged")


class EntryKind(TextChoices):
    """Why points were booked."""

    CHARGE = "charge", _("charge")
    COUNTER = "counter", _("counter-entry")
    ADJUSTMENT = "adjustment", _("adjustment")


class ExcuseKind(TextChoices):
    """Why an offence costs nothing although it happened."""

    LEAVE = "leave", _("approved leave")
    OUTAGE = "outage", _("platform outage")
    HANDOVER = "handover", _("handover not accepted")
    OBJECTIVE = "objective", _("objective cause")


class CaseKind(TextChoices):
    """What a person reports by hand."""

    PENALTY = "penalty", _("violation")
    REWARD = "reward", _("reward")
    WAIVER = "waiver", _("waiver")


class CaseState(TextChoices):
    """Where a reported case is; a second person decides."""

    REPORTED = "reported", _("waits for a second person")
    CONFIRMED = "confirmed", _("confirmed")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


CASE_MOVES: Moves = {
    CaseState.REPORTED: frozenset({CaseState.CONFIRMED, CaseState.REJECTED, CaseState.WITHDRAWN}),
}


class TrialKind(TextChoices):
    """Why a tally is made on trial, beside the books."""

    REPLAY = "replay", _("replay")
    TUNNEL = "tunnel", _("wind tunnel")
    SHADOW = "shadow", _("shadow")


class TrialState(TextChoices):
    """Where a trial is."""

    COMPUTING = "computing", _("computing")
    READY = "ready", _("ready")
    APPROVED = "approved", _("booked")
    DISCARDED = "discarded", _("discarded")


TRIAL_MOVES: Moves = {
    TrialState.COMPUTING: frozenset({TrialState.READY, TrialState.DISCARDED}),
    TrialState.READY: frozenset({TrialState.APPROVED, TrialState.DISCARDED}),
}


class Outcome(TextChoices):
    """What became of something the radar saw coming."""

    COMING = "coming", _("coming")
    AVOIDED = "avoided", _("avoided")
    HAPPENED = "happened", _("happened")


declare_verbs(
    {
        "staff.clause_reworded": _("reworded the clause"),
        "staff.clause_drafted": _("drafted a version"),
        "staff.draft_changed": _("changed the draft"),
        "staff.draft_put_forward": _("put the draft forward"),
        "staff.clause_shadowed": _("let the draft run in shadow"),
        "staff.clause_unshadowed": _("ended the shadow run"),
        "staff.offence_waived": _("waived the points"),
        "staff.case_reported": _("reported the case"),
        "staff.case_withdrawn": _("withdrew the case"),
        "staff.case_joined": _("joined it to another report of the incident"),
        "staff.excuse_entered": _("entered an excuse"),
        "staff.trial_started": _("started the trial"),
        "staff.points_adjusted": _("adjusted the points"),
        "staff.points_booked": _("booked the points"),
    }
)
declare_verbs(
    {
        "staff.clause_published": _("published the clause"),
        "staff.case_confirmed": _("confirmed the case"),
        "staff.excuse_confirmed": _("confirmed the excuse"),
        "staff.trial_approved": _("booked the differences"),
    },
    tone="good",
)
declare_verbs(
    {
        "staff.clause_dropped": _("dropped the draft"),
        "staff.case_rejected": _("rejected the case"),
        "staff.excuse_refused": _("refused the excuse"),
        "staff.trial_discarded": _("discarded the trial"),
    },
    tone="warn",
)
