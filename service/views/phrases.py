"""Quick phrases with variables: list, page, change (CS-054)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from service.actions.phrases import count_use, keep_phrase, variables_of
from service.filters.agents_day import PhraseFilters
from service.forms.agents_day import PhraseForm
from service.models import QuickPhrase
from service.queries.phrases import listed_phrases, matching_phrases
from service.views.papers import Fact, Paper, find, form_page, list_context, show_paper
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists import (
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListPage,
    Reader,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from shopops.kit.templatetags.shown import moment
from staff.models import Employee
from warehouse.views.asking import actor

FIELDS = ("shortcut", "group", "text", "is_used")
PHRASES = ("service:phrase_list", _("Quick phrases"))


class GroupForm(forms.Form):
    """The group phrases are put into."""

    group = forms.CharField(label=_("Group"), max_length=40, widget=forms.TextInput({"autocomplete": "off"}))


def _kept(one: QuickPhrase, *, by: Employee, at: datetime, **changes: Any) -> QuickPhrase:
    """Keep a phrase as it is but for the changes."""
    values: dict[str, Any] = {name: getattr(one, name) for name in FIELDS}
    return keep_phrase(one, **values | changes, by=by, at=at)


def _switch(*, is_used: bool) -> Callable[..., Refusals]:
    def run(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
        found = QuickPhrase.objects.filter(pk__in=ids)
        return one_by_one(found, lambda one: _kept(one, is_used=is_used, by=by, at=at))

    return run


def _skip(*, is_used: bool) -> Callable[[Sequence[int], Reader], Refusals]:
    words = _("is in use already") if is_used else _("is out of use already")

    def skips(ids: Sequence[int], _reader: Reader) -> Refusals:
        found = QuickPhrase.objects.filter(pk__in=ids, is_used=is_used).values_list("pk", flat=True)
        return dict.fromkeys(found, words)

    return skips


def _group(ids: Sequence[int], *, by: Employee, at: datetime, group: str) -> Refusals:
    found = QuickPhrase.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: _kept(one, group=group, by=by, at=at))


PHRASE_LIST = ListPage(
    name="service.phrase_list",
    title=_("Quick phrases"),
    note=_("Answers prepared beforehand; variables are filled in beside a conversation (CS-054)."),
    icon="zap",
    permission="service.view_quickphrase",
    rows=listed_phrases,
    values=("shortcut", "group", "text", "is_used", "used", "changed_by__name", "changed_at"),
    cells="service/phrases/cells.html",
    columns=(
        Column("shortcut", _("Shortcut"), fixed=True, sort="shortcut", card="full"),
        Column("text", _("Text"), card="full"),
        Column("used", _("Times used"), sort="used", end=True, card="right"),
        Column("changed", _("Changed"), card="left"),
    ),
    tabs=(
        Tab("used", _("In use"), Q(is_used=True)),
        Tab("unused", _("Out of use"), Q(is_used=False)),
        Tab("all", _("All")),
    ),
    sorts=(Sort("used", "used", _("Times used")), Sort("shortcut", "shortcut", _("Shortcut"), ascending=True)),
    filters=PhraseFilters,
    search=matching_phrases,
    search_hint=_("Shortcut or words"),
    opens="service:phrase",
    row_name="shortcut",
    batch=(
        BatchAction(
            "group",
            _("Put into a group"),
            run=_group,
            form=GroupForm,
            permission="service.keep_phrases",
            icon="tag",
        ),
        BatchAction(
            "rest",
            _("Out of use"),
            run=_switch(is_used=False),
            skips=_skip(is_used=False),
            permission="service.keep_phrases",
            icon="ban",
            tabs=("used", "all"),
            says=_("Agents are not offered them any more; nothing is deleted."),
        ),
        BatchAction(
            "use",
            _("Into use"),
            run=_switch(is_used=True),
            skips=_skip(is_used=True),
            permission="service.keep_phrases",
            icon="check",
            tabs=("unused", "all"),
        ),
    ),
    export=Export(
        permission="service.view_quickphrase",
        columns=(
            ExportColumn(_("Shortcut"), "shortcut"),
            ExportColumn(_("Group"), "group"),
            ExportColumn(_("Text"), "text"),
            ExportColumn(_("In use"), lambda row: _now("yes") if row["is_used"] else _now("no")),
            ExportColumn(_("Times used"), "used", kind="count"),
            ExportColumn(_("Changed by"), "changed_by__name"),
            ExportColumn(_("Changed"), "changed_at", kind="time"),
        ),
    ),
    template="service/list_page.html",
    context=lambda request, _shown: list_context(
        request, "phrases", "service:phrase_new", _("New phrase"), "service.keep_phrases"
    ),
    empty=Empty(_("No quick phrases yet.")),
)


@allowed("service.view_quickphrase")
@require_GET
def phrase(request: HttpRequest, key: int) -> HttpResponse:
    """Show a quick phrase and who changed it."""
    found = find(QuickPhrase, key, "changed_by")
    may = actor(request).has_perm("service.keep_phrases")
    paper = Paper(
        title=found.shortcut,
        home=PHRASES,
        state=_("in use") if found.is_used else _("not in use"),
        tone="good" if found.is_used else "plain",
        line=found.group,
        facts=[
            Fact(_("Times used"), str(found.used)),
            Fact(_("Filled in"), " ".join(f"{{{name}}}" for name in dict.fromkeys(variables_of(found.text)))),
            Fact(_("Changed"), f"{found.changed_by} · {moment(found.changed_at)}"),
        ],
        texts=[(_("Text"), found.text)],
        changes_at=reverse("service:phrase_change", args=[found.pk]) if may else "",
    )
    return show_paper(request, found, paper)


def _edit_phrase(request: HttpRequest, found: QuickPhrase | None) -> HttpResponseBase:
    def keep(values: dict[str, Any]) -> str:
        kept = keep_phrase(found, **values, by=actor(request), at=now())
        return reverse("service:phrase", args=[kept.pk])

    initial = {name: getattr(found, name) for name in FIELDS} if found else None
    form = PhraseForm(request.POST or None, initial=initial)
    title = _("Change phrase") if found else _("New phrase")
    return form_page(request, form, keep, title=title, home=PHRASES, submit=_("Keep"))


@allowed("service.keep_phrases")
@require_http_methods(["GET", "POST"])
def phrase_new(request: HttpRequest) -> HttpResponseBase:
    """Add a quick phrase."""
    return _edit_phrase(request, None)


@allowed("service.keep_phrases")
@require_http_methods(["GET", "POST"])
def phrase_change(request: HttpRequest, key: int) -> HttpResponseBase:
    """Change a quick phrase."""
    return _edit_phrase(request, find(QuickPhrase, key))


@allowed("service.serve_buyer")
@require_POST
def phrase_use(request: HttpRequest, key: int) -> HttpResponseBase:  # noqa: ARG001 -- who copied it is not kept
    """Count that a phrase was copied."""
    count_use(find(QuickPhrase, key))
    return HttpResponse(status=204)
