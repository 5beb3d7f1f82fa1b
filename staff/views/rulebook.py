"""The rulebook: what holds, what it costs, what watches it, and what is about to fall under it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now, shop_day
from staff.actions.rulebook import publish_version
from staff.forms.rulebook import VersionForm
from staff.models import Clause, Employee
from staff.queries.history import history_of
from staff.queries.rulebook import (
    parameters_in_words,
    points_in_words,
    shown_clauses,
    versions_of,
    wording,
    words_on,
)

DAY = timedelta(days=1)


@allowed(SIGNED_IN)
@require_GET
def rulebook(request: HttpRequest) -> HttpResponse:
    """Show every clause with the version in force."""
    at = now()
    clauses = shown_clauses(shop_day(at), at=at)
    return render(request, "staff/rulebook/rulebook.html", {"clauses": clauses, "today": shop_day(at)})


@allowed(SIGNED_IN)
@require_GET
def clause(request: HttpRequest, number: str) -> HttpResponse:
    """Show one clause: its versions, what is about to fall under it, its history."""
    return _page(request, get_object_or_404(Clause, number=number))


@allowed("staff.publish_clause")
@require_POST
def clause_version(request: HttpRequest, number: str) -> HttpResponse:
    """Publish a version of a clause that holds from a day on."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- has the permission, says the decorator
    found = get_object_or_404(Clause, number=number)
    at = now()
    form = VersionForm(versions_of(found)[0], request.POST, tomorrow=shop_day(at) + DAY)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    version = publish_version(
        found,
        points=form.cleaned_data["points"],
        parameters=form.parameters,
        valid_from=form.cleaned_data["valid_from"],
        note=form.cleaned_data["note"],
        by=request.user,
        at=at,
    )
    messages.success(
        request,
        _("Version %(version)s of %(clause)s holds from %(day)s.")
        % {"version": version.version, "clause": found.number, "day": version.valid_from.isoformat()},
    )
    return redirect("staff:clause", found.number)


def _page(request: HttpRequest, found: Clause, *, form: VersionForm | None = None, status: int = 200) -> HttpResponse:
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    at = now()
    today = shop_day(at)
    words = words_on(today)
    shown = shown_clauses(today, at=at, words=words, only=found)[0]
    versions = versions_of(found)
    may_publish = bool(versions and found.detector) and request.user.has_perm("staff.publish_clause")
    sees_all = request.user.has_perm("staff.view_offence")
    return render(
        request,
        "staff/rulebook/clause.html",
        {
            "shown": shown,
            "clause": found,
            "versions": [
                {
                    "version": version,
                    "points": points_in_words(version.points),
                    "parameters": parameters_in_words(version, words),
                    "text": wording(version, words),
                    "is_in_force": shown.version is not None and version.pk == shown.version.pk,
                    "is_coming": version.valid_from > today,
                }
                for version in versions
            ],
            "points": points_in_words(shown.version.points) if shown.version else "–",
            "soon": [one for one in shown.next_findings if sees_all or one.employee_id == request.user.pk],
            "form": (form or VersionForm(versions[0], tomorrow=today + DAY)) if may_publish else None,
            "story": history_of(found),
            "at": at,
        },
        status=status,
    )
