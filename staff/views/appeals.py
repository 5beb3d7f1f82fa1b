"""Appeals: the list, the page where they are judged, and the verdicts everybody may learn from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now
from shopops.kit.lists import (
    AnyOfFilter,
    Column,
    DaysFilter,
    Empty,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    Reader,
    Sort,
    Tab,
)
from staff.actions.appeals import accept_answer, answer_appeal, file_appeal, take_appeal_on, vote_on_appeal
from staff.actions.appeals import withdraw_appeal as take_back
from staff.forms.appeals import AppealForm, OpinionForm
from staff.models import Appeal
from staff.queries.appeals import (
    OPEN,
    SEES_ALL,
    TONES,
    VERDICT_TONES,
    add_appeal_words,
    appeal_story,
    hide_names,
    judges_wanted,
    listed_appeals,
    listed_verdicts,
    matching_appeals,
    matching_verdicts,
    may_see_appeal,
    names_in,
    on_panel,
    opinions_of,
    similar_appeals,
    to_judge,
    verdicts_of_clause,
    visible_appeals,
    without_names,
)
from staff.queries.balances import balance_of
from staff.queries.cases import amount_in_words, case_of
from staff.queries.clauses import DEPARTMENTS
from staff.queries.evidence import facts_in_words, lateness
from staff.queries.files import shown_files
from staff.queries.rulebook import wording, words_on
from staff.queries.terms import points_in_words
from staff.states import AppealState, EntryKind, Stage, Verdict
from staff.views.asking import actor, checked
from staff.views.offences import visible_offence


class AppealFilters(ListFilters):
    """The filters of appeals."""

    state = AnyOfFilter(field_name="state", choices=AppealState.choices, label=_("State"), first=True)
    verdict = AnyOfFilter(field_name="verdict", choices=Verdict.choices, label=_("Verdict"), first=True)
    filed = DaysFilter(field_name="filed_at", label=_("Filed on"), first=True)
    department = AnyOfFilter(
        field_name="offence__clause__department", choices=tuple(DEPARTMENTS.items()), label=_("Department")
    )


class VerdictFilters(ListFilters):
    """The filters of verdicts."""

    verdict = AnyOfFilter(field_name="verdict", choices=Verdict.choices, label=_("Verdict"), first=True)
    department = AnyOfFilter(
        field_name="offence__clause__department", choices=tuple(DEPARTMENTS.items()), label=_("Department"), first=True
    )
    closed = DaysFilter(field_name="closed_at", label=_("Decided on"), first=True)


def _judge(reader: Reader) -> Q:
    return to_judge(reader.by)


def _panel(reader: Reader) -> Q:
    return on_panel(reader.by)


def _mine(reader: Reader) -> Q:
    return Q(employee=reader.by)


_VALUES = (
    "state",
    "verdict",
    "offence_id",
    "offence__clause__number",
    "offence__clause__title",
    "offence__clause__title_en",
    "offence__subject_label",
    "employee_id",
    "employee__name",
    "text",
    "answer",
    "points",
    "is_lapsed",
    "filed_at",
    "closed_at",
)
APPEALS_PAGE = ListPage(
    name="staff.appeals",
    title=_("Appeals"),
    note=_("Points under appeal stay out of every total until the verdict; without an answer in time they are gone."),
    icon="message-square",
    permission=SIGNED_IN,
    rows=listed_appeals,
    values=(*_VALUES, "leader__name", "due_at", "file_count"),
    finish=add_appeal_words,
    cells="staff/appeals/cells.html",
    columns=(
        Column("appeal", _("Appeal"), fixed=True, card="full"),
        Column("person", _("Employee"), card="left"),
        Column("points", _("Points"), end=True, card="right"),
        Column("state", _("State"), card="left"),
        Column("due", _("Answer due"), sort="due", card="right"),
        Column("judge", _("Leader"), card="none"),
        Column("filed", _("Filed at"), sort="filed", card="left"),
    ),
    tabs=(
        Tab("judge", _("For me to judge"), _judge, permission="staff.judge_appeal", tone="danger", sort="due"),
        Tab("panel", _("For me on the panel"), _panel, permission="staff.sit_on_panel", tone="danger", sort="due"),
        Tab("mine", _("My own"), _mine),
        Tab("open", _("Open"), Q(state__in=OPEN), sort="due"),
        Tab("closed", _("Closed"), Q(state__in=(AppealState.CLOSED, AppealState.WITHDRAWN)), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("filed", "filed_at", _("Filed at")), Sort("due", "due_at", _("Answer due"), ascending=True)),
    filters=AppealFilters,
    search=matching_appeals,
    search_hint=_("Clause, person or words"),
    opens="staff:appeal",
    row_name="offence__subject_label",
    export=Export(
        permission=SEES_ALL,
        columns=(
            ExportColumn(_("Clause"), "offence__clause__number"),
            ExportColumn(_("Employee"), "employee__name"),
            ExportColumn(_("About"), "offence__subject_label"),
            ExportColumn(_("Points charged"), "charged"),
            ExportColumn(_("Why the points are wrong"), "text"),
            ExportColumn(_("Filed at"), "filed_at", kind="time"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Verdict"), "verdict_label"),
            ExportColumn(_("Points after"), "left"),
            ExportColumn(_("Reasons of the verdict"), "answer"),
            ExportColumn(_("Closed at"), "closed_at", kind="time"),
        ),
    ),
    empty=Empty(_("No appeals here."), _("Whoever was charged appeals from the page of the charge.")),
)
VERDICTS_PAGE = ListPage(
    name="staff.verdicts",
    title=_("Verdicts"),
    note=_("How appeals ended, for everybody to learn from. Names are shown only to those who judge."),
    icon="scroll-text",
    permission=SIGNED_IN,
    rows=listed_verdicts,
    values=_VALUES,
    finish=hide_names,
    cells="staff/appeals/verdict_cells.html",
    columns=(
        Column("clause", _("Clause"), fixed=True, card="full"),
        Column("verdict", _("Verdict"), card="left"),
        Column("points", _("Points"), end=True, card="right"),
        Column("why", _("Why the points are wrong"), card="full"),
        Column("answer", _("Reasons of the verdict"), card="full"),
        Column("person", _("Employee"), permission=SEES_ALL, card="left"),
        Column("closed", _("Decided on"), sort="closed", card="left"),
    ),
    tabs=(
        Tab("all", _("All"), counted=False),
        *(Tab(one.value, one.label, Q(verdict=one)) for one in Verdict),
    ),
    sorts=(Sort("closed", "closed_at", _("Decided on"), nullable=True),),
    filters=VerdictFilters,
    search=matching_verdicts,
    search_hint=_("Clause or words"),
    opens="staff:appeal",
    row_name="offence__clause__number",
    empty=Empty(_("No verdicts yet."), _("Every appeal that is decided is found here.")),
)


@allowed(SIGNED_IN)
@require_POST
def offence_appeal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Appeal against one's own charge."""
    found = visible_offence(request, number)
    asked = checked(AppealForm(request.POST, request.FILES))
    appeal = file_appeal(found, text=asked["text"], files=asked["evidence"], by=actor(request), at=now())
    messages.success(request, _now("Filed; until the verdict the points stay out of every total."))
    return redirect(appeal)


