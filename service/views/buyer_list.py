"""The list of buyers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.actions.blacklist import blacklist_buyer, lift_blacklisting
from service.actions.buyers import mark_buyers
from service.actions.care import offer_to
from service.actions.surveys import ask_survey
from service.filters.buyers import BuyerFilters
from service.forms.buyers import AboutForm, BlacklistForm, BuyerRemarkForm, GroupForm, TagsForm
from service.forms.complaints import WhyForm
from service.models import Blacklisting, Buyer
from service.queries.buyers import add_buyer_words, blacklisted, listed_buyers, matching_buyers
from shopops.kit.clock import shop_day
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

KEEP = "service.keep_buyer"
BLACKLIST = "service.blacklist_buyer"


def _mark(name: str) -> Callable[..., Refusals]:
    def run(ids: Sequence[int], *, by: Employee, at: datetime, **values: Any) -> Refusals:
        mark_buyers(ids, **{name: values[name]}, by=by, at=at)
        return {}

    return run


def _ask(ids: Sequence[int], *, by: Employee, at: datetime, about: str = "") -> Refusals:
    chosen = Buyer.objects.filter(pk__in=ids)
    return one_by_one(chosen, lambda one: ask_survey(one, about=about, by=by, at=at))


def _blacklist(ids: Sequence[int], *, by: Employee, at: datetime, reason: str, until: date | None = None) -> Refusals:
    chosen = Buyer.objects.filter(pk__in=ids)
    return one_by_one(chosen, lambda one: blacklist_buyer(one, reason=reason, until=until, by=by, at=at))


def _lift(ids: Sequence[int], *, by: Employee, at: datetime, reason: str) -> Refusals:
    chosen = Blacklisting.objects.filter(buyer__in=ids, lifted_at=None)
    refused = one_by_one(chosen, lambda one: lift_blacklisting(one, reason=reason, by=by, at=at))
    return {one.buyer_id: refused[one.pk] for one in chosen if one.pk in refused}


def _not_black(ids: Sequence[int], _reader: Reader) -> Refusals:
    black = set(Blacklisting.objects.filter(buyer__in=ids, lifted_at=None).values_list("buyer_id", flat=True))
    return dict.fromkeys(set(ids) - black, _("is not on the blacklist"))


def _black_already(ids: Sequence[int], _reader: Reader) -> Refusals:
    black = Blacklisting.objects.filter(buyer__in=ids, lifted_at=None).values_list("buyer_id", flat=True)
    return dict.fromkeys(black, _("is on the blacklist already"))


def _offer(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(Buyer.objects.filter(pk__in=ids), lambda one: offer_to(one, by=by, at=at))


def _not_willing(ids: Sequence[int], _reader: Reader) -> Refusals:
    others = Buyer.objects.filter(pk__in=ids).exclude(may_contact=True).values_list("pk", flat=True)
    return dict.fromkeys(others, _("has not agreed to be written to"))


def _not_to_ask(ids: Sequence[int], _reader: Reader) -> Refusals:
    unwilling = Buyer.objects.filter(pk__in=ids, may_contact=False).values_list("pk", flat=True)
    return dict.fromkeys(unwilling, _("does not want to be written to"))


def _due_again(reader: Reader) -> Q:
    return Q(due_again_on__lte=shop_day(reader.at), is_lost=False)


BUYER_LIST = ListPage(
    name="service.buyers",
    title=_("Buyers"),
    note=_("Everybody who bought, asked or complained; the figures are reckoned every night from the documents."),
    icon="contact",
    permission="service.view_buyer",
    rows=listed_buyers,
    values=(
        "nick",
        "name",
        "phone",
        "province",
        "city",
        "group__name",
        "level_id",
        "tags",
        "remark",
        "orders",
        "paid",
        "refunded",
        "talks",
        "after_sales",
        "complaints",
        "bad_reviews",
        "rating",
        "last_order_at",
        "last_talk_at",
        "due_again_on",
        "is_lost",
        "may_contact",
        "is_blacklisted",
        "black_reason",
        "black_until",
    ),
    finish=add_buyer_words,
    cells="service/buyers/cells.html",
    columns=(
        Column("buyer", _("Buyer"), fixed=True, card="full"),
        Column("level", _("Level and group"), card="left"),
        Column("paid", _("Paid"), sort="paid", end=True, card="right"),
        Column("orders", _("Orders"), sort="orders", end=True, card="none"),
        Column("last", _("Last order"), sort="last", card="left"),
        Column("service", _("Service"), card="full"),
        Column("due_again", _("Due again"), sort="due_again", card="none"),
        Column("talk", _("Last talk"), sort="talk", shown=False),
        Column("remark", _("Remark"), shown=False, card="full"),
    ),
    tabs=(
        Tab("all", _("All"), counted=False),
        Tab("vip", _("Members"), Q(level__isnull=False), tone="good"),
        Tab("again", _("Due again"), _due_again, tone="info", sort="due_again"),
        Tab("lost", _("Lost"), Q(is_lost=True), tone="warn"),
        Tab("troubled", _("With complaints"), Q(complaints__gt=0) | Q(bad_reviews__gt=0)),
        Tab("black", _("Blacklist"), blacklisted, tone="danger"),
    ),
    sorts=(
        Sort("last", "last_order_at", _("Last order"), nullable=True),
        Sort("paid", "paid", _("Paid")),
        Sort("orders", "orders", _("Orders")),
        Sort("talk", "last_talk_at", _("Last talk"), nullable=True),
        Sort("due_again", "due_again_on", _("Due again"), ascending=True, nullable=True),
    ),
    filters=BuyerFilters,
    search=matching_buyers,
    search_hint=_("Nick, phone or its last 4 digits, order no., waybill"),
    opens="service:buyer",
    row_name="nick",
    row_hidden=True,
    row_tone="edge",
    batch=(
        BatchAction("group", _("Group"), run=_mark("group"), form=GroupForm, permission=KEEP, icon="users"),
        BatchAction("tags", _("Add tags"), run=_mark("add_tags"), form=TagsForm, permission=KEEP, icon="tags"),
        BatchAction(
            "survey",
            _("Ask how content"),
            run=_ask,
            skips=_not_to_ask,
            form=AboutForm,
            permission="service.care_for_buyer",
            icon="smile",
            says=_("Whoever heard from the shop a short time ago is left out and named."),
        ),
        BatchAction(
            "offer",
            _("Plan an offer"),
            run=_offer,
            skips=_not_willing,
            permission="service.care_for_buyer",
            icon="tag",
            says=_("They come on today's list of care, with the words of an offer."),
        ),
        BatchAction("remark", _("Remark"), run=_mark("remark"), form=BuyerRemarkForm, permission=KEEP, icon="pencil"),
        BatchAction(
            "blacklisting",
            _("Blacklist"),
            run=_blacklist,
            skips=_black_already,
            form=BlacklistForm,
            permission=BLACKLIST,
            icon="ban",
            tone="danger",
        ),
        BatchAction(
            "lifting",
            _("Take off the blacklist"),
            run=_lift,
            skips=_not_black,
            form=WhyForm,
            permission=BLACKLIST,
            icon="user-check",
            tabs=("black",),
        ),
    ),
    export=Export(
        permission="service.export_buyers",
        columns=(
            ExportColumn(_("Nick"), "nick_shown"),
            ExportColumn(_("Nick in full"), "nick", permission="orders.reveal_personal_data"),
            ExportColumn(_("Name"), "name_shown"),
            ExportColumn(_("Phone"), "phone_shown"),
            ExportColumn(_("Place"), "place"),
            ExportColumn(_("Group"), "group__name"),
            ExportColumn(_("VIP level"), "level_name"),
            ExportColumn(_("Tags"), lambda row: "；".join(row["tags"])),
            ExportColumn(_("Orders"), "orders", kind="count"),
            ExportColumn(_("Paid, yuan"), "paid", kind="money"),
            ExportColumn(_("Refunded, yuan"), "refunded", kind="money"),
            ExportColumn(_("Conversations"), "talks", kind="count"),
            ExportColumn(_("After-sale cases"), "after_sales", kind="count"),
            ExportColumn(_("Complaints"), "complaints", kind="count"),
            ExportColumn(_("Bad reviews"), "bad_reviews", kind="count"),
            ExportColumn(_("Last order"), "last_order_at", kind="time"),
            ExportColumn(_("Due again"), "due_again_on", kind="day"),
            ExportColumn(_("On the blacklist because"), "black_reason"),
            ExportColumn(_("On the blacklist until"), "black_until", kind="day"),
            ExportColumn(_("Remark"), "remark"),
        ),
    ),
    template="service/buyers/list.html",
    empty=Empty(_("No buyers here."), _("They come with orders and conversations.")),
)
