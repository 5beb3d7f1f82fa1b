"""Quick phrases, the register of automatic replies, campaigns (CS-054…CS-056)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.actions.campaigns import FIELDS, cancel_campaign, change_campaign, plan_campaign
from catalog.models import Campaign
from service.actions.phrases import add_auto_reply, count_use, keep_phrase, remove_auto_reply
from service.filters.agents_day import AutoReplyFilters, CampaignFilters, PhraseFilters
from service.forms.agents_day import AutoReplyForm, CampaignForm, PhraseForm, ReasonForm
from service.models import AutoReply, QuickPhrase
from service.queries.phrases import (
    add_campaign_words,
    add_reply_words,
    listed_auto_replies,
    listed_campaigns,
    listed_phrases,
    matching_phrases,
)
from service.views.papers import Fact, Paper, deed, find, form_page, list_context, show_paper, values_of
from shopops.kit.access import allowed
from shopops.kit.clock import SHANGHAI, now
from shopops.kit.lists import Column, Empty, ListPage, Sort, Tab
from shopops.kit.templatetags.shown import moment
from staff.models import Employee
from warehouse.views.asking import Offer, actor

PHRASES = ("service:phrase_list", _("Quick phrases"))
REPLIES = ("service:auto_reply_list", _("Automatic replies"))
CAMPAIGNS = ("service:campaign_list", _("Campaigns"))


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
    tabs=(Tab("used", _("In use"), Q(is_used=True)), Tab("all", _("All"))),
    sorts=(Sort("used", "used", _("Times used")), Sort("shortcut", "shortcut", _("Shortcut"), ascending=True)),
    filters=PhraseFilters,
    search=matching_phrases,
    search_hint=_("Shortcut or words"),
    opens="service:phrase",
    row_name="shortcut",
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

    initial = {name: getattr(found, name) for name in ("shortcut", "group", "text", "is_used")} if found else None
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


_EXPIRED = Q(removed_at=None)

AUTO_REPLY_LIST = ListPage(
    name="service.auto_reply_list",
    title=_("Automatic replies"),
    note=_("What the chat tool answers by itself, for which campaign, and who takes it down when that ends (CS-056)."),
    icon="message-circle",
    permission="service.view_autoreply",
    rows=listed_auto_replies,
    values=(
        "text",
        "shop__name",
        "campaign__name",
        "campaign__ends_at",
        "owner__name",
        "added_at",
        "expires_at",
        "removed_at",
    ),
    finish=add_reply_words,
    cells="service/auto_replies/cells.html",
    columns=(
        Column("text", _("Text"), fixed=True, card="full"),
        Column("campaign", _("Campaign"), card="left"),
        Column("state", _("State"), card="right"),
        Column("owner", _("In charge"), card="left"),
        Column("expires", _("Expires at"), card="right"),
        Column("added", _("Added"), sort="added", card="none"),
    ),
    tabs=(
        Tab("running", _("Running"), _EXPIRED),
        Tab(
            "expired",
            _("To be taken down"),
            lambda reader: _EXPIRED & (Q(expires_at__lte=reader.at) | Q(campaign__ends_at__lte=reader.at)),
            tone="danger",
        ),
        Tab("removed", _("Taken down"), Q(removed_at__isnull=False), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("added", "added_at", _("Added")),),
    filters=AutoReplyFilters,
    opens="service:auto_reply",
    row_tone="edge",
    template="service/list_page.html",
    context=lambda request, _shown: list_context(request, "phrases", "service:auto_reply_new", _("Register a reply")),
    empty=Empty(_("No automatic replies here."), _("Register what was put into the chat tool.")),
)

REPLY_OFFERS: tuple[Offer[AutoReply], ...] = (
    Offer(
        "removal",
        _("Taken down"),
        "service:auto_reply_removal",
        "service.serve_buyer",
        "check",
        when=lambda one: one.removed_at is None,
        says=_("It is out of the chat tool."),
        place="first",
    ),
)


@allowed("service.view_autoreply")
@require_GET
def auto_reply(request: HttpRequest, key: int) -> HttpResponse:
    """Show an automatic reply."""
    found = find(AutoReply, key, "shop", "campaign", "owner", "removed_by")
    offer = found.campaign
    ends = [one for one in (found.expires_at, offer.ends_at if offer else None) if one]
    paper = Paper(
        title=found.text[:40],
        home=REPLIES,
        state=_("taken down") if found.removed_at else _("running"),
        tone="plain" if found.removed_at else "good",
        line=str(found.shop),
        due_at=min(ends) if ends and not found.removed_at else None,
        facts=[
            Fact(_("In charge"), found.owner),
            Fact(_("Campaign"), offer, reverse("service:campaign", args=[offer.pk]) if offer else ""),
            Fact(_("Expires at"), moment(min(ends)) if ends else ""),
            Fact(_("Taken down"), found.removed_at and f"{found.removed_by} · {moment(found.removed_at)}"),
        ],
        texts=[(_("Text"), found.text)],
    )
    return show_paper(request, found, paper, REPLY_OFFERS)


@allowed("service.serve_buyer")
@require_http_methods(["GET", "POST"])
def auto_reply_new(request: HttpRequest) -> HttpResponseBase:
    """Register an automatic reply."""

    def keep(values: dict[str, Any]) -> str:
        reply = add_auto_reply(values.pop("shop"), values.pop("text"), **values, by=actor(request), at=now())
        return reply.get_absolute_url()

    asked = request.GET.get("campaign", "")
    initial: dict[str, Any] = {}
    if asked.isdecimal() and (offer := Campaign.objects.filter(pk=int(asked[:18])).first()):
        initial = {"campaign": offer.pk, "shop": offer.shop_id}
    form = AutoReplyForm(request.POST or None, initial=initial)
    says = _("Put it into the chat tool first; here it is remembered until it is taken down.")
    return form_page(request, form, keep, title=_("Register a reply"), home=REPLIES, submit=_("Register"), says=says)


def _remove(_request: HttpRequest, found: AutoReply, by: Employee, at: datetime) -> str:
    remove_auto_reply(found, by=by, at=at)
    return _now("Taken down.")


auto_reply_removal = deed("service.serve_buyer", AutoReply, "service:auto_reply", _remove)

CAMPAIGN_LIST = ListPage(
    name="service.campaign_list",
    title=_("Campaigns"),
    note=_("Offers of the shops with their days; each wants its automatic reply while it runs (CS-056)."),
    icon="ticket-percent",
    permission="catalog.view_campaign",
    rows=listed_campaigns,
    values=(
        "name",
        "offer",
        "shop__name",
        "starts_at",
        "ends_at",
        "reply_owner__name",
        "is_cancelled",
        "replies",
    ),
    finish=add_campaign_words,
    cells="service/campaigns/cells.html",
    columns=(
        Column("name", _("Campaign"), fixed=True, card="full"),
        Column("state", _("State"), card="right"),
        Column("days", _("Days"), sort="starts", card="left"),
        Column("reply", _("Automatic reply"), card="full"),
    ),
    tabs=(
        Tab("running", _("Running and coming"), lambda reader: Q(is_cancelled=False, ends_at__gt=reader.at)),
        Tab("over", _("Over"), lambda reader: Q(ends_at__lte=reader.at), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("starts", "starts_at", _("Begins")),),
    filters=CampaignFilters,
    opens="service:campaign",
    row_name="name",
    row_tone="edge",
    template="service/list_page.html",
    context=lambda request, _shown: list_context(
        request, "phrases", "service:campaign_new", _("Plan a campaign"), "catalog.add_campaign"
    ),
    empty=Empty(_("No campaigns here."), _("Plan one with its days and who adds the automatic reply.")),
)

CAMPAIGN_OFFERS: tuple[Offer[Campaign], ...] = (
    Offer(
        "cancelling",
        _("Cancel the campaign"),
        "service:campaign_cancelling",
        "catalog.change_campaign",
        "ban",
        when=lambda one: not one.is_cancelled and one.ends_at > now(),
        form=ReasonForm,
        says=_("One that runs ends now; its automatic reply is to be taken down."),
        tone="danger",
    ),
)


@allowed("catalog.view_campaign")
@require_GET
def campaign(request: HttpRequest, key: int) -> HttpResponse:
    """Show a campaign with its automatic replies."""
    found = find(Campaign, key, "shop", "reply_owner", "made_by")
    replies = list(
        found.auto_replies.filter(removed_at=None).select_related("owner").order_by(F("added_at").desc())[:5]
    )
    employee, at = actor(request), now()
    phase = _phase(found, at)
    may = employee.has_perm("catalog.change_campaign") and phase[1] in {"good", "info"}
    facts = [
        Fact(_("Shop"), found.shop),
        Fact(_("Begins"), moment(found.starts_at)),
        Fact(_("Ends"), moment(found.ends_at)),
        Fact(_("Automatic reply by"), found.reply_owner),
        *(Fact(_("Automatic reply"), one.text[:40], one.get_absolute_url()) for one in replies),
    ]
    if not replies and phase[1] == "good":
        add = f"{reverse('service:auto_reply_new')}?campaign={found.pk}"
        facts.append(Fact(_("Automatic reply"), _("none yet: register it"), add))
    paper = Paper(
        title=found.name,
        home=CAMPAIGNS,
        state=phase[0],
        tone=phase[1],
        line=str(found.shop),
        facts=facts,
        texts=[(_("Offer"), found.offer)],
        changes_at=reverse("service:campaign_change", args=[found.pk]) if may else "",
    )
    return show_paper(request, found, paper, CAMPAIGN_OFFERS)


def _phase(found: Campaign, at: datetime) -> tuple[Any, str]:
    if found.is_cancelled:
        return _("cancelled"), "danger"
    if found.ends_at <= at:
        return _("over"), "plain"
    return (_("running"), "good") if found.starts_at <= at else (_("coming"), "info")


@allowed("catalog.add_campaign")
@require_http_methods(["GET", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponseBase:
    """Plan a campaign."""

    def keep(values: dict[str, Any]) -> str:
        planned = plan_campaign(values.pop("shop"), **values, by=actor(request), at=now())
        return reverse("service:campaign", args=[planned.pk])

    form = CampaignForm(request.POST or None)
    return form_page(request, form, keep, title=_("Plan a campaign"), home=CAMPAIGNS, submit=_("Plan"))


@allowed("catalog.change_campaign")
@require_http_methods(["GET", "POST"])
def campaign_change(request: HttpRequest, key: int) -> HttpResponseBase:
    """Change a campaign."""
    found = find(Campaign, key)

    def keep(values: dict[str, Any]) -> str:
        change_campaign(found, values, by=actor(request), at=now())
        messages.success(request, _now("Changed."))
        return reverse("service:campaign", args=[found.pk])

    initial = {name: getattr(found, name) for name in FIELDS} | {"reply_owner": found.reply_owner_id}
    for name in ("starts_at", "ends_at"):
        initial[name] = f"{getattr(found, name).astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    form = CampaignForm(request.POST or None, initial=initial, fixed_shop=True)
    return form_page(request, form, keep, title=_("Change campaign"), home=CAMPAIGNS, submit=_("Keep"))


def _cancel(request: HttpRequest, found: Campaign, by: Employee, at: datetime) -> str:
    cancel_campaign(found, reason=values_of(request, ReasonForm)["reason"], by=by, at=at)
    return _now("Cancelled.")


campaign_cancelling = deed("catalog.change_campaign", Campaign, "service:campaign", _cancel)
