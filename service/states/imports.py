"""Words and steps of the files customer service imports."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class FileKind(TextChoices):
    """What a file holds."""

    CHATS = "chats", _("chat records")
    AGENT_DAYS = "agent_days", _("daily figures of agents")
    PRESENCE = "presence", _("status log")
    REVIEWS = "reviews", _("reviews")
    REFUNDS = "refunds", _("refund list")


class FileState(TextChoices):
    """Where an import is."""

    WAITING = "waiting", _("waiting")
    READING = "reading", _("being read")
    DONE = "done", _("done")
    REHEARSED = "rehearsed", _("rehearsed")
    REFUSED = "refused", _("refused")


FILE_MOVES: Moves = {
    FileState.WAITING: frozenset({FileState.READING, FileState.REFUSED}),
    FileState.READING: frozenset({FileState.DONE, FileState.REHEARSED, FileState.REFUSED}),
}

declare_verbs(
    {
        "service.file_imported": _("imported files"),
        "service.mapping_kept": _("kept a column mapping"),
        "service.mapping_changed": _("changed a column mapping"),
        "service.mapping_forgotten": _("forgot a column mapping"),
        "service.sub_account_named": _("said who is behind the sub-account"),
    }
)
