"""Files that leave the house."""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any

from django.utils.translation import gettext as _

from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee, JobRun


def take_file(run: JobRun, *, by: Employee, at: datetime) -> IO[Any]:
    """Open the file of a run for download; taking somebody else's leaves an event.

    :raises Refused: if the run has no file, or it has been deleted since.
    """
    if not run.file:
        raise Refused(_("This job has no file, or it was deleted because it was too old. Start the job again."))
    try:
        stream: IO[Any] = run.file.open("rb")
    except OSError:
        raise Refused(_("The file is gone from the disk. Start the job again.")) from None
    if run.asked_by_id != by.pk:
        record("staff.file_taken", run, by=by, at=at, reason=run.file_name)
    return stream
