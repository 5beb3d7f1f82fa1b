"""Words and steps of the house itself: shops, jobs, people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


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


declare_verbs(
    {
        "staff.added": _("added the record"),
        "staff.changed": _("changed the record"),
        "staff.unit_added": _("added the unit"),
        "staff.post_added": _("added the post"),
        "staff.role_set_up": _("set up what the post may do"),
        "staff.role_changed": _("changed what the post may do"),
        "staff.organisation_reset": _("brought back to the register"),
        "staff.password_changed": _("changed the password"),
        "staff.setting_changed": _("changed the setting"),
        "staff.setting_restored": _("restored the default"),
        "staff.job_retried": _("ran the job again"),
        "staff.list_exported": _("exported the list"),
        "staff.view_shared": _("shared a view"),
        "staff.file_taken": _("downloaded the file"),
    }
)
declare_verbs(
    {
        "staff.appointed": _("given a post"),
    },
    tone="good",
)
declare_verbs(
    {
        "staff.removed": _("deleted the record"),
        "staff.appointment_ended": _("relieved of a post"),
        "staff.account_closed": _("account closed"),
        "staff.view_dropped": _("deleted a shared view"),
    },
    tone="warn",
)
