"""What a person sees when something is not possible: why, and what to do next."""

from __future__ import annotations

import json
import sys
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from shopops.kit.middleware import is_database_away

log = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer a request that makes no sense (400)."""
    return _answer(request, "bad_request", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer somebody without the permission (403)."""
    return _answer(request, "forbidden", 403, permission=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer for an address where nothing is (404)."""
    return _answer(request, "not_found", 404)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token has gone stale (403): usually a page left open over a new login."""
    log.info("stale form", reason=reason)
    return _answer(request, "stale_form", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when the fault is ours (500), or when the database is away (503)."""
    error = sys.exc_info()[1]
    if is_database_away(error):
        log.warning("database is away", reason=str(error).splitlines()[0] if str(error) else "")
        return _answer(request, "unavailable", 503)
    return _answer(request, "server_error", 500)


def _answer(request: HttpRequest, name: str, status: int, **context: Any) -> HttpResponse:
    """Draw the page without touching session or database, both of which may be what is broken."""
    number = structlog.contextvars.get_contextvars().get("request_id", "")
    context |= {
        "request_id": number,
        "request_path": request.get_full_path(),
        "is_english": getattr(request, "LANGUAGE_CODE", "") == "en",
    }
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=status)
        answer["HX-Trigger"] = json.dumps({"toast": {"tone": "danger", "text": _short(name)}})
        answer["HX-Reswap"] = "none"
    else:
        answer = HttpResponse(render_to_string(f"errors/{name}.html", context), status=status)
    if status == 503:  # noqa: PLR2004
        answer["Retry-After"] = "60"
    return answer


def _short(name: str) -> str:
    """Return the sentence for a toast."""
    return {
        "bad_request": _("The server could not read this request. Load the page again."),
        "forbidden": _("You may not do this. Ask your manager for the permission."),
        "not_found": _("This no longer exists. Load the page again."),
        "stale_form": _("The page has been open too long. Load it again."),
        "unavailable": _("The database is not answering. Nothing you saved before is lost; try again in a minute."),
        "server_error": _("Something went wrong on the server. Try again; if it stays, tell the administrator."),
    }[name]
