"""Files that prove a case or an appeal: taken in by what is in them, handed out to whoever may see the matter."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import uuid4

from django.core.files import File
from django.db import models
from django.utils.translation import gettext as _

from shopops.kit.file_kinds import DamagedFileError, kind_of
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Appeal, Attachment, CaseReport, Employee
from staff.policy.cases import EVIDENCE_FILES, EVIDENCE_MB

LONGEST_NAME = 80
_MB = 1024 * 1024


@dataclass(frozen=True)
class Evidence:
    """A file that may be taken: its name as it will be shown, and its content."""

    name: str
    kind: str
    file: File[Any]


def checked_files(files: Sequence[File[Any]], *, there: int = 0) -> list[Evidence]:
    """Return uploaded files under names that say what they are.

    :param there: how many the case or appeal has already.
    :raises Refused: if they are too many, or one is too large, damaged, empty or of another kind.
    """
    if there + len(files) > EVIDENCE_FILES():
        raise Refused(_("At most %(count)s files belong to one case or appeal.") % {"count": EVIDENCE_FILES()})
    return [_checked(file) for file in files]


def keep_files(files: Sequence[Evidence], *, of: CaseReport | Appeal, by: Employee, at: datetime) -> list[Attachment]:
    """Keep checked files with a case or an appeal; on the disk they bear names nobody can guess."""
    kept = []
    for one in files:
        attachment = Attachment(
            case=of if isinstance(of, CaseReport) else None,
            appeal=of if isinstance(of, Appeal) else None,
            name=one.name,
            size=one.file.size,
            added_by=by,
            added_at=at,
        )
        attachment.file.save(f"{uuid4().hex}.{one.kind}", one.file, save=False)
        attachment.save(force_insert=True)
        kept.append(attachment)
    return kept


def take_evidence(attachment: Attachment, *, by: Employee, at: datetime) -> IO[Any]:
    """Open a file for download; taking one that somebody else added leaves an event.

    :raises Refused: if it is gone from the disk.
    """
    try:
        stream: IO[Any] = attachment.file.open("rb")
    except OSError:
        raise Refused(_("The file is gone from the disk. Ask whoever added it.")) from None
    if attachment.added_by_id != by.pk:
        subject: models.Model | None = attachment.case or attachment.appeal
        if subject is not None:
            record("staff.file_taken", subject, by=by, at=at, reason=attachment.name)
    return stream


def _checked(file: File[Any]) -> Evidence:
    given = shown_name(str(file.name or ""))
    if file.size > EVIDENCE_MB() * _MB:
        raise Refused(_("“%(name)s” is larger than %(most)s MB.") % {"name": given, "most": EVIDENCE_MB()})
    if not file.size:
        raise Refused(_("“%(name)s” is empty.") % {"name": given})
    try:
        kind = kind_of(file)
    except DamagedFileError:
        raise Refused(_("“%(name)s” is damaged or was cut off. Send it again.") % {"name": given}) from None
    if not kind:
        raise Refused(
            _("“%(name)s” is no picture (PNG, JPG, WebP), PDF, xlsx, docx, plain text or MP4 video.") % {"name": given}
        )
    _stem, dot, ending = given.rpartition(".")
    known = {"jpeg"} if kind == "jpg" else set()
    if dot and ending.lower() in {kind, *known}:
        return Evidence(given, kind, file)
    return Evidence(f"{given}.{kind}", kind, file)


def shown_name(name: str) -> str:
    """Return a file's name without folders, control characters and tricks of direction, not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(one for one in last if unicodedata.category(one)[0] != "C").strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST_NAME] or _("file")
    return f"{stem[:LONGEST_NAME]}.{ending[:10]}"
