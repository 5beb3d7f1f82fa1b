"""A new password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from staff.actions.people import change_password
from staff.models import Employee


@allowed(SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Let people change their own password; their other sessions end."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    form = PasswordChangeForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change_password(request.user, form.cleaned_data["new_password1"], by=request.user, at=now())
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your password is changed. Other places where you were logged in are logged out."))
        return redirect("staff:profile")
    return render(request, "staff/password/password.html", {"form": form}, status=422 if form.errors else 200)
