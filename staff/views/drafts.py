"""Drafts of clauses: the form, what would change in words, the wind tunnel, the shadow, and the second person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.detectors import DETECTORS
from shopops.kit.lists import AnyOfFilter, Column, DaysFilter, Empty, ListFilters, ListPage, Sort, Tab
from shopops.kit.refusals import Refused
from staff.actions.drafts import (
    change_draft,
    draft_version,
    drop_draft,
    publish_draft,
    put_draft_forward,
    shadow_draft,
    unshadow_draft,
)
from staff.actions.trials import start_trial
from staff.forms.drafts import DraftForm, DropForm, PublicationForm
from staff.models import Clause, ClauseVersion, Employee
from staff.queries.cases import is_reportable
from staff.queries.drafts import (
    OPEN,
    TONES,
    Piece,
    add_draft_words,
    difference,
    followed_by,
    hands_on,
    last_published,
    listed_drafts,
    matching_drafts,
    open_drafts,
    text_difference,
    way_of,
    wordings,
)
from staff.queries.history import history_of
from staff.queries.rulebook import Words, words_on
from staff.queries.trials import last_trial_of
from staff.states import TrialKind, VersionState
from staff.views.trials import outcome_context

DAY = timedelta(days=1)
TUNNEL_DAYS = 90


class DraftFilters(ListFilters):
    """The filters of the list of drafts."""

    state = AnyOfFilter(field_name="state", choices=VersionState.choices, label=gettext_lazy("State"))
    drafted = DaysFilter(field_name="drafted_at", label=gettext_lazy("Drafted on"), first=True)


DRAFTS_PAGE = ListPage(
    name="staff.drafts",
    title=gettext_lazy("Drafts of clauses"),
    note=gettext_lazy("One person drafts the next version of a clause and tries it; another one publishes it."),
    permission="staff.draft_clause",
    icon="square-pen",
    rows=listed_drafts,
    values=(
        "number",
        "title",
        "title_en",
        "version",
        "state",
        "note",
        "drafter",
        "drafted_at",
        "put_forward_at",
        "valid_from",
        "publisher",
    ),
    finish=add_draft_words,
    cells="staff/drafts/cells.html",
    template="staff/drafts/list.html",
    columns=(
        Column("clause", gettext_lazy("Clause"), fixed=True, card="full"),
        Column("state", gettext_lazy("State")),
        Column("note", gettext_lazy("What changes, and why"), card="full"),
        Column("drafter", gettext_lazy("Drafted by")),
        Column("drafted_at", gettext_lazy("Drafted at"), sort="drafted"),
        Column("valid_from", gettext_lazy("Holds from"), card="right", sort="from"),
    ),
    tabs=(
        Tab("open", gettext_lazy("Not published"), Q(state__in=OPEN)),
        Tab(
            "waiting", gettext_lazy("For a second person"), Q(state__in=OPEN, put_forward_at__isnull=False), tone="warn"
        ),
        Tab("shadow", gettext_lazy("In shadow"), Q(state=VersionState.SHADOW), tone="info"),
        Tab("published", gettext_lazy("Published drafts"), Q(state=VersionState.PUBLISHED)),
        Tab("dropped", gettext_lazy("Dropped drafts"), Q(state=VersionState.DROPPED)),
        Tab("all", gettext_lazy("All"), counted=False),
    ),
    sorts=(
        Sort("drafted", "drafted_at", gettext_lazy("Drafted at")),
        Sort("from", "valid_from", gettext_lazy("Holds from")),
    ),
    filters=DraftFilters,
    search=matching_drafts,
    search_hint=gettext_lazy("Clause, person or words of the note"),
    opens="staff:draft",
    empty=Empty(
        gettext_lazy("No drafts here."),
        gettext_lazy("Open a clause of the rulebook and draft its next version; a second person publishes it."),
        gettext_lazy("Rulebook"),
        "staff:rulebook",
    ),
)


@allowed("staff.draft_clause")
@require_GET
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """Show a draft: what it changes, what it would have cost whom, who decides."""
    return _page(request, _draft(number))


@allowed("staff.draft_clause")
@require_http_methods(["GET", "POST"])
def draft_new(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show the form of a clause's next version, or keep it as a draft."""
    clause = get_object_or_404(Clause, number=number)
    last = last_published(clause)
    if last is None:
        raise Refused(_("This clause has no version yet that a draft could start from."))
    at = now()
    form = DraftForm(last, request.POST if request.method == "POST" else None, tomorrow=shop_day(at) + DAY)
    if form.is_valid():
        made = draft_version(clause, by=_by(request), at=at, **form.terms)
        messages.success(request, _("The draft is kept. Try it in the wind tunnel, then put it forward."))
        return redirect(made)
    return _form_page(request, form, clause, None)


