"""What the small documents of the agent's day share: a page with facts and history, a form, a posted deed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from django import forms
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.models import Employee
from staff.queries.history import history_of
from warehouse.views import asking
from warehouse.views.asking import Offer, actor, asks_of, checked, in_drawer

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

M = TypeVar("M", bound=models.Model)
SIBLINGS: dict[str, tuple[tuple[str, Words, str], ...]] = {
    "follow_ups": (
        ("service:follow_up_list", _("Follow-ups"), "service.view_followup"),
        ("service:consultation_list", _("Consultation log"), "service.view_consultation"),
        ("service:call_list", _("Telephone calls"), "service.view_phonecall"),
    ),
    "promises": (
        ("service:promise_list", _("Promises"), "service.view_promise"),
        ("service:feedback_list", _("Feedback"), "service.view_feedback"),
        ("service:memos", _("Memos"), "service.serve_buyer"),
    ),
    "phrases": (
        ("service:phrase_list", _("Quick phrases"), "service.view_quickphrase"),
        ("service:auto_reply_list", _("Automatic replies"), "service.view_autoreply"),
        ("service:campaign_list", _("Campaigns"), "catalog.view_campaign"),
    ),
}
"""Lists that share a line of the menu: URL name, title, who may see it."""


class Fact(NamedTuple):
    """A named value of a document; `url` leads to what it names."""

    label: Words
    value: Any
    url: str | None = ""
    tone: str = ""


@dataclass(frozen=True)
class Paper:
    """What the page of a small document shows. `home` is the list it stands in: URL name and title."""

    title: str
    home: tuple[str, Words]
    state: Words = ""
    tone: str = "plain"
    line: Words = ""
    due_at: datetime | None = None
    facts: Sequence[Fact] = ()
    texts: Sequence[tuple[Words, str]] = field(default_factory=list)
    changes_at: str = ""


def find(model: type[M], key: int, *related: str) -> M:
    """Return a document, or say that there is none."""
    found = model._default_manager.select_related(*related).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def show_paper(
    request: HttpRequest,
    thing: models.Model,
    paper: Paper,
    offers: Iterable[Offer[Any]] = (),
    *others: models.Model,
    template: str = "service/paper.html",
) -> HttpResponse:
    """Show a document with what can be done with it and its history (and that of `others`), or in the drawer."""
    context = {
        "paper": paper,
        "thing": thing,
        "home_url": reverse(paper.home[0]),
        "home_label": paper.home[1],
        "asks": asks_of(offers, thing, str(thing.pk), actor(request)),
        "history": history_of(thing, *others),
        "in_drawer": in_drawer(request),
        "at": now(),
    }
    answer = render(request, template, context)
    if in_drawer(request) and request.GET.get("done"):
        answer["HX-Trigger"] = "list-changed"
    return answer


def list_context(
    request: HttpRequest, group: str, new: str = "", label: Words = "", permission: str = "service.serve_buyer"
) -> dict[str, Any]:
    """Return what a list shows above itself: its siblings, and the button that makes something new."""
    employee = actor(request)
    shown = {
        "siblings": [
            (reverse(name), title, request.resolver_match is not None and request.resolver_match.view_name == name)
            for name, title, needed in SIBLINGS[group]
            if employee.has_perm(needed)
        ]
    }
    return shown | ({"new_url": reverse(new), "new_label": label} if new and employee.has_perm(permission) else {})


def deed(
    permission: str, model: type[M], page: str, do: Callable[[HttpRequest, M, Employee, datetime], str]
) -> Callable[..., HttpResponseBase]:
    """Return a view that does one thing to a small document, for whoever asks, now."""

    def one(key: int) -> M:
        return find(model, key)

    return asking.deed(permission, one, lambda request, found: do(request, found, actor(request), now()), url_name=page)


def form_page(
    request: HttpRequest,
    form: forms.Form,
    keep: Callable[[dict[str, Any]], str],
    *,
    title: Words,
    home: tuple[str, Words],
    submit: Words,
    says: Words = "",
) -> HttpResponseBase:
    """Show a form on a page of its own; posted and good, keep it and go to the address `keep` returns."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(keep(form.cleaned_data))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": title, "home_url": reverse(home[0]), "home_label": home[1], "submit": submit}
    return render(request, "service/form.html", context | {"says": says})


def values_of(request: HttpRequest, form: type[forms.Form]) -> dict[str, Any]:
    """Return the values posted to a form.

    :raises Refused: with the first complaint, if they are not valid.
    """
    return checked(form(request.POST))
