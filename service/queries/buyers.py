"""Buyers: the list, the search box, the warning of the blacklist."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from orders.models import Order
from service.models import Blacklisting, Buyer, Complaint, VipLevel
from shopops.kit.clock import shop_day
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_name, mask_nick, mask_phone
from shopops.kit.navigation import Hit
from shopops.kit.templatetags.shown import money
from staff.models import Employee
from warehouse.models import DispatchNote

MOST_HITS = 10
TAIL = 4
MOBILE = 11
LEAST_NUMBER = 8


def on_blacklist(at: datetime) -> Q:
    """Return the condition for entries of the blacklist that hold."""
    return Q(lifted_at=None) & (Q(until=None) | Q(until__gte=shop_day(at)))


def warning_of(buyer: Buyer | None, *, at: datetime) -> Blacklisting | None:
    """Return the entry of the blacklist that holds for a buyer, if there is one."""
    if buyer is None:
        return None
    return Blacklisting.objects.filter(on_blacklist(at), buyer=buyer).select_related("listed_by").first()


def warning_of_nick(nick: str, *, at: datetime) -> Blacklisting | None:
    """Return the entry of the blacklist that holds for a nick, if there is one."""
    return Blacklisting.objects.filter(on_blacklist(at), buyer__nick=nick).first() if nick else None


def listed_buyers(reader: Reader) -> QuerySet[Buyer]:
    """Return the rows of the list of buyers."""
    black = Blacklisting.objects.filter(on_blacklist(reader.at), buyer=OuterRef("pk"))
    return Buyer.objects.annotate(
        is_blacklisted=Exists(black),
        black_reason=Subquery(black.values("reason")[:1]),
        black_until=Subquery(black.values("until")[:1]),
    )


def blacklisted(reader: Reader) -> Q:
    """Return the condition for buyers on the blacklist."""
    return Q(pk__in=Blacklisting.objects.filter(on_blacklist(reader.at)).values("buyer"))


def matching_buyers(text: str) -> Q:
    """Return the condition for the search box; every kind of word is answered by an index.

    A nick, the last four digits of a telephone number or all of it, an order number, a waybill.
    """
    word = text.strip()
    if word.isdecimal() and len(word) == TAIL:
        return Q(phone_tail=word) & ~Q(phone_tail="") | Q(nick=word)
    if word.isdecimal() and len(word) == MOBILE and word.startswith("1"):
        return Q(phone_tail=word[-TAIL:], phone=word) | Q(nick=word)
    if word.isascii() and len(word) >= LEAST_NUMBER and any(letter.isdigit() for letter in word):
        return Q(nick__in=[word, *_nicks_of(word)])
    return Q(nick=word)


def _nicks_of(word: str) -> list[str]:
    """Return the nicks behind an order number or a waybill; at most a handful."""
    nicks = set(Order.objects.filter(number=word).values_list("buyer_nick", flat=True)[:MOST_HITS])
    nicks |= set(
        Order.objects.filter(waybill=word).exclude(waybill="").values_list("buyer_nick", flat=True)[:MOST_HITS]
    )
    notes = list(DispatchNote.objects.filter(waybill=word).values_list("pk", flat=True)[:MOST_HITS])
    if notes:
        nicks |= set(Order.objects.filter(note__in=notes).values_list("buyer_nick", flat=True)[:MOST_HITS])
    return sorted(nicks - {""})


def found_buyers(text: str, _employee: Employee) -> Iterable[Hit]:
    """Return at most ten buyers for the search box of the frame: by nick, phone tail, order number or waybill."""
    word = text.strip()
    if not word:
        return
    found = list(Buyer.objects.filter(matching_buyers(word)).select_related("level").order_by("pk")[:MOST_HITS])
    if len(found) < MOST_HITS and len(word) > 1 and not word.isdecimal():
        begins = Buyer.objects.filter(nick__startswith=word).exclude(pk__in=[one.pk for one in found])
        some = begins.select_related("level").order_by()[: MOST_HITS - len(found)]  # all of “tb” would be long to sort
        found += sorted(some, key=lambda one: one.nick)
    for one in found:
        note = " · ".join(filter(None, (str(one.level or ""), money(one.paid), mask_phone(one.phone))))
        yield Hit(mask_nick(one.nick), one.get_absolute_url(), note, exact=one.nick == word)


def add_buyer_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows, personal data hidden; one query for the levels."""
    levels = {level.pk: str(level) for level in VipLevel.objects.all()}
    for row in rows:
        row["nick_shown"] = mask_nick(row["nick"])
        row["name_shown"] = mask_name(row["name"])
        row["phone_shown"] = mask_phone(row["phone"])
        row["place"] = " ".join(filter(None, (row["province"], row["city"])))
        row["level_name"] = levels.get(row["level_id"], "")
        row["edge"] = "danger" if row["is_blacklisted"] else ""
        row["due_again"] = bool(row["due_again_on"] and row["due_again_on"] <= shop_day(reader.at))


def consent_said(may_contact: bool | None) -> str:
    """Return in words whether a buyer may be written to."""
    if may_contact is None:
        return _("nobody asked")
    return _("yes") if may_contact else _("no")


def masked_buyer(buyer: Buyer) -> dict[str, Any]:
    """Return a buyer's data as far as everybody may see; no query."""
    return {
        "nick": mask_nick(buyer.nick),
        "name": mask_name(buyer.name),
        "phone": mask_phone(buyer.phone),
        "place": " ".join(filter(None, (buyer.province, buyer.city))),
        "birthday": buyer.birthday,
        "consent": consent_said(buyer.may_contact),
    }


def open_complaints(buyer: Buyer) -> int:
    """Return how many complaints of a buyer are still worked on."""
    return Complaint.objects.filter(buyer=buyer, resolved_at=None).exclude(state="withdrawn").count()