@allowed(SIGNED_IN)
@require_GET
def appeal(request: HttpRequest, number: int) -> HttpResponse:
    """Show an appeal to those it concerns; once decided, to everybody without names."""
    reader = actor(request)
    found = visible_appeals(reader).filter(pk=number).first()
    if found is None:
        return _verdict(request, number)
    at, offence, balance = now(), found.offence, balance_of(found.offence)
    opinions = opinions_of(found)
    mine = [one for one in opinions if one.judge_id == reader.pk]
    judges = found.state == AppealState.WITH_LEADER and found.leader_id == reader.pk
    sits = reader.has_perm("staff.sit_on_panel") and Appeal.objects.filter(on_panel(reader), pk=found.pk).exists()
    heard = found.state in {AppealState.CLOSED, AppealState.WITHDRAWN}
    may_judge = (judges and reader.has_perm("staff.judge_appeal")) or sits
    charge = offence.entries.filter(kind=EntryKind.CHARGE).first()
    return render(
        request,
        "staff/appeals/appeal.html",
        {
            "appeal": found,
            "offence": offence,
            "at": at,
            "tone": TONES[AppealState(found.state)],
            "verdict_tone": VERDICT_TONES.get(found.verdict, "plain"),
            "charged": amount_in_words(charge.points, charge.fund) if charge else "–",
            "now": points_in_words(balance.points) if balance.points else "0",
            "case": case_of(offence),
            "facts": facts_in_words(offence),
            "late": lateness(offence),
            "text": wording(offence.version, words_on(offence.day)),
            "files": shown_files(found.files.all()),
            "opinions": [one for one in opinions if heard or one.stage == Stage.LEADER or one in mine],
            "panel_said": sum(one.stage == Stage.PANEL for one in opinions),
            "panel_wanted": judges_wanted(found) if found.state == AppealState.WITH_PANEL else 0,
            "was_on_panel": any(one.stage == Stage.PANEL for one in opinions) or found.state == AppealState.WITH_PANEL,
            "is_mine": found.employee_id == reader.pk,
            "is_heard": heard,
            "judges": judges,
            "form": OpinionForm(balance=balance.points) if may_judge else None,
            "similar": similar_appeals(found) if may_judge or reader.has_perm(SEES_ALL) else [],
            "verdicts": verdicts_of_clause(offence.clause_id),
            "may_see_offence": found.employee_id == reader.pk
            or reader.has_perm("staff.view_offence")
            or may_see_appeal(found, reader),
            "story": appeal_story(found, reader),
        },
    )


