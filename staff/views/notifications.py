"""News for a person, under the bell."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from staff.actions.notifications import mark_read
from staff.models import Employee
from staff.queries.notifications import latest_news
from staff.views.shell import forget_counts


@allowed(SIGNED_IN)
@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """Show the latest news."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    return render(request, "staff/notifications.html", {"news": latest_news(request.user), "at": now()})


@allowed(SIGNED_IN)
@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Mark everything, or one piece of news, as read; one piece leads to its page."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    number = request.POST.get("id", "")
    url = mark_read(request.user, int(number) if number.isdecimal() and len(number) < 19 else None, at=now())  # noqa: PLR2004
    forget_counts(request.user.pk)
    return redirect(url or "staff:notifications")
