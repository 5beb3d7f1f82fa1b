"""Care and surveys: whom to write to today, what buyers said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from service.actions.care import send_care, skip_care
from service.filters.buyers import CareFilters
from service.forms.buyers import SendForm, SendManyForm, SkipForm
from service.models import Care
from service.queries.buyers import masked_buyer, warning_of
from service.queries.care import (
    TONES,
    add_care_words,
    listed_care,
    matching_care,
    phrase_for,
    proposals,
    too_soon,
    wish_of,
)
from service.queries.care_runs import REASONS, left_out
from service.states import CareOccasion, CareState
from shopops.kit.access import allowed
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
from warehouse.views.asking import Offer, asks_of, deed, in_drawer

CARE = "service.care_for_buyer"


def _send_many(ids: Sequence[int], *, by: Employee, at: datetime, text: str = "") -> Refusals:
    chosen = list(Care.objects.filter(pk__in=ids).select_related("buyer__level"))
    proposed = proposals([wish_of(one) for one in chosen])
    return one_by_one(chosen, lambda one: send_care(one, text=text or proposed[one.pk], by=by, at=at))


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
    cells="service/care/cells.html",
    columns=(
        Column("buyer", _("Buyer"), fixed=True, card="full"),
        Column("occasion", _("Occasion"), card="left"),
        Column("due", _("Due"), sort="due", card="right"),
        Column("state", _("State"), card="left"),
        Column("text", _("Care message"), card="full"),
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
    row_hidden=True,
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
            ExportColumn(_("Care message"), "text"),
            ExportColumn(_("Done by"), "done_by__name"),
        ),
    ),
    template="service/care/list.html",
    empty=Empty(_("Nobody to write to."), _("The list is made every night.")),
)

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
        "service/care/care.html",
        {
            "care": found,
            "tone": TONES[CareState(found.state)],
            "shown": masked_buyer(found.buyer),
            "warning": warning_of(found.buyer, at=at),
            "too_soon": found.state == CareState.DUE and too_soon(found.buyer, at=at),
            "no_consent": found.state == CareState.DUE and found.buyer.may_contact is not True,
            "proposal": phrase_for(found) if found.state == CareState.DUE else "",
            "history": history_of(found.buyer, most=20),
            "asks": asks_of(CARE_OFFERS, found, str(found.pk), actor(request)),
            "in_drawer": in_drawer(request),
            "at": at,
        },
    )


@allowed(CARE)
@require_GET
def care_left_out(request: HttpRequest) -> HttpResponse:
    """Show whom today's run meant but left out, and why: no consent, too soon, on the blacklist."""
    found = left_out(shop_day(now()))
    counts = Counter((one.occasion, one.reason) for one in found)
    occasion, reason = request.GET.get("occasion", ""), request.GET.get("reason", "")
    groups = [
        {
            "occasion": CareOccasion(key).label,
            "reason": REASONS[why],
            "count": count,
            "query": urlencode({"occasion": key, "reason": why}),
            "is_on": (key, why) == (occasion, reason),
        }
        for (key, why), count in sorted(counts.items())
    ]
    shown = [one for one in found if not occasion or (one.occasion, one.reason) == (occasion, reason)]
    context = {"groups": groups, "left_out": shown, "whole": len(found), "day": shop_day(now()), "is_cut": occasion}
    return render(request, "service/care/left_out.html", context)


def _send(request: HttpRequest, found: Care) -> str:
    send_care(found, **checked(SendForm(request.POST)), by=actor(request), at=now())
    return _now("The message is kept.")


def _skip(request: HttpRequest, found: Care) -> str:
    skip_care(found, **checked(SkipForm(request.POST)), by=actor(request), at=now())
    return _now("Skipped.")


care_sending = deed(CARE, lambda number: _care(str(number)), _send, page=_care_page, url_name="service:care_page")
care_skipping = deed(CARE, lambda number: _care(str(number)), _skip, page=_care_page, url_name="service:care_page")
