"""Campaigns of the shops, and whether each has its automatic reply (CS-056)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from catalog.actions.campaigns import FIELDS, cancel_campaign, change_campaign, plan_campaign
from catalog.models import Campaign
from service.filters.agents_day import CampaignFilters
from service.forms.agents_day import CampaignForm, ReasonForm
from service.queries.phrases import add_campaign_words, listed_campaigns
from service.views.papers import Fact, Paper, deed, find, form_page, list_context, show_paper, values_of
from shopops.kit.access import allowed
from shopops.kit.clock import SHANGHAI, now
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
from warehouse.views.asking import Offer, actor

CAMPAIGNS = ("service:campaign_list", _("Campaigns"))
_PHASES = {"running": _("running"), "coming": _("coming"), "over": _("over"), "cancelled": _("cancelled")}


def _cancel_many(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    found = Campaign.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: cancel_campaign(one, reason=reason, by=by, at=at))


def _over(ids: Sequence[int], reader: Reader) -> Refusals:
    found = Campaign.objects.filter(Q(is_cancelled=True) | Q(ends_at__lte=reader.at), pk__in=ids)
    return dict.fromkeys(found.values_list("pk", flat=True), _("is over"))


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
        Tab(
            "missing",
            _("Without an automatic reply"),
            lambda reader: Q(is_cancelled=False, starts_at__lte=reader.at, ends_at__gt=reader.at, replies=0),
            tone="danger",
        ),
        Tab("over", _("Over"), lambda reader: Q(ends_at__lte=reader.at), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("starts", "starts_at", _("Begins")),),
    filters=CampaignFilters,
    opens="service:campaign",
    row_name="name",
    row_tone="edge",
    batch=(
        BatchAction(
            "cancelling",
            _("Cancel"),
            run=_cancel_many,
            skips=_over,
            form=ReasonForm,
            permission="catalog.change_campaign",
            icon="ban",
            tone="danger",
            tabs=("running", "missing", "all"),
            says=_("Those that run end now; their automatic replies are to be taken down."),
        ),
    ),
    export=Export(
        permission="catalog.view_campaign",
        columns=(
            ExportColumn(_("Campaign"), "name"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("Offer"), "offer"),
            ExportColumn(_("State"), lambda row: str(_PHASES[row["phase"]])),
            ExportColumn(_("Begins"), "starts_at", kind="time"),
            ExportColumn(_("Ends"), "ends_at", kind="time"),
            ExportColumn(_("Automatic reply by"), lambda row: row["reply_owner__name"] or ""),
            ExportColumn(_("Automatic replies"), "replies", kind="count"),
        ),
    ),
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
