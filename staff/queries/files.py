"""Files of evidence, and who may see them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from shopops.kit.file_kinds import PICTURES
from staff.models import Attachment, Employee
from staff.queries.appeals import visible_appeals
from staff.queries.cases import visible_cases


def visible_files(reader: Employee) -> QuerySet[Attachment]:
    """Return the files of the cases and appeals somebody may see."""
    cases, appeals = visible_cases(reader).values("pk"), visible_appeals(reader).values("pk")
    return Attachment.objects.filter(Q(case__in=cases) | Q(appeal__in=appeals)).select_related("case", "appeal")


def icon_of(name: str) -> str:
    """Return the icon for a file by the ending that was given to it when it was looked at."""
    kind = name.rpartition(".")[2].lower()
    if kind in PICTURES:
        return "image"
    return {"mp4": "image", "xlsx": "file-spreadsheet"}.get(kind, "file-text")


def shown_files(files: QuerySet[Attachment]) -> list[tuple[Attachment, str, str]]:
    """Return files with the icon and the size of each; one query."""
    return [(one, icon_of(one.name), size_in_words(one.size)) for one in files.select_related("added_by")]


def size_in_words(size: int) -> str:
    """Return a size as people read it."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"