@allowed("staff.judge_appeal")
@require_POST
def appeal_answer(request: HttpRequest, number: int) -> HttpResponseBase:
    """Answer an appeal as its leader."""
    found = _appeal(request, number)
    form = OpinionForm(request.POST, balance=balance_of(found.offence).points)
    text = checked(form)["text"]
    answer_appeal(found, verdict=form.chosen, points=form.points, text=text, by=actor(request), at=now())
    messages.success(request, _now("Answered; %(name)s has been told.") % {"name": found.employee})
    return redirect(found)


@allowed("staff.sit_on_panel")
@require_POST
def appeal_opinion(request: HttpRequest, number: int) -> HttpResponseBase:
    """Judge an appeal on the panel."""
    found = _appeal(request, number)
    form = OpinionForm(request.POST, balance=balance_of(found.offence).points)
    text = checked(form)["text"]
    decided = vote_on_appeal(found, verdict=form.chosen, points=form.points, text=text, by=actor(request), at=now())
    messages.success(
        request,
        _now("The panel has decided; %(name)s has been told.") % {"name": found.employee}
        if decided
        else _now("Your opinion is kept; the others decide with it."),
    )
    return redirect(found)


@allowed(SIGNED_IN)
@require_POST
def appeal_acceptance(request: HttpRequest, number: int) -> HttpResponseBase:
    """Accept the leader's answer to one's own appeal."""
    found = _appeal(request, number)
    accept_answer(found, by=actor(request), at=now())
    messages.success(request, _now("Accepted; the appeal is closed."))
    return redirect(found)


@allowed(SIGNED_IN)
@require_POST
def appeal_panel(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take one's own appeal on to the panel."""
    found = _appeal(request, number)
    take_appeal_on(found, by=actor(request), at=now())
    messages.success(request, _now("The panel decides now."))
    return redirect(found)


@allowed(SIGNED_IN)
@require_POST
def appeal_withdrawal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take one's own appeal back."""
    found = _appeal(request, number)
    take_back(found, by=actor(request), at=now())
    messages.success(request, _now("Taken back; the points count again."))
    return redirect(found)


def _appeal(request: HttpRequest, number: int) -> Appeal:
    """Return an appeal the employee may see; any other does not exist for them."""
    return get_object_or_404(visible_appeals(actor(request)), pk=number)


def _verdict(request: HttpRequest, number: int) -> HttpResponse:
    """Show how somebody else's appeal ended, without names."""
    found = (
        Appeal.objects.filter(pk=number, state=AppealState.CLOSED)
        .select_related("offence__clause__rulebook", "offence__version__clause")
        .first()
    )
    if found is None:
        raise Http404
    names = names_in([found.pk])[found.pk]
    charge = found.offence.entries.filter(kind=EntryKind.CHARGE).first()
    context: dict[str, Any] = {
        "appeal": found,
        "offence": found.offence,
        "verdict_tone": VERDICT_TONES.get(found.verdict, "plain"),
        "charged": amount_in_words(charge.points, charge.fund) if charge else "–",
        "left": points_in_words(found.points) if found.points else "0",
        "text": wording(found.offence.version, words_on(found.offence.day)),
        "why": without_names(found.text, names),
        "answer": without_names(found.answer, names),
        "verdicts": verdicts_of_clause(found.offence.clause_id),
    }
    return render(request, "staff/appeals/verdict.html", context)