@allowed("staff.draft_clause")
@require_http_methods(["GET", "POST"])
def draft_wording(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show the form of a draft, or change it."""
    found = _draft(number)
    at = now()
    form = DraftForm(found, request.POST if request.method == "POST" else None, tomorrow=shop_day(at) + DAY)
    if form.is_valid():
        change_draft(found, by=_by(request), at=at, **form.terms)
        messages.success(request, _("The draft is changed."))
        return redirect(found)
    return _form_page(request, form, found.clause, found)


@allowed("staff.draft_clause")
@require_POST
def draft_forward(request: HttpRequest, number: int) -> HttpResponse:
    """Put a draft forward for the second person."""
    found = _draft(number)
    put_draft_forward(found, by=_by(request), at=now())
    messages.success(request, _("Everybody who may publish it has been told."))
    return redirect(found)


@allowed("staff.run_trial")
@require_POST
def draft_tunnel(request: HttpRequest, number: int) -> HttpResponse:
    """Try a draft on the last 90 days."""
    found = _draft(number)
    if found.state not in OPEN:
        raise Refused(_("Only drafts are tried in the wind tunnel."))
    if not _can_try(found):
        raise Refused(_("Nothing is booked under this clause, so there is nothing to try."))
    at = now()
    last = shop_day(at) - DAY
    start_trial(
        TrialKind.TUNNEL,
        first=last - DAY * (TUNNEL_DAYS - 1),
        last=last,
        versions=[found],
        reason=found.note,
        by=_by(request),
        at=at,
    )
    return redirect(f"{found.get_absolute_url()}#trial")


@allowed("staff.draft_clause")
@require_POST
def draft_shadow(request: HttpRequest, number: int) -> HttpResponse:
    """Let a draft run in shadow, or end that."""
    found = _draft(number)
    if request.POST.get("shadow"):
        shadow_draft(found, by=_by(request), at=now())
        messages.success(request, _("From tonight on the draft records what it would charge; nobody is charged."))
    else:
        unshadow_draft(found, by=_by(request), at=now())
        messages.success(request, _("The shadow run is over; what it recorded stays below."))
    return redirect(found)


@allowed("staff.publish_clause")
@require_POST
def draft_publication(request: HttpRequest, number: int) -> HttpResponse:
    """Publish what somebody else has drafted."""
    found = _draft(number)
    form = PublicationForm(request.POST)
    if not form.is_valid():
        return _page(request, found, publication=form, status=422)
    version = publish_draft(found, valid_from=form.cleaned_data["valid_from"], by=_by(request), at=now())
    messages.success(
        request,
        _("Version %(version)s of %(clause)s holds from %(day)s.")
        % {"version": version.version, "clause": version.clause.number, "day": version.valid_from.isoformat()},
    )
    return redirect(version)


@allowed("staff.draft_clause")
@require_POST
def draft_removal(request: HttpRequest, number: int) -> HttpResponse:
    """Give a draft up."""
    found = _draft(number)
    form = DropForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    drop_draft(found, by=_by(request), at=now(), reason=reason)
    messages.success(request, _("The draft is dropped; it stays readable here."))
    return redirect(found)


def _page(
    request: HttpRequest, found: ClauseVersion, *, publication: PublicationForm | None = None, status: int = 200
) -> HttpResponse:
    by, at = _by(request), now()
    today = shop_day(at)
    before = followed_by(found)
    words = words_on(today)
    is_open = found.state in OPEN
    has_hand = by.pk in hands_on(found)
    context: dict[str, Any] = {
        "draft": found,
        "clause": found.clause,
        "tone": TONES[VersionState(found.state)],
        "before": before,
        "is_coming": bool(before and before.valid_from > today),
        "lines": difference(found, before, words),
        "texts": _texts(found, before, words),
        "is_open": is_open,
        "is_watched": _is_watched(found),
        "can_try": _can_try(found),
        "has_hand": has_hand,
        "may_change": found.state == VersionState.DRAFT,
        "may_publish": is_open and not has_hand and by.has_perm("staff.publish_clause"),
        "others": [one for one in open_drafts(found.clause) if one.pk != found.pk],
        "publication": publication or PublicationForm(initial={"valid_from": max(found.valid_from, today + DAY)}),
        "drop": DropForm(),
        "story": history_of(found),
        "days": TUNNEL_DAYS,
    }
    kinds = (TrialKind.TUNNEL, TrialKind.SHADOW)
    trials = [trial for kind in kinds if (trial := last_trial_of(found, kind))]
    context["results"] = [outcome_context(trial, by) for trial in trials]
    context["way"] = way_of(found, is_tried=bool(trials))
    return render(request, "staff/drafts/draft.html", context, status=status)


def _texts(found: ClauseVersion, before: ClauseVersion | None, words: Words) -> list[dict[str, Any]]:
    """Return the text in both languages as runs that stayed, went or came: with numbers filled in, if that differs."""
    was = before or found
    new, old = wordings(found, words), wordings(was, words)
    raw = {"zh-hans": (was.text, found.text), "en": (was.text_en, found.text_en)}
    names = {"zh-hans": _("Text in Chinese"), "en": _("Text in English")}
    texts = []
    for language, name in names.items():
        pair = (old[language], new[language])
        pair = pair if pair[0] != pair[1] else raw[language]
        is_changed = pair[0] != pair[1]
        pieces = text_difference(*pair) if is_changed else [Piece("same", new[language])]
        texts.append({"language": language, "name": name, "pieces": pieces, "is_changed": is_changed})
    return texts


def _form_page(request: HttpRequest, form: DraftForm, clause: Clause, found: ClauseVersion | None) -> HttpResponse:
    context = {"form": form, "clause": clause, "draft": found, "basis": form.version}
    return render(request, "staff/drafts/form.html", context, status=422 if form.is_bound else 200)


def _is_watched(found: ClauseVersion) -> bool:
    return found.clause.detector in DETECTORS


def _can_try(found: ClauseVersion) -> bool:
    """Say whether the past has cases of a clause: found by the system, or reported by people and confirmed."""
    return _is_watched(found) or (not found.clause.detector and is_reportable(found.clause))


def _draft(number: int) -> ClauseVersion:
    versions = ClauseVersion.objects.select_related("clause", "drafted_by", "published_by")
    return get_object_or_404(versions, pk=number)


def _by(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)  # noqa: S101 -- has the permission, says the decorator
    return request.user
