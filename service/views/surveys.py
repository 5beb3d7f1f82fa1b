"""Surveys: how content buyers are, charts first, and the page where an answer is written down (CS-040)."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from service.actions.surveys import answer_survey
from service.exports.surveys import survey_charts
from service.filters.buyers import SurveyFilters
from service.forms.buyers import SurveyAnswerForm
from service.models import Survey
from service.queries.surveys import add_survey_words, listed_surveys
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists import Column, Empty, Export, ExportColumn, ListPage, Sort, Tab
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import Offer, asks_of, deed, in_drawer

CARE = "service.care_for_buyer"

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
    cells="service/surveys/cells.html",
    columns=(
        Column("buyer", _("Buyer"), fixed=True, card="full"),
        Column("rating", _("How content"), sort="rating", card="left"),
        Column("agent", _("Served by"), card="right"),
        Column("asked", _("Time of asking"), sort="asked", card="left"),
        Column("text", _("The buyer's words"), card="full"),
    ),
    tabs=(
        Tab("answered", _("With an answer"), Q(answered_at__isnull=False)),
        Tab("waiting", _("Not answered yet"), Q(answered_at=None), tone="warn"),
        Tab("discontent", _("Discontent"), Q(rating__lte=2), tone="danger"),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("asked", "asked_at", _("Time of asking")), Sort("rating", "rating", _("How content"), nullable=True)),
    filters=SurveyFilters,
    search=lambda text: Q(buyer__nick=text.strip()),
    search_hint=_("Buyer"),
    opens="service:survey",
    row_name="buyer__nick",
    row_hidden=True,
    row_tone="edge",
    export=Export(
        permission="service.export_buyers",
        columns=(
            ExportColumn(_("Buyer"), "nick"),
            ExportColumn(_("Served by"), "agent__name"),
            ExportColumn(_("About"), "about"),
            ExportColumn(_("Time of asking"), "asked_at", kind="time"),
            ExportColumn(_("How content"), "rating", kind="count"),
            ExportColumn(_("The buyer's words"), "text"),
            ExportColumn(_("Survey answered"), "answered_at", kind="time"),
        ),
    ),
    template="service/surveys/list.html",
    context=lambda _request, _shown: survey_charts(at=now()),
    empty=Empty(_("No surveys here."), _("Ask a buyer on their page, or many in the list of buyers.")),
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
        "service/surveys/survey.html",
        {
            "survey": found,
            "stars": range(1, 6),
            "survey_need": found.about or _now("Survey"),
            "history": history_of(found.buyer, most=20),
            "asks": asks_of(SURVEY_OFFERS, found, str(found.pk), actor(request)),
            "in_drawer": in_drawer(request),
        },
    )


def _answer(request: HttpRequest, found: Survey) -> str:
    answer_survey(found, **checked(SurveyAnswerForm(request.POST)), by=actor(request), at=now())
    return _now("The answer is kept.")


survey_answer = deed(CARE, lambda number: _survey(str(number)), _answer, page=_survey_page, url_name="service:survey")
