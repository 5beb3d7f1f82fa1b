"""Care and surveys: whom to write to today, what buyers said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from service.actions.care import send_care, skip_care
from service.actions.surveys import answer_survey
from service.filters.buyers import CareFilters, SurveyFilters
from service.forms.buyers import SendForm, SendManyForm, SkipForm, SurveyAnswerForm
from service.models import Care, Survey
from service.queries.buyers import masked_buyer, warning_of
from service.queries.care import (
    TONES,
    add_care_words,
    add_survey_words,
    listed_care,
    listed_surveys,
    matching_care,
    phrase_for,
    survey_figures,
    too_soon,
)
from service.states import CareState
from service.views.deeds import deed
from shopops.kit.access import allowed
from shopops.kit.charts import Point, horizontal_bars, percent
from shopops.kit.clock import now, shop_day
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
from staff.models import Employee
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import Offer, asks_of, in_drawer

CARE = "service.care_for_buyer"


def _send_many(ids: Sequence[int], *, by: Employee, at: datetime, text: str) -> Refusals:
    chosen = Care.objects.filter(pk__in=ids).select_related("buyer")
    return one_by_one(chosen, lambda one: send_care(one, text=text, by=by, at=at))


def _skip_many(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    chosen = Care.objects.filter(pk__in=ids).select_related("buyer")
    return one_by_one(chosen, lambda one: skip_care(one, reason=reason, by=by, at=at))


def _done(ids: Sequence[int], _reader: Reader) -> Refusals:
    others = Care.objects.filter(pk__in=ids).exclude(state=CareState.DUE).values_list("pk", flat=True)
    return dict.fromkeys(others, _("it is done already"))


def _today(reader: Reader) -> Q:
    return Q(state=CareState.DUE, due_on__lte=shop_day(reader.at))


CARE_LIST = ListPage(
    name="service.care",
    title=_("Care"),
    note=_(
        "Birthdays, holidays, regular visits and purchases that are due; only buyers who agreed, and not too often."
    ),
    icon="heart",
    permission=CARE,
    rows=listed_care,
    values=(
        "occasion",
        "due_on",
        "state",
        "text",
        "note",
        "buyer_id",
        "buyer__nick",
        "buyer__phone",
        "buyer__level__name",
        "buyer__paid",
        "done_by__name",
        "done_at",
    ),
    finish=add_care_words,
    cells="service/buyers/care_cells.html",
    columns=(
        Column("buyer", _("Buyer"), fixed=True, card="full"),
        Column("occasion", _("Occasion"), card="left"),
        Column("due", _("Due"), sort="due", card="left"),
        Column("state", _("State"), card="left"),
        Column("text", _("Message"), card="full"),
    ),
    tabs=(
        Tab("due", _("To send"), _today, tone="warn"),
        Tab("sent", _("Sent"), Q(state=CareState.SENT), counted=False),
        Tab("skipped", _("Skipped"), Q(state=CareState.SKIPPED), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("due", "due_on", _("Due")),),
    filters=CareFilters,
    search=matching_care,
    search_hint=_("Buyer, last 4 digits of the phone"),
    opens="service:care_page",
    row_name="buyer__nick",
    row_tone="edge",
    batch=(
        BatchAction(
            "sending",
            _("Sent"),
            run=_send_many,
            skips=_done,
            form=SendManyForm,
            permission=CARE,
            icon="send",
            tone="primary",
            tabs=("due",),
            says=_("You have sent this message to these buyers."),
        ),
        BatchAction(
            "skipping",
            _("Skip"),
            run=_skip_many,
            skips=_done,
            form=SkipForm,
            permission=CARE,
            icon="x",
            tabs=("due",),
        ),
    ),
    export=Export(
        permission="service.export_buyers",
        columns=(
            ExportColumn(_("Buyer"), "nick"),
            ExportColumn(_("Phone"), "phone"),
            ExportColumn(_("Occasion"), "occasion_label"),
            ExportColumn(_("Due"), "due_on", kind="day"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Message"), "text"),
            ExportColumn(_("Done by"), "done_by__name"),
        ),
    ),
    empty=Empty(_("Nobody to write to."), _("The list is made every night.")),
)

SURVEY_LIST = ListPage(
    name="service.surveys",
    title=_("Surveys"),
    note=_("How content buyers are with who served them; asked regularly, answered in their own words."),
    icon="smile",
    permission="service.view_buyer",
    rows=listed_surveys,
    values=(
        "buyer_id",
        "buyer__nick",
        "agent__name",
        "about",
        "asked_by__name",
        "asked_at",
        "rating",
        "text",
        "answered_at",
    ),
    finish=add_survey_words,
    cells="service/buyers/survey_cells.html",
    columns=(
        Column("buyer", _("Buyer"), fixed=True, card="full"),
        Column("rating", _("How content"), sort="rating", card="left"),
        Column("agent", _("Served by"), card="left"),
        Column("asked", _("Asked"), sort="asked", card="left"),
        Column("text", _("The buyer's words"), card="full"),
    ),
    tabs=(
        Tab("answered", _("Answered"), Q(answered_at__isnull=False)),
        Tab("waiting", _("Not answered yet"), Q(answered_at=None), tone="warn"),
        Tab("discontent", _("Discontent"), Q(rating__lte=2), tone="danger"),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("asked", "asked_at", _("Asked")), Sort("rating", "rating", _("How content"), nullable=True)),
    filters=SurveyFilters,
    search=lambda text: Q(buyer__nick=text.strip()),
    search_hint=_("Buyer"),
    opens="service:survey",
    row_name="buyer__nick",
    row_tone="edge",
    export=Export(
        permission="service.export_buyers",
        columns=(
            ExportColumn(_("Buyer"), "nick"),
            ExportColumn(_("Served by"), "agent__name"),
            ExportColumn(_("About"), "about"),
            ExportColumn(_("Asked"), "asked_at", kind="time"),
            ExportColumn(_("How content"), "rating", kind="count"),
            ExportColumn(_("The buyer's words"), "text"),
            ExportColumn(_("Answered"), "answered_at", kind="time"),
        ),
    ),
    template="service/buyers/surveys.html",
    context=lambda _request, _shown: {"figures": survey_shown()},
    empty=Empty(_("No surveys here."), _("Ask a buyer on their page.")),
)


def survey_shown() -> dict[str, Any]:
    """Return the figures over the list: how many answered, how content, and the five grades drawn."""
    found = survey_figures(Survey.objects.all())
    return {
        **found,
        "content_said": "–" if found["content"] is None else percent(found["content"]),
        "average_said": "–" if found["average"] is None else f"{found['average']:.2f}",
        "chart": horizontal_bars(
            [Point(str(grade), count) for grade, count in found["grades"]],
            title=_now("Answers by grade"),
            name=_now("Answers"),
            tone="good",
        ),
    }


CARE_OFFERS: tuple[Offer[Care], ...] = (
    Offer(
        "sending",
        _("Sent"),
        "service:care_sending",
        CARE,
        "send",
        when=lambda care: care.state == CareState.DUE,
        form=SendForm,
        initial=lambda care: {"text": phrase_for(care)},
        place="first",
        says=_("Send it in the chat tool, then keep here what you wrote."),
    ),
    Offer(
        "skipping",
        _("Skip"),
        "service:care_skipping",
        CARE,
        "x",
        when=lambda care: care.state == CareState.DUE,
        form=SkipForm,
    ),
)
SURVEY_OFFERS: tuple[Offer[Survey], ...] = (
    Offer(
        "answer",
        _("Write the answer down"),
        "service:survey_answer",
        CARE,
        "pencil",
        when=lambda survey: survey.answered_at is None,
        form=SurveyAnswerForm,
        place="first",
    ),
)


def _care(number: str) -> Care:
    found = Care.objects.select_related("buyer__level", "done_by").filter(pk=int(number)).first()
    if found is None:
        raise Http404
    return found


@allowed(CARE)
@require_GET
def care_page(request: HttpRequest, number: int) -> HttpResponse:
    """Show a message of care: to whom, why, what is written."""
    return _care_page(request, str(number))


def _care_page(request: HttpRequest, number: str) -> HttpResponse:
    found, at = _care(number), now()
    return render(
        request,
        "service/buyers/care.html",
        {
            "care": found,
            "tone": TONES[CareState(found.state)],
            "shown": masked_buyer(found.buyer),
            "warning": warning_of(found.buyer, at=at),
            "too_soon": found.state == CareState.DUE and too_soon(found.buyer, at=at),
            "proposal": phrase_for(found) if found.state == CareState.DUE else "",
            "history": history_of(found.buyer, most=20),
            "asks": asks_of(CARE_OFFERS, found, str(found.pk), actor(request)),
            "in_drawer": in_drawer(request),
            "at": at,
        },
    )


def _survey(number: str) -> Survey:
    found = Survey.objects.select_related("buyer", "agent", "asked_by").filter(pk=int(number)).first()
    if found is None:
        raise Http404
    return found


@allowed("service.view_buyer")
@require_GET
def survey(request: HttpRequest, number: int) -> HttpResponse:
    """Show a survey: who was asked about whom, and what they said."""
    return _survey_page(request, str(number))


def _survey_page(request: HttpRequest, number: str) -> HttpResponse:
    found = _survey(number)
    return render(
        request,
        "service/buyers/survey.html",
        {
            "survey": found,
            "stars": range(1, 6),
            "history": history_of(found.buyer, most=20),
            "asks": asks_of(SURVEY_OFFERS, found, str(found.pk), actor(request)),
            "in_drawer": in_drawer(request),
        },
    )


def _send(request: HttpRequest, found: Care) -> str:
    send_care(found, **checked(SendForm(request.POST)), by=actor(request), at=now())
    return _now("The message is kept.")


def _skip(request: HttpRequest, found: Care) -> str:
    skip_care(found, **checked(SkipForm(request.POST)), by=actor(request), at=now())
    return _now("Skipped.")


def _answer(request: HttpRequest, found: Survey) -> str:
    answer_survey(found, **checked(SurveyAnswerForm(request.POST)), by=actor(request), at=now())
    return _now("The answer is kept.")


care_sending = deed(CARE, lambda number: _care(str(number)), _send, page=_care_page, url_name="service:care_page")
care_skipping = deed(CARE, lambda number: _care(str(number)), _skip, page=_care_page, url_name="service:care_page")
survey_answer = deed(CARE, lambda number: _survey(str(number)), _answer, page=_survey_page, url_name="service:survey")
