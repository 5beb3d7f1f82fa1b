"""The page of a buyer: who they are to the shop, their story, and what can be done for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from service.actions.blacklist import blacklist_buyer, lift_blacklisting
from service.actions.buyers import change_buyer, note_consent, reveal_buyer
from service.actions.surveys import ask_survey
from service.forms.buyers import BlacklistForm, BuyerForm, ConsentForm, NeedForm, SurveyForm
from service.forms.complaints import WhyForm
from service.models import Blacklisting, Buyer
from service.queries.buyer_story import KINDS, favourite_goods, figures_of, level_reason, purchases_by_month, story_of
from service.queries.buyers import masked_buyer, warning_of
from shopops.kit.access import allowed
from shopops.kit.charts import Point, Series, compact, trend, yuan
from shopops.kit.clock import now, shop_day
from shopops.kit.lists.asking import read_data
from shopops.kit.refusals import Refused
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import Offer, asks_of, deed, in_drawer

KEEP = "service.keep_buyer"
BLACKLIST = "service.blacklist_buyer"


def _record(buyer: Buyer) -> dict[str, Any]:
    return {
        "group": buyer.group_id,
        "tags": ", ".join(buyer.tags),
        "remark": buyer.remark,
        "birthday": buyer.birthday,
    }


def _is_listed(buyer: Buyer) -> bool:
    return Blacklisting.objects.filter(buyer=buyer, lifted_at=None).exists()


BUYER_OFFERS: tuple[Offer[Buyer], ...] = (
    Offer(
        "record",
        _("Group, tags, remark"),
        "service:buyer_record",
        KEEP,
        "tags",
        when=lambda _buyer: True,
        form=BuyerForm,
        initial=_record,
        place="first",
    ),
    Offer(
        "consent",
        _("Consent"),
        "service:buyer_consent",
        "service.care_for_buyer",
        "handshake",
        when=lambda _buyer: True,
        form=ConsentForm,
        says=_("Nobody writes to a buyer who has not agreed."),
    ),
    Offer(
        "survey",
        _("Ask how content"),
        "service:buyer_survey",
        "service.care_for_buyer",
        "smile",
        when=lambda buyer: buyer.may_contact is not False,
        form=SurveyForm,
    ),
    Offer(
        "blacklisting",
        _("Blacklist"),
        "service:buyer_blacklisting",
        BLACKLIST,
        "ban",
        when=lambda buyer: not _is_listed(buyer),
        form=BlacklistForm,
        tone="danger",
        place="more",
        says=_("Their orders wait for a look, and everybody who opens a page of theirs is warned."),
    ),
    Offer(
        "lifting",
        _("Take off the blacklist"),
        "service:buyer_lifting",
        BLACKLIST,
        "user-check",
        when=_is_listed,
        form=WhyForm,
    ),
)


def _buyer(number: str) -> Buyer:
    found = Buyer.objects.select_related("group", "level").filter(pk=int(number)).first()
    if found is None:
        raise Http404
    return found


@allowed("service.view_buyer")
@require_GET
def buyer(request: HttpRequest, number: int) -> HttpResponse:
    """Show a buyer: figures, what they buy, and everything that happened in one line of time, or one kind of it."""
    return _page(request, str(number))


def _page(request: HttpRequest, number: str) -> HttpResponse:
    found, at = _buyer(number), now()
    months = purchases_by_month(found, at=at)
    only = request.GET.get("story", "") if request.GET.get("story", "") in KINDS else ""
    return render(
        request,
        "service/buyers/buyer.html",
        {
            "buyer": found,
            "shown": masked_buyer(found),
            "warning": warning_of(found, at=at),
            "level": level_reason(found, at=at),
            "chart": trend(
                [Point(f"{month:%Y-%m}", float(paid)) for month, paid, _count in months],
                title=_now("Purchases by month"),
                name=_now("Paid"),
                bars=Series(_now("Orders"), [count for _month, _paid, count in months]),
                show=yuan,
                axis=compact,
                size=(720, 200),
            )
            if found.orders
            else "",
            "goods": favourite_goods(found),
            "story": story_of(found, only),
            "only": only,
            "kinds": [(key, kind.label) for key, kind in KINDS.items()],
            "figures": figures_of(found),
            "blacklistings": found.blacklistings.select_related("listed_by", "lifted_by"),
            "due_again": found.due_again_on is not None and found.due_again_on <= shop_day(at),
            "history": history_of(found, most=30),
            "asks": asks_of(BUYER_OFFERS, found, str(found.pk), actor(request)),
            "in_drawer": in_drawer(request),
            "at": at,
        },
    )


@allowed("orders.reveal_personal_data")
@require_http_methods(["GET", "POST"])
def buyer_personal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask what the personal data are needed for, then show them; that somebody looked is kept."""
    found = _buyer(str(number))
    shown = None
    if request.method == "POST":
        try:
            reason = checked(NeedForm(request.POST))["reason"]
            shown = reveal_buyer(found, reason=reason, by=actor(request), at=now())
        except Refused as refusal:
            if not request.headers.get("HX-Request"):
                messages.error(request, str(refusal))
                return redirect(found)
    need = read_data(request.GET).get("for", "")[:200]
    context = {"buyer": found, "shown": shown, "form": NeedForm(initial={"reason": need}, auto_id="reveal_%s")}
    part = "service/buyers/personal.html"
    return render(request, part if request.headers.get("HX-Request") else "service/buyers/personal_page.html", context)


def _keep(request: HttpRequest, found: Buyer) -> str:
    change_buyer(found, **checked(BuyerForm(request.POST)), by=actor(request), at=now())
    return _now("Kept.")


def _consent(request: HttpRequest, found: Buyer) -> str:
    note_consent(found, **checked(ConsentForm(request.POST)), by=actor(request), at=now())
    return _now("It is kept what the buyer said.")


def _survey(request: HttpRequest, found: Buyer) -> str:
    ask_survey(found, **checked(SurveyForm(request.POST)), by=actor(request), at=now())
    return _now("Asked; write the answer down when it comes.")


def _blacklist(request: HttpRequest, found: Buyer) -> str:
    blacklist_buyer(found, **checked(BlacklistForm(request.POST)), by=actor(request), at=now())
    return _now("On the blacklist; orders that are not released wait for a look.")


def _lift(request: HttpRequest, found: Buyer) -> str:
    entry = Blacklisting.objects.filter(buyer=found, lifted_at=None).first()
    if entry is None:
        raise Refused(_("The buyer is not on the blacklist any more."))
    lift_blacklisting(entry, **checked(WhyForm(request.POST)), by=actor(request), at=now())
    return _now("Off the blacklist.")


def _deed(permission: str, do: Any) -> Any:
    return deed(permission, lambda number: _buyer(str(number)), do, page=_page, url_name="service:buyer")


buyer_record = _deed(KEEP, _keep)
buyer_consent = _deed("service.care_for_buyer", _consent)
buyer_survey = _deed("service.care_for_buyer", _survey)
buyer_blacklisting = _deed(BLACKLIST, _blacklist)
buyer_lifting = _deed(BLACKLIST, _lift)
