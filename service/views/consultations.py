"""The consultation log: list, page, entry by hand (CS-005)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from service.actions.buyers import ensure_buyers
from service.actions.consultations import log_consultation
from service.filters.agents_day import ConsultationFilters
from service.forms.agents_day import BuyersConsultationForm
from service.models import Consultation
from service.queries.agents_day import add_consultation_words, listed_consultations, of_buyer
from service.views.papers import Fact, Paper, find, form_page, list_context, show_paper
from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.lists import Column, Empty, Export, ExportColumn, ListPage, Sort, Tab
from shopops.kit.masking import mask_nick
from warehouse.views.asking import actor

HOME = ("service:consultation_list", _("Consultation log"))

CONSULTATION_LIST = ListPage(
    name="service.consultation_list",
    title=_("Consultation log"),
    note=_("What buyers asked each day, why, and how it was solved (CS-005)."),
    icon="clipboard-list",
    permission="service.view_consultation",
    rows=listed_consultations,
    values=(
        "buyer__nick",
        "agent__name",
        "topic",
        "goods",
        "problem",
        "cause",
        "solution",
        "logged_at",
        "follow_up__state",
        "follow_up__due_at",
    ),
    finish=add_consultation_words,
    cells="service/consultations/cells.html",
    columns=(
        Column("problem", _("Problem"), fixed=True, card="full"),
        Column("solution", _("Solution"), card="full"),
        Column("buyer", _("Buyer"), card="left"),
        Column("agent", _("Agent"), card="left"),
        Column("follow_up", _("Follow-up"), card="right"),
        Column("logged", _("Logged"), sort="logged", card="right"),
    ),
    tabs=(
        Tab("all", _("All"), counted=False),
        Tab("mine", _("Mine"), lambda reader: Q(agent=reader.by)),
    ),
    sorts=(Sort("logged", "logged_at", _("Logged")),),
    filters=ConsultationFilters,
    search=of_buyer,
    search_hint=_("Buyer's nick"),
    opens="service:consultation",
    row_name="buyer__nick",
    row_hidden=True,
    export=Export(
        permission="service.export_conversations",
        columns=(
            ExportColumn(_("Logged"), "logged_at", kind="time"),
            ExportColumn(_("Agent"), "agent__name"),
            ExportColumn(_("Buyer"), lambda row: mask_nick(row["buyer__nick"])),
            ExportColumn(_("Nick in full"), "buyer__nick", permission="orders.reveal_personal_data"),
            ExportColumn(_("Topic"), "topic_label"),
            ExportColumn(_("Goods"), "goods"),
            ExportColumn(_("Problem"), "problem"),
            ExportColumn(_("Cause"), "cause"),
            ExportColumn(_("Solution"), "solution"),
            ExportColumn(_("Follow-up"), "follow_up_label"),
        ),
    ),
    template="service/list_page.html",
    context=lambda request, _shown: list_context(
        request, "follow_ups", "service:consultation_new", _("Log consultation")
    ),
    empty=Empty(_("No consultations here."), _("Log one from a conversation, or by hand.")),
)


@allowed("service.view_consultation")
@require_GET
def consultation(request: HttpRequest, key: int) -> HttpResponse:
    """Show a line of the log with its follow-up."""
    found = find(Consultation, key, "buyer", "agent", "conversation", "follow_up")
    follow_up = getattr(found, "follow_up", None)
    facts = [
        Fact(_("Agent"), found.agent),
        Fact(_("Topic"), found.get_topic_display()),
        Fact(_("Goods"), found.goods),
        Fact(
            _("Conversation"),
            found.conversation,
            found.conversation.get_absolute_url() if found.conversation else "",
        ),
        Fact(_("Follow-up"), follow_up and follow_up.get_state_display(), follow_up and follow_up.get_absolute_url()),
    ]
    paper = Paper(
        title=mask_nick(found.buyer.nick),
        home=HOME,
        state=found.get_topic_display(),
        tone="info",
        line=f"{found.agent} · {found.logged_at:%Y-%m-%d}",
        facts=facts,
        texts=[(_("Problem"), found.problem), (_("Cause"), found.cause), (_("Solution"), found.solution)],
    )
    return show_paper(request, found, paper, (), *([follow_up] if follow_up else []))


@allowed("service.serve_buyer")
@require_http_methods(["GET", "POST"])
def consultation_new(request: HttpRequest) -> HttpResponseBase:
    """Log a consultation that is in no conversation here."""

    def keep(values: dict[str, Any]) -> str:
        at = now()
        nick = values.pop("nick").strip()
        logged = log_consultation(ensure_buyers([nick], at=at)[nick], **values, by=actor(request), at=at)
        return logged.get_absolute_url()

    form = BuyersConsultationForm(request.POST or None, initial={"nick": request.GET.get("buyer", "")})
    return form_page(request, form, keep, title=_("Log consultation"), home=HOME, submit=_("Log"))
