"""Logging in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from shopops.kit.access import ANYBODY, SIGNED_IN, allowed


@allowed(ANYBODY)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Let an employee in; eight wrong passwords lock name and address for a quarter of an hour."""
    target = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = ""
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(target or settings.LOGIN_REDIRECT_URL)
    form = AuthenticationForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        start_session(request, form.get_user())
        return redirect(target or settings.LOGIN_REDIRECT_URL)
    return render(request, "login/login.html", {"form": form, "next": target})


@allowed(SIGNED_IN)
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    end_session(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def locked_out(request: HttpRequest, _response: Any = None, *_more: Any, **_further: Any) -> HttpResponse:
    """Say that there were too many wrong passwords, and when to try again."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    return render(request, "login/locked.html", {"minutes": minutes}, status=429)
