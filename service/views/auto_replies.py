"""The register of automatic replies, tied to campaigns (CS-055, CS-056)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from catalog.models import Campaign
from service.actions.phrases import add_auto_reply, remove_auto_reply
from service.filters.agents_day import AutoReplyFilters
from service.forms.agents_day import AutoReplyForm
from service.models import AutoReply
from service.queries.phrases import add_reply_words, listed_auto_replies
from service.views.papers import Fact, Paper, deed, find, form_page, list_context, show_paper
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
from warehouse.views.asking import Offer, actor

REPLIES = ("service:auto_reply_list", _("Automatic replies"))
_UP = Q(removed_at=None)


def _take_down(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    found = AutoReply.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: remove_auto_reply(one, by=by, at=at))


def _gone(ids: Sequence[int], _reader: Reader) -> Refusals:
    found = AutoReply.objects.filter(pk__in=ids, removed_at__isnull=False).values_list("pk", flat=True)
    return dict.fromkeys(found, _("is taken down already"))


def _state_said(row: dict[str, Any]) -> str:
    if row["is_removed"]:
        return _now("taken down")
    return _now("to be taken down") if row["is_expired"] else _now("running")


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
        Tab("running", _("Running"), _UP),
        Tab(
            "expired",
            _("To be taken down"),
            lambda reader: _UP & (Q(expires_at__lte=reader.at) | Q(campaign__ends_at__lte=reader.at)),
            tone="danger",
        ),
        Tab("removed", _("Taken down"), Q(removed_at__isnull=False), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(Sort("added", "added_at", _("Added")),),
    filters=AutoReplyFilters,
    opens="service:auto_reply",
    row_name="text",
    row_tone="edge",
    batch=(
        BatchAction(
            "removal",
            _("Taken down"),
            run=_take_down,
            skips=_gone,
            permission="service.serve_buyer",
            icon="check-check",
            tone="primary",
            tabs=("running", "expired", "all"),
            says=_("They are out of the chat tool."),
        ),
    ),
    export=Export(
        permission="service.view_autoreply",
        columns=(
            ExportColumn(_("Text"), "text"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("Campaign"), lambda row: row["campaign__name"] or ""),
            ExportColumn(_("State"), _state_said),
            ExportColumn(_("In charge"), "owner__name"),
            ExportColumn(_("Added"), "added_at", kind="time"),
            ExportColumn(_("Expires at"), "ends", kind="time"),
            ExportColumn(_("Taken down"), "removed_at", kind="time"),
        ),
    ),
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
