"""Quick phrases, filled for a conversation; automatic replies and campaigns as their lists show them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from catalog.models import Campaign
from service.models import AutoReply, Conversation, QuickPhrase
from service.queries.talk import OrderShown, orders_numbered, orders_of
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.templatetags.shown import money
from staff.models import Employee

MOST_PHRASES = 60
_ANY_KEY = 7531590246801
"""Stands in an address until each phrase's own key takes its place."""
_BRACES = re.compile(r"\{([a-z]+)\}")


class Filled(NamedTuple):
    """A phrase as it is copied; `missing` names what nothing is known of, `use` is where its use is counted."""

    pk: int
    shortcut: str
    group: str
    text: str
    missing: str
    use: str


def values_for(
    conversation: Conversation, employee: Employee, orders: Sequence[OrderShown] | None = None
) -> dict[str, str]:
    """Return what the variables of phrases mean in a conversation.

    :param orders: the buyer's, the latest first, where they have been asked for already; else one query.
    """
    number = conversation.order_number
    if orders is not None and number:
        orders = [one for one in orders if one.number == number] or orders_numbered(number)
    elif orders is None:
        orders = orders_numbered(number) if number else orders_of(conversation.buyer.nick)
    order = orders[0] if orders else None
    return {
        "buyer": conversation.buyer.nick,
        "shop": conversation.shop.name,
        "agent": employee.name,
        "order": order.number if order else number,
        "amount": money(order.total) if order else "",
        "waybill": order.waybill if order else "",
        "carrier": order.carrier if order else "",
        "goods": order.goods if order else "",
    }


def filled_phrases(values: Mapping[str, str]) -> list[Filled]:
    """Return the phrases in use with their variables filled, the most used first; one query."""
    used = QuickPhrase.objects.filter(is_used=True).order_by("-used", "group", "shortcut")
    use = reverse("service:phrase_use", args=[_ANY_KEY])
    return [
        Filled(pk, shortcut, group, *fill(text, values), use.replace(str(_ANY_KEY), str(pk)))
        for pk, shortcut, group, text in used.values_list("pk", "shortcut", "group", "text")[:MOST_PHRASES]
    ]


def fill(text: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Return a text with its variables filled, and the names of those nothing is known of."""
    missing = sorted({name for name in _BRACES.findall(text) if not values.get(name)})
    return _BRACES.sub(lambda found: values.get(found[1]) or found[0], text), ", ".join(missing)


def listed_phrases(_reader: Reader) -> QuerySet[QuickPhrase]:
    """Return all phrases."""
    return QuickPhrase.objects.all()


def matching_phrases(text: str) -> Q:
    """Return the condition for the search box: shortcut, group or words."""
    word = text.strip()
    return Q(shortcut__icontains=word) | Q(group__icontains=word) | Q(text__icontains=word)


def listed_auto_replies(_reader: Reader) -> QuerySet[AutoReply]:
    """Return all automatic replies."""
    return AutoReply.objects.all()


def add_reply_words(rows: list[Row], reader: Reader) -> None:
    """Put whether each runs, is expired or taken down on the rows; no query."""
    for row in rows:
        ends = [one for one in (row["expires_at"], row["campaign__ends_at"]) if one]
        row["ends"] = min(ends) if ends else None
        row["is_removed"] = row["removed_at"] is not None
        row["is_expired"] = not row["is_removed"] and row["ends"] is not None and row["ends"] <= reader.at
        row["edge"] = "danger" if row["is_expired"] else ""


def listed_campaigns(_reader: Reader) -> QuerySet[Campaign]:
    """Return the campaigns, each with how many automatic replies run for it."""
    running = Count("auto_replies", filter=Q(auto_replies__removed_at=None))
    return Campaign.objects.annotate(replies=running)


def add_campaign_words(rows: list[Row], reader: Reader) -> None:
    """Put where each campaign is on the rows; no query."""
    for row in rows:
        row["phase"] = (
            "cancelled"
            if row["is_cancelled"]
            else "over"
            if row["ends_at"] <= reader.at
            else "coming"
            if row["starts_at"] > reader.at
            else "running"
        )
        row["tone"] = {"running": "good", "coming": "info", "over": "plain", "cancelled": "danger"}[row["phase"]]
        row["wants_reply"] = row["phase"] == "running" and not row["replies"]
        row["edge"] = "warn" if row["wants_reply"] else ""
