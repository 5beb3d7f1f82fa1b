"""What happens around every view: the health check before everything, the language, refusals as answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from shopops.kit.refusals import Refused

Answer = Callable[[HttpRequest], HttpResponseBase]

HEALTH = "/healthz"


def plain_health(answer: Answer) -> Answer:
    """Answer the health check without session, database or login in the way."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.rstrip("/") == HEALTH:
            found = resolve(request.path)
            plain: HttpResponseBase = found.func(request)
            return plain
        return answer(request)

    return middleware


def chosen_language(answer: Answer) -> Answer:
    """Speak the language the person has chosen, else Chinese; the browser's own preference is not asked.

    A shop's computers are often set up in whatever language they came with; the people read Chinese.
    """
    known = {code for code, _name in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in known else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = answer(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", code)
        return response

    return middleware


def refusals_as_pages(answer: Answer) -> Answer:
    """Turn a refusal that no view has caught into a sentence on the screen."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return answer(request)

    middleware.process_exception = _process_exception  # type: ignore[attr-defined]  # how Django finds the hook
    return middleware


def _process_exception(request: HttpRequest, error: Exception) -> HttpResponseBase | None:
    if isinstance(error, Refused):
        return refusal_answer(request, str(error))
    return None


def refusal_answer(request: HttpRequest, sentence: str) -> HttpResponseBase:
    """Say `sentence`: as a toast to htmx, as a message on the page the form was on, else as a page of its own."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=409)
        response["HX-Trigger"] = json.dumps({"toast": {"tone": "danger", "text": sentence}})
        response["HX-Reswap"] = "none"
        return response
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    if request.method == "POST" and before and is_ours:
        messages.error(request, sentence)
        return redirect(before)
    return render(request, "errors/refused.html", {"sentence": sentence}, status=409)


def is_database_away(error: BaseException | None) -> bool:
    """Say whether an error means that the database does not answer (and not that a statement was wrong)."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, InterfaceError):
            return True
        if isinstance(error, OperationalError):
            state: Any = getattr(error.__cause__, "sqlstate", None)
            return state is None or state[:2] == "08" or state[:3] == "57P"  # connection lost, or shutting down
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
