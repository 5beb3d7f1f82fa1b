"""Who may open a page: one decorator that names a permission."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

ANYBODY = "anybody"
"""Open without logging in."""
SIGNED_IN = "signed in"
"""Open to every employee who has logged in."""


def allowed(permission: str) -> Callable[[View[P]], View[P]]:
    """Let only people with `permission` (app.codename, ANYBODY or SIGNED_IN) reach the view.

    The name is kept on the view, so that one test can walk every URL and one page can list who may do what.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if permission != ANYBODY:
                if not request.user.is_authenticated:
                    return _ask_to_log_in(request)
                if permission != SIGNED_IN and not request.user.has_perm(permission):
                    raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the walk over all URLs
        return cast("View[P]", guarded)

    return decorate


def permission_of(view: Any) -> str | None:
    """Return the permission a view was declared with, or None."""
    return getattr(view, "permission", None)


def _ask_to_log_in(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the login page; a page swap in the background reloads the whole page instead."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Refresh"] = "true"
        return answer
    return redirect_to_login(request.get_full_path())
