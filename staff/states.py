"""Words and steps of staff."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves


class Platform(TextChoices):
    """Where a shop sells."""

    TAOBAO = "taobao", _("Taobao")
    TMALL = "tmall", _("Tmall")


class JobState(TextChoices):
    """Where a background job is."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


JOB_MOVES: Moves = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.FAILED}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.FAILED, JobState.QUEUED}),
    JobState.FAILED: frozenset({JobState.QUEUED}),
}


class ClauseKind(TextChoices):
    """What a clause of the rulebook does."""

    DEADLINE = "deadline", _("deadline")
    PENALTY = "penalty", _("penalty")
    REWARD = "reward", _("reward")
    REPORT = "report", _("report")


class EntryKind(TextChoices):
    """Why points were booked."""

    CHARGE = "charge", _("charge")
    COUNTER = "counter", _("counter-entry")
