"""Problems buyers report: list, page, a new one by hand (CS-072)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from service.actions.buyers import ensure_buyers
from service.actions.feedback import handle_feedback, note_feedback, pass_feedback
from service.filters.agents_day import FeedbackFilters
from service.forms.agents_day import BuyersFeedbackForm, ColleagueForm, OutcomeForm
from service.models import Feedback
from service.queries.agents_day import FEEDBACK_TONES, add_feedback_words, listed_feedback, of_buyer
from service.states import FeedbackState
from service.views.papers import Fact, Paper, deed, find, form_page, list_context, show_paper, values_of
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
from shopops.kit.masking import mask_nick
from shopops.kit.templatetags.shown import moment
from staff.models import Employee
from warehouse.views.asking import Offer, actor

HOME = ("service:feedback_list", _("Feedback"))
_OPEN = ~Q(state=FeedbackState.HANDLED)


def _pass_many(ids: Sequence[int], *, by: Employee, at: datetime, to: Employee, note: str) -> Refusals:
    found = Feedback.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: pass_feedback(one, to, note=note, by=by, at=at))


def _handle_many(ids: Sequence[int], *, by: Employee, at: datetime, outcome: str) -> Refusals:
    found = Feedback.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: handle_feedback(one, outcome=outcome, by=by, at=at))


def _over(ids: Sequence[int], _reader: Reader) -> Refusals:
    over = Feedback.objects.filter(pk__in=ids, state=FeedbackState.HANDLED).values_list("pk", flat=True)
    return dict.fromkeys(over, _("is dealt with"))


FEEDBACK_LIST = ListPage(
    name="service.feedback_list",
    title=_("Feedback"),
    note=_("Problems buyers report: dealt with, or passed on to whoever can, within a day (CS-072)."),
    icon="megaphone",
    permission="service.view_feedback",
    rows=listed_feedback,
    values=("buyer__nick", "text", "holder__name", "noted_by__name", "noted_at", "holder_since", "state", "outcome"),
    finish=add_feedback_words,
    cells="service/feedback/cells.html",
    columns=(
        Column("text", _("Reported"), fixed=True, card="full"),
        Column("buyer", _("Buyer"), card="left"),
        Column("state", _("State"), card="right"),
        Column("holder", _("With"), card="left"),
        Column("noted", _("Noted"), sort="noted", card="right"),
        Column("outcome", _("What was done"), card="full"),
    ),
    tabs=(
        Tab("mine", _("Mine to handle"), lambda reader: _OPEN & Q(holder=reader.by), tone="warn", sort="-noted"),
        Tab("open", _("Open"), _OPEN, sort="-noted"),
        Tab("handled", _("Dealt with"), Q(state=FeedbackState.HANDLED), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("noted", "noted_at", _("Noted")),),
    filters=FeedbackFilters,
    search=of_buyer,
    search_hint=_("Buyer's nick"),
    opens="service:feedback",
    row_name="buyer__nick",
    row_hidden=True,
    row_tone="edge",
    batch=(
        BatchAction(
            "handling",
            _("Dealt with"),
            run=_handle_many,
            skips=_over,
            form=OutcomeForm,
            permission="service.serve_buyer",
            icon="check-check",
            tone="primary",
            tabs=("mine", "open", "all"),
        ),
        BatchAction(
            "passing",
            _("Pass on"),
            run=_pass_many,
            skips=_over,
            form=ColleagueForm,
            permission="service.serve_buyer",
            icon="arrow-right",
        ),
    ),
    export=Export(
        permission="service.export_conversations",
        columns=(
            ExportColumn(_("Noted"), "noted_at", kind="time"),
            ExportColumn(_("Buyer"), lambda row: mask_nick(row["buyer__nick"])),
            ExportColumn(_("Nick in full"), "buyer__nick", permission="orders.reveal_personal_data"),
            ExportColumn(_("Reported"), "text"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Noted by"), "noted_by__name"),
            ExportColumn(_("With"), "holder__name"),
            ExportColumn(_("With them since"), "holder_since", kind="time"),
            ExportColumn(_("What was done"), "outcome"),
        ),
    ),
    template="service/list_page.html",
    context=lambda request, _shown: list_context(request, "promises", "service:feedback_new", _("Note feedback")),
    empty=Empty(_("No feedback here."), _("Note it from a conversation, or by hand.")),
)


def _is_open(one: Feedback) -> bool:
    return one.state != FeedbackState.HANDLED


OFFERS: tuple[Offer[Feedback], ...] = (
    Offer(
        "handling",
        _("Dealt with"),
        "service:feedback_handling",
        "service.serve_buyer",
        "check",
        when=_is_open,
        form=OutcomeForm,
        place="first",
    ),
    Offer(
        "passing",
        _("Pass on"),
        "service:feedback_passing",
        "service.serve_buyer",
        "arrow-right",
        when=_is_open,
        form=ColleagueForm,
        says=_("To the supervisor or whoever can solve it; the clock is theirs from now on."),
    ),
)


@allowed("service.view_feedback")
@require_GET
def feedback(request: HttpRequest, key: int) -> HttpResponse:
    """Show what a buyer reported and what was done."""
    found = find(Feedback, key, "buyer", "holder", "noted_by", "conversation__buyer")
    talk = found.conversation
    facts = [
        Fact(_("With"), found.holder),
        Fact(_("With them since"), moment(found.holder_since)),
        Fact(_("Noted by"), f"{found.noted_by} · {moment(found.noted_at)}"),
        Fact(_("Conversation"), talk, talk.get_absolute_url() if talk else ""),
        Fact(_("Dealt with at"), found.handled_at and moment(found.handled_at)),
    ]
    paper = Paper(
        title=mask_nick(found.buyer.nick),
        home=HOME,
        state=found.get_state_display(),
        tone=FEEDBACK_TONES[FeedbackState(found.state)],
        facts=facts,
        texts=[(_("Reported"), found.text), (_("What was done"), found.outcome)],
    )
    return show_paper(request, found, paper, OFFERS)


@allowed("service.serve_buyer")
@require_http_methods(["GET", "POST"])
def feedback_new(request: HttpRequest) -> HttpResponseBase:
    """Write down what a buyer reported outside a conversation."""

    def keep(values: dict[str, Any]) -> str:
        at = now()
        nick = values["nick"].strip()
        buyer = ensure_buyers([nick], at=at)[nick]
        return note_feedback(buyer, values["text"], by=actor(request), at=at).get_absolute_url()

    form = BuyersFeedbackForm(request.POST or None, initial={"nick": request.GET.get("buyer", "")})
    return form_page(request, form, keep, title=_("Note feedback"), home=HOME, submit=_("Note"))


def _handle(request: HttpRequest, found: Feedback, by: Employee, at: datetime) -> str:
    handle_feedback(found, outcome=values_of(request, OutcomeForm)["outcome"], by=by, at=at)
    return _now("Dealt with.")


def _pass(request: HttpRequest, found: Feedback, by: Employee, at: datetime) -> str:
    values = values_of(request, ColleagueForm)
    pass_feedback(found, values["to"], note=values["note"], by=by, at=at)
    return _now("%(who)s deals with it now.") % {"who": values["to"]}


feedback_handling = deed("service.serve_buyer", Feedback, "service:feedback", _handle)
feedback_passing = deed("service.serve_buyer", Feedback, "service:feedback", _pass)
