"""Files of evidence leave here: as downloads only, to whoever may see what they prove."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from shopops.kit.file_kinds import CONTENT_TYPES
from staff.actions.evidence_files import take_evidence
from staff.models import Attachment
from staff.queries.files import visible_files
from staff.views.asking import actor


@allowed(SIGNED_IN)
@require_GET
def evidence_file(request: HttpRequest, number: int) -> HttpResponseBase:
    """Hand over a file of a case or an appeal; what one may not see does not exist."""
    found = get_object_or_404(visible_files(actor(request)), pk=number)
    assert isinstance(found, Attachment)  # noqa: S101 -- for the type checker
    stream = take_evidence(found, by=actor(request), at=now())
    kind = found.name.rpartition(".")[2].lower()
    answer = FileResponse(
        stream,
        as_attachment=True,
        filename=found.name,
        content_type=CONTENT_TYPES.get(kind, "application/octet-stream"),
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
