"""The probe of the installation: /healthz."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shopops.kit.access import ANYBODY, allowed
from shopops.kit.clock import now
from staff.queries import health


@allowed(ANYBODY)
@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """Say as JSON what works; 503 as soon as one part does not."""
    found = health.parts(at=now())
    well = all(part.up for part in found)
    answer = {"status": "ok" if well else "down", **{part.name: {"up": part.up, **part.facts} for part in found}}
    return JsonResponse(answer, status=200 if well else 503)
